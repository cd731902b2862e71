"""Order of the rows of `X_df`: by time within each series, as the engine reads them."""

from __future__ import annotations

import re
from typing import Any

from elman._elman import Table
from elman.arrow_lists import lists_of, table_like
from elman.errors import OptionError

#: Dates and times as text whose order is that of their letters, if all are of one length.
_SORTABLE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?")


def in_order(table: Table, id_col: str, time_col: str) -> tuple[Table, list[int]]:
    """The rows of each series by time, and for each of them its row in `table`, from 1.

    Rows stay as they are where a time is missing, or is a text of another form than ISO 8601.
    """
    rows = list(range(len(table)))
    names = table.column_names
    times = _values(table, time_col) if time_col in names else [None] * len(rows)
    series = _values(table, id_col) if id_col in names else [None] * len(rows)
    if _are_sortable(times):
        places = {name: place for place, name in enumerate(dict.fromkeys(series))}
        rows.sort(key=lambda row: (places[series[row]], times[row]))
    if not _is_same_order(rows, series):
        lists = lists_of(table)
        table = table_like(table, {n: [lists[n][row] for row in rows] for n in table.column_names})
        return table, [row + 1 for row in rows]
    return table, list(range(1, len(table) + 1))


def _values(table: Table, name: str) -> list[Any]:
    """Values of a column; times as numbers, which are made sooner than those of Python."""
    try:
        values: list[Any] = table.values(name, False)
        return values
    except OptionError:
        return lists_of(table.select([name]))[name]


def _are_sortable(times: list[Any]) -> bool:
    texts = [time for time in times if isinstance(time, str)]
    if not texts:
        return all(time is not None and time == time for time in times)
    return (
        len(texts) == len(times)
        and len({len(text) for text in texts}) == 1
        and all(_SORTABLE.fullmatch(text) for text in texts)
    )


def _is_same_order(rows: list[int], series: list[Any]) -> bool:
    """Whether the rows of each series are in their own order."""
    newest: dict[Any, int] = {}
    for row in rows:
        if row < newest.get(series[row], -1):
            return False
        newest[series[row]] = row
    return True
