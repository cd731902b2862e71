"""`X_df` may have other types than the history, and gives the same forecast."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from elman import AutoForecaster
from elman.arrow_lists import lists_of
from elman.errors import DataError
from elman.frames import kind_of

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

N, H = 50, 3
#: What a column of the history may be.
NAMES = {"numbers": [7, 8], "texts": ["7", "8"]}
Convert = Callable[[Any], Any]


def data(names: str) -> Any:
    """Two daily series with a covariate of whole numbers, and the days after them."""
    days = pd.date_range("2024-01-01", periods=N + H)
    parts = [
        pd.DataFrame({"unique_id": name, "ds": days, "price": np.arange(N + H) % 5, "y": 3.0 + at})
        for at, name in enumerate(NAMES[names])
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["y"] += frame["price"] * 10
    return frame


def past(names: str) -> Any:
    return data(names)[lambda f: f["ds"] < f["ds"].max() - pd.Timedelta(days=H - 1)]


def future(names: str) -> Any:
    frame = data(names)[lambda f: f["ds"] > f["ds"].max() - pd.Timedelta(days=H)]
    return frame.drop(columns="y").reset_index(drop=True)


HISTORIES: dict[str, tuple[str, Convert]] = {
    "pandas": ("numbers", lambda f: f),
    "pandas, texts": ("texts", lambda f: f),
    "pandas, category": ("texts", lambda f: f.astype({"unique_id": "category"})),
    "pandas, floats": ("numbers", lambda f: f.astype({"unique_id": float, "price": float})),
    "pandas, dates as text": ("texts", lambda f: f.assign(ds=f["ds"].astype(str))),
    "dict, dates": ("texts", lambda f: {**f.to_dict("list"), "ds": list(f["ds"].dt.date)}),
    "polars": ("texts", pl.from_pandas),
    "polars, narrow": (
        "numbers",
        lambda f: pl.from_pandas(f).cast({"unique_id": pl.Int32, "price": pl.Int16}),
    ),
    "polars, categories, dates": (
        "texts",
        lambda f: pl.from_pandas(f).cast({"unique_id": pl.Categorical, "ds": pl.Date}),
    ),
    "pyarrow": ("texts", lambda f: pa.Table.from_pandas(f, preserve_index=False)),
    "pyarrow, parts": (
        "numbers",
        lambda f: pa.concat_tables([pa.Table.from_pandas(f[:30]), pa.Table.from_pandas(f[30:])]),
    ),
}
FUTURES: dict[str, Convert] = {
    "the same": lambda f: f,
    "decimals": lambda f: f.astype({"price": float}),
    "names as floats": lambda f: f.astype({"unique_id": float}),
    "names as texts": lambda f: f.astype({"unique_id": int}).astype({"unique_id": str}),
    "names as categories": lambda f: f.astype({"unique_id": "category"}),
    "dates": lambda f: f.assign(ds=f["ds"].dt.date),
    "dates as text": lambda f: f.assign(ds=f["ds"].dt.strftime("%Y-%m-%d")),
    "nanoseconds": lambda f: f.assign(ds=f["ds"].dt.as_unit("ns")),
    "polars": pl.from_pandas,
    "polars, narrow": lambda f: pl.from_pandas(f).cast({"price": pl.Float32, "ds": pl.Date}),
    "pyarrow": pa.Table.from_pandas,
    "dict": lambda f: f.to_dict("list"),
}


@cache
def fitted(history: str) -> Any:
    names, convert = HISTORIES[history]
    options = {"model": "network", "max_steps": 3, "futr_exog": ["price"], "level": [80]}
    return AutoForecaster(H, **options).fit(convert(past(names)))


def numbers(frame: Any) -> list[float]:
    return lists_of(kind_of(frame).table(frame))["elman"]


@cache
def expected() -> list[float]:
    return numbers(fitted("pandas").predict(X_df=future("numbers")))


@pytest.mark.parametrize("history", list(HISTORIES))
@pytest.mark.parametrize("later", list(FUTURES))
def test_rows_of_the_future_have_the_types_of_the_history(history: str, later: str) -> None:
    model, (names, convert) = fitted(history), HISTORIES[history]
    forecast = model.predict(X_df=FUTURES[later](future(names)))
    assert numbers(forecast) == pytest.approx(expected(), rel=1e-6)
    exact = model.predict(X_df=convert(future(names)))
    assert kind_of(forecast).name == kind_of(exact).name
    assert kinds(forecast) == kinds(exact)


def kinds(frame: Any) -> list[str]:
    return kind_of(frame).table(frame).kinds


@pytest.mark.parametrize("history", ["pandas", "polars", "polars, narrow", "pyarrow, parts"])
def test_decimals_after_whole_numbers_are_not_cut(history: str) -> None:
    def forecast(price: float) -> list[float]:
        rows = future(HISTORIES[history][0]).assign(price=price)
        return numbers(fitted(history).predict(X_df=rows))

    assert forecast(2) != forecast(2.5) != forecast(3)
    rows = future("numbers").assign(price=2.5)
    exact = numbers(fitted("pandas, floats").predict(X_df=rows))
    assert forecast(2.5) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("convert", [pl.from_pandas, pa.Table.from_pandas, lambda f: f])
def test_numbers_after_true_and_false_are_1_and_0(convert: Convert) -> None:
    def is_dear(frame: Any) -> Any:
        return frame.assign(price=frame["price"] > 2)

    options = {"model": "network", "max_steps": 3, "futr_exog": ["price"]}
    model = AutoForecaster(H, **options).fit(convert(is_dear(past("texts"))))
    rows = is_dear(future("texts"))
    expected = numbers(model.predict(X_df=convert(rows)))
    assert numbers(model.predict(X_df=rows.astype({"price": int}))) == expected
    assert numbers(model.predict(X_df=convert(rows.astype({"price": float})))) == expected


@pytest.mark.parametrize("history", ["pandas", "polars, narrow", "pyarrow, parts"])
def test_a_value_of_another_kind_is_refused_by_its_row(history: str) -> None:
    model, rows = fitted(history), future("numbers")
    with pytest.raises(DataError, match=r"X_df, column `unique_id`, row 1: 7\.5 is no value"):
        model.predict(X_df=rows.assign(unique_id=rows["unique_id"] + 0.5))
    with pytest.raises(DataError, match="X_df, column `ds`, row 1: 50 is no value"):
        model.predict(X_df=rows.assign(ds=range(50, 56)))
    with pytest.raises(DataError, match="X_df, column `price`, row 1: 'low' is no value"):
        model.predict(X_df=rows.assign(price="low"))
    with pytest.raises(DataError, match="X_df, column `ds`, row 1"):
        model.predict(X_df=rows.assign(ds=rows["ds"].dt.tz_localize("Europe/Berlin")))
    with pytest.raises(DataError, match="X_df has the series `9`, and the history has not"):
        model.predict(X_df=rows.assign(unique_id=9.0))


@pytest.mark.parametrize("column", ["unique_id", "ds", "price"])
def test_rows_without_a_column_are_refused_by_its_name(column: str) -> None:
    with pytest.raises(DataError, match=f"X_df has no column `{column}`"):
        fitted("pandas").predict(X_df=future("numbers").drop(columns=column))


def test_times_in_other_zones_are_the_same_moments() -> None:
    frame = past("texts").assign(ds=lambda f: f["ds"].dt.tz_localize("Europe/Berlin"))
    rows = future("texts").assign(ds=lambda f: f["ds"].dt.tz_localize("Europe/Berlin"))
    options = {"model": "network", "max_steps": 3, "futr_exog": ["price"]}
    model = AutoForecaster(H, **options).fit(frame)
    forecast = numbers(model.predict(X_df=rows))
    utc = rows.assign(ds=rows["ds"].dt.tz_convert("UTC").dt.as_unit("ms"))
    assert numbers(model.predict(X_df=utc)) == forecast
    assert numbers(model.predict(X_df=rows.assign(ds=rows["ds"].dt.date))) == forecast
