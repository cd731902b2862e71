"""A backtest names the series that it does not evaluate."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
import pytest

from elman import AutoForecaster
from elman.errors import DataError
from elman.nixtla import ElmanForecast, Naive, SeasonalNaive

NOTE = "1 series is too short for this backtest, and not evaluated: `short`"


@pytest.fixture
def unequal(shops: pd.DataFrame) -> pd.DataFrame:
    """Two long series, and one of ten values."""
    return pd.concat([shops, shops.tail(10).assign(unique_id="short")])


def test_a_series_that_is_too_short_is_named(unequal: pd.DataFrame) -> None:
    backtest = AutoForecaster(6, model="theta").backtest(unequal, n_windows=3, step_size=6)
    assert backtest.notes == [NOTE]
    assert backtest.report["too_short"] == ["short"]
    with pytest.raises(DataError, match="`short` is too short for this backtest") as caught:
        backtest.scores_of("short")
    assert "`n_windows`" in str(caught.value.help)
    with pytest.raises(DataError, match="no series is called `long`"):
        backtest.scores_of("long")


def test_a_fitted_forecaster_names_it_too(unequal: pd.DataFrame) -> None:
    fitted = AutoForecaster(6, model="theta").fit(unequal)
    assert NOTE in fitted.backtest_fitted(unequal, n_windows=3, step_size=6).notes
    assert NOTE not in fitted.backtest_fitted(unequal, n_windows=1).notes


def test_a_note_names_the_first_few(shops: pd.DataFrame) -> None:
    short = [shops.tail(10).assign(unique_id=f"short {n}") for n in range(7)]
    backtest = AutoForecaster(6, model="naive").backtest(pd.concat([shops, *short]))
    (note,) = backtest.notes
    assert note.startswith("7 series are too short")
    assert note.endswith("`short 3`, `short 4`, …")


def test_cross_validation_warns_of_it_once(unequal: pd.DataFrame) -> None:
    of_one = AutoForecaster(6, model="theta")
    of_several = ElmanForecast([Naive(), SeasonalNaive(12)], "MS")
    calls: list[Any] = [
        lambda: of_one.cross_validation(unequal, n_windows=3, step_size=6),
        lambda: of_several.cross_validation(6, unequal, n_windows=3, step_size=6),
    ]
    for call in calls:
        with pytest.warns(UserWarning) as caught:
            frame = call()
        assert [str(warning.message) for warning in caught] == [NOTE]
        assert caught[0].filename == __file__
        assert set(frame["unique_id"]) == {"shop 0", "shop 1"}


def test_series_that_are_long_enough_give_no_warning(shops: pd.DataFrame) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        AutoForecaster(6, model="naive").cross_validation(shops, n_windows=3, step_size=6)
        ElmanForecast([Naive()], "MS").cross_validation(6, shops, n_windows=3)
