"""Forecaster of sktime: `ElmanForecaster` fits into sktime's pipelines, splitters and tuning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sktime.forecasting.base import BaseForecaster, ForecastingHorizon

from elman import sktime_frames as frames
from elman.forecaster import AutoForecaster

Floats: TypeAlias = NDArray[np.float64]


class ElmanForecaster(BaseForecaster):  # type: ignore[misc]
    """`elman.AutoForecaster` as a forecaster of sktime.

    A panel or a hierarchy is fitted at once: its series share their networks (``scope="global"``).
    The columns of `X` are covariates whose future values are known. Missing values are masked.
    `update` with ``update_params=False`` reads new values without training.

    Parameters
    ----------
    model, scope, season, freq, level, point, cell, hidden_size, num_layers, dilations, residual,
    learning_rate, max_steps, patience, seq_length, carry, likelihood, loss, scaler, decomposition,
    non_negative, keep_outliers, calendar, seed, threads : optional
        As in `elman.AutoForecaster`. `level` has the levels that networks with quantiles as their
        output are trained for; other networks give intervals of any coverage.

    Examples
    --------
    >>> from elman.sktime import ElmanForecaster
    >>> from sktime.datasets import load_airline
    >>> forecaster = ElmanForecaster(model="theta").fit(load_airline(), fh=[1, 2, 3])
    >>> forecaster.predict().index[0]
    Period('1961-01', 'M')
    >>> forecaster.predict_interval(coverage=[0.8, 0.95]).shape
    (3, 4)
    """

    _tags = {  # noqa: RUF012
        "authors": ["elman"],
        "maintainers": ["elman"],
        "python_dependencies": ["pandas"],
        "capability:multivariate": False,
        "capability:exogenous": True,
        "capability:categorical_in_X": False,
        "capability:insample": False,
        "capability:pred_int": True,
        "capability:pred_int:insample": False,
        "capability:missing_values": True,
        "capability:non_contiguous_X": False,
        "capability:unequal_length": True,
        "capability:update": True,
        "property:randomness": "deterministic",
        "requires-fh-in-fit": True,
        "X-y-must-have-same-index": True,
        "y_inner_mtype": ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"],
        "X_inner_mtype": ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"],
    }

    def __init__(
        self,
        model: str | None = None,
        scope: str | None = None,
        season: int | Sequence[int] | None = None,
        freq: str | None = None,
        level: Sequence[float] = (80, 95),
        point: str | None = None,
        cell: str | None = None,
        hidden_size: int | None = None,
        num_layers: int | None = None,
        dilations: Sequence[int] | None = None,
        residual: bool | None = None,
        learning_rate: float | None = None,
        max_steps: int | None = None,
        patience: int | None = None,
        seq_length: int | None = None,
        carry: bool | None = None,
        likelihood: str | None = None,
        loss: str | None = None,
        scaler: str | None = None,
        decomposition: str | None = None,
        non_negative: bool | None = None,
        keep_outliers: bool | None = None,
        calendar: bool | None = None,
        seed: int = 1,
        threads: int | None = None,
    ) -> None:
        values = locals()
        for name in type(self).get_param_names():
            setattr(self, name, values[name])
        super().__init__()

    def _fit(
        self, y: pd.DataFrame, X: pd.DataFrame | None, fh: ForecastingHorizon
    ) -> ElmanForecaster:
        self._history = (y, X)
        forecaster = AutoForecaster(
            int(max(self._with_freq(fh).to_relative(self.cutoff))),
            futr_exog=frames.covariates(X),
            progress=False,
            **self.get_params(deep=False),
        )
        self.forecaster_ = forecaster.fit(frames.history(y, X))
        return self

    def _predict(self, fh: ForecastingHorizon, X: pd.DataFrame | None) -> pd.DataFrame:
        values = self._values(fh, X, [])
        return pd.DataFrame(values, index=self._index(fh), columns=self._history[0].columns)

    def _predict_interval(
        self, fh: ForecastingHorizon, X: pd.DataFrame | None, coverage: list[float]
    ) -> pd.DataFrame:
        # An interval of coverage 0 is the point forecast.
        shares = list(dict.fromkeys(share for share in coverage if share > 0))
        values = self._values(fh, X, [100 * share for share in shares])
        places = {share: (2 * s + 1, 2 * s + 2) for s, share in enumerate(shares)}
        taken = [place for share in coverage for place in places.get(share, (0, 0))]
        columns = pd.MultiIndex.from_product([self._get_varnames(), coverage, ["lower", "upper"]])
        return pd.DataFrame(values[:, taken], index=self._index(fh), columns=columns)

    def _update(
        self, y: pd.DataFrame, X: pd.DataFrame | None = None, update_params: bool = True
    ) -> ElmanForecaster:
        old_y, old_x = self._history
        y = frames.followed_by(old_y, y)
        x = old_x if old_x is None or X is None else frames.followed_by(old_x, X)
        if update_params:
            return self._fit(y, x, self.fh)
        self._history = (y, x)
        return self

    def _get_fitted_params(self) -> dict[str, Any]:
        return {"report": self.forecaster_.report_}

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters with which sktime's `check_estimator` tests the class."""
        return [{"model": "theta"}, {"cell": "gru", "hidden_size": 4, "max_steps": 5}]

    def _index(self, fh: ForecastingHorizon) -> pd.Index:
        """Index of forecasts: the times of `fh`, for each series."""
        ahead = self._with_freq(fh).to_absolute_index(self.cutoff)
        return frames.index_of(self._history[0], ahead)

    def _with_freq(self, fh: ForecastingHorizon) -> ForecastingHorizon:
        """The horizon, with the frequency of the data if it has none.

        sktime does not find the frequency of a panel whose series end at several times.
        """
        freq = frames.frequency(self._history[0], self.freq)
        if fh.freq is not None or freq is None:
            return fh
        return ForecastingHorizon(fh.to_pandas(), is_relative=fh.is_relative, freq=freq.freqstr)

    def _values(
        self, fh: ForecastingHorizon, exog: pd.DataFrame | None, levels: list[float]
    ) -> Floats:
        """Forecasts, then lower and upper bounds of each level: a row for each series and time."""
        y, x = self._history
        behind = frames.steps_behind(y, frames.frequency(y, self.freq))
        exog = None if x is None else exog
        # The covariates of a series are known for its own steps ahead, and not for more.
        groups = [list(behind)] if exog is None else frames.groups(behind)
        found: dict[frames.SeriesKey, Floats] = {}
        for keys in groups:
            found |= self._values_of(keys, behind, fh, exog, levels)
        return np.concatenate([found[key] for key in behind])

    def _values_of(
        self,
        keys: list[frames.SeriesKey],
        behind: dict[frames.SeriesKey, int],
        fh: ForecastingHorizon,
        exog: pd.DataFrame | None,
        levels: list[float],
    ) -> dict[frames.SeriesKey, Floats]:
        """Rows of values of some series, by series."""
        y, x = (frames.of_series(rows, keys) for rows in self._history)
        fh = self._with_freq(fh)
        steps = np.asarray(fh.to_relative(self.cutoff).to_pandas(), dtype=int)
        h = int(steps.max()) + max(behind[key] for key in keys)
        future = frames.future(y, frames.of_series(exog, keys))
        table = self.forecaster_.with_level(levels).predict(frames.history(y, x), future, h)
        values = table.iloc[:, 2:].to_numpy(dtype=np.float64)
        by_series = table.groupby("unique_id", sort=False).indices
        places = {key: by_series[frames.name_of(key)][behind[key] + steps - 1] for key in keys}
        for rows in places.values():
            frames.checked_times(table["ds"].iloc[rows], fh.to_absolute_index(self.cutoff))
        return {key: values[rows] for key, rows in places.items()}
