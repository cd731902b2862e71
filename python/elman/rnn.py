"""Forecaster of one recurrent network."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any, TypeVar

from elman import frames
from elman._elman import Fitted, fit_rnn
from elman.arguments import levels, seasons
from elman.base import OF_COLUMNS, OF_DATA
from elman.data import Data
from elman.errors import DataError
from elman.frames import Frame
from elman.parameters import whole
from elman.progress import Progress
from elman.rnn_backtest import BacktestOfNetwork
from elman.rnn_state import WithHiddenState
from elman.training import OF_FILES, OF_NETWORK, files, interruptible, options

_Self = TypeVar("_Self", bound="RnnForecaster")


class RnnForecaster(WithHiddenState, BacktestOfNetwork):
    """Forecaster of one recurrent network, whose hidden state is carried over each series.

    There is no model selection: the parameters are those of ``elman train``, and so are the
    numbers, to the bit. Of one series without covariates the hidden state after the last value is
    kept: a forecast continues from it, and `update` adds new values without the history.

    Parameters
    ----------
    h : int
        Forecast horizon, in time steps: values that the network predicts at each time step.
    level : sequence of float, optional
        Levels of the prediction intervals, in per cent, by default 80 and 95; an empty sequence
        for none.
    season : int or sequence of int, optional
        Seasonal periods, in time steps; by default detected. They decide the sequence length and
        the baselines.
    cell, hidden_size, num_layers, dilations, residual, dropout : optional
        Network: by default an LSTM of hidden size 32 and one layer.
    lags : int, optional
        Values, or differences, in the input of a time step; by default 4.
    differences : int, optional
        1 for a training on the differences from value to value, 0 for the values; by default 1.
    transform, scaler : str, optional
        Transform of the values, by default ``"mean_scale"``; scaler, by default ``"standard"``.
    likelihood, loss : str, optional
        Output distribution, by default ``"point"``, and its loss, by default ``"mse"``.
    seq_length, batch_size : int, optional
        Window of truncated backpropagation, in time steps; lanes, each with a hidden state.
    max_steps, learning_rate, clip, patience, val_every : optional
        Optimizer steps, by default 500; peak learning rate, by default 0.003; largest norm of the
        gradient, by default 1, 0 for none; early stopping after so many evaluations without a
        lower validation loss; optimizer steps between two evaluations.
    optimizer, momentum, weight_decay : optional
        Optimizer, by default ``"adam"``, and its constants.
    schedule, warmup, schedule_step, schedule_factor, schedule_floor, schedule_patience : optional
        Schedule of the learning rate, by default ``"cosine"``, and its constants.
    carry : bool, optional
        Whether the hidden state is carried from window to window; by default it is.
    holdout : int, optional
        Values at the end of each series for the test set, which gives the errors and the
        prediction intervals; by default a fifth, 0 for none.
    init : path, optional
        Weights that the training starts from, under PyTorch's names.
    checkpoint : path, optional
        File of checkpoints. Ctrl-C stops the training and keeps its checkpoint.
    checkpoint_every : int, optional
        Optimizer steps between two checkpoints; by default a tenth of all.
    resume : path, optional
        Checkpoint that `fit` continues from, on the same data: to the bit as if the training had
        not been interrupted. Of the other parameters only `max_steps` may change, and those that
        are left out are those of the checkpoint.
    freq, missing, missing_dates, duplicates, sort, date_order, decimal, missing_values, agg,
    sheet, tz, wide, max_memory, id_col, time_col, target_col, futr_exog, hist_exog, static_exog,
    calendar, non_negative, keep_outliers, seed, threads, progress : optional
        As those of `AutoForecaster`; the seed is by default 1.

    Attributes
    ----------
    losses_ : list of float
        Training loss of each optimizer step.
    report_ : dict
        Errors on the test set beside those of the baselines, coverage of the intervals.
    notes_ : list of str
        Notes on the data and on the newest forecast or export, in sentences.
    """

    #: ``None`` before a training for the levels 80 and 95, and of a resumed training its own.
    level: Sequence[float] | None  # type: ignore[assignment]
    resume: str | os.PathLike[str] | None
    checkpoint: str | os.PathLike[str] | None

    def __init__(
        self,
        h: int,
        *,
        level: Sequence[float] | None = None,
        season: int | Sequence[int] | None = None,
        cell: str | None = None,
        hidden_size: int | None = None,
        num_layers: int | None = None,
        dilations: Sequence[int] | None = None,
        residual: bool | None = None,
        dropout: float | None = None,
        lags: int | None = None,
        differences: int | None = None,
        transform: str | None = None,
        scaler: str | None = None,
        likelihood: str | None = None,
        loss: str | None = None,
        seq_length: int | None = None,
        batch_size: int | None = None,
        max_steps: int | None = None,
        learning_rate: float | None = None,
        optimizer: str | None = None,
        momentum: float | None = None,
        weight_decay: float | None = None,
        clip: float | None = None,
        schedule: str | None = None,
        warmup: int | None = None,
        schedule_step: int | None = None,
        schedule_factor: float | None = None,
        schedule_floor: float | None = None,
        schedule_patience: int | None = None,
        carry: bool | None = None,
        val_every: int | None = None,
        patience: int | None = None,
        holdout: int | None = None,
        non_negative: bool | None = None,
        keep_outliers: bool | None = None,
        calendar: bool | None = None,
        init: str | os.PathLike[str] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int | None = None,
        resume: str | os.PathLike[str] | None = None,
        freq: str | None = None,
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
        seed: int | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> None:
        values = locals()
        for name in RnnForecaster.parameter_names():
            setattr(self, name, values[name])

    def fit(self: _Self, df: Frame) -> _Self:
        """Train the network, or continue the training of the checkpoint `resume`.

        Parameters
        ----------
        df : data frame or path
            One row for each series and time, oldest first.

        Raises
        ------
        DataError
            Data that cannot be forecast; of a training that is resumed, other data.
        OptionError
            A parameter that has no such value.
        DivergedError
            A loss that is not finite, or far above the first one at the end.
        KeyboardInterrupt
            Ctrl-C, after the checkpoint was written.
        """
        data = self._read(df, "df", is_kept=True)
        source = os.fspath(frames.name_of(df)) if frames.is_path(df) else None
        self._train(data, source)
        return self

    @classmethod
    def of_fitted(cls: type[_Self], fitted: Fitted) -> _Self:
        """Forecaster of a fitted one of the engine, with its parameters.

        Raises
        ------
        DataError
            A forecaster with model selection.
        """
        if not fitted.is_of_one_network:
            raise DataError(
                "the model is of `AutoForecaster`, and not of one network",
                "read it with `elman.load(path)`",
            )
        return super().of_fitted(fitted).set_params(**_parameters(fitted))

    @property
    def losses_(self) -> list[float]:
        """Training loss of each optimizer step; of a model file 1,000 losses at most."""
        fitted = self.fitted_
        losses: list[float] | None = self.__dict__.get("_losses")
        return [loss for _, loss in fitted.losses()] if losses is None else list(losses)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {**state, "_losses": self.losses_} if "_fitted" in state else state

    def _train(self, data: Data, source: str | None) -> None:
        """Train on data that were read, from the file `source` if there is one."""
        with Progress(self.progress) as progress, interruptible(self.checkpoint):
            fitted, losses, notes = fit_rnn(
                data.panel, self._options(), files(self.__dict__, source), progress
            )
        self._fitted, self._losses, self._data = fitted, losses, data
        self._notes_of_update = ()
        if self.resume is not None:
            self.set_params(**_parameters(fitted))
        self._set_notes(notes)

    def _options(self) -> str:
        others = {*OF_DATA, *OF_COLUMNS, *OF_FILES, "h", "level", "progress"}
        values = {name: getattr(self, name) for name in self.parameter_names()}
        values = {name: value for name, value in values.items() if name not in others}
        if self.level is not None:
            values["level"] = levels(self.level)
        return options({**values, "season": seasons(self.season), "h": whole(self.h, "h")})

    _losses: list[float] | None = None


def _parameters(fitted: Fitted) -> dict[str, Any]:
    """Parameters of a training: those that are kept, and those of its network."""
    config: dict[str, Any] = json.loads(fitted.networks()[0].config())
    of_network = {name: config.get(name) for name in OF_NETWORK}
    kept: dict[str, Any] = json.loads(fitted.parameters())
    return {**kept, **of_network}
