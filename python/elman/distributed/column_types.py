"""One type for a column whose files differ."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from elman.errors import DataError

from .arrow import VIEWS

UNITS = ("s", "ms", "us", "ns")


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type of the values of a column, which may be stored as a dictionary or as views."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return VIEWS.get(kind, kind)


def common_type(name: str, files: Mapping[pa.DataType, str], is_number: bool) -> pa.DataType:
    """The type that holds the values of a column in all files.

    Parameters
    ----------
    name
        Name of the column.
    files
        A file for each type of the column.
    is_number
        The column is read as floating-point numbers, whatever its type.

    Raises
    ------
    DataError
        Types without a common one, such as numbers and texts, or dates with a time zone and
        without.
    """
    kinds = [kind for kind in files if not pa.types.is_null(kind)] or [pa.null()]
    common = kinds[0]
    for kind in kinds[1:]:
        both = _of_two(common, kind, is_number)
        if both is None:
            raise _differ(name, files, kinds[0], kind)
        common = both
    return common


def _of_two(one: pa.DataType, other: pa.DataType, is_number: bool) -> pa.DataType | None:
    kinds = (one, other)
    if is_number and all(map(_is_number, kinds)) and not all(map(pa.types.is_integer, kinds)):
        return pa.float64()
    if all(map(_is_time, kinds)):
        return _of_times(one, other)
    try:
        schemas = [pa.schema([("both", kind)]) for kind in kinds]
        both = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    # Whole numbers would lose digits among others, and names would be those of other series.
    is_exact = all(map(pa.types.is_floating, kinds)) or not pa.types.is_floating(both)
    return both if is_exact else None


def _of_times(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """Dates are moments at midnight; moments have the finer of two units."""
    zones = {getattr(kind, "tz", None) for kind in (one, other)}
    if len(zones) > 1:
        return None
    units = [kind.unit for kind in (one, other) if pa.types.is_timestamp(kind)]
    return pa.timestamp(max(units or ["ms"], key=UNITS.index), zones.pop())


def _is_number(kind: pa.DataType) -> bool:
    of_numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_one(kind) for is_one in of_numbers)


def _is_time(kind: pa.DataType) -> bool:
    return any(is_one(kind) for is_one in (pa.types.is_timestamp, pa.types.is_date))


def _differ(
    name: str, files: Mapping[pa.DataType, str], first: pa.DataType, second: pa.DataType
) -> DataError:
    advice = f"write `{name}` with one type into all files"
    if _is_time(first) and _is_time(second):
        advice = f"write `{name}` of all files in one time zone, or all without a time zone"
    return DataError(
        f"column `{name}` is {first} in {files[first]}, and {second} in {files[second]}", advice
    )
