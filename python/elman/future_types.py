"""Columns of `X_df` in the types of the history, where both have the same values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from elman._elman import Table
from elman.arrow_lists import lists_of, table_like, with_floats
from elman.columns import time_unit, time_zone
from elman.errors import DataError


def matched(past: Table, future: Table, covariates: Sequence[str]) -> tuple[Table, Table]:
    """The history and the rows `future`, with the same types of the columns of `future`.

    A covariate of whole numbers in the history has decimals if it has some in the future, and one
    of `True` and `False` is a number if it is one in the future.

    Raises
    ------
    DataError
        A value that is none of the type of the history.
    """
    kinds = dict(zip(past.column_names, past.kinds, strict=True))
    found = dict(zip(future.column_names, future.kinds, strict=True))
    if all(kinds[name] == kind for name, kind in found.items()):
        return past, future
    lists = lists_of(future)
    widened = [
        name
        for name in covariates
        if kinds[name] != found[name]
        and (kinds[name] == "Boolean" or (_is_whole(kinds[name]) and _has_decimals(lists[name])))
    ]
    past = with_floats(past, widened)
    kinds |= dict.fromkeys(widened, "Float64")
    columns = {name: _converted(name, values, kinds[name]) for name, values in lists.items()}
    return past, table_like(past.select(list(columns)), columns)


def names_of(table: Table, id_col: str) -> list[str]:
    """Names of the series as text, without the decimals of whole numbers."""
    return [_text(name) for name in lists_of(table.select([id_col]))[id_col]]


def _is_whole(kind: str) -> bool:
    return kind.startswith(("Int", "UInt"))


def _has_decimals(values: list[Any]) -> bool:
    return any(isinstance(value, float) and not value.is_integer() for value in values)


def _converted(name: str, values: list[Any], kind: str) -> list[Any]:
    """Values as those of the kind `kind` of the history."""
    convert = _conversion(kind)
    converted = []
    for row, value in enumerate(values, 1):
        try:
            is_missing = value is None or value != value
            converted.append(None if is_missing else convert(value))
        except (TypeError, ValueError, OverflowError) as error:
            raise DataError(
                f"X_df, column `{name}`, row {row}: {value!r} is no value of the type {kind}, "
                "which the column has in the history",
                "give the column the type that it has in the history",
            ) from error
    return converted


def _conversion(kind: str) -> Callable[[Any], Any]:
    if _is_whole(kind):
        return _whole
    if kind.startswith("Float"):
        return float
    if kind == "Date32":
        return _date
    if time_unit(kind) is not None:
        zone = time_zone(kind)
        return lambda value: _moment(value, zone)
    if "Utf8" in kind:
        return _text
    return lambda value: value


def _whole(value: Any) -> int:
    number = int(value)
    if not isinstance(value, str) and number != value:
        raise ValueError
    return number


def _text(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == time():
        return str(value.date())
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _date(value: Any) -> date:
    moment = _moment(value, None)
    if moment.time() != time():
        raise ValueError
    return moment.date()


def _moment(value: Any, zone: str | None) -> datetime:
    """A date, a time or a text in the form of ISO 8601; a date begins in the time zone."""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if not isinstance(value, date):
        raise TypeError
    if isinstance(value, datetime):
        if (value.tzinfo is None) != (zone is None):
            raise ValueError
        return value
    start = datetime.combine(value, time())
    if zone is None:
        return start
    from zoneinfo import ZoneInfo

    return start.replace(tzinfo=ZoneInfo(zone))
