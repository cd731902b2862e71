"""Progress of a run or a search: a bar as that of ``fit``, or a function of the caller."""

from __future__ import annotations

from collections.abc import Callable

from elman.progress import Progress as Bar

from .outcome import Outcome

Progress = Callable[[Outcome, int, int], None] | bool | None


class Display(Bar):
    """Shows the outcome of each task.

    Parameters
    ----------
    progress
        A function of the outcome, the number of tasks done, and of all; or whether a bar is shown,
        by default in a terminal or a notebook.
    stage
        Name of the bar: the tasks, such as ``partitions``.

    Raises
    ------
    OptionError
        Another ``progress``.
    """

    def __init__(self, progress: Progress, stage: str) -> None:
        super().__init__(False if callable(progress) else progress)
        self._call = progress if callable(progress) else None
        self._tasks_are = stage
        self._failed_series = self._failed_tasks = 0

    def begin(self, of: int) -> None:
        """Show that none of the tasks is done."""
        self(self._tasks_are, 0, of)

    def show(self, outcome: Outcome, done: int, of: int) -> None:
        """Show the outcome of one more task."""
        if self._call is not None:
            self._call(outcome, done, of)
        self._failed_series += outcome.failed
        self._failed_tasks += outcome.path is None
        counts = {"series": self._failed_series, self._tasks_are: self._failed_tasks}
        failed = [f"failed {name}: {count:,}" for name, count in counts.items() if count]
        self(self._tasks_are, done, of, ", ".join(failed))
