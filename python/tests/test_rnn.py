from __future__ import annotations

import csv
import io
import json
import os
import pickle
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ctrl_c import stop_with_ctrl_c

import elman
from elman import RnnForecaster
from elman.errors import DataError, DivergedError, FileError, NotFittedError, OptionError


@pytest.fixture
def one(sales: pd.DataFrame) -> pd.DataFrame:
    """One monthly series of ten years."""
    return sales[sales["unique_id"] == "north"].reset_index(drop=True)


def columns(frame: pd.DataFrame) -> dict[str, list[float]]:
    return {name: frame[name].tolist() for name in frame.columns if name.startswith("elman")}


def run(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(text: str) -> dict[str, list[float]]:
    table = list(csv.DictReader(io.StringIO(text)))
    names = [name for name in table[0] if name.startswith("elman")]
    return {name: [float(row[name]) for row in table] for name in names}


SAME: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    (
        {"cell": "gru", "hidden_size": 12, "num_layers": 2, "dropout": 0.2, "lags": 3, "seed": 5},
        "--cell gru --hidden-size 12 --num-layers 2 --dropout 0.2 --lags 3 --seed 5",
    ),
    (
        {"likelihood": "student-t", "level": [60, 90], "patience": 4, "val_every": 5, "clip": 0},
        "--likelihood student-t --level 60,90 --patience 4 --val-every 5 --clip 0",
    ),
    (
        {"optimizer": "rmsprop", "momentum": 0.5, "schedule": "step", "schedule_step": 10,
         "carry": False, "differences": 0, "scaler": "robust", "holdout": 12, "season": [12]},
        "--optimizer rmsprop --momentum 0.5 --schedule step --schedule-step 10 --no-carry "
        "--differences 0 --scaler robust --holdout 12 --season 12",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("options", "flags"), SAME)
@pytest.mark.parametrize("several", [False, True])
def test_training_and_forecast_are_those_of_the_program(
    program: Path,
    sales: pd.DataFrame,
    one: pd.DataFrame,
    tmp_path: Path,
    options: dict[str, Any],
    flags: str,
    several: bool,
) -> None:
    data = sales if several else one
    file, model = tmp_path / "data.csv", tmp_path / "model.safetensors"
    data.to_csv(file, index=False)
    common = ["--horizon", "6", "--max-steps", "30", "--json", "--quiet", "--save", model]
    document = json.loads(run(program, "train", file, *common, *flags.split()))
    forecaster = RnnForecaster(6, max_steps=30, **options).fit(data)
    assert forecaster.losses_ == [row["loss"] for row in document["history"]]
    after = [file] if several else []
    forecast = rows(run(program, "forecast", model, *after, "--horizon", "8"))
    assert columns(forecaster.predict(h=8)) == forecast
    of_file = RnnForecaster(6, max_steps=30, **options).fit(file)
    assert of_file.losses_ == forecaster.losses_
    assert of_file.predict(h=8).values("elman", False) == forecast["elman"]


def test_model_files_go_both_ways(program: Path, one: pd.DataFrame, tmp_path: Path) -> None:
    file, model = tmp_path / "data.csv", tmp_path / "model.safetensors"
    one.to_csv(file, index=False)
    forecaster = RnnForecaster(4, max_steps=20).fit(one)
    forecaster.save(model)
    expected = columns(forecaster.predict())
    assert rows(run(program, "forecast", model, "--horizon", "4")) == expected
    loaded = elman.load(model)
    assert isinstance(loaded, RnnForecaster)
    assert loaded.losses_ == forecaster.losses_
    continued = loaded.predict()
    assert continued.values("elman", False) == expected["elman"]
    assert columns(loaded.predict(one)) == expected
    copy = pickle.loads(pickle.dumps(forecaster))
    assert list(copy.predict()["elman"]) == expected["elman"]
    assert copy.get_params() == forecaster.get_params()
    assert copy.losses_ == forecaster.losses_


def test_new_values_update_the_hidden_state(
    program: Path, one: pd.DataFrame, tmp_path: Path
) -> None:
    forecaster = RnnForecaster(3, max_steps=20).fit(one.iloc[:100])
    model, file = tmp_path / "model.safetensors", tmp_path / "new.csv"
    forecaster.save(model)
    one.iloc[100:].to_csv(file, index=False)
    expected = rows(run(program, "forecast", model, file, "--horizon", "3"))
    before = columns(forecaster.predict())
    # The values of one forecast do not stay: `update` is what keeps them.
    assert columns(forecaster.predict(one.iloc[100:])) == expected
    assert columns(forecaster.predict()) == before
    assert before != expected
    for month in range(100, 120):
        forecaster.update(one.iloc[month : month + 1])
    frame = forecaster.predict()
    assert columns(frame) == expected
    assert frame["ds"].tolist() == pd.date_range("2020-01-01", periods=3, freq="MS").tolist()
    assert "1 new value" in forecaster.update(one).notes_[0] or "already" in forecaster.notes_[0]
    with pytest.raises(DataError):
        forecaster.update(one.assign(y=one["y"] + 1))


def test_an_online_forecaster_starts_from_the_hidden_state(one: pd.DataFrame) -> None:
    forecaster = RnnForecaster(3, max_steps=20).fit(one.iloc[:100])
    online = forecaster.online()
    assert online.forecast().values == forecaster.predict()["elman"].tolist()
    online.update_all(one["y"].iloc[100:])
    assert online.forecast().values == forecaster.predict(one.iloc[100:])["elman"].tolist()
    updated = forecaster.update(one.iloc[100:])
    assert online.forecast().values == updated.predict()["elman"].tolist()


def test_an_online_forecaster_has_the_numbers_of_predict(one: pd.DataFrame) -> None:
    forecaster = RnnForecaster(3, max_steps=20).fit(one.iloc[:100])
    for new in (one.iloc[100:], one, one.iloc[100:].drop(columns="unique_id")):
        expected = forecaster.predict(new)["elman"].tolist()
        for online in (forecaster.online(df=new), forecaster.online("north", new)):
            assert online.forecast().values == expected
            copy = pickle.loads(pickle.dumps(online))
            assert copy.forecast().values == expected
    other = one.assign(unique_id="south")
    expected = forecaster.predict(other)["elman"].tolist()
    assert forecaster.online(df=other).forecast().values == expected


def test_after_an_update_the_series_continues_from_its_hidden_state(one: pd.DataFrame) -> None:
    forecaster = RnnForecaster(3, max_steps=20).fit(one.iloc[:100])
    expected = forecaster.predict(one.iloc[:101])["elman"].tolist()
    forecaster.update(one.iloc[100:101])
    for online in (forecaster.online(), forecaster.online("north")):
        assert online.forecast().values == expected
    # The new values alone are no history.
    for call in (forecaster.plot, lambda: forecaster.online("south")):
        with pytest.raises(DataError, match="new values of `update`"):
            call()
    with pytest.raises(
        DataError, match="20 values of the series, and its hidden state follows 101"
    ):
        forecaster.plot(df=one.iloc[100:])
    assert forecaster.plot(df=one).svg().startswith("<svg")
    assert "<svg" not in str(forecaster._repr_html_())


def test_values_of_another_series_do_not_update_the_hidden_state(sales: pd.DataFrame) -> None:
    north, south = (sales[sales["unique_id"] == name] for name in ("north", "south"))
    forecaster = RnnForecaster(3, max_steps=20).fit(north.iloc[:100])
    with pytest.raises(DataError, match="of series `north`, and the data have series `south`"):
        forecaster.update(south.iloc[100:])
    of_south = forecaster.predict(south)
    assert of_south["unique_id"].tolist() == ["south"] * 3
    alone = forecaster.backtest_fitted(pd.concat([north, south]), n_windows=1).forecasts
    at_end = forecaster.predict(south.iloc[:-3])["elman"].tolist()
    assert at_end == alone["elman"][alone["unique_id"] == "south"].tolist()
    # Values without a name are those of the series.
    nameless = north.iloc[100:].drop(columns="unique_id")
    assert "updated with 20 new values" in forecaster.update(nameless).notes_[0]


def test_several_series_keep_no_hidden_state(sales: pd.DataFrame) -> None:
    forecaster = RnnForecaster(3, max_steps=10).fit(sales)
    assert len(forecaster.predict()) == 6
    with pytest.raises(DataError, match="several series"):
        forecaster.update(sales)
    assert len(forecaster.backtest_fitted(sales, n_windows=2).forecasts) == 12


INTERRUPTED = """
import sys
import pandas as pd
from elman import RnnForecaster
data = pd.read_pickle(sys.argv[1])
files = {"checkpoint": sys.argv[2], "checkpoint_every": 50}
RnnForecaster(4, hidden_size=64, max_steps=8000, **files).fit(data)
print("not interrupted")
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGINT is sent to another process")
def test_ctrl_c_keeps_a_checkpoint_that_continues_bit_for_bit(
    one: pd.DataFrame, tmp_path: Path
) -> None:
    data, checkpoint = tmp_path / "data.pickle", tmp_path / "run.safetensors"
    one.to_pickle(data)
    stop_with_ctrl_c(INTERRUPTED, data, checkpoint)
    parameters = {"hidden_size": 64, "max_steps": 8000}
    with pytest.raises(OptionError, match="has done") as refused:
        RnnForecaster(4, resume=checkpoint, max_steps=1).fit(one)
    done = int(str(refused.value).split("has done ")[1].split()[0])
    assert 50 <= done < 8000
    whole = RnnForecaster(4, **parameters).fit(one)
    resumed = RnnForecaster(4, resume=checkpoint, **parameters).fit(one)
    assert resumed.losses_ == whole.losses_
    assert columns(resumed.predict()) == columns(whole.predict())


def test_a_resumed_training_is_an_undisturbed_one(one: pd.DataFrame, tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.safetensors"
    parameters: dict[str, Any] = {"dropout": 0.3, "num_layers": 2, "schedule": "constant"}
    whole = RnnForecaster(4, max_steps=60, **parameters).fit(one)
    RnnForecaster(4, max_steps=25, checkpoint=checkpoint, **parameters).fit(one)
    # The same parameters may be given once more, and need not be.
    for given in (parameters, {}):
        resumed = RnnForecaster(4, max_steps=60, resume=checkpoint, **given).fit(one)
        assert resumed.losses_ == whole.losses_
        assert columns(resumed.predict()) == columns(whole.predict())


def test_a_training_continues_with_its_own_configuration(one: pd.DataFrame, tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.safetensors"
    RnnForecaster(4, max_steps=10, checkpoint=checkpoint).fit(one)
    for other in ({"cell": "gru"}, {"seed": 2}, {"level": [70]}, {"optimizer": "sgd"}, {"clip": 3}):
        (name,) = other
        with pytest.raises(OptionError, match=f"`{name}` cannot change"):
            RnnForecaster(4, max_steps=20, resume=checkpoint, **other).fit(one)
    with pytest.raises(OptionError, match="`h` cannot change"):
        RnnForecaster(5, max_steps=20, resume=checkpoint).fit(one)
    with pytest.raises(DataError, match="data have changed"):
        RnnForecaster(4, max_steps=20, resume=checkpoint).fit(one.assign(y=one["y"] * 2))
    with pytest.raises(OptionError, match="has done 10 steps"):
        RnnForecaster(4, max_steps=9, resume=checkpoint).fit(one)


def test_a_default_that_is_given_is_not_that_of_a_checkpoint(
    one: pd.DataFrame, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "run.safetensors"
    own: dict[str, Any] = {"seed": 7, "level": [70.0], "hidden_size": 8, "schedule": "constant"}
    whole = RnnForecaster(4, max_steps=20, **own).fit(one)
    RnnForecaster(4, max_steps=10, checkpoint=checkpoint, **own).fit(one)
    for other in ({"seed": 1}, {"level": (80, 95)}):
        (name,) = other
        with pytest.raises(OptionError, match=f"`{name}` cannot change"):
            RnnForecaster(4, max_steps=20, resume=checkpoint, **other).fit(one)
    resumed = RnnForecaster(4, max_steps=20, resume=checkpoint).fit(one)
    assert columns(resumed.predict()) == columns(whole.predict())
    # The parameters are those of the training, and of a model file those of its network.
    del own["schedule"]
    assert {name: resumed.get_params()[name] for name in own} == own
    assert columns(resumed.fit(one).predict()) == columns(whole.predict())
    whole.save(tmp_path / "model.safetensors")
    loaded = elman.load(tmp_path / "model.safetensors")
    assert {name: loaded.get_params()[name] for name in own} == own
    assert columns(loaded.fit(one).predict()).keys() == columns(whole.predict()).keys()


def test_weights_of_another_training_are_the_initial_ones(
    one: pd.DataFrame, tmp_path: Path
) -> None:
    model = tmp_path / "model.safetensors"
    first = RnnForecaster(4, max_steps=40, schedule="constant").fit(one)
    first.save(model)
    second = RnnForecaster(4, max_steps=5, init=model, schedule="constant").fit(one)
    assert second.losses_[0] < 0.7 * first.losses_[0]


def test_a_training_that_diverges_is_an_error(one: pd.DataFrame) -> None:
    with pytest.raises(DivergedError) as raised:
        RnnForecaster(4, learning_rate=1e6, clip=0, max_steps=50).fit(one)
    assert "learning_rate" in (raised.value.help or "")


BAD: list[tuple[str, dict[str, Any]]] = [
    ("choose from", {"cell": "lst"}),
    ("hidden_size", {"hidden_size": 0}),
    ("learning_rate", {"learning_rate": -1.0}),
    ("max_steps", {"max_steps": "many"}),
    ("has its own loss", {"likelihood": "gaussian", "loss": "mae"}),
    ("log_offset", {"likelihood": "negative-binomial", "transform": "mean_scale"}),
    ("scaler", {"transform": "log", "scaler": "standard"}),
    ("checkpoint_every", {"checkpoint_every": 0}),
    ("lags", {"lags": 1000}),
]


@pytest.mark.parametrize(("message", "options"), BAD)
def test_bad_parameters_are_refused(
    message: str, options: dict[str, Any], one: pd.DataFrame
) -> None:
    with pytest.raises(OptionError, match=message):
        RnnForecaster(4, **{"max_steps": 5, **options}).fit(one)


def test_bad_files_are_refused(one: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(FileError):
        RnnForecaster(4, resume=tmp_path / "none.safetensors").fit(one)
    began = time.monotonic()
    with pytest.raises(FileError):
        RnnForecaster(4, max_steps=100_000, checkpoint=tmp_path / "no" / "run").fit(one)
    assert time.monotonic() - began < 20
    model = tmp_path / "model.safetensors"
    elman.AutoForecaster(4, model="theta").fit(one).save(model)
    with pytest.raises(DataError, match="checkpoint"):
        RnnForecaster(4, resume=model).fit(one)
    with pytest.raises(NotFittedError):
        RnnForecaster(4).predict()


def test_a_bar_hears_each_training(one: pd.DataFrame) -> None:
    heard: list[tuple[str, int, int | None]] = []
    forecaster = RnnForecaster(4, hidden_size=64, max_steps=2000)
    data = forecaster._read(one, "df")
    from elman._elman import fit_rnn

    fit_rnn(data.panel, forecaster._options(), "{}", lambda *now: heard.append(now))
    assert heard
    assert {stage for stage, _, _ in heard} == {"training"}
    assert {of for _, _, of in heard} == {2000}
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)


def test_scikit_learn_clones_it() -> None:
    base = pytest.importorskip("sklearn.base")
    forecaster = RnnForecaster(4, cell="gru", checkpoint="run.safetensors")
    assert base.clone(forecaster).get_params() == forecaster.get_params()
    assert repr(forecaster) == "RnnForecaster(h=4, cell='gru', checkpoint='run.safetensors')"


def test_losses_fall(one: pd.DataFrame) -> None:
    losses = np.array(RnnForecaster(1, max_steps=200).fit(one).losses_)
    assert losses[-20:].mean() < 0.8 * losses[:20].mean()


@pytest.mark.parametrize("several", [False, True])
def test_a_backtest_trains_on_the_values_before_the_first_cutoff(
    sales: pd.DataFrame, one: pd.DataFrame, several: bool
) -> None:
    data = sales if several else one
    from_end = data.groupby("unique_id").cumcount(ascending=False)
    forecaster = RnnForecaster(6, max_steps=20)
    windows = forecaster.cross_validation(data, n_windows=3, step_size=4)
    cutoffs = windows.groupby("unique_id")["cutoff"].unique().iloc[0]
    assert cutoffs.tolist() == data["ds"][from_end.isin([14, 10, 6])].unique().tolist()
    before = clone_of(forecaster).fit(data[from_end >= 14])
    alone = before.backtest_fitted(data, n_windows=3, step_size=4).forecasts
    pd.testing.assert_frame_equal(windows, alone)
    at_first = windows["cutoff"] == cutoffs[0]
    predicted = before.predict()
    found = windows.loc[at_first, predicted.columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, predicted, rtol=1e-6)
    with pytest.raises(NotFittedError):
        forecaster.predict()


def test_a_backtest_with_refit_trains_at_each_cutoff(sales: pd.DataFrame) -> None:
    from_end = sales.groupby("unique_id").cumcount(ascending=False)
    forecaster = RnnForecaster(6, max_steps=20)
    backtest = forecaster.backtest(sales, n_windows=3, step_size=4, refit=True)
    windows = backtest.forecasts
    for cutoff, back in zip(sorted(windows["cutoff"].unique()), [14, 10, 6], strict=True):
        predicted = clone_of(forecaster).fit(sales[from_end >= back]).predict()
        found = windows.loc[windows["cutoff"] == cutoff, predicted.columns]
        assert found.values.tolist() == predicted.values.tolist()
    errors = (windows["y"] - windows["elman"]).abs().groupby(windows["unique_id"]).mean()
    assert backtest.scores["elman"]["mae"] == pytest.approx(errors.mean())


def clone_of(forecaster: RnnForecaster) -> RnnForecaster:
    return RnnForecaster(**forecaster.get_params())


def test_a_backtest_has_scores_and_says_what_it_does_not_do(
    sales: pd.DataFrame, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "run.safetensors"
    forecaster = RnnForecaster(6, max_steps=20, checkpoint=checkpoint)
    backtest = forecaster.backtest(sales, n_windows=4)
    assert {"elman", "naive"} <= set(backtest.scores)
    assert not checkpoint.exists()
    forecaster.fit(sales)
    with pytest.raises(OptionError, match="does not resume"):
        RnnForecaster(6, resume=checkpoint).backtest(sales)
    with pytest.raises(DataError, match=r"series `south` has 20 values, and .* need 21"):
        forecaster.cross_validation(sales[:140], n_windows=4)
    with pytest.raises(OptionError, match="`holdout`"):
        RnnForecaster(6, holdout="all").backtest(sales)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="n_windows"):
        forecaster.cross_validation(sales, n_windows=0)
