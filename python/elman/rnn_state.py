"""Hidden state of a forecaster of one series: new values update it, forecasts continue from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from elman._elman import Fitted
from elman.base import Forecaster, Forecasts
from elman.data import Data
from elman.errors import DataError
from elman.frames import Frame
from elman.online import Online

_Self = TypeVar("_Self", bound="WithHiddenState")


class WithHiddenState(Forecaster):
    """A forecaster of one network that keeps its hidden state after the values of one series."""

    #: The newest update in a sentence: whether it continued or reset the hidden state.
    _notes_of_update: Sequence[str] = ()

    def update(self: _Self, df: Frame) -> _Self:
        """Update the hidden state with new values of the series, without training.

        Parameters
        ----------
        df : data frame or path
            New values, or the whole history up to newer ones. Times that the hidden state
            includes already are skipped.

        Raises
        ------
        DataError
            Values that do not fit those before, or of another series; a forecaster without a
            hidden state.
        """
        if not self.fitted_.has_state:
            raise DataError(
                "the forecaster keeps no hidden state: it has several series, or covariates",
                "give the whole history to `predict`, or start an online forecaster of a series",
            )
        data = self._read(df, "df", self.fitted_)
        if not self._is_of_its_series(data):
            own, other = self.fitted_.continued().unique_id, data.panel.unique_ids[0]
            raise DataError(
                f"the hidden state is that of series `{own}`, and the data have series `{other}`",
                f"give values of `{own}`; `predict` takes the whole history of another series",
            )
        self._fitted, self._data, notes = self._updated(data)
        self._notes_of_update = tuple(notes)
        self._set_notes(notes)
        return self

    def online(self, unique_id: object = None, df: Frame | None = None) -> Online:
        """Start an online forecaster after the last value of a series.

        Parameters
        ----------
        unique_id : optional
            The series; not needed if there is one.
        df : data frame or path, optional
            The history, or new values of the series of the hidden state, which continues it; by
            default the data of `fit`, or the hidden state of the forecaster.
        """
        fitted = self._continued(df)
        if fitted is not None:
            online = fitted.continued()
            if unique_id is None or str(unique_id) == online.unique_id:
                return Online(fitted, online)
        return super().online(unique_id, df)

    def _updated(self, data: Data) -> tuple[Fitted, Data, list[str]]:
        updated, note = self.fitted_.updated(data.panel)
        return updated, data._replace(is_history=False), [note]

    def _continued(self, df: Frame | None) -> Fitted | None:
        """With its hidden state after `df`; ``None`` without one, and for another series."""
        fitted = self.fitted_
        if not fitted.has_state or df is None:
            return fitted if fitted.has_state else None
        data = self._read(df, "df", fitted)
        return self._updated(data)[0] if self._is_of_its_series(data) else None

    def _is_of_its_series(self, data: Data) -> bool:
        """Whether data have the series of the hidden state, or no name of a series."""
        names = data.panel.unique_ids
        own = (self.fitted_.continued().unique_id, self.target_col)
        return not data.has_names or len(names) != 1 or names[0] in own

    def _history(self, df: Frame | None, future: Frame | None) -> Data:
        """The data to forecast; of the series of the hidden state, all of its values."""
        data = super()._history(df, future)
        if df is not None and self.fitted_.has_state and self._is_of_its_series(data):
            found, known = len(data.panel.values(0)), self.fitted_.continued().steps
            if found < known:
                raise DataError(
                    f"df has {found} values of the series, and its hidden state follows {known}",
                    "give the whole history of the series as `df`",
                )
        return data

    def _forecast(self, df: Frame | None, future: Frame | None, steps: int) -> Forecasts:
        if future is not None or not self.fitted_.has_state:
            return super()._forecast(df, future, steps)
        fitted, data, notes = self.fitted_, self._data, self._notes_of_update
        if df is not None:
            data = self._read(df, "df", fitted)
            if not self._is_of_its_series(data):
                return Forecasts(*fitted.predict(data.panel, steps), data)
            fitted, data, notes = self._updated(data)
        panel = None if data is None else data.panel
        table, more = fitted.predict_continued(steps, panel)
        return Forecasts(table, [*notes, *more], data)
