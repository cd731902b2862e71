"""The rows of `X_df` stand in any order, and errors have their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from elman import AutoForecaster
from elman.errors import DataError
from elman.nixtla import Elman, ElmanForecast

H = 6
OPTIONS: dict[str, Any] = {"model": "network", "futr_exog": ["price"], "max_steps": 30, "level": []}


@pytest.fixture(scope="module")
def priced(shops: pd.DataFrame) -> pd.DataFrame:
    price = np.sin(np.arange(len(shops)))
    return shops.assign(price=price, y=shops["y"] + 20 * price)


@pytest.fixture(scope="module")
def fitted(priced: pd.DataFrame) -> AutoForecaster:
    return AutoForecaster(H, **OPTIONS).fit(priced[priced["ds"] < "2020-07"])


@pytest.fixture
def future(priced: pd.DataFrame) -> pd.DataFrame:
    return priced[priced["ds"] >= "2020-07"].drop(columns="y").reset_index(drop=True)


def polars(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("polars").from_pandas(frame)


def lists(frame: pd.DataFrame) -> Any:
    return {name: frame[name].tolist() for name in frame}


def texts(frame: pd.DataFrame) -> Any:
    return frame.assign(ds=frame["ds"].dt.strftime("%Y-%m-%d"))


ORDERS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "newest first": lambda frame: frame.iloc[::-1],
    "mixed": lambda frame: frame.sample(frac=1, random_state=1),
    "by date": lambda frame: frame.sort_values("ds", kind="stable"),
}


@pytest.mark.parametrize("order", list(ORDERS))
@pytest.mark.parametrize("kind", [lambda frame: frame, polars, lists, texts])
def test_rows_in_any_order(
    order: str, kind: Any, fitted: AutoForecaster, future: pd.DataFrame
) -> None:
    expected = fitted.predict(X_df=future)
    assert fitted.predict(X_df=kind(ORDERS[order](future))).equals(expected)
    reverse = future.assign(price=future["price"].to_numpy()[::-1])
    assert not fitted.predict(X_df=reverse).equals(expected)


@pytest.mark.parametrize("types", [{"unique_id": "category"}, {"price": "float32"}])
def test_the_types_of_the_history_are_kept(
    types: dict[str, str], priced: pd.DataFrame, future: pd.DataFrame
) -> None:
    typed = priced.astype(types)
    fitted = AutoForecaster(H, **OPTIONS).fit(typed[typed["ds"] < "2020-07"])
    expected = fitted.predict(X_df=future.astype(types))
    assert fitted.predict(X_df=future.astype(types).iloc[::-1]).equals(expected)


def test_rows_without_times_stay_in_their_order(priced: pd.DataFrame) -> None:
    one = priced.loc[priced["unique_id"] == "shop 0", ["price", "y"]]
    options = {**OPTIONS, "id_col": "none", "time_col": "none"}
    fitted = AutoForecaster(H, **options).fit(one[:66])
    forecast = fitted.predict(X_df=one[66:][["price"]])
    assert len(forecast) == H
    assert not fitted.predict(X_df=one[:65:-1][["price"]]).equals(forecast)


def test_elman_forecast_takes_them_too(priced: pd.DataFrame, future: pd.DataFrame) -> None:
    forecaster = ElmanForecast([Elman(max_steps=30)], "MS").fit(priced[priced["ds"] < "2020-07"])
    expected = forecaster.predict(H, X_df=future)
    assert forecaster.predict(H, X_df=future.iloc[::-1]).equals(expected)


def test_errors_have_the_numbers_of_the_rows(fitted: AutoForecaster, future: pd.DataFrame) -> None:
    twice = pd.concat([future, future.tail(1)])
    with pytest.raises(DataError, match="X_df, series `shop 1`: duplicate date") as caught:
        fitted.predict(X_df=twice)
    assert caught.value.place == 'X_df, row 13, column 2 ("ds"): "2020-12-01" is on row 12 already'
    assert "remove one of the rows" in str(caught.value.help)
    with pytest.raises(DataError) as caught:
        fitted.predict(X_df=twice.iloc[::-1])
    assert caught.value.place == 'X_df, row 2, column 2 ("ds"): "2020-12-01" is on row 1 already'
    empty = future.assign(price=future["price"].where(future.index != 3)).iloc[::-1]
    with pytest.raises(DataError) as caught:
        fitted.predict(X_df=empty)
    assert str(caught.value.place).startswith("X_df, row 9, column")


@pytest.mark.parametrize("sort", [None, True])
def test_rows_of_the_history_are_refused(sort: bool | None, priced: pd.DataFrame) -> None:
    fitted = AutoForecaster(H, **OPTIONS, sort=sort).fit(priced[priced["ds"] < "2020-07"])
    for frame in (priced, priced.iloc[::-1]):
        with pytest.raises(DataError, match="X_df, series `shop 0`") as caught:
            fitted.predict(X_df=frame.drop(columns="y"))
        assert caught.value.help == (
            "give as `X_df` the rows after the last value of the history alone"
        )
        assert "of the history already" in str(caught.value.place) or not sort
