"""Backtest of one network: its test set starts at the first cutoff."""

from __future__ import annotations

from math import isnan

from elman._elman import Panel
from elman.backtest import Backtest
from elman.backtesting import Backtesting
from elman.data import Data
from elman.errors import DataError, OptionError
from elman.parameters import whole

#: Fewest values of a series before the first cutoff; the engine trains on all of a shorter one.
_MIN_TRAINING = 12

_NOTE = (
    "the prediction intervals are calibrated on the errors of these windows: expect lower "
    "coverage on new data"
)


class BacktestOfNetwork(Backtesting):
    """A forecaster of one network that is evaluated at earlier cutoffs."""

    holdout: int | None

    def _backtest(self, data: Data, n_windows: int, step_size: int, refit: bool) -> Backtest:
        """Train a network of the same parameters on the values before the first cutoff.

        The values after the first cutoff are its test set.
        """
        if refit:
            raise OptionError(
                "RnnForecaster trains once for all cutoffs, and does not support `refit=True`",
                "leave it out; `AutoForecaster` with `refit=True` trains at each cutoff",
            )
        steps = _steps_after_first_cutoff(self.h, n_windows, step_size, data.panel)
        given = 0 if self.holdout is None else whole(self.holdout, "holdout", 0)
        own = {"holdout": max(steps, given), "checkpoint": None}
        network = type(self)(**{**self.get_params(), **own})
        network._train(data, None)
        return _with_note(network._evaluated(data, n_windows, step_size))

    def _train(self, data: Data, source: str | None) -> None:
        """Train on data that were read, from the file `source` if there is one."""
        raise NotImplementedError


def _steps_after_first_cutoff(h: int, n_windows: int, step_size: int, panel: Panel) -> int:
    """Values of each series from the first cutoff to the end.

    Raises
    ------
    DataError
        A series that is too short for a training before the first cutoff.
    """
    steps = whole(h, "h") + (n_windows - 1) * step_size
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


def _with_note(backtest: Backtest) -> Backtest:
    """The backtest with a note on its prediction intervals, if it has some."""
    notes = [*backtest.report["notes"], *([_NOTE] if backtest.report["levels"] else [])]
    return Backtest(backtest.forecasts, {**backtest.report, "notes": notes})
