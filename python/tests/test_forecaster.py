"""Forecasters: fit, predict, evaluate, update, stop."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest

import elman
from elman import errors


def test_columns_and_rows_are_those_of_nixtla(sales: pd.DataFrame) -> None:
    forecast = elman.AutoForecaster(6, level=[80, 95]).fit_predict(sales)
    bounds = [f"elman-{end}-{level}" for level in (80, 95) for end in ("lo", "hi")]
    assert list(forecast.columns) == ["unique_id", "ds", "elman", *bounds]
    assert forecast["unique_id"].tolist() == ["north"] * 6 + ["south"] * 6
    assert forecast["ds"].tolist()[:2] == [pd.Timestamp("2020-01-01"), pd.Timestamp("2020-02-01")]
    assert (forecast["elman-lo-95"] < forecast["elman"]).all()
    assert (forecast["elman"] < forecast["elman-hi-95"]).all()


def test_other_names_of_columns_stay(sales: pd.DataFrame) -> None:
    renamed = sales.rename(columns={"unique_id": "shop", "ds": "month", "y": "sold"})
    names = {"id_col": "shop", "time_col": "month", "target_col": "sold"}
    forecast = elman.AutoForecaster(3, model="theta", **names).fit_predict(renamed)
    assert list(forecast.columns[:3]) == ["shop", "month", "theta"]
    windows = elman.AutoForecaster(3, model="theta", **names).cross_validation(renamed)
    assert list(windows.columns[:5]) == ["shop", "month", "cutoff", "sold", "theta"]


@pytest.mark.parametrize("model", ["theta", "naive", "pretrained", "croston", "network", "auto"])
def test_a_forecast_and_a_backtest_have_the_same_columns(sales: pd.DataFrame, model: str) -> None:
    options = {"max_steps": 5} if model == "network" else {}
    forecaster = elman.AutoForecaster(3, model=model, level=[80], **options).fit(sales)
    own = list(forecaster.predict().columns[2:])
    assert own[0] == ("elman" if model in ("network", "auto") else model)
    windows = forecaster.cross_validation(sales)
    assert list(windows.columns) == ["unique_id", "ds", "cutoff", "y", *own, *windows.columns[7:]]
    assert windows.columns.is_unique
    for backtest in (forecaster.backtest(sales, 2), forecaster.backtest_fitted(sales, 2)):
        assert list(backtest.forecasts.columns) == list(windows.columns)
        models = [own[0], *windows.columns[7:]]
        assert list(backtest.scores) == list(backtest.scores_of("north")) == models
    actual, of_model = backtest.forecasts["y"], backtest.forecasts[own[0]]
    assert backtest.scores[own[0]]["mae"] == pytest.approx((actual - of_model).abs().mean())


def test_a_short_series_says_that_it_is_not_validated() -> None:
    forecaster = elman.AutoForecaster(3).fit({"ds": [1, 2, 3, 4], "y": [1.0, 2.0, 3.0, 2.0]})
    assert "too short to validate" in forecaster.report_["sentence"]


def test_future_rows_are_refused_by_their_name(sales: pd.DataFrame) -> None:
    sales["price"] = np.sin(np.arange(len(sales)))
    past, future = sales[sales.ds < "2019-07"], sales[sales.ds >= "2019-07"].drop(columns="y")
    forecaster = elman.AutoForecaster(6, model="network", futr_exog=["price"], max_steps=5)
    forecaster.fit(past)
    with pytest.raises(errors.DataError, match="X_df has no column `price`"):
        forecaster.predict(X_df=future.drop(columns="price"))
    with pytest.raises(errors.DataError, match="X_df has the series `west`"):
        forecaster.predict(X_df=future.assign(unique_id="west"))


@pytest.mark.parametrize(
    ("of_series", "place", "help_"),
    [
        ("2019-08", "X_df, row 7, ", "would be 2019-07-01"),
        ("2019-06", "X_df, row 7, ", "rows after the last value"),
    ],
)
def test_future_rows_start_after_the_history(
    sales: pd.DataFrame, of_series: str, place: str, help_: str
) -> None:
    sales["price"] = np.sin(np.arange(len(sales)))
    past, rows = sales[sales.ds < "2019-07"], sales.drop(columns="y")
    starts = np.where(rows["unique_id"] == "south", of_series, "2019-07")
    future = rows[rows["ds"] >= pd.to_datetime(starts)]
    options = {"model": "network", "futr_exog": ["price"], "max_steps": 5}
    forecaster = elman.AutoForecaster(6, **options).fit(past)
    with pytest.raises(errors.DataError, match="X_df, series `south`") as caught:
        forecaster.predict(X_df=future)
    assert str(caught.value.place).startswith(place)
    assert help_ in str(caught.value.help)
    with pytest.raises(errors.DataError, match="empty cell") as caught:
        forecaster.predict(past.assign(price=np.nan), rows[rows["ds"] >= "2019-07"])
    assert str(caught.value.place).startswith("df, row 1, ")


@pytest.mark.parametrize("kind", ["pandas", "dict"])
def test_a_change_of_the_data_after_the_training_changes_no_forecast(
    sales: pd.DataFrame, kind: str
) -> None:
    sales["price"] = np.sin(np.arange(len(sales)))
    past, future = sales[sales.ds < "2019-07"].copy(), sales[sales.ds >= "2019-07"]
    given = {name: past[name].to_numpy(copy=True) for name in past} if kind == "dict" else past
    options = {"model": "network", "futr_exog": ["price"], "max_steps": 5}
    forecaster = elman.AutoForecaster(6, **options).fit(given)
    before = forecaster.predict(X_df=future.drop(columns="y"))
    if kind == "dict":
        given["y"] *= 100
    else:
        past.loc[:, "y"] *= 100
    after = forecaster.predict(X_df=future.drop(columns="y"))
    assert list(before["elman"]) == list(after["elman"])


def test_a_season_is_forecast(sales: pd.DataFrame) -> None:
    past, future = sales[sales.ds < "2019"], sales[sales.ds >= "2019"]
    forecast = elman.AutoForecaster(12).fit_predict(past)
    error = np.abs(forecast["elman"].to_numpy() - future["y"].to_numpy()).mean()
    last = past.groupby("unique_id")["y"].last().repeat(12).to_numpy()
    naive = np.abs(last - future["y"].to_numpy()).mean()
    assert error < 0.5 * naive


def test_newer_data_are_forecast_without_training(sales: pd.DataFrame) -> None:
    forecaster = elman.AutoForecaster(3).fit(sales[sales.ds < "2019"])
    forecast = forecaster.predict(sales)
    assert forecast["ds"].min() == pd.Timestamp("2020-01-01")
    assert forecaster.predict(h=5)["ds"].max() == pd.Timestamp("2019-05-01")


def test_future_covariates_are_given_as_rows(sales: pd.DataFrame) -> None:
    sales["price"] = np.sin(np.arange(len(sales)))
    sales["y"] += 20 * sales["price"]
    past, future = sales[sales.ds < "2019-07"], sales[sales.ds >= "2019-07"].drop(columns="y")
    options = {"futr_exog": ["price"], "model": "network", "max_steps": 30}
    forecaster = elman.AutoForecaster(6, **options).fit(past)
    forecast = forecaster.predict(X_df=future)
    assert forecast["ds"].tolist() == future["ds"].tolist()
    reverse = future.assign(price=-future["price"])
    assert not forecast["elman"].equals(forecaster.predict(X_df=reverse)["elman"])
    with pytest.raises(errors.OptionError, match="futr_exog"):
        elman.AutoForecaster(6).fit(past).predict(X_df=future)


def test_online_updates_forecast_as_the_whole_history(sales: pd.DataFrame) -> None:
    north = sales[sales.unique_id == "north"]
    options = {"model": "network", "max_steps": 20, "season": ()}
    forecaster = elman.AutoForecaster(4, **options).fit(north[:100])
    online = forecaster.online()
    fork = online.fork()
    online.update_all(north["y"][100:110])
    assert online.time_steps == fork.time_steps + 10
    whole = forecaster.predict(north[:110])
    np.testing.assert_allclose(online.forecast().values, whole["elman"], rtol=1e-4)
    resumed = forecaster.resume_online("north", online.state())
    copy = pickle.loads(pickle.dumps(online))
    assert resumed.forecast() == copy.forecast() == online.forecast()


def test_errors_name_the_row_and_the_argument(sales: pd.DataFrame) -> None:
    broken = sales.assign(y=[*sales["y"][:-1].astype(str), "many"])
    with pytest.raises(errors.DataError, match="many") as caught:
        elman.AutoForecaster(3).fit(broken)
    assert caught.value.place == 'df, row 240, column 3 ("y"): "many"'
    with pytest.raises(errors.DataError, match="duplicate date") as caught:
        elman.AutoForecaster(3).fit(pd.concat([sales[:5], sales[4:]]))
    assert '`duplicates="mean"`' in str(caught.value.help)
    with pytest.raises(ValueError, match="no model is called"):
        elman.AutoForecaster(3, model="prophet").fit(sales)
    with pytest.raises(errors.NotFittedError):
        elman.AutoForecaster(3).predict()


def test_a_season_is_a_number_or_several(sales: pd.DataFrame) -> None:
    def forecast(**season: Any) -> list[float]:
        forecaster = elman.AutoForecaster(3, model="seasonal_naive", level=[], **season)
        return forecaster.fit_predict(sales)["seasonal_naive"].tolist()

    assert forecast(season=6) == forecast(season=(6,)) == forecast(season=np.int64(6))
    assert forecast(season=6) != forecast(season=12)
    network = elman.RnnForecaster(3, season=6, max_steps=2).fit(sales)
    assert network.report_["seasons"] == [6]
    with pytest.raises(errors.OptionError, match="season"):
        forecast(season="twelve")


def test_scores_of_an_unknown_series_name_the_nearest_one(sales: pd.DataFrame) -> None:
    backtest = elman.AutoForecaster(3, model="naive").backtest(sales, n_windows=2)
    assert set(backtest.scores_of("north")) == set(backtest.scores)
    with pytest.raises(errors.DataError, match="no series is called `nroth`") as caught:
        backtest.scores_of("nroth")
    assert caught.value.help == "did you mean `north`?"


@pytest.mark.parametrize("h", [0, -1, 2.5, "12", None, True, 10**30])
def test_a_horizon_is_a_whole_number(h: object, sales: pd.DataFrame) -> None:
    with pytest.raises(errors.OptionError, match="`h`"):
        elman.AutoForecaster(h).fit(sales)  # type: ignore[arg-type]


SLOW = """
import sys, elman
frame = {"ds": list(range(4000)), "y": [float(t % 17) for t in range(4000)]}
print("start", flush=True)
elman.AutoForecaster(12, hidden_size=200, max_steps=100_000).fit(frame)
"""


def test_ctrl_c_stops_a_training() -> None:
    command = [sys.executable, "-c", SLOW]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "start\n"
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert "KeyboardInterrupt" in err, err


def turns_beside(other: Thread) -> int:
    """Turns of this thread while another one runs."""
    other.start()
    turns = 0
    while other.is_alive():
        turns += 1
        time.sleep(0.001)
    return turns


def test_a_training_lets_other_threads_run() -> None:
    frame = {"ds": list(range(2000)), "y": [float(t % 17) for t in range(2000)]}
    forecaster = elman.AutoForecaster(12, hidden_size=64, max_steps=40, threads=1)
    assert turns_beside(Thread(target=forecaster.fit, args=(frame,))) > 3
    assert len(forecaster.predict()["ds"]) == 12


def test_a_forecast_of_many_steps_lets_other_threads_run() -> None:
    frame = {"ds": list(range(200)), "y": [float(t % 17) for t in range(200)]}
    online = elman.AutoForecaster(12, hidden_size=8, max_steps=5).fit(frame).online()
    assert turns_beside(Thread(target=online.forecast, args=(20_000,))) > 3


def test_a_model_file_is_read(tmp_path: Path, sales: pd.DataFrame) -> None:
    forecaster = elman.AutoForecaster(3, level=[70]).fit(sales)
    file = tmp_path / "m.safetensors"
    forecaster.save(file)
    loaded = elman.load(file)
    assert (loaded.h, list(loaded.level), loaded.id_col) == (3, [70.0], "unique_id")
    pd.testing.assert_frame_equal(loaded.predict(sales), forecaster.predict())
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(errors.DataError):
        elman.load(file)


def test_a_class_reads_models_of_its_kind(sales: pd.DataFrame, tmp_path: Path) -> None:
    pretrained, theta = tmp_path / "pretrained.safetensors", tmp_path / "theta.safetensors"
    elman.Pretrained(3).fit(sales).save(pretrained)
    elman.AutoForecaster(3, model="theta").fit(sales).save(theta)
    assert len(elman.Pretrained.load(pretrained).predict(sales)) == 6
    with pytest.raises(errors.DataError, match="`theta`, and not the pretrained network"):
        elman.Pretrained.load(theta)


def test_a_forecast_without_levels_has_no_note_on_intervals() -> None:
    few = {"y": [1.0, 2.0, 4.0]}
    forecasters = [
        elman.AutoForecaster(3, model="naive", level=level).fit(few) for level in ((), (80,))
    ]
    for forecaster in forecasters:
        forecaster.predict()
    without, with_level = (" ".join(forecaster.notes_) for forecaster in forecasters)
    assert "no prediction intervals" not in without
    assert "no prediction intervals" in with_level
