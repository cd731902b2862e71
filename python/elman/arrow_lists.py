"""Lists of a table of any types of Arrow, and tables of the types of another one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime, timezone
from typing import Any

from elman._elman import Table
from elman.columns import PER_SECOND, Column, table_of, time_unit, time_zone, to_lists
from elman.errors import DataError, OptionError

_PLAIN = ("Float64", "Int64", "Utf8", "Date32", "Dictionary(Int32, Utf8)")


def lists_of(table: Table) -> dict[str, list[Any]]:
    """Lists of the columns, also of the types that only another library reads."""
    try:
        return to_lists(table)
    except OptionError:
        lists: dict[str, list[Any]]
        if "pyarrow" in sys.modules:
            lists = sys.modules["pyarrow"].table(table).to_pydict()
        elif "polars" in sys.modules:
            lists = sys.modules["polars"].DataFrame(table).to_dict(as_series=False)
        else:
            raise
        return lists


def with_floats(table: Table, names: Sequence[str]) -> Table:
    """The table with these columns as numbers with decimals."""
    if not names:
        return table
    if len(table.addresses(names[0])) > 1:
        return _chunked_with_floats(table, names)
    numbers = lists_of(table.select(list(names)))
    floats = [(n, Column("float", [_float(v) for v in values])) for n, values in numbers.items()]
    others = [name for name in table.column_names if name not in names]
    return table.select(others).beside(table_of(floats)).select(table.column_names)


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)


def _chunked_with_floats(table: Table, names: Sequence[str]) -> Table:
    """The same of a table in several parts, which only pyarrow and polars make."""
    if "polars" in sys.modules and "pyarrow" not in sys.modules:
        polars = sys.modules["polars"]
        frame = polars.DataFrame(table)
        return Table.from_arrow(frame.with_columns(polars.col(list(names)).cast(polars.Float64)))
    import pyarrow

    own = pyarrow.table(table)
    for name in names:
        place = own.column_names.index(name)
        own = own.set_column(place, name, own[name].cast(pyarrow.float64()))
    return Table.from_arrow(own)


def table_like(like: Table, lists: dict[str, list[Any]]) -> Table:
    """Table of lists, with the types of the columns of `like`.

    Raises
    ------
    DataError
        A value that is none of the type.
    """
    kinds = dict(zip(like.column_names, like.kinds, strict=True))
    if all(kind in _PLAIN or time_unit(kind) for kind in kinds.values()):
        return table_of([(n, _column(like, n, kinds[n], values)) for n, values in lists.items()])
    try:
        return _of_library(like, lists)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise _refused(error) from error
    except Exception as error:
        # The errors of polars have no other base class.
        if type(error).__module__.startswith("polars"):
            raise _refused(error) from error
        raise


def _refused(error: Exception) -> DataError:
    return DataError(
        f"X_df has values of other types than the history: {error}",
        "give its columns the types that they have in the history",
    )


def _of_library(like: Table, lists: dict[str, list[Any]]) -> Table:
    """Table of types that a column of Python has not: polars has its own, pyarrow the others."""
    if any("View" in kind for kind in like.kinds) and "polars" in sys.modules:
        polars = sys.modules["polars"]
        return Table.from_arrow(polars.DataFrame(lists, schema=polars.DataFrame(like).schema))
    import pyarrow

    schema = pyarrow.table(like).schema
    arrays = [pyarrow.array(lists[field.name], type=field.type) for field in schema]
    return Table.from_arrow(pyarrow.Table.from_arrays(arrays, schema=schema))


def _column(like: Table, name: str, kind: str, values: list[Any]) -> Column:
    unit = time_unit(kind)
    if unit is not None:
        zone = time_zone(kind)
        return Column("time", [_count(v, unit) for v in values], unit=unit, zone=zone)
    if kind == "Float64":
        return Column("float", values)
    if kind == "Date32":
        return Column("date", [None if v is None else (v - date(1970, 1, 1)).days for v in values])
    if not kind.startswith("Dictionary"):
        return Column("int" if kind == "Int64" else "text", values)
    import numpy

    categories: list[str | None] = list(like.categories(name))
    categories += sorted({v for v in values if v is not None} - set(categories))
    places = {category: code for code, category in enumerate(categories)}
    codes = numpy.array([-1 if v is None else places[v] for v in values], numpy.int32)
    return Column("category", codes, categories=categories)


def _count(moment: datetime | None, unit: str) -> int | None:
    """Time since 1970 in a unit."""
    if moment is None:
        return None
    start = datetime(1970, 1, 1, tzinfo=None if moment.tzinfo is None else timezone.utc)
    span = moment - start
    micros = (span.days * 86_400 + span.seconds) * 10**6 + span.microseconds
    return micros * PER_SECOND[unit] // 10**6
