"""Forecasters with model selection."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from elman import model_options
from elman._elman import Fitted, backtest, fit
from elman.arguments import levels, seasons
from elman.backtest import Backtest
from elman.backtesting import Backtesting
from elman.base import OF_COLUMNS, OF_DATA
from elman.data import Data
from elman.errors import DataError
from elman.frames import Frame
from elman.parameters import given, whole
from elman.progress import Progress

_Self = TypeVar("_Self", bound="AutoForecaster")
_OfPretrained = TypeVar("_OfPretrained", bound="Pretrained")


class AutoForecaster(Backtesting):
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
    season : int or sequence of int, optional
        Seasonal periods, in time steps; an empty sequence for none; by default detected.
    model : str, optional
        ``"auto"``, ``"network"``, ``"pretrained"``, ``"fine-tuned"``, or a statistical model:
        ``"theta"``, ``"ets"``, ``"damped"``, ``"naive"``, ``"seasonal_naive"``, ``"naive2"``,
        ``"mean"``, ``"drift"``, ``"croston"``, ``"tsb"``; by default ``"auto"``, or ``"network"``
        with an option of networks.
    scope : str, optional
        ``"global"``: all series share the networks; ``"local"``: each series has its own.
    point : str, optional
        Point forecast: ``"median"`` or ``"mean"``.
    cell, hidden_size, num_layers, dilations, residual : optional
        Layers of the networks: ``"rnn"``, ``"rnn_relu"``, ``"gru"``, ``"lstm"``; hidden size H;
        number of layers, or their dilations; residual connections.
    learning_rate, max_steps, patience, seq_length, carry : optional
        Training: peak learning rate; optimizer steps of a network; patience of early stopping;
        window of truncated backpropagation, in time steps; whether the hidden state is carried
        from window to window.
    likelihood : str, optional
        Output distribution of the networks: ``"point"``, ``"quantiles"``, ``"gaussian"``,
        ``"student-t"``, ``"negative-binomial"``; by default ``"point"``.
    loss : str, optional
        Loss of the likelihood ``"point"``: ``"mae"``, ``"mse"``, ``"huber"``; by default ``"mae"``.
    scaler : str, optional
        Scaler of the target: ``"standard"``, ``"robust"``, ``"minmax"``, ``"none"``; by default
        chosen by model selection.
    decomposition : str, optional
        Seasonal decomposition: ``"classical"`` or ``"stl"``.
    non_negative : bool, optional
        Clip forecasts and intervals at 0.
    keep_outliers : bool, optional
        Keep isolated outliers near the end of a series; by default they are masked.
    calendar : bool, optional
        Calendar features of the dates as inputs.
    futr_exog, hist_exog, static_exog : sequence of str
        Columns of covariates: with known future values, known up to the last value, constant in
        a series.
    missing : str, optional
        Missing values: ``"mask"`` them, ``"interpolate"``, ``"drop"`` their rows, or ``"error"``;
        by default ``"mask"``.
    missing_dates : str, optional
        Dates without a row: ``"fill"`` with missing values, or ``"skip"``; by default ``"auto"``:
        skip for business days without a season, fill otherwise.
    duplicates : str, optional
        Duplicate dates of a series: ``"error"``, or their ``"mean"``, ``"sum"``, ``"first"``,
        ``"last"``; by default ``"error"``.
    sort : bool, optional
        Sort the rows of each series by date.
    date_order, decimal : str, optional
        Dates and numbers in text: ``"dmy"``, ``"mdy"``, ``"ymd"``; ``"point"``, ``"comma"``; by
        default inferred.
    missing_values : sequence of str, optional
        Values that mean missing, such as ``["-999"]``.
    agg : str, optional
        Aggregation where `freq` is coarser than the dates: ``"sum"``, ``"mean"``, ``"first"``,
        ``"last"``, ``"min"``, ``"max"``. Periods and their dates are those of pandas' ``resample``;
        incomplete periods at both ends are dropped.
    tz : str, optional
        Local time zone, such as ``"Europe/Berlin"``, of dates in UTC or with offsets.
    wide : bool, optional
        Whether every numeric column is a series.
    sheet, max_memory : optional
        Sheet of a workbook; memory limit of reading a file, in bytes.
    id_col, time_col, target_col : str
        Columns of the series, of the times and of the values; ``"none"`` for one series, and for
        rows without times.
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
        Notes on the data and on the newest forecast or export, in sentences.
    """

    def __init__(
        self,
        h: int,
        *,
        level: Sequence[float] = (80, 95),
        freq: str | None = None,
        season: int | Sequence[int] | None = None,
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
        data = self._read(df, "df", is_kept=True)
        with Progress(self.progress) as progress:
            self._fitted = fit(data.panel, self._options(), progress)
        self._data = data
        self._set_notes([])
        return self

    def _backtest(self, data: Data, n_windows: int, step_size: int, refit: bool) -> Backtest:
        with Progress(self.progress) as progress:
            table, report = backtest(
                data.panel, self._options(), n_windows, step_size, refit, progress
            )
        return Backtest.of(data, table, report)

    def _options(self) -> str:
        others = {*OF_DATA, *OF_COLUMNS, "progress"}
        names = [name for name in self.parameter_names() if name not in others]
        values = {name: getattr(self, name) for name in names}
        model_options.fits(values)
        checked = {
            "h": whole(self.h, "h"),
            "level": levels(() if self.level is None else self.level),
            "season": seasons(self.season),
            "seed": whole(values["seed"], "seed", 0, 2**64 - 1),
        }
        return json.dumps(given({**values, **checked}))


class Pretrained(AutoForecaster):
    """Forecaster of the pretrained network: no training, each series by itself.

    Parameters are those of `AutoForecaster`.
    """

    def __init__(self, h: int, **options: Any) -> None:
        super().__init__(h, **{"model": "pretrained", **options})

    @classmethod
    def of_fitted(cls: type[_OfPretrained], fitted: Fitted) -> _OfPretrained:
        """Forecaster of a fitted one of the engine, with its parameters.

        Raises
        ------
        DataError
            A forecaster of other models.
        """
        model = json.loads(fitted.report())["model"]
        if model != "pretrained":
            raise DataError(
                f"the model is `{model}`, and not the pretrained network",
                "read it with `elman.load(path)`",
            )
        return super().of_fitted(fitted)

    @classmethod
    def _signature(cls) -> Mapping[str, inspect.Parameter]:
        return AutoForecaster._signature()


def load(path: str | os.PathLike[str]) -> Backtesting:
    """Read a model file of any forecaster: one with model selection, or of one network."""
    from elman.rnn import RnnForecaster

    fitted = Fitted.load(Path(path))
    kind = RnnForecaster if fitted.is_of_one_network else AutoForecaster
    return kind.of_fitted(fitted)
