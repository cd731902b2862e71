"""Frequencies under pandas' names, and periods of finer values: those of pandas' ``resample``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from elman import AutoForecaster


def naive(frame: pd.DataFrame, **options: str) -> tuple[pd.Timestamp, float, list[str]]:
    """Date and value of the naive forecast of one time step, and the notes."""
    model = AutoForecaster(h=1, model="naive", level=[], **options).fit(frame)
    forecast = model.predict().iloc[0]
    return pd.Timestamp(forecast.iloc[1]), float(forecast.iloc[2]), list(model.notes_)


def values_of(dates: pd.DatetimeIndex) -> pd.DataFrame:
    """A frame with values that no two sums have in common."""
    values = np.arange(len(dates)) ** 2.0
    return pd.DataFrame({"ds": dates, "y": values})


@pytest.mark.parametrize(
    "freq", ["YE-JUN", "YS-JUL", "QE-JAN", "QS-FEB", "ME", "MS", "BME", "BMS", "W", "W-THU", "2QE"]
)
def test_sums_are_those_of_resample(freq: str) -> None:
    frame = values_of(pd.date_range("2019-02-10", periods=1600, freq="D"))
    date, value, _ = naive(frame, freq=freq, agg="sum")
    sums = frame.set_index("ds").y.resample(freq).sum()
    # The last period is not complete.
    assert (date, value) == (sums.index[-1], sums.iloc[-2])


@pytest.mark.parametrize("start", ["2024-03-20", "2024-10-20 05:00"])
def test_days_are_those_of_the_time_zone_of_the_column(start: str) -> None:
    frame = values_of(pd.date_range(start, periods=200, freq="h", tz="Europe/Berlin"))
    sums = frame.set_index("ds").y.resample("D").sum()
    for options in ({}, {"tz": "Europe/Berlin"}):
        date, value, notes = naive(frame, freq="D", agg="sum", **options)
        assert (date, value) == (sums.index[-1], sums.iloc[-2])
        assert not any("UTC" in note for note in notes)


@pytest.mark.parametrize("freq", ["LWOM-FRI", "WOM-3WED", "2B", "3B", "4W-MON", "2SMS", "BME"])
def test_dates_go_on_as_those_of_date_range(freq: str) -> None:
    dates = pd.date_range("2019-01-15", periods=73, freq=freq)
    for options in ({}, {"freq": freq}):
        date, _, _ = naive(values_of(dates[:72]), **options)
        assert date == dates[72]
