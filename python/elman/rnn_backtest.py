"""Backtest of one network: its test set starts at the first cutoff."""

from __future__ import annotations

from math import isnan

from elman._elman import Panel
from elman.backtest import Backtest
from elman.errors import DataError
from elman.parameters import whole

#: Fewest values of a series before the first cutoff; the engine trains on all of a shorter one.
_MIN_TRAINING = 12

_NOTE = (
    "the prediction intervals are calibrated on the errors of these windows: expect lower "
    "coverage on new data"
)


def steps_after_first_cutoff(h: int, n_windows: int, step_size: int, panel: Panel) -> int:
    """Values of each series from the first cutoff to the end.

    Raises
    ------
    DataError
        A series that is too short for a training before the first cutoff.
    """
    windows, stride = whole(n_windows, "n_windows"), whole(step_size, "step_size")
    steps = whole(h, "h") + (windows - 1) * stride
    for number, name in enumerate(panel.unique_ids):
        values = panel.values(number)
        first = next((t for t, value in enumerate(values) if not isnan(value)), len(values))
        known = len(values) - first
        if known < steps + _MIN_TRAINING:
            raise DataError(
                f"series `{name}` has {known} values, and the windows and a training before them "
                f"need {steps + _MIN_TRAINING}",
                "give fewer `n_windows`, a smaller `step_size`, or leave the series out",
            )
    return steps


def with_note(backtest: Backtest) -> Backtest:
    """The backtest with a note on its prediction intervals, if it has some."""
    notes = [*backtest.report["notes"], *([_NOTE] if backtest.report["levels"] else [])]
    return Backtest(backtest.forecasts, {**backtest.report, "notes": notes})
