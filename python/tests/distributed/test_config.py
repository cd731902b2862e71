"""The configuration: JSON, fingerprints, refusals."""

from __future__ import annotations

import pickle
import time
from dataclasses import replace
from pathlib import Path

import pytest

from elman.distributed import Config
from elman.errors import DataError, OptionError


def test_json_and_pickle_keep_every_field() -> None:
    config = Config(
        7,
        "cross_validation",
        (50, 97.5),
        "theta",
        seed=3,
        id_col="id",
        time_col="t",
        target_col="v",
        n_windows=2,
        step_size=3,
        options={"freq": "D", "season": [7, 365]},
    )
    saved = Config(7, model_bytes=b"\x00\xff", options={"freq": "D", "futr_exog": ["price"]})
    for one in (config, saved):
        assert Config.from_json(one.to_json()) == one
        assert pickle.loads(pickle.dumps(one)) == one
        assert Config.from_json(one.to_json()).fingerprint() == one.fingerprint()


@pytest.mark.parametrize(
    "change",
    [
        {"h": 8},
        {"seed": 2},
        {"model": "ets"},
        {"level": (90,)},
        {"options": {"season": 7}},
    ],
)
def test_fingerprint_depends_on_everything_that_changes_a_forecast(
    change: dict[str, object],
) -> None:
    config = Config(7)
    assert replace(config, **change).fingerprint() != config.fingerprint()  # type: ignore[arg-type]


def test_fingerprint_depends_on_the_content_of_a_model_and_not_on_its_path(tmp_path: Path) -> None:
    paths = [tmp_path / "a.safetensors", tmp_path / "b.safetensors"]
    for path in paths:
        path.write_bytes(b"model")
    first, second = (Config(7, model_file=str(path)).fingerprint() for path in paths)
    assert first == second == Config(7, model_bytes=b"model").fingerprint()
    paths[0].write_bytes(b"another model")
    assert Config(7, model_file=str(paths[0])).fingerprint() != second


def test_a_configuration_with_a_model_keeps_how_the_data_are_read() -> None:
    options = {"season": [7], "freq": "D", "hist_exog": ["price"]}
    trained = Config(7, level=(90,), model="network", seed=3, id_col="shop", options=options)
    assert trained.with_model("m") == Config(
        7,
        level=(90,),
        id_col="shop",
        model_file="m",
        options={"freq": "D", "hist_exog": ["price"]},
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"h": 0}, "`h` is 0"),
        ({"h": 1, "n_windows": 0}, "`n_windows` is 0"),
        ({"h": 2.5}, "`h` is 2.5"),
        ({"h": "12"}, "`h` is '12'"),
        ({"h": 1, "step_size": True}, "`step_size` is True"),
        ({"h": 1, "seed": -1}, "`seed` is -1"),
        ({"h": 1, "level": 80}, "`level` is 80"),
        ({"h": 1, "level": (80, 80.0)}, "80 twice"),
        ({"h": 1, "level": (100,)}, "`level` has 100"),
        ({"h": 1, "level": (float("nan"),)}, "`level` has nan"),
        ({"h": 1, "id_col": 3}, "`id_col` is 3"),
        ({"h": 1, "model": 3}, "`model` is 3"),
        ({"h": 1, "refit": "no"}, "`refit` is 'no'"),
        ({"h": 1, "model_file": 3}, "`model_file` is 3"),
        ({"h": 1, "model_bytes": "m"}, "`model_bytes` is a str"),
        ({"h": 1, "options": ["freq"]}, "`options` is"),
        ({"h": 1, "options": {"season": object()}}, "`season` is"),
        ({"h": 1, "options": {"futr_exog": "price"}}, "`futr_exog` is 'price'"),
        ({"h": 1, "task": "fit"}, "forecast, cross_validation"),
        ({"h": 1, "model_file": "m", "model_bytes": b"m"}, "give one of them"),
        ({"h": 1, "refit": True, "model_bytes": b"m"}, "leave out the saved model"),
        ({"h": 1, "model": "ets", "model_bytes": b"m"}, "leave out `model`"),
        ({"h": 1, "seed": 3, "model_bytes": b"m"}, "leave out `seed`"),
        ({"h": 1, "options": {"cell": "gru"}, "model_bytes": b"m"}, "train a model with `cell`"),
        ({"h": 1, "options": {"sesaon": 7}}, "no parameter `sesaon`"),
        ({"h": 1, "options": {"scope": "global"}}, "alone"),
        ({"h": 1, "options": {"level": [80]}}, "it is a field of Config"),
        ({"h": 1, "model": "tetha"}, "no model is called `tetha`"),
        ({"h": 1, "model": "theta", "options": {"likelihood": "gaussian"}}, "likelihood"),
        ({"h": 1, "options": {"agg": "W"}}, "`agg`: unknown variant `W`"),
        ({"h": 1, "options": {"agg": "sum"}}, "`agg` needs a coarser frequency"),
        ({"h": 1, "options": {"freq": "min", "agg": "W"}}, "`agg`: unknown variant `W`"),
        ({"h": 1, "options": {"decimal": ","}}, "`decimal`: unknown variant `,`"),
        ({"h": 1, "options": {"freq": "XX"}}, "no frequency is called `XX`"),
        ({"h": 1, "options": {"freq": "M", "cell": "lstmm"}}, "no cell is called `lstmm`"),
        ({"h": 1, "options": {"futr_exog": ["price"], "tz": "x"}}, "no time zone is called `x`"),
        ({"h": 1, "options": {"hidden_size": 2**21}}, "`hidden_size` = 2097152"),
        ({"h": 1, "model_bytes": b"m", "options": {"agg": "W"}}, "`agg`: unknown variant `W`"),
        ({"h": 1, "id_col": "elman"}, "`id_col` is 'elman', and a column of the result"),
        ({"h": 1, "id_col": "error"}, "`id_col` is 'error', and a column of the result"),
        ({"h": 1, "time_col": "elman-hi-95"}, "`time_col` is 'elman-hi-95', and a column"),
        ({"h": 1, "time_col": "y"}, "`time_col` and `target_col` are both 'y'"),
        ({"h": 1, "task": "cross_validation", "target_col": "theta"}, "`target_col` is 'theta'"),
        ({"h": 1, "task": "cross_validation", "time_col": "cutoff"}, "`time_col` is 'cutoff'"),
    ],
)
def test_configuration_without_a_meaning_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        Config(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields",
    [
        {"target_col": "theta"},
        {"options": {"freq": "M", "futr_exog": ["price"], "static_exog": ["region"]}},
        *({"options": {"freq": freq, "agg": "sum"}} for freq in ("W", "MS", "QS", "YS", "B", "h")),
        {"options": {"hidden_size": 100_000, "num_layers": 1000, "max_steps": 10_000_000}},
        {"options": {"dilations": list(range(1, 13)), "num_layers": 12, "seq_length": 10_000}},
        {"model": "network", "options": {"likelihood": "negative-binomial", "season": [7, 365]}},
    ],
)
def test_options_are_checked_in_milliseconds_without_data(fields: dict[str, object]) -> None:
    started = time.process_time()
    Config(1_000_000, **fields)  # type: ignore[arg-type]
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"h": "twelve"}', '{"h": 1, "horizon": 2}', '{"h": 1, "model_bytes": "?"}'],
)
def test_text_that_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(OptionError):
        Config.from_json(text)


def test_model_file_that_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match=r"no\.safetensors"):
        Config(7, model_file="no.safetensors").fingerprint()


def test_values_of_numpy_and_paths_are_those_of_python(tmp_path: Path) -> None:
    np = pytest.importorskip("numpy")
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"model")
    saved = Config(np.int64(7), model_file=path)  # type: ignore[arg-type]
    assert saved.fingerprint() == Config(7, model_file=str(path)).fingerprint()
    options = {"season": np.array([7, 365]), "learning_rate": np.float64(0.5), "cell": None}
    config = Config(7, level=np.array([80, 95]), options=options)
    plain = Config(7, options={"season": [7, 365], "learning_rate": 0.5})
    assert config == plain
    assert config.to_json() == plain.to_json()
    assert config.fingerprint() == plain.fingerprint()
