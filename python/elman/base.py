"""What all forecasters have in common: predict, forecast online, save, pickle."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from elman import frames
from elman._elman import Fitted, Table
from elman.arguments import levels
from elman.arrow_lists import lists_of
from elman.copies import Copies
from elman.data import Columns, Data, has_columns, read
from elman.errors import DataError, NotFittedError, OptionError
from elman.frames import Frame
from elman.future import JOINED, Future, kind_of
from elman.future_order import in_order
from elman.future_types import matched, names_of
from elman.online import Online
from elman.outputs import MODEL, replaceable
from elman.parameters import whole
from elman.views import Views
from elman.wording import in_python

_Self = TypeVar("_Self", bound="Forecaster")

#: Parameters of the reader of data.
OF_DATA = (
    "freq", "missing", "missing_dates", "duplicates", "sort", "date_order", "decimal",
    "missing_values", "agg", "sheet", "tz", "wide", "max_memory",
)  # fmt: skip
#: Parameters of the columns.
OF_COLUMNS = ("id_col", "time_col", "target_col", "futr_exog", "hist_exog", "static_exog")


class Forecasts(NamedTuple):
    """Forecasts as a table, with notes."""

    table: Table
    notes: list[str]
    #: The data that are forecast; ``None`` for a forecast from a hidden state alone.
    data: Data | None


class Forecaster(Views, Copies):
    """Forecaster of any kind: `fit` is that of its kind."""

    h: int
    level: Sequence[float]
    season: int | Sequence[int] | None
    futr_exog: Sequence[str]
    target_col: str
    threads: int | None
    progress: bool | None

    def __init__(self, h: int) -> None:
        self.h = h

    def fit(self: _Self, df: Frame) -> _Self:
        """Train on the data."""
        raise NotImplementedError

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
            Future values of the covariates `futr_exog`, one row for each series and time, in any
            order.
        h : int, optional
            Time steps; by default the horizon of the training.

        Returns
        -------
        data frame
            Of the kind that came in: series, time, ``elman``, and for each level, such as 80,
            ``elman-lo-80`` and ``elman-hi-80``. The forecast of one model has its name, such as
            ``theta``, in place of ``elman``.
        """
        steps = whole(self.h if h is None else h, "h")
        table, notes, data = self._forecast(df, X_df, steps)
        self._set_notes(notes, data)
        if data is not None:
            return data.frame(table)
        return table if self._kind is None else frames.frame_of(self._kind, table)

    def fit_predict(self, df: Frame, X_df: Frame | None = None) -> Frame:
        """`fit`, then `predict`."""
        return self.fit(df).predict(X_df=X_df)

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

    def with_level(self: _Self, level: Sequence[float]) -> _Self:
        """Copy of the fitted forecaster with intervals of other levels, without training."""
        found = levels(level)
        other = copy.copy(self).set_params(level=tuple(found))
        other._fitted = self.fitted_.with_options(found, other.threads)
        return other

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file, which every program of elman reads.

        Raises
        ------
        FileError
            A file that cannot be written, or is there and no model.
        """
        self.fitted_.save(replaceable(path, MODEL))

    @classmethod
    def load(cls: type[_Self], path: str | os.PathLike[str]) -> _Self:
        """Read a model file."""
        return cls.of_fitted(Fitted.load(Path(path)))

    @classmethod
    def of_fitted(cls: type[_Self], fitted: Fitted) -> _Self:
        """Forecaster of a fitted one of the engine, with its parameters."""
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
        """Notes on the data and on the newest forecast or export."""
        self.fitted_  # noqa: B018
        return list(self._notes)

    _notes: tuple[str, ...] = ()

    def _set_notes(self, notes: list[str], data: Data | None = None) -> None:
        data = data or self._data
        of_data = [] if data is None else data.panel.notes
        self._notes = tuple(in_python(note) for note in (*of_data, *notes))

    def _columns(self) -> Columns:
        return Columns(*(getattr(self, name) for name in OF_COLUMNS))

    def _read(
        self, df: Frame, what: str, after: Fitted | None = None, is_kept: bool = False
    ) -> Data:
        """Data; if `after` is given, values that continue the series of that forecaster."""
        options = {name: getattr(self, name) for name in OF_DATA}
        return read(df, self._columns(), options, what, after, is_kept)

    def _forecast(self, df: Frame | None, future: Frame | None, steps: int) -> Forecasts:
        data = self._history(df, future)
        return Forecasts(*self.fitted_.predict(data.panel, steps), data)

    def _history(self, df: Frame | None, future: Frame | None) -> Data:
        """The data to forecast: those given, or those of `fit`; with rows of the future."""
        self.fitted_  # noqa: B018
        if df is None and future is None:
            if self._data is None:
                raise DataError(
                    "the forecaster has no data: it was loaded, or copied by pickle",
                    "give the history of the series as `df`",
                )
            if not self._data.is_history:
                raise DataError(
                    "the forecaster has the new values of `update`, not the history before them",
                    "give the whole history of the series as `df`",
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
        kind = kind_of(future, "X_df")
        future = kind.kept(future)
        columns, known = self._columns(), past.table.column_names
        keys = [name for name in (columns.id_col, columns.time_col) if name in known]
        has_columns(kind.columns(future), [*keys, *self.futr_exog], "X_df")
        names = [name for name in known if name != self.target_col]
        rows = kind.table(future, [name for name in names if name in kind.columns(future)])
        history, table = matched(past.table, rows, self.futr_exog)
        self._has_series(past, table)
        ordered, order = in_order(table, columns.id_col, columns.time_col)
        joined = history.followed_by(ordered)
        try:
            data = self._read(joined, JOINED)
        except DataError as error:
            raise Future(len(history), table, order, columns.id_col).error(error) from None
        return data._replace(kind=past.kind)

    def _has_series(self, past: Data, future: Table) -> None:
        """Refuse future values of a series without a history."""
        id_col = self._columns().id_col
        if id_col not in future.column_names:
            return
        known = set(past.panel.unique_ids)
        unknown = set(names_of(future, id_col)) - known
        # A moment has several texts: its values are compared where the texts differ.
        if unknown and past.table is not None:
            values = [
                set(lists_of(table.select([id_col]))[id_col]) for table in (future, past.table)
            ]
            unknown = {str(name) for name in values[0] - values[1]}
        if unknown:
            raise DataError(
                f"X_df has the series `{min(unknown)}`, and the history has not",
                f"the series of the history: {', '.join(sorted(known)[:5])}",
            )
