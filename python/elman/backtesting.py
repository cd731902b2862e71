"""Evaluation of a forecaster at earlier cutoffs (rolling-origin evaluation)."""

from __future__ import annotations

from elman._elman import backtest_fitted
from elman.backtest import Backtest
from elman.base import Forecaster
from elman.data import Data
from elman.frames import Frame
from elman.parameters import flag, whole

_REFIT = "give True to train at each cutoff, or False to train before the first one alone"


class Backtesting(Forecaster):
    """Forecaster that is evaluated at earlier cutoffs."""

    def cross_validation(
        self, df: Frame, n_windows: int = 1, step_size: int = 1, refit: bool = False
    ) -> Frame:
        """Forecast at earlier cutoffs (rolling-origin evaluation), as `backtest` does.

        Returns
        -------
        data frame
            Of the kind that came in: series, time, ``cutoff``, the value, the columns of
            `predict`, and a column for each baseline that is another model. A warning names
            series that are too short for the windows.
        """
        backtest = self.backtest(df, n_windows, step_size, refit)
        backtest.warn(stacklevel=2)
        return backtest.forecasts

    def backtest(
        self, df: Frame, n_windows: int = 8, step_size: int = 1, refit: bool = False
    ) -> Backtest:
        """Evaluate forecasts at earlier cutoffs, beside those of the baselines.

        The forecaster itself stays as it is.

        Parameters
        ----------
        df : data frame or path
            The data.
        n_windows : int
            Cutoffs of each series.
        step_size : int
            Time steps between two cutoffs.
        refit : bool
            Whether model selection and training are repeated at each cutoff; by default they
            use the values before the first one.

        Raises
        ------
        DataError
            Series that are too short for the windows, or for a training before them.
        OptionError
            An argument or a parameter that has no such value.
        """
        windows, step = whole(n_windows, "n_windows"), whole(step_size, "step_size")
        is_refitted = flag(refit, "refit", _REFIT)
        return self._backtest(self._read(df, "df"), windows, step, is_refitted)

    def backtest_fitted(self, df: Frame, n_windows: int = 8, step_size: int = 1) -> Backtest:
        """Evaluate the fitted forecaster at earlier cutoffs of `df`, without training.

        Only cutoffs after the data of the training measure the error on new data.
        """
        windows, step = whole(n_windows, "n_windows"), whole(step_size, "step_size")
        return self._evaluated(self._read(df, "df"), windows, step)

    def _backtest(self, data: Data, n_windows: int, step_size: int, refit: bool) -> Backtest:
        raise NotImplementedError

    def _evaluated(self, data: Data, n_windows: int, step_size: int) -> Backtest:
        """Backtest of the fitted forecaster."""
        table, report = backtest_fitted(self.fitted_, data.panel, n_windows, step_size)
        return Backtest.of(data, table, report)
