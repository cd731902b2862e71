"""Names of series and times come back in the types of pandas that they came in."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from elman import AutoForecaster
from elman.errors import DataError

pa = pytest.importorskip("pyarrow")

N = 40
H = 3


def naive(frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
    model = AutoForecaster(H, model="naive", level=[80], **options)
    result: pd.DataFrame = model.fit_predict(frame)
    return result


def two_series(names: Any) -> pd.DataFrame:
    values = [*range(N), *range(1000, 1000 + N)]
    return pd.DataFrame({"unique_id": names, "ds": [*range(N)] * 2, "y": values})


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (2**60, "int64"),
        (2**60, "Int64"),
        (2**60, "int64[pyarrow]"),
        (2**64 - 2, "uint64"),
        (2**64 - 2, "UInt64"),
        (2**64 - 2, "uint64[pyarrow]"),
        (2**100, "object"),
        (7, "Int64"),
        (7, "int8"),
        (7, "object"),
    ],
)
def test_whole_numbers_as_names_are_exact(first: int, kind: str) -> None:
    frame = two_series(pd.Series([first] * N + [first + 1] * N, dtype=kind))
    forecast = naive(frame)
    assert forecast["unique_id"].tolist() == [first] * H + [first + 1] * H
    assert forecast["unique_id"].dtype == frame["unique_id"].dtype
    assert forecast["naive"].tolist() == [N - 1.0] * H + [999.0 + N] * H
    assert len(frame.merge(forecast, on="unique_id")) == 2 * N * H


@pytest.mark.parametrize("kind", ["category", "string[pyarrow]", "object", "string", "str"])
def test_texts_as_names_come_back_in_their_type(kind: str) -> None:
    dtype = pd.ArrowDtype(pa.string()) if kind == "string[pyarrow]" else kind
    frame = two_series(pd.Series(["a"] * N + ["b"] * N, dtype=dtype))
    assert naive(frame)["unique_id"].dtype == frame["unique_id"].dtype


@pytest.mark.parametrize("kind", ["object", "decimal128(30, 0)[pyarrow]"])
def test_decimals_as_names_are_exact(kind: str) -> None:
    dtype = kind if kind == "object" else pd.ArrowDtype(pa.decimal128(30, 0))
    names = [Decimal(2**60 + 1)] * N + [Decimal(2**60 + 2)] * N
    frame = two_series(pd.Series(names, dtype=dtype))
    forecast = naive(frame)
    assert forecast["unique_id"].tolist() == names[:H] + names[-H:]
    assert len(frame.merge(forecast, on="unique_id")) == 2 * N * H


def test_two_categories_of_one_text_are_refused() -> None:
    frame = two_series(pd.Categorical([1] * N + ["1"] * N, categories=[1, "1"]))
    with pytest.raises(DataError, match="column `unique_id` has two categories 1"):
        naive(frame)


def test_categories_that_are_numbers_come_back_as_numbers() -> None:
    frame = two_series(pd.Categorical([9] * N + [4] * N, categories=[9, 5, 4]))
    forecast = naive(frame)
    assert forecast["unique_id"].dtype == frame["unique_id"].dtype
    assert forecast["unique_id"].tolist() == [9] * H + [4] * H


@pytest.mark.parametrize("kind", ["Int64", "int64[pyarrow]", "UInt8"])
def test_missing_whole_numbers_are_missing(kind: str) -> None:
    frame = two_series(["a"] * N + ["b"] * N)
    frame["y"] = frame["y"] % 7
    frame.loc[[3, 50], "y"] = None
    expected = AutoForecaster(H, model="theta").fit_predict(frame)
    forecast = AutoForecaster(H, model="theta").fit_predict(frame.astype({"y": kind}))
    pd.testing.assert_frame_equal(forecast, expected)


def test_a_time_that_its_type_has_not_comes_back_in_a_wider_one() -> None:
    frame = pd.DataFrame({"ds": np.arange(88, 127, dtype=np.int8), "y": np.arange(39.0)})
    assert naive(frame)["ds"].tolist() == [127, 128, 129]
    assert naive(frame.iloc[:-4])["ds"].dtype == np.int8


@pytest.mark.parametrize(
    ("first", "kind"), [(2**64 - 2, None), (2**64 - 2, "uint64"), (2**100, None)]
)
def test_large_numbers_as_names_in_lists_and_arrays_are_exact(first: int, kind: str | None) -> None:
    names = [first] * N + [first + 1] * N
    columns = two_series(None).to_dict("list")
    given = names if kind is None else np.array(names, dtype=kind)
    forecast = AutoForecaster(H, model="naive").fit_predict({**columns, "unique_id": given})
    assert forecast["unique_id"] == [first] * H + [first + 1] * H


DATES = {
    "dates": lambda days: pd.Series(list(days.date), dtype=object),
    "moments": lambda days: pd.Series(list(days.to_pydatetime()), dtype=object),
    "months": lambda days: pd.Series(days.to_period("M")),
    "quarters": lambda days: pd.Series(days.to_period("Q-NOV")),
    "weeks": lambda days: pd.Series(days.to_period("W")),
    "arrow": lambda days: pd.Series(days).astype("timestamp[us][pyarrow]"),
    "arrow, days": lambda days: pd.Series(list(days.date)).astype("date32[pyarrow]"),
}


@pytest.mark.parametrize("kind", list(DATES))
def test_times_come_back_in_their_type(kind: str) -> None:
    freq = {"months": "MS", "quarters": "QS-DEC", "weeks": "W-MON"}.get(kind, "D")
    days = pd.date_range("2020-01-01", periods=N + H, freq=freq)
    every = DATES[kind](days)
    frame = pd.DataFrame({"unique_id": "a", "ds": every[:N], "y": np.arange(float(N))})
    forecast = naive(frame)
    assert forecast["ds"].dtype == frame["ds"].dtype
    assert forecast["ds"].tolist() == every[N:].tolist()
    assert isinstance(forecast["ds"][0], type(every[0]))
    actual = pd.DataFrame({"ds": every[N:], "actual": 1.0})
    assert len(actual.merge(forecast, on="ds")) == H
    backtest = AutoForecaster(H, model="naive").backtest(frame, n_windows=2).forecasts
    assert backtest["ds"].isin(frame["ds"]).all()
    assert backtest["cutoff"].dtype == frame["ds"].dtype
    assert backtest["cutoff"].isin(frame["ds"]).all()


def test_dates_as_text_come_back_as_times() -> None:
    days = pd.date_range("2020-01-01", periods=N + H)
    for kind in ("str", "object"):
        frame = pd.DataFrame({"ds": days[:N].astype(str).astype(kind), "y": np.arange(float(N))})
        assert naive(frame)["ds"].tolist() == days[N:].tolist()


@pytest.mark.parametrize(
    "times",
    [
        list(range(1900, 1960)),
        list(range(1001, 1061)),
        pd.date_range("2020-01-01", periods=60).strftime("%Y%m%d").astype(int).tolist(),
        pd.date_range("2020-01-01", periods=60, freq="MS").strftime("%Y%m").astype(int).tolist(),
    ],
    ids=["years", "numbers", "days", "months"],
)
def test_times_that_are_whole_numbers_come_back_as_whole_numbers(times: list[int]) -> None:
    data = pd.DataFrame({"ds": times[:-2], "y": range(len(times) - 2)})
    forecast = AutoForecaster(2, model="naive", level=()).fit_predict(data)
    assert forecast["ds"].dtype == data["ds"].dtype
    assert forecast["ds"].tolist() == times[-2:]
    tested = AutoForecaster(2, model="naive", level=()).cross_validation(data)
    assert tested["cutoff"].tolist() == [times[-5]] * 2
    joined = tested.merge(data, on="ds")
    assert joined["y_x"].tolist() == joined["y_y"].tolist() == [56, 57]


def test_numbers_that_are_absent_are_missing_values() -> None:
    times = [t for t in range(120) if t % 7 != 3]
    data = pd.DataFrame({"ds": times, "y": [float(t % 12) for t in times]})
    forecaster = AutoForecaster(5, model="seasonal_naive", season=12, level=()).fit(data)
    forecast = forecaster.predict()
    assert forecast["ds"].tolist() == list(range(120, 125))
    known = [t for t in range(120, 125) if (t - 12) % 7 != 3]
    found = dict(zip(forecast["ds"], forecast["seasonal_naive"], strict=True))
    assert [found[t] for t in known] == [t % 12 for t in known]
    assert "time steps absent" in forecaster.notes_[0]


@pytest.mark.parametrize(
    "name",
    [
        date(2020, 1, 2),
        datetime(2020, 1, 2, 3),
        pd.Period("2020-01", "M"),
        pd.Timestamp("2020-01-02", tz="Europe/Berlin"),
        True,
    ],
)
def test_names_of_any_type_join_the_data(name: Any) -> None:
    data = pd.DataFrame(
        {"unique_id": [name] * N, "ds": pd.date_range("2020-01-01", periods=N), "y": range(N)}
    )
    forecast = AutoForecaster(H, model="naive", level=()).fit_predict(data)
    assert len(forecast.merge(data[["unique_id"]].drop_duplicates(), on="unique_id")) == H


def test_names_of_mixed_kinds_are_refused() -> None:
    data = pd.DataFrame(
        {"unique_id": ["007"] * N + [7] * N, "ds": [*range(N), *range(N)], "y": range(2 * N)}
    )
    with pytest.raises(DataError, match="`unique_id` has values of the kinds int, str"):
        AutoForecaster(H, model="naive").fit(data.astype({"unique_id": object}))
