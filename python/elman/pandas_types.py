"""Types of pandas that the engine does not have: names and times come back in those of the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from elman._elman import Table
from elman.pandas_frames import to_pandas, with_index

#: Rows that the type of a column of objects is found in.
_ROWS = 100


def like(frame: pd.DataFrame) -> Callable[[Table], pd.DataFrame]:
    """Conversion of tables to data frames with names and times of the types of a data frame."""
    sample = with_index(frame.head(_ROWS)).copy()
    places = {str(name): place for place, name in enumerate(sample.columns)}

    def convert(table: Table) -> pd.DataFrame:
        result = to_pandas(table)
        before = None
        for name in result.columns:
            # The cutoff stands after the time, and has its type.
            before = before if name == "cutoff" and name not in places else name
            if before in places:
                result[name] = _of_type(result[name], sample.iloc[:, places[before]])
        return result

    return convert


def _of_type(values: Any, sample: Any) -> Any:
    """Values in the type of the column `sample`; as they are if that type has other values."""
    kind = sample.dtype
    if values.dtype == kind or pd.api.types.is_float_dtype(values.dtype):
        return values
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _times(values, sample)
    if isinstance(kind, pd.CategoricalDtype):
        return _categories(values, kind)
    try:
        converted = values.map(int) if _is_of_integers(sample) else values.astype(kind)
        converted = converted.astype(kind)
        is_same = bool((converted.astype(values.dtype) == values).all())
    except (TypeError, ValueError, OverflowError):
        return values
    return converted if is_same else values


def _is_of_integers(sample: Any) -> bool:
    """Whether a column of objects has whole numbers."""
    return sample.dtype == np.dtype(object) and any(isinstance(value, int) for value in sample)


def _times(values: Any, sample: Any) -> Any:
    """Times as periods, as dates or moments of Python, or of a type of Arrow."""
    kind = sample.dtype
    if isinstance(kind, pd.PeriodDtype):
        return values.dt.to_period(kind.freq)
    if isinstance(kind, pd.ArrowDtype) and pd.api.types.is_datetime64_any_dtype(kind):
        return values.astype(kind)
    if kind != np.dtype(object):
        return values
    first = next((value for value in sample if isinstance(value, date)), None)
    if isinstance(first, datetime):
        return values.astype(object)
    return values if first is None else values.dt.date


def _categories(values: Any, kind: pd.CategoricalDtype) -> Any:
    """Categories that are no texts, such as numbers, in place of their texts."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    return pd.Series(pd.Categorical.from_codes(values.cat.codes, dtype=kind))
