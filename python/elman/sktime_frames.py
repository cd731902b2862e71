"""Data of sktime as data frames of the engine, and the index of its forecasts."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeAlias

import pandas as pd

from elman.errors import DataError, OptionError

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
    """Rows of the covariates after the last time of each series of `y`."""
    if exog is None:
        return None
    ends = _ends(y)
    rows_of = zip(_keys(exog.index), times(exog.index), strict=True)
    exog = exog[[key not in ends or time > ends[key] for key, time in rows_of]]
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


def frequency(y: pd.DataFrame, freq: str | None) -> pd.offsets.BaseOffset | None:
    """Frequency of dates: that of their differences, or `freq`; ``None`` of other times.

    Raises
    ------
    OptionError
        Dates whose frequency is not found, and no `freq` with a name of pandas.
    """
    known = times(y.index)
    if isinstance(known, pd.PeriodIndex):
        return known.freq
    if not isinstance(known, pd.DatetimeIndex):
        return None
    dates = known.unique().sort_values()
    found = pd.infer_freq(dates) if len(dates) > 2 else None
    try:
        offset = known.freq or pd.tseries.frequencies.to_offset(found or freq)
    except ValueError:
        offset = None
    if offset is None:
        raise OptionError(
            "the frequency of the dates is not found: some are absent, or there are two",
            'give it with pandas\' name, as `freq="D"`',
        )
    # Weeks end on the day of the dates; "W" alone is Sunday.
    is_week = isinstance(offset, pd.offsets.Week)
    return pd.offsets.Week(offset.n, weekday=dates[-1].weekday()) if is_week else offset


def steps_behind(y: pd.DataFrame, freq: pd.offsets.BaseOffset | None) -> dict[SeriesKey, int]:
    """Time steps between the end of each series and that of the last one."""
    ends = _ends(y)
    last = max(ends.values())
    return {key: _steps(end, last, freq) for key, end in ends.items()}


def groups(behind: dict[SeriesKey, int]) -> list[list[SeriesKey]]:
    """Series that end at the same time."""
    return [[key for key in behind if behind[key] == late] for late in set(behind.values())]


def of_series(rows: pd.DataFrame | None, keys: list[SeriesKey]) -> pd.DataFrame | None:
    """Rows of some series."""
    if rows is None:
        return None
    wanted = set(keys)
    return rows[[key in wanted for key in _keys(rows.index)]]


def _steps(start: Any, end: Any, freq: pd.offsets.BaseOffset | None) -> int:
    """Time steps from one time to a later one; whole numbers have steps of 1."""
    if freq is None:
        return int(end - start)
    if isinstance(start, pd.Period):
        return int((end - start).n // freq.n)
    return len(pd.date_range(start, end, freq=freq)) - 1


def _ends(y: pd.DataFrame) -> dict[SeriesKey, Any]:
    """Last time of each series, in the order of the series."""
    ends: dict[SeriesKey, Any] = {}
    for key, time in zip(_keys(y.index), times(y.index), strict=True):
        ends[key] = max(time, ends.get(key, time))
    return ends


def checked_times(found: pd.Series, wanted: pd.Index) -> None:
    """Refuse forecasts of other times than those of the horizon.

    Raises
    ------
    DataError
        A forecast of another time.
    """
    ahead = wanted.to_timestamp() if isinstance(wanted, pd.PeriodIndex) else wanted
    for forecast, time in zip(found, ahead, strict=True):
        if forecast != time:
            raise DataError(
                f"the horizon has the time {time}, and the time step of the data leads to "
                f"{forecast}",
                "give whole numbers with steps of 1, or dates with their `freq`",
            )


def index_of(y: pd.DataFrame, ahead: pd.Index) -> pd.Index:
    """Index of forecasts: the times `ahead`, for each series."""
    if not isinstance(y.index, pd.MultiIndex):
        return ahead
    rows = [(*key, time) for key in _ends(y) for time in ahead]
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
