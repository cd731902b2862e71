"""Progress of a run or a search: a bar as that of ``fit``, or a function of the caller."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from elman.progress import Progress as Bar

from .outcome import Outcome

Progress = Callable[[Outcome, int, int], None] | bool | None


class Display:
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
        self._call = progress if callable(progress) else None
        self._bar = Bar(False) if callable(progress) else Bar(progress)
        self._stage = stage
        self._series = self._tasks = 0

    def begin(self, of: int) -> None:
        """Show that none of the tasks is done."""
        self._bar(self._stage, 0, of)

    def show(self, outcome: Outcome, done: int, of: int) -> None:
        """Show the outcome of one more task."""
        if self._call is not None:
            self._call(outcome, done, of)
        self._series += outcome.failed
        self._tasks += outcome.path is None
        counts = {"series": self._series, self._stage: self._tasks}
        failed = [f"failed {name}: {count:,}" for name, count in counts.items() if count]
        self._bar(self._stage, done, of, ", ".join(failed))

    def __enter__(self) -> Display:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.__exit__(kind, error, trace)
