"""Progress of long work: a bar of tqdm in terminals and notebooks, if tqdm is installed."""

from __future__ import annotations

import sys
import warnings
from types import TracebackType
from typing import Any

from elman.errors import OptionError
from elman.parameters import plain


class Progress:
    """Bar of the stages of a run; calls with the stage, the steps done and their number.

    Parameters
    ----------
    shown : bool, optional
        Whether the bar is shown; by default in a terminal or a notebook.
    """

    def __init__(self, shown: bool | None = None) -> None:
        if shown is not None and not isinstance(plain(shown), bool):
            raise OptionError(f"`progress` is {shown!r}", "give True, False or None")
        self._tqdm = _tqdm() if (_has_reader() if shown is None else shown) else None
        self._bar: Any = None
        self._stage = self._note = ""

    def __call__(self, stage: str, done: int, of: int | None, note: str = "") -> None:
        """Show the steps done of a stage, with a note at the end of the bar."""
        if self._tqdm is None:
            return
        if stage != self._stage:
            self._close()
            self._stage = stage
            self._bar = self._tqdm(desc=stage, total=of, leave=False)
            self._note = ""
        self._bar.update(max(0, done - self._bar.n))
        if note != self._note:
            self._bar.set_postfix_str(note)
            self._note = note

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()


def _has_reader() -> bool:
    """Whether somebody reads a bar: in a terminal, or in a notebook."""
    if "ipykernel" in sys.modules:
        return True
    return sys.stderr is not None and sys.stderr.isatty()


def _tqdm() -> Any:
    try:
        with warnings.catch_warnings():
            # Without ipywidgets, tqdm shows a bar of text, and advises to install them.
            warnings.filterwarnings("ignore", message="IProgress not found")
            from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm
