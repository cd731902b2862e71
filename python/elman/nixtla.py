"""Class of the shape of Nixtla's StatsForecast: several models, one data frame with a column each.

A script for StatsForecast runs with other imports:

    from elman.nixtla import ElmanForecast as StatsForecast
    from elman.nixtla import AutoETS, Elman, SeasonalNaive

The models are those of elman. They have the names of Nixtla's models of the same kind, and not
their numbers: other optimizers, and intervals that are calibrated on a validation window.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from elman import nixtla_files, nixtla_freq, nixtla_windows
from elman._elman import Table
from elman.backtest import Backtest
from elman.errors import NotFittedError
from elman.forecaster import AutoForecaster
from elman.frames import Frame
from elman.future import kind_of
from elman.nixtla_data import NixtlaData
from elman.nixtla_models import (
    TSB,
    AutoETS,
    AutoTheta,
    CrostonSBA,
    DampedTrend,
    Elman,
    HistoricAverage,
    Model,
    Naive,
    Pretrained,
    RandomWalkWithDrift,
    SeasonalNaive,
    Theta,
    checked,
)
from elman.nixtla_wording import in_nixtla

__all__ = [
    "TSB",
    "AutoETS",
    "AutoTheta",
    "CrostonSBA",
    "DampedTrend",
    "Elman",
    "ElmanForecast",
    "HistoricAverage",
    "Model",
    "Naive",
    "Pretrained",
    "RandomWalkWithDrift",
    "SeasonalNaive",
    "Theta",
]


class ElmanForecast:
    """Several models on one data frame, as StatsForecast has it.

    Parameters
    ----------
    models : sequence of Model
        Models, with unlike aliases.
    freq : str or int
        Frequency, such as ``"MS"``, polars' ``"1mo"``, or an offset of pandas; the step of times
        that are whole numbers.
    n_jobs : int
        Threads; -1 for those of the machine. The number changes no result.
    verbose : bool
        Whether bars of tqdm are shown.

    Examples
    --------
    >>> from elman.nixtla import AutoETS, ElmanForecast, SeasonalNaive
    >>> values = [t % 12 + 1.0 for t in range(48)]
    >>> df = {"unique_id": ["a"] * 48, "ds": list(range(48)), "y": values}
    >>> models = [AutoETS(season_length=12), SeasonalNaive(season_length=12)]
    >>> forecast = ElmanForecast(models=models, freq=1).forecast(df=df, h=12, level=[80])
    >>> [column for column in forecast if "SeasonalNaive" in column]
    ['SeasonalNaive', 'SeasonalNaive-lo-80', 'SeasonalNaive-hi-80']
    """

    def __init__(
        self, models: Sequence[Model], freq: str | int, n_jobs: int = 1, verbose: bool = False
    ) -> None:
        self.models = checked(models)
        self.freq = nixtla_freq.checked(freq)
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(
        self,
        df: Frame,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> ElmanForecast:
        """Keep the data. `predict` trains, since the models are trained for a horizon."""
        self._data = NixtlaData(df, id_col, time_col, target_col, is_kept=True)
        return self

    def predict(
        self, h: int, X_df: Frame | None = None, level: Sequence[float] | None = None
    ) -> Frame:
        """Forecast `h` values after the data of `fit`.

        Returns
        -------
        data frame
            Of the kind that came in: series, time, and for each model a column with its alias and
            two for each level, such as ``AutoETS-lo-80`` and ``AutoETS-hi-80``.
        """
        if self._data is None:
            raise NotFittedError("this ElmanForecast is not fitted", "call `fit` with the data")
        return self._predicted(self._data, h, X_df, level)

    @in_nixtla()
    def _predicted(
        self, data: NixtlaData, h: int, X_df: Frame | None, level: Sequence[float] | None
    ) -> Frame:
        data.fits(self.models, self.freq, data.keys)
        future = None if X_df is None else kind_of(X_df, "X_df").table(X_df)
        names = [] if future is None else data.exog(future.column_names)

        def forecast(model: Model) -> Table:
            forecaster = self._forecaster(model, h, level, data, names)
            exog = future if forecaster.futr_exog else None
            table: Table = forecaster.fit(data.table).predict(X_df=exog)
            return table

        return data.frame({model.alias: forecast(model) for model in self.models}, 2)

    def forecast(
        self,
        h: int,
        df: Frame,
        X_df: Frame | None = None,
        level: Sequence[float] | None = None,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> Frame:
        """Forecast `h` values after these data, as `predict` does, without keeping the data."""
        return self._predicted(NixtlaData(df, id_col, time_col, target_col), h, X_df, level)

    def fit_predict(
        self,
        h: int,
        df: Frame,
        X_df: Frame | None = None,
        level: Sequence[float] | None = None,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> Frame:
        """`fit`, then `predict`."""
        return self.fit(df, id_col, time_col, target_col).predict(h, X_df, level)

    def cross_validation(
        self,
        h: int,
        df: Frame,
        n_windows: int | None = 1,
        step_size: int = 1,
        test_size: int | None = None,
        level: Sequence[float] | None = None,
        refit: bool = True,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> Frame:
        """Forecast at earlier cutoffs: the last one is `h` time steps before the end.

        Parameters
        ----------
        n_windows, step_size : int
            Cutoffs of each series; time steps between two of them.
        test_size : int, optional
            Time steps from the first cutoff to the end, in place of `n_windows`, which is None.
        refit : bool
            Whether the models are trained at each cutoff; otherwise before the first one alone.
        h, df, level, id_col, time_col, target_col
            As in `forecast`.

        Returns
        -------
        data frame
            Of the kind that came in: series, time, ``cutoff``, the value, and the columns of each
            model. Other columns of the data are covariates whose future values are known. A
            warning names series that are too short for the windows.
        """
        windows = nixtla_windows.number(h, n_windows, step_size, test_size)
        data = NixtlaData(df, id_col, time_col, target_col)
        backtests = self._evaluated(data, h, windows, step_size, level, refit)
        # The series without forecasts are the same of all models.
        next(iter(backtests.values())).warn(stacklevel=2)
        return data.frame({alias: found.forecasts for alias, found in backtests.items()}, 4)

    @in_nixtla()
    def _evaluated(
        self,
        data: NixtlaData,
        h: int,
        n_windows: int,
        step_size: int,
        level: Sequence[float] | None,
        refit: bool,
    ) -> dict[str, Backtest]:
        """Backtest of each model, by its alias."""
        data.fits(self.models, self.freq, [*data.keys, "cutoff", data.columns["target_col"]])
        names = data.exog(data.table.column_names)

        def evaluate(model: Model) -> Backtest:
            forecaster = self._forecaster(model, h, level, data, names)
            return forecaster.backtest(data.table, n_windows, step_size, refit)

        return {model.alias: evaluate(model) for model in self.models}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a pickle of the models and the data of `fit`.

        Raises
        ------
        FileError
            A file that cannot be written, or is there and no pickle.
        """
        nixtla_files.write(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> ElmanForecast:
        """Read a file of `save`. A pickle runs code: read files of your own alone.

        Raises
        ------
        FileError
            A file that cannot be read.
        DataError
            Another file.
        """
        found = nixtla_files.read(path)
        if not isinstance(found, ElmanForecast):
            raise nixtla_files.refused(path)
        return found

    def _forecaster(
        self,
        model: Model,
        h: int,
        level: Sequence[float] | None,
        data: NixtlaData,
        futr_exog: Sequence[str],
    ) -> AutoForecaster:
        options: dict[str, Any] = {
            "level": () if level is None else tuple(level),
            "freq": self.freq if isinstance(self.freq, str) else None,
            "threads": self.n_jobs if self.n_jobs > 0 else None,
            "progress": self.verbose,
            "sort": True,
            "futr_exog": tuple(futr_exog) if model.takes_exog else (),
            **data.columns,
            **model.options,
        }
        return AutoForecaster(h, **options)

    def __repr__(self) -> str:
        return f"ElmanForecast(models=[{', '.join(model.alias for model in self.models)}])"

    _data: NixtlaData | None = None
