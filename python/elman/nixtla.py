"""Class of the shape of Nixtla's StatsForecast: several models, one data frame with a column each.

A script for StatsForecast runs with other imports:

    from elman.nixtla import ElmanForecast as StatsForecast
    from elman.nixtla import AutoETS, Elman, SeasonalNaive

The models are those of elman. They have the names of Nixtla's models of the same kind, and not
their numbers: other optimizers, and intervals that are calibrated on a validation window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from elman import nixtla_freq
from elman._elman import Table
from elman.backtest import Backtest
from elman.errors import DataError, NotFittedError, OptionError
from elman.forecaster import AutoForecaster
from elman.frames import Frame, Kind
from elman.future import kind_of
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
)

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
        self.models = _checked(models)
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
        self._data = _Data(df, id_col, time_col, target_col)
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
        data: _Data | None = self.__dict__.get("_data")
        if data is None:
            raise NotFittedError("this ElmanForecast is not fitted", "call `fit` with the data")
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
        """`fit`, then `predict`."""
        return self.fit(df, id_col, time_col, target_col).predict(h, X_df, level)

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
        return self.forecast(h, df, X_df, level, id_col, time_col, target_col)

    def cross_validation(
        self,
        h: int,
        df: Frame,
        n_windows: int = 1,
        step_size: int = 1,
        level: Sequence[float] | None = None,
        refit: bool = True,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> Frame:
        """Forecast at earlier cutoffs: the last one is `h` time steps before the end.

        Returns
        -------
        data frame
            Of the kind that came in: series, time, ``cutoff``, the value, and the columns of each
            model. Other columns of the data are covariates whose future values are known. A
            warning names series that are too short for the windows.
        """
        data = _Data(df, id_col, time_col, target_col)
        data.fits(self.models, self.freq, [*data.keys, "cutoff", target_col])
        names = data.exog(data.table.column_names)

        def evaluate(model: Model) -> Backtest:
            forecaster = self._forecaster(model, h, level, data, names)
            return forecaster.backtest(data.table, n_windows, step_size, refit)

        backtests = {model.alias: evaluate(model) for model in self.models}
        # The series without forecasts are the same of all models.
        next(iter(backtests.values())).warn(stacklevel=2)
        return data.frame({alias: found.forecasts for alias, found in backtests.items()}, 4)

    def _forecaster(
        self,
        model: Model,
        h: int,
        level: Sequence[float] | None,
        data: _Data,
        futr_exog: Sequence[str],
    ) -> AutoForecaster:
        options: dict[str, Any] = {
            "level": () if level is None else tuple(level),
            "freq": self.freq if isinstance(self.freq, str) else None,
            "threads": self.n_jobs if self.n_jobs > 0 else None,
            "progress": self.verbose,
            "futr_exog": tuple(futr_exog) if model.takes_exog else (),
            **data.columns,
            **model.options,
        }
        return AutoForecaster(h, **options)

    def __repr__(self) -> str:
        return f"ElmanForecast(models=[{', '.join(model.alias for model in self.models)}])"


class _Data:
    """Data with the names of their columns, and the kind of data frame that forecasts become."""

    def __init__(self, df: Frame, id_col: str, time_col: str, target_col: str) -> None:
        self.columns = {"id_col": id_col, "time_col": time_col, "target_col": target_col}
        self.kind: Kind = kind_of(df, "df")
        self.table = self.kind.table(df)
        missing = [name for name in self.columns.values() if name not in self.table.column_names]
        if missing:
            names = ", ".join(self.table.column_names)
            raise DataError(f"the data have no column `{missing[0]}`", f"their columns: {names}")

    @property
    def keys(self) -> list[str]:
        """Columns of a forecast before those of the models: series and time."""
        return [self.columns["id_col"], self.columns["time_col"]]

    def fits(self, models: Sequence[Model], freq: str | int, shared: list[str]) -> None:
        """Refuse a frequency or an alias that does not fit; `shared` has the other columns."""
        nixtla_freq.fits(freq, self.table, *self.keys)
        names = [*shared, *(model.alias for model in models)]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise OptionError(
                f"two columns of the forecasts are called `{twice[0]}`",
                "give the model another `alias`, or rename the column of the data",
            )

    def exog(self, names: Sequence[str]) -> list[str]:
        """Those of `names` that are covariates."""
        return [name for name in names if name not in self.columns.values()]

    def frame(self, tables: dict[str, Table], shared: int) -> Frame:
        """Data frame of the first `shared` columns, then of the forecasts of each model."""
        first = next(iter(tables.values()))
        together = first.select(first.column_names[:shared])
        for alias, table in tables.items():
            model, *others = table.column_names[shared:]
            bounds = [n for n in others if n.startswith((f"{model}-lo-", f"{model}-hi-"))]
            own = [model, *bounds]
            renamed = table.select(own).renamed([alias + name.removeprefix(model) for name in own])
            together = together.beside(renamed)
        return self.kind.from_table(together)


def _checked(models: Sequence[Model]) -> list[Model]:
    """The models, if there are some, all of elman, with unlike aliases."""
    if isinstance(models, Model) or not isinstance(models, Iterable):
        raise OptionError(f"`models` is {models!r}", "give a list, as `models=[Naive()]`")
    models = list(models)
    for model in models:
        if not isinstance(model, Model):
            found = type(model).__module__ + "." + type(model).__qualname__
            raise OptionError(
                f"{found} is no model of elman", "import the models from `elman.nixtla`, too"
            )
        if not isinstance(model.alias, str):
            raise OptionError(f"`alias` is {model.alias!r}", "give the name of a column")
    aliases = [model.alias for model in models]
    twice = [alias for alias in aliases if aliases.count(alias) > 1]
    if twice:
        raise OptionError(f"two models are called `{twice[0]}`", "give one of them another `alias`")
    bounds = tuple(f"{alias}-{side}-" for alias in aliases for side in ("lo", "hi"))
    of_bound = [alias for alias in aliases if alias.startswith(bounds)]
    if of_bound:
        raise OptionError(
            f"the model `{of_bound[0]}` has the name of a bound of another model",
            "give it another `alias`",
        )
    if not aliases:
        raise OptionError("there is no model", "give one or more, as `models=[Elman()]`")
    return models
