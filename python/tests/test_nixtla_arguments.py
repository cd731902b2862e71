"""ElmanForecast takes what StatsForecast takes, and gives advice in terms of its own parameters."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import elman.nixtla
from elman.errors import DataError, OptionError
from elman.nixtla import AutoETS, CrostonSBA, ElmanForecast, Naive, SeasonalNaive


@pytest.fixture
def days() -> pd.DataFrame:
    """Daily values of one series."""
    dates = pd.date_range("2020-01-01", periods=40)
    return pd.DataFrame({"unique_id": "a", "ds": dates, "y": [float(t) for t in range(40)]})


def test_rows_are_sorted(shops: pd.DataFrame) -> None:
    mixed = shops.sample(frac=1, random_state=0)
    forecaster = ElmanForecast([SeasonalNaive(12), AutoETS(12)], "MS")
    expected = forecaster.forecast(3, shops).set_index(["unique_id", "ds"])
    found = forecaster.forecast(3, mixed).set_index(["unique_id", "ds"])
    assert found.loc[expected.index].equals(expected)
    windows = forecaster.cross_validation(3, mixed, n_windows=2)
    assert len(windows) == 12


def mondays() -> Any:
    return pd.date_range("2020-01-06", periods=40, freq="W-MON")


#: A change of daily data, a frequency, and the next step after the error.
REFUSED = {
    "hourly": ({}, "h", "`freq` says hourly: give the frequency of the dates as `freq`"),
    "weekly": ({}, "W-MON", "give the frequency of the dates as `freq`, or aggregate the data"),
    "another day": ({"ds": mondays()}, "W-SUN", "give `freq` with the day of the dates"),
    "far away": ({"ds": [*pd.date_range("2020-01-01", periods=39), pd.Timestamp("2028-01-01")]},
                 "D", "and 38 between all the others; correct the date"),
    "another step": ({"ds": [*pd.date_range("2018-01-01", periods=12, freq="MS"),
                             *pd.date_range("2019-01-01", periods=28)]}, "D",
                     "give the rows of one step only, or number the rows"),
    "duplicate": ({"ds": pd.Timestamp("2020-01-01")}, "D", "or aggregate them before"),
    "text": ({"y": ["seven", *["1.5"] * 39]}, "D",
             "give a column of numbers, with NaN for missing values"),
    "ambiguous": ({"ds": [f"{d % 12 + 1}/{d % 12 + 1}/2020" for d in range(40)]}, "D",
                  "`date_order=\"mdy\"`; this is a parameter of `elman.AutoForecaster`"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "freq", "advice"), REFUSED.values(), ids=list(REFUSED))
def test_advice_is_in_terms_of_the_class(
    change: dict[str, Any], freq: str, advice: str, days: pd.DataFrame
) -> None:
    calls = [
        ElmanForecast([Naive()], freq).forecast,
        ElmanForecast([Naive()], freq).cross_validation,
    ]
    for call in calls:
        with pytest.raises(DataError) as caught:
            call(2, days.assign(**change))
        assert advice in str(caught.value.help)
        assert caught.value.place is not None


def test_a_test_size_gives_the_number_of_windows(shops: pd.DataFrame) -> None:
    forecaster = ElmanForecast([Naive()], "MS")
    expected = forecaster.cross_validation(6, shops, n_windows=4, step_size=2)
    options = {"n_windows": None, "step_size": 2, "test_size": 12}
    assert forecaster.cross_validation(6, shops, **options).equals(expected)


@pytest.mark.parametrize(
    ("options", "message", "advice"),
    [
        ({"test_size": 12}, "`n_windows` and `test_size`", "give one of them"),
        ({"n_windows": None}, "`n_windows` is None", "give a whole number"),
        ({"n_windows": None, "test_size": 5}, "`test_size` is 5", "give a whole number from 6"),
        ({"n_windows": None, "test_size": 13, "step_size": 2}, "`test_size` is 13",
         "as `test_size=12`"),
        ({"refit": 2}, "`refit` is 2", "give True to train at each cutoff, or False"),
    ],
)  # fmt: skip
def test_windows_that_are_not_possible_are_refused(
    options: dict[str, Any], message: str, advice: str, shops: pd.DataFrame
) -> None:
    with pytest.raises(OptionError, match=message) as caught:
        ElmanForecast([Naive()], "MS").cross_validation(6, shops, **options)
    assert advice in str(caught.value.help)


@pytest.mark.parametrize("season_length", [[12], "12", 0, None, 1.5])
def test_what_is_no_season_length_is_refused(season_length: Any) -> None:
    with pytest.raises(OptionError, match="`season_length` is"):
        AutoETS(season_length)


def test_the_method_of_croston_has_the_name_of_its_correction() -> None:
    df = {"unique_id": ["a"] * 12, "ds": list(range(12)), "y": [0.0, 0.0, 3.0] * 4}
    forecast = ElmanForecast([CrostonSBA()], freq=1).forecast(df=df, h=1)
    # 3 every third time step; times 1 - 0.1 / 2, where 0.1 is the smoothing constant.
    assert forecast["CrostonSBA"] == pytest.approx([0.95])
    assert not hasattr(elman.nixtla, "CrostonClassic")
