"""Data frames of the future, and errors of their rows, in the words of `X_df`."""

from __future__ import annotations

import re

from elman import frames
from elman._elman import Table
from elman.errors import DataError
from elman.frames import Frame, Kind
from elman.future_types import names_of

#: Name of the joined table in places, and the number of its row.
JOINED = "df and X_df"
_ROW = re.compile(rf"^{JOINED}, row (\d+)")


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


def of_future(error: DataError, rows: int, future: Table, id_col: str) -> DataError:
    """The error of a table of `rows` rows of history and the rows `future` after them.

    An error of a row of the history stays. That of a row of the future names the row of `X_df`
    and its series.
    """
    found = _ROW.match(error.place or "")
    if found is None or int(found[1]) <= rows:
        return error
    row = int(found[1]) - rows
    names = names_of(future, id_col) if id_col in future.column_names else []
    of_series = f", series `{names[row - 1]}`" if len(names) >= row else ""
    is_first = names[: row - 1].count(names[row - 1]) == 0 if names else row == 1
    place = _ROW.sub(f"X_df, row {row}", error.place or "")
    help_ = error.help
    if is_first and help_ is not None and ("`sort`" in help_ or "`duplicates" in help_):
        help_ = "give as `X_df` the rows after the last value of the history alone"
    return DataError(f"X_df{of_series}: {error.message}", help_, place)
