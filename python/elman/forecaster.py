"""Forecasters: fit on a data frame, predict, evaluate, save."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from elman import frames
from elman._elman import Fitted, backtest, backtest_fitted, fit
from elman.backtest import Backtest
from elman.data import Columns, Data, read
from elman.errors import DataError, NotFittedError, OptionError
from elman.frames import Frame
from elman.online import Online
from elman.parameters import Parameters, given
from elman.progress import Progress

_Self = TypeVar("_Self", bound="AutoForecaster")

#: Parameters that say how data are read.
_OF_DATA = (
    "freq", "missing", "missing_dates", "duplicates", "sort", "date_order", "decimal",
    "missing_values", "agg", "sheet", "tz", "wide", "max_memory",
)  # fmt: skip
#: Parameters of the columns and of the display.
_OF_COLUMNS = ("id_col", "time_col", "target_col", "futr_exog", "hist_exog", "static_exog")


class AutoForecaster(Parameters):
    """Forecaster with model selection: networks, pretrained network, theta, damped and ETS.

    It detects the seasonal periods, compares candidates on a validation window at the end of
    each series, trains the selected networks on all data, and computes prediction intervals
    from the validation errors. The numbers are those of ``elman forecast``, to the bit.

    Parameters
    ----------
    h : int
        Forecast horizon, in time steps.
    level : sequence of float
        Levels of the prediction intervals, in per cent.
    freq : str, optional
        Frequency, such as ``"D"`` or ``"MS"``; by default inferred from the dates.
    season : sequence of int, optional
        Seasonal periods, in time steps; an empty one for none; by default detected.
    model : str, optional
        ``"auto"``, ``"network"``, ``"pretrained"``, ``"fine-tuned"``, or a statistical model such
        as ``"theta"``; by default ``"auto"``, or ``"network"`` with an option of networks.
    scope : str, optional
        ``"global"``: all series share the networks; ``"local"``: each series has its own.
    point : str, optional
        Point forecast: ``"median"`` or ``"mean"``.
    cell, hidden_size, num_layers, dilations, residual : optional
        Layers of the networks: ``"rnn"``, ``"gru"``, ``"lstm"`` and so on; hidden size H; number
        of layers, or their dilations; residual connections.
    learning_rate, max_steps, patience, seq_length, carry : optional
        Training: peak learning rate; optimizer steps of a network; patience of early stopping;
        window of truncated backpropagation, in time steps; whether the hidden state is carried
        from window to window.
    likelihood, loss, scaler, decomposition : optional
        Output distribution of the networks, loss of the likelihood ``"point"``, scaler of the
        target, seasonal decomposition.
    non_negative : bool, optional
        Clip forecasts and intervals at 0.
    keep_outliers : bool, optional
        Keep isolated outliers near the end of a series; by default they are masked.
    calendar : bool, optional
        Calendar features of the dates as inputs.
    futr_exog, hist_exog, static_exog : sequence of str
        Columns of covariates: with known future values, known up to the last value, constant in
        a series.
    missing, missing_dates, duplicates, sort, date_order, decimal, missing_values, agg, sheet, tz,
    wide, max_memory : optional
        How data are read, as ``elman forecast --help`` says.
    id_col, time_col, target_col : str
        Columns of the series, of the times and of the values.
    seed : int
        Seed of all random numbers.
    threads : int, optional
        Threads; by default those of the machine. The number changes no result.
    progress : bool, optional
        Whether a bar of tqdm is shown; by default in terminals and notebooks.

    Attributes
    ----------
    report_ : dict
        Report of model selection: candidates, validation errors beside those of the baselines,
        coverage, weights of the models.
    notes_ : list of str
        Notes on the data and on the newest forecast, in sentences.
    """

    def __init__(
        self,
        h: int,
        *,
        level: Sequence[float] = (80, 95),
        freq: str | None = None,
        season: Sequence[int] | None = None,
        model: str | None = None,
        scope: str | None = None,
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
        futr_exog: Sequence[str] = (),
        hist_exog: Sequence[str] = (),
        static_exog: Sequence[str] = (),
        missing: str | None = None,
        missing_dates: str | None = None,
        duplicates: str | None = None,
        sort: bool | None = None,
        date_order: str | None = None,
        decimal: str | None = None,
        missing_values: Sequence[str] | None = None,
        agg: str | None = None,
        sheet: str | None = None,
        tz: str | None = None,
        wide: bool | None = None,
        max_memory: int | None = None,
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
        seed: int = 1,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> None:
        values = locals()
        for name in AutoForecaster.parameter_names():
            setattr(self, name, values[name])

    def fit(self: _Self, df: Frame) -> _Self:
        """Select and train the models.

        Parameters
        ----------
        df : data frame or path
            One row for each series and time, oldest first.

        Raises
        ------
        DataError
            Data that cannot be forecast, with the row and the next step.
        OptionError
            A parameter that has no such value.
        KeyboardInterrupt
            Ctrl-C.
        """
        data = self._read(df, "df")
        with Progress(self.progress) as progress:
            self._fitted = fit(data.panel, self._options(), progress)
        self._data = data
        self._set_notes([])
        return self

    def predict(
        self,
        df: Frame | None = None,
        X_df: Frame | None = None,
        h: int | None = None,
    ) -> Frame:
        """Forecast the values after the last one of each series.

        Parameters
        ----------
        df : data frame or path, optional
            The whole history, up to newer values; by default the data of `fit`.
        X_df : data frame, optional
            Future values of the covariates `futr_exog`, one row for each series and time.
        h : int, optional
            Time steps; by default the horizon of the training.

        Returns
        -------
        data frame
            Of the kind that came in: series, time, ``elman``, and for each level, such as 80,
            ``elman-lo-80`` and ``elman-hi-80``.
        """
        data = self._history(df, X_df)
        table, notes = self.fitted_.predict(data.panel, self.h if h is None else _horizon(h))
        self._set_notes(notes, data)
        return data.frame(table)

    def fit_predict(self, df: Frame, X_df: Frame | None = None) -> Frame:
        """`fit`, then `predict`."""
        return self.fit(df).predict(X_df=X_df)

    def cross_validation(
        self, df: Frame, n_windows: int = 1, step_size: int = 1, refit: bool = False
    ) -> Frame:
        """Forecast at earlier cutoffs (rolling-origin evaluation), as `backtest` does.

        Returns
        -------
        data frame
            Of the kind that came in: series, time, ``cutoff``, the value, ``elman`` with its
            bounds, and a column for each baseline.
        """
        return self.backtest(df, n_windows, step_size, refit).forecasts

    def backtest(
        self, df: Frame, n_windows: int = 8, step_size: int = 1, refit: bool = False
    ) -> Backtest:
        """Evaluate forecasts at earlier cutoffs, beside those of the baselines.

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
        """
        data = self._read(df, "df")
        with Progress(self.progress) as progress:
            table, report = backtest(
                data.panel, self._options(), _count(n_windows, "n_windows"),
                _count(step_size, "step_size"), refit, progress,
            )  # fmt: skip
        return Backtest(data.frame(table), json.loads(report))

    def backtest_fitted(self, df: Frame, n_windows: int = 8, step_size: int = 1) -> Backtest:
        """Evaluate the fitted forecaster at earlier cutoffs of `df`, without training.

        Only cutoffs after the data of the training measure the error on new data.
        """
        data = self._read(df, "df")
        table, report = backtest_fitted(
            self.fitted_, data.panel, _count(n_windows, "n_windows"), _count(step_size, "step_size")
        )
        return Backtest(data.frame(table), json.loads(report))

    def online(self, unique_id: object = None, df: Frame | None = None) -> Online:
        """Start an online forecaster after the last value of a series.

        Parameters
        ----------
        unique_id : optional
            The series; not needed if there is one.
        df : data frame or path, optional
            The history; by default the data of `fit`.
        """
        data = self._history(df, None)
        name = None if unique_id is None else str(unique_id)
        return Online(self.fitted_, self.fitted_.online(data.panel, name))

    def resume_online(self, unique_id: object, state: bytes) -> Online:
        """Continue an online forecaster from its `state`, bit for bit."""
        return Online(self.fitted_, self.fitted_.resume_online(str(unique_id), state))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, which every program of elman reads."""
        self.fitted_.save(Path(path))

    @classmethod
    def load(cls: type[_Self], path: str | os.PathLike[str]) -> _Self:
        """Read a model file."""
        return cls._of(Fitted.load(Path(path)))

    @classmethod
    def _of(cls: type[_Self], fitted: Fitted) -> _Self:
        forecaster = cls(fitted.horizon)
        forecaster._fitted = fitted
        forecaster.set_params(**json.loads(fitted.parameters()))
        return forecaster

    @property
    def fitted_(self) -> Fitted:
        """The fitted forecaster of the engine.

        Raises
        ------
        NotFittedError
            Before `fit`.
        """
        fitted: Fitted | None = self.__dict__.get("_fitted")
        if fitted is None:
            raise NotFittedError(
                f"this {type(self).__name__} is not fitted", "call `fit` with the data"
            )
        return fitted

    @property
    def report_(self) -> dict[str, Any]:
        """Report of model selection."""
        report: dict[str, Any] = json.loads(self.fitted_.report())
        return report

    @property
    def notes_(self) -> list[str]:
        """Notes on the data and on the newest forecast."""
        self.fitted_  # noqa: B018
        return list(self._notes)

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.parameter_names()}
        if "_fitted" in self.__dict__:
            state["_fitted"] = self.fitted_.to_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        fitted = state.pop("_fitted", None)
        self.__dict__.update(state)
        if fitted is not None:
            self._fitted = Fitted.from_bytes(fitted)

    h: int
    level: Sequence[float]
    futr_exog: Sequence[str]
    target_col: str
    progress: bool | None

    _fitted: Fitted
    _data: Data | None = None
    _notes: tuple[str, ...] = ()

    def _set_notes(self, notes: list[str], data: Data | None = None) -> None:
        data = data or self._data
        of_data = [] if data is None else data.panel.notes
        self._notes = (*of_data, *notes)

    def _columns(self) -> Columns:
        return Columns(*(getattr(self, name) for name in _OF_COLUMNS))

    def _read(self, df: Frame, what: str) -> Data:
        options = {name: getattr(self, name) for name in _OF_DATA}
        return read(df, self._columns(), options, what)

    def _options(self) -> str:
        others = {*_OF_DATA, *_OF_COLUMNS, "progress"}
        names = [name for name in self.parameter_names() if name not in others]
        document = given({name: getattr(self, name) for name in names})
        document["h"] = _horizon(self.h)
        document["level"] = [float(level) for level in self.level]
        return json.dumps(document)

    def _history(self, df: Frame | None, future: Frame | None) -> Data:
        """The data to forecast: those given, or those of `fit`; with rows of the future."""
        self.fitted_  # noqa: B018
        if df is None and future is None:
            if self._data is None:
                raise DataError(
                    "the forecaster has no data: it was loaded, or copied by pickle",
                    "give the history of the series as `df`",
                )
            return self._data
        if future is None:
            return self._read(df, "df")
        return self._with_future(df, future)

    def _with_future(self, df: Frame | None, future: Frame) -> Data:
        if not self.futr_exog:
            raise OptionError(
                "`X_df` has future values of covariates, and the forecaster has none",
                "name their columns in `futr_exog`",
            )
        past = self._data if df is None else self._read(df, "df")
        if past is None or past.table is None:
            raise DataError("`X_df` needs the history as a data frame", "give it as `df`")
        kind = frames.kind_of(future)
        names = [name for name in past.table.column_names if name != self.target_col]
        table = kind.to_table(future, [name for name in names if name in kind.columns(future)])
        return self._read(past.table.followed_by(table), "df and X_df")._replace(kind=past.kind)


class Pretrained(AutoForecaster):
    """Forecaster of the pretrained network: no training, each series by itself.

    Parameters are those of `AutoForecaster`.
    """

    def __init__(self, h: int, **options: Any) -> None:
        super().__init__(h, **{"model": "pretrained", **options})

    @classmethod
    def _signature(cls) -> Mapping[str, inspect.Parameter]:
        return AutoForecaster._signature()


def load(path: str | os.PathLike[str]) -> AutoForecaster:
    """Read a model file of any forecaster."""
    return AutoForecaster.load(path)


def _horizon(h: object) -> int:
    return _count(h, "h")


def _count(value: object, name: str) -> int:
    """A whole number from 1.

    Raises
    ------
    OptionError
        Another value.
    """
    is_whole = hasattr(value, "__index__") and not isinstance(value, bool)
    count = value.__index__() if is_whole else 0  # type: ignore[attr-defined]
    if not 1 <= count <= 1_000_000:
        raise OptionError(f"`{name}` is {value!r}", f"give a whole number from 1, as `{name}=12`")
    return int(count)
