"""Backtest of one network: trained as `fit` does, on the values before a cutoff."""

from __future__ import annotations

import os
from math import isnan
from typing import TypeVar

from elman._elman import Panel, backtest_refitted
from elman.backtest import Backtest
from elman.backtesting import Backtesting
from elman.data import Data
from elman.errors import DataError, OptionError
from elman.parameters import whole

_Self = TypeVar("_Self", bound="BacktestOfNetwork")

#: Fewest values of a series before the first cutoff; the engine trains on all of a shorter one.
_MIN_TRAINING = 12


class BacktestOfNetwork(Backtesting):
    """A forecaster of one network that is evaluated at earlier cutoffs."""

    resume: str | os.PathLike[str] | None

    def _backtest(self, data: Data, n_windows: int, step_size: int, refit: bool) -> Backtest:
        """Evaluate a network of the same parameters that knows the values before a cutoff alone.

        Its training, test set and prediction intervals are those of `fit` on these values; with
        ``refit`` there is a network for each cutoff.
        """
        if self.resume is not None:
            raise OptionError(
                "a backtest trains a new network, and does not resume the checkpoint `resume`",
                "leave `resume` out; `backtest_fitted` evaluates a trained network",
            )
        steps = _steps_after_first_cutoff(self.h, n_windows, step_size, data.panel)
        if not refit:
            return self._trained_before(steps, data)._evaluated(data, n_windows, step_size)
        back = range(steps, whole(self.h, "h") - 1, -step_size)
        networks = [self._trained_before(steps, data).fitted_ for steps in back]
        table, report = backtest_refitted(networks, data.panel, step_size)
        return Backtest.of(data, table, report)

    def _trained_before(self: _Self, steps: int, data: Data) -> _Self:
        """A network trained on data without the last ``steps`` values of each series."""
        network = type(self)(**{**self.get_params(), "checkpoint": None})
        network._train(data._replace(panel=data.panel.without_last(steps)), None)
        return network

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
