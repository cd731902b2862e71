"""A fitted ElmanForecast is a value: copied, pickled, saved, sent to other processes."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from elman import AutoForecaster
from elman.errors import DataError, FileError
from elman.nixtla import AutoETS, Elman, ElmanForecast, Naive


def forecaster() -> ElmanForecast:
    return ElmanForecast([AutoETS(12), Naive(alias="last"), Elman(max_steps=3)], freq="MS")


def copies(fitted: ElmanForecast, path: Path) -> dict[str, Callable[[], Any]]:
    joblib = pytest.importorskip("joblib")
    cloudpickle = pytest.importorskip("cloudpickle")
    fitted.save(path / "saved.pkl")
    return {
        "pickle": lambda: pickle.loads(pickle.dumps(fitted)),
        "cloudpickle": lambda: pickle.loads(cloudpickle.dumps(fitted)),
        "joblib": lambda: joblib.load(joblib.dump(fitted, path / "model")[0]),
        "copy": lambda: copy.copy(fitted),
        "deepcopy": lambda: copy.deepcopy(fitted),
        "load": lambda: ElmanForecast.load(path / "saved.pkl"),
    }


def test_copies_forecast_the_same(shops: pd.DataFrame, tmp_path: Path) -> None:
    fitted = forecaster().fit(shops)
    expected = fitted.predict(3, level=[80])
    for name, copied in copies(fitted, tmp_path).items():
        assert copied().predict(3, level=[80]).equals(expected), name


def frames_of(frame: pd.DataFrame) -> dict[str, Callable[[], Any]]:
    def of(library: str, make: Callable[[Any], Any]) -> Callable[[], Any]:
        return lambda: make(pytest.importorskip(library))

    return {
        "dict": lambda: {name: frame[name].tolist() for name in frame},
        "polars": of("polars", lambda library: library.from_pandas(frame)),
        "lazy": of("polars", lambda library: library.from_pandas(frame).lazy()),
        "pyarrow": of("pyarrow", lambda library: library.Table.from_pandas(frame)),
        "duckdb": of("duckdb", lambda library: library.from_df(frame)),
        "category": lambda: frame.astype({"unique_id": "category"}),
    }


@pytest.mark.parametrize("kind", list(frames_of(pd.DataFrame())))
def test_a_pickle_forecasts_in_the_kind_of_the_data(kind: str, shops: pd.DataFrame) -> None:
    data = frames_of(shops)[kind]()
    fitted = ElmanForecast([Naive()], "MS").fit(data)
    forecast = fitted.predict(2)
    again = pickle.loads(pickle.dumps(fitted)).predict(2)
    assert type(again) is type(forecast)
    if kind == "category":
        assert again["unique_id"].dtype == shops["unique_id"].astype("category").dtype
    assert str(again) == str(forecast)


def test_another_process_forecasts_the_same(shops: pd.DataFrame) -> None:
    fitted = forecaster().fit(shops)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(fitted.predict, (3,)).equals(fitted.predict(3))


def test_a_change_of_the_data_changes_no_forecast(shops: pd.DataFrame) -> None:
    columns = {name: shops[name].to_numpy(copy=True) for name in shops}
    for data in (shops.copy(), columns):
        fitted = ElmanForecast([Naive()], "MS").fit(data)
        expected = list(fitted.predict(1)["Naive"])
        data["y"] *= 2
        assert list(fitted.predict(1)["Naive"]) == expected


def test_a_forecast_does_not_keep_the_data(shops: pd.DataFrame) -> None:
    fitted = ElmanForecast([Naive()], "MS").fit(shops)
    expected = fitted.predict(2)
    fitted.forecast(2, shops.assign(y=-shops["y"]))
    assert fitted.predict(2).equals(expected)


def test_files_of_another_kind_are_refused(shops: pd.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    shops.to_csv(file)
    with pytest.raises(FileError, match="exists and is not a pickle"):
        forecaster().save(file)
    with pytest.raises(DataError, match="has no ElmanForecast"):
        ElmanForecast.load(file)
    other = tmp_path / "other.pkl"
    other.write_bytes(pickle.dumps(AutoForecaster(3)))
    with pytest.raises(DataError, match="has no ElmanForecast"):
        ElmanForecast.load(other)
    forecaster().fit(shops).save(other)
    other.write_bytes(other.read_bytes()[:200])
    with pytest.raises(DataError, match="has no ElmanForecast"):
        ElmanForecast.load(other)
    with pytest.raises(FileError):
        ElmanForecast.load(tmp_path / "absent.pkl")
