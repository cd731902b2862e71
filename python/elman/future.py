"""Data frames of the future, and errors of their rows, in the words of `X_df`."""

from __future__ import annotations

import re
from typing import NamedTuple

from elman import frames
from elman._elman import Table
from elman.errors import DataError
from elman.frames import Frame, Kind
from elman.future_types import names_of

#: Name of the joined table in places, and the number of its row.
JOINED = "df and X_df"
_ROW = re.compile(rf"^{JOINED}, row (\d+)")
_AFTER = "give as `X_df` the rows after the last value of the history alone"
_OTHER_ROW = re.compile(r"on row (\d+) already$")


def kind_of(frame: Frame, what: str) -> Kind:
    """Find the kind of a data frame where no path is taken; `what` names it in errors.

    Raises
    ------
    DataError
        A path; an object that is no data frame.
    """
    try:
        return frames.kind_of(frame)
    except DataError as error:
        what_it_is = "the path of a file" if frames.is_path(frame) else error.message
        raise DataError(
            f"{what} is no data frame: {what_it_is}",
            "give a data frame, as `pandas.read_csv` returns one",
        ) from None


class Future(NamedTuple):
    """Rows of `X_df` after the rows of the history."""

    #: Number of rows of the history.
    history: int
    #: The rows, in the order of `X_df`.
    table: Table
    #: Row of `X_df` of each row after the history, from 1.
    order: list[int]
    id_col: str

    def error(self, error: DataError) -> DataError:
        """The error of the joined table in terms of `X_df`.

        An error of a row of the history stays. That of a row of the future names the row of
        `X_df` and its series.
        """
        found = _ROW.match(error.place or "")
        if found is None or int(found[1]) <= self.history:
            return error
        number = int(found[1]) - self.history
        row = self.order[number - 1]
        names = self._names()
        of_series = f", series `{names[row - 1]}`" if names else ""
        place = _ROW.sub(f"X_df, row {row}", error.place or "")
        place = _OTHER_ROW.sub(lambda other: f"on {self._row(int(other[1]))} already", place)
        help_ = _AFTER if self._is_in_history(error, number) else error.help
        return DataError(f"X_df{of_series}: {error.message}", help_, place)

    def _names(self) -> list[str]:
        has_names = self.id_col in self.table.column_names
        return names_of(self.table, self.id_col) if has_names else []

    def _row(self, number: int) -> str:
        """Row of the joined table, as a row of the history or of `X_df`."""
        if number <= self.history:
            return f"row {number} of the history"
        return f"row {self.order[number - self.history - 1]}"

    def _is_in_history(self, error: DataError, number: int) -> bool:
        """Whether the row of the error has a time of the history."""
        other = _OTHER_ROW.search(error.place or "")
        if other is not None:
            return int(other[1]) <= self.history
        if "`sort=True`" not in (error.help or ""):
            return False
        names = self._names()
        before = [names[row - 1] for row in self.order[: number - 1]] if names else []
        return names[self.order[number - 1] - 1] not in before if names else number == 1
