"""Columns of NumPy arrays, without copies where the engine has the same kind of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from elman.columns import Column, column_of_list
from elman.errors import DataError


def column_of_array(name: str, values: Any, zone: str | None = None) -> Column:
    """Column of a one-dimensional array; times are moments in UTC if they have a `zone`.

    Raises
    ------
    DataError
        An array of more dimensions, or of another kind.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise DataError(f"column `{name}` has {array.ndim} dimensions", "give one dimension")
    if np.ma.is_masked(values):
        return _column_of_masked(name, values)
    kind = array.dtype.kind
    if kind == "f":
        return Column("float", array.astype(np.float64, copy=False))
    if kind in "iub":
        if kind == "u" and array.dtype.itemsize == 8 and array.size and array.max() >= 2**63:
            return column_of_list(name, array.tolist())
        return Column("int", array.astype(np.int64, copy=False))
    if kind == "M":
        unit, count = np.datetime_data(array.dtype)
        if unit not in ("s", "ms", "us", "ns"):
            unit = "ns" if unit in ("ps", "fs", "as") else "s"
            array = _in_unit(name, array, unit)
        elif count != 1:
            array = _in_unit(name, array, unit)
        return Column("time", array.view(np.int64), unit=unit, zone=zone)
    if kind in "OUST":
        return column_of_list(name, array.tolist())
    raise DataError(
        f"column `{name}` has values of the kind {array.dtype}",
        "give numbers, texts or times",
    )


def _column_of_masked(name: str, values: Any) -> Column:
    """Column of an array of which some values are masked: they are missing."""
    kind = values.dtype.kind
    if kind == "f":
        return column_of_array(name, values.astype(np.float64).filled(np.nan))
    if kind == "M":
        return column_of_array(name, values.filled(np.array("NaT", values.dtype)))
    return column_of_list(name, values.tolist())


def _in_unit(name: str, times: Any, unit: str) -> Any:
    """Times of another unit, such as days or periods of 10 seconds, in seconds or parts of them."""
    try:
        return times.astype(f"datetime64[{unit}]")
    except OverflowError as error:
        raise DataError(
            f"column `{name}` has times of the unit {times.dtype} that no calendar has",
            "give times in days, seconds or parts of seconds",
        ) from error
