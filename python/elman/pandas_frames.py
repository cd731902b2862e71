"""Data frames of pandas: columns without copies where NumPy holds them. pyarrow is not needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from elman._elman import Table
from elman.columns import Column, column_of_list, table_of, time_unit, time_zone
from elman.errors import DataError
from elman.numpy_columns import column_of_array


def with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The data frame with the levels of its index as columns, if they have names or are times.

    Times without a name are ``ds``. A level that is a column already stays in the index.
    """
    taken = {str(name) for name in frame.columns}
    names = list(frame.index.names)
    levels = []
    for number, name in enumerate(names):
        kind = frame.index.get_level_values(number).dtype if name is None else None
        if pd.api.types.is_datetime64_any_dtype(kind) or isinstance(kind, pd.PeriodDtype):
            names[number] = "ds"
        if names[number] is not None and str(names[number]) not in taken:
            levels.append(number)
    return frame.rename_axis(index=names).reset_index(level=levels) if levels else frame


def own(frame: pd.DataFrame, columns: list[str] | None) -> pd.DataFrame:
    """Copy of a data frame, or of some of its columns."""
    frame = with_index(frame)
    places = [c for c, name in enumerate(frame.columns) if columns is None or str(name) in columns]
    return frame.iloc[:, places].copy()


def from_pandas(frame: pd.DataFrame, columns: list[str] | None) -> Table:
    """Table of a data frame, or of some of its columns."""
    frame = with_index(frame)
    names = [str(name) for name in frame.columns]
    if columns is None:
        columns = names
    places = {name: c for c, name in enumerate(names)}
    return table_of([(n, _column(n, frame.iloc[:, places[n]])) for n in columns])


def _column(name: str, series: Any) -> Column:
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        categories = [str(category) for category in kind.categories]
        if len(set(categories)) < len(categories):
            twice = next(text for text in categories if categories.count(text) > 1)
            raise DataError(f"column `{name}` has two categories {twice}", "rename one of them")
        codes = series.cat.codes.to_numpy().astype(np.int32)
        return Column("category", codes, categories=list(categories))
    if isinstance(kind, pd.DatetimeTZDtype):
        utc = series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        return column_of_array(name, utc, zone=str(kind.tz))
    if isinstance(kind, pd.PeriodDtype):
        return column_of_array(name, series.dt.to_timestamp().to_numpy())
    if isinstance(kind, np.dtype):
        return column_of_array(name, series.to_numpy())
    if kind.kind in "iub":
        return _column_of_integers(name, series)
    if pd.api.types.is_numeric_dtype(kind) and kind.kind == "f":
        return column_of_array(name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    if pd.api.types.is_datetime64_any_dtype(kind):
        return _column(name, pd.Series(pd.DatetimeIndex(series)))
    return column_of_list(name, series.tolist())


def _column_of_integers(name: str, series: Any) -> Column:
    """Column of whole numbers, some of them missing: as floats, large ones would be others."""
    if series.isna().any():
        return column_of_list(name, series.tolist())
    kind = np.uint64 if series.dtype.kind == "u" else np.int64
    return column_of_array(name, series.to_numpy(dtype=kind))


def to_pandas(table: Table) -> pd.DataFrame:
    """Data frame of a table."""
    kinds = zip(table.column_names, table.kinds, strict=True)
    return pd.DataFrame({name: _values(table, name, kind) for name, kind in kinds})


def _values(table: Table, name: str, kind: str) -> Any:
    if kind.startswith("Dictionary"):
        return pd.Categorical(table.values(name, False), categories=table.categories(name))
    if kind in ("Utf8", "LargeUtf8", "Utf8View"):
        return pd.Series(table.values(name, False), dtype="str" if _has_str() else "object")
    values = table.values(name, True)
    if kind == "Date32":
        return values.astype("datetime64[D]").astype("datetime64[ns]")
    unit = time_unit(kind)
    if unit is None:
        return values
    moments = pd.Series(values.view(f"datetime64[{unit}]"))
    zone = time_zone(kind)
    return moments if zone is None else _in_zone(moments.dt.tz_localize("UTC"), zone)


def _in_zone(moments: Any, zone: str) -> Any:
    """Moments in a time zone; in UTC if this machine does not know the zone."""
    try:
        return moments.dt.tz_convert(zone)
    except (KeyError, ValueError):
        return moments


def _has_str() -> bool:
    """Whether this pandas has a type of text."""
    return int(pd.__version__.split(".")[0]) >= 3
