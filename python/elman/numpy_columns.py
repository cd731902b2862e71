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
    kind = array.dtype.kind
    if kind == "f":
        return Column("float", array.astype(np.float64, copy=False))
    if kind in "iub":
        if kind == "u" and array.dtype.itemsize == 8 and array.size and array.max() >= 2**63:
            return column_of_list(name, array.tolist())
        return Column("int", array.astype(np.int64, copy=False))
    if kind == "M":
        unit = np.datetime_data(array.dtype)[0]
        if unit not in ("s", "ms", "us", "ns"):
            array, unit = _in_seconds(name, array), "s"
        return Column("time", array.view(np.int64), unit=unit, zone=zone)
    if kind in "OUST":
        return column_of_list(name, array.tolist())
    raise DataError(
        f"column `{name}` has values of the kind {array.dtype}",
        "give numbers, texts or times",
    )


def _in_seconds(name: str, times: Any) -> Any:
    """Times of another unit, such as days, in seconds."""
    try:
        return times.astype("datetime64[s]")
    except OverflowError as error:
        raise DataError(
            f"column `{name}` has times of the unit {times.dtype} that no calendar has",
            "give times in days, seconds or parts of seconds",
        ) from error
