"""Columns of a table from lists and arrays, and lists of its columns: no library is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from numbers import Number
from typing import Any

from elman._elman import Table
from elman.errors import DataError

_EPOCH = datetime(1970, 1, 1)
_DAY = _EPOCH.date()
#: Parts of a second, by unit.
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
#: Bits and digits of the largest float.
_FLOAT_BITS = 1024
_FLOAT_DIGITS = 308


class Column:
    """A column for the engine: its kind, its values, and what the kind needs."""

    __slots__ = ("categories", "kind", "unit", "values", "zone")

    def __init__(
        self,
        kind: str,
        values: Any,
        unit: str | None = None,
        zone: str | None = None,
        categories: list[str | None] | None = None,
    ) -> None:
        self.kind = kind
        self.values = values
        self.unit = unit
        self.zone = zone
        self.categories = categories


def from_mapping(columns: Mapping[str, Any]) -> Table:
    """Table of lists or arrays by name."""
    return table_of([(str(n), column_of(str(n), v)) for n, v in columns.items()])


def table_of(columns: list[tuple[str, Column]]) -> Table:
    """Table of columns by name.

    Raises
    ------
    DataError
        Columns of unlike length; a text that is no Unicode.
    """
    try:
        return Table.from_columns(columns)
    except UnicodeEncodeError as error:
        raise DataError(f"a text is no Unicode: {error.object!r}", "correct the text") from error


def column_of(name: str, values: Any) -> Column:
    """Column of a list, a tuple or an array.

    Raises
    ------
    DataError
        Values that are no numbers, texts, dates or times, or of several kinds.
    """
    if hasattr(values, "dtype") and hasattr(values, "__array__"):
        from elman.numpy_columns import column_of_array

        return column_of_array(name, values)
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence):
        raise DataError(f"column `{name}` is no list of values", "give a list or an array")
    return column_of_list(name, list(values))


def column_of_list(name: str, values: list[Any]) -> Column:
    """Column of a list."""
    known = [v for v in values if not _is_missing(v)]
    if all(isinstance(v, str) for v in known):
        return Column("text", [None if _is_missing(v) else v for v in values])
    if all(isinstance(v, datetime) for v in known):
        return _column_of_moments(name, values)
    if all(type(v) is date for v in known):
        return Column("date", [None if _is_missing(v) else (v - _DAY).days for v in values])
    try:
        if any(isinstance(v, (str, bytes)) for v in known):
            raise TypeError("texts beside other values")
        if all(_is_whole(v) for v in known):
            return _column_of_integers([None if _is_missing(v) else int(v) for v in values])
        return Column("float", [None if _is_missing(v) else float(v) for v in values])
    except OverflowError as error:
        raise DataError(
            f"column `{name}` has a whole number beyond 1.8e308", "give it in a larger unit"
        ) from error
    except (TypeError, ValueError) as error:
        kinds = sorted({type(v).__name__ for v in known})
        raise DataError(
            f"column `{name}` has values of the kinds {', '.join(kinds)}",
            "give numbers, texts, dates or times, of one kind in a column",
        ) from error


def _is_whole(value: Any) -> bool:
    """Whether a value is an `int`, or a `Decimal` that is one, as databases give them."""
    if not isinstance(value, Decimal):
        return isinstance(value, int)
    return value.is_finite() and value.adjusted() < _FLOAT_DIGITS and value == int(value)


def _column_of_integers(values: list[int | None]) -> Column:
    """Column of whole numbers: as text if one has more than 64 bits, since floats would round."""
    if all(v is None or -(2**63) < v < 2**63 for v in values):
        return Column("int", values)
    if any(v is not None and v.bit_length() > _FLOAT_BITS for v in values):
        raise OverflowError
    return Column("text", [None if v is None else str(v) for v in values])


def _column_of_moments(name: str, values: list[datetime | None]) -> Column:
    """Column of times, to the microsecond: all with a time zone, or none."""
    zones = {v.tzinfo for v in values if v is not None and not _is_missing(v)}
    if None in zones and len(zones) > 1:
        raise DataError(
            f"column `{name}` has times with and without a time zone", "give all of them one"
        )
    start = _EPOCH if zones <= {None} else _EPOCH.replace(tzinfo=timezone.utc)
    micros = [
        None if v is None or _is_missing(v) else (v - start) // timedelta(microseconds=1)
        for v in values
    ]
    return Column("time", micros, unit="us", zone=_zone_of(zones))


def _zone_of(zones: set[tzinfo | None]) -> str | None:
    """Name of the time zone of all times; UTC if they have several, or one without a name."""
    if zones <= {None}:
        return None
    names = {getattr(zone, "key", None) or getattr(zone, "zone", None) for zone in zones}
    (name, *others) = names
    return name if isinstance(name, str) and not others else "UTC"


def _is_missing(value: Any) -> bool:
    """Whether a value is none: `None`, NaN, NaT or pandas.NA."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:
        return True
    except (ArithmeticError, ValueError):
        # A signaling NaN; an array.
        return isinstance(value, Number)


def to_lists(table: Table) -> dict[str, list[Any]]:
    """Lists of the columns of a table by name; times as `datetime.date` and `datetime.datetime`."""
    kinds = dict(zip(table.column_names, table.kinds, strict=True))
    return {name: _list(table, name, kind) for name, kind in kinds.items()}


def like(columns: Mapping[str, Any]) -> Callable[[Table], dict[str, list[Any]]]:
    """Conversion of tables to lists: whole numbers that the engine has as texts are numbers."""
    whole = {str(name) for name, values in columns.items() if _is_of_integers(values)}

    def convert(table: Table) -> dict[str, list[Any]]:
        lists = to_lists(table)
        for name in whole & lists.keys():
            lists[name] = [int(v) if isinstance(v, str) else v for v in lists[name]]
        return lists

    return convert


def _is_of_integers(values: Any) -> bool:
    if hasattr(values, "dtype"):
        return getattr(values.dtype, "kind", None) == "u"
    is_list = isinstance(values, Sequence) and len(values) > 0
    return is_list and isinstance(values[0], int)


def _list(table: Table, name: str, kind: str) -> list[Any]:
    values: list[Any] = list(table.values(name, False))
    if kind == "Date32":
        return [None if v is None else _DAY + timedelta(days=v) for v in values]
    unit = time_unit(kind)
    if unit is None:
        return values
    zone = time_zone(kind)
    return [None if v is None else _moment(v, unit, zone) for v in values]


def _moment(value: int, unit: str, zone: str | None) -> datetime:
    micros = value * 10**6 // PER_SECOND[unit]
    moment = _EPOCH + timedelta(microseconds=micros)
    if zone is None:
        return moment
    moment = moment.replace(tzinfo=timezone.utc)
    if zone == "UTC":
        return moment
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment


def time_unit(kind: str) -> str | None:
    """Unit of a kind of times, such as ``Timestamp(ms)``; ``None`` of another kind."""
    if not kind.startswith("Timestamp("):
        return None
    unit = kind.removeprefix("Timestamp(").split(",")[0].rstrip(")")
    return "us" if unit == "µs" else unit


def time_zone(kind: str) -> str | None:
    """Time zone of a kind of times; ``None`` without one."""
    _, comma, zone = kind.partition(", ")
    return zone.rstrip(")").strip('"') if comma else None
