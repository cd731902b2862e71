"""Data of sktime as data frames of the engine, and the index of its forecasts."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

import pandas as pd

#: Name of a series: the levels of the index before its times; empty for one series alone.
SeriesKey: TypeAlias = tuple[Hashable, ...]

_COLUMNS = ("unique_id", "ds", "y")


def covariates(exog: pd.DataFrame | None) -> list[str]:
    """Names of the covariates `exog`, for the engine."""
    if exog is None:
        return []
    names = [str(name) for name in exog.columns]
    is_usable = len(set(names)) == len(names) and not set(names) & set(_COLUMNS)
    return names if is_usable else [f"x{c}" for c in range(len(names))]


def history(y: pd.DataFrame, exog: pd.DataFrame | None) -> pd.DataFrame:
    """Rows of the values `y` and of the covariates at their times."""
    rows = _keyed(y.index)
    rows["y"] = y.iloc[:, 0].to_numpy()
    if exog is not None:
        for name, column in zip(covariates(exog), exog.columns, strict=True):
            rows[name] = exog[column].reindex(y.index).to_numpy()
    return rows


def future(y: pd.DataFrame, exog: pd.DataFrame | None) -> pd.DataFrame | None:
    """Rows of the covariates after the last time of `y`."""
    if exog is None:
        return None
    exog = exog[times(exog.index) > times(y.index).max()]
    rows = _keyed(exog.index)
    for name, column in zip(covariates(exog), exog.columns, strict=True):
        rows[name] = exog[column].to_numpy()
    return rows


def followed_by(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Rows of both; at the same time, those of `new`."""
    rows = pd.concat([old, new])
    return rows[~rows.index.duplicated(keep="last")].sort_index()


def times(index: pd.Index) -> pd.Index:
    """Times of an index, one for each row."""
    return index.get_level_values(-1)


def steps_behind(y: pd.DataFrame) -> dict[SeriesKey, int]:
    """Time steps between the end of each series and that of the last one."""
    known = times(y.index).unique().sort_values()
    last = pd.Series(known.get_indexer(times(y.index))).groupby(pd.Series(_keys(y.index))).max()
    return {key: len(known) - 1 - int(last[key]) for key in dict.fromkeys(_keys(y.index))}


def index_of(y: pd.DataFrame, ahead: pd.Index) -> pd.Index:
    """Index of forecasts: the times `ahead`, for each series."""
    if not isinstance(y.index, pd.MultiIndex):
        return ahead
    rows = [(*key, time) for key in steps_behind(y) for time in ahead]
    return pd.MultiIndex.from_tuples(rows, names=y.index.names)


def name_of(key: SeriesKey) -> str:
    """Name of a series for the engine: unlike keys have unlike names."""
    if not key:
        return "y"
    return key[0] if len(key) == 1 and isinstance(key[0], str) else repr(key)


def _keys(index: pd.Index) -> list[SeriesKey]:
    if not isinstance(index, pd.MultiIndex):
        return [()] * len(index)
    return [tuple(row[:-1]) for row in index]


def _keyed(index: pd.Index) -> pd.DataFrame:
    """Names of the series and times of the rows."""
    ds = times(index)
    if isinstance(ds, pd.PeriodIndex):
        ds = ds.to_timestamp()
    names = [name_of(key) for key in _keys(index)]
    return pd.DataFrame({"unique_id": names, "ds": ds.to_numpy() if ds.dtype.kind in "iu" else ds})
