"""Each error says the next step in the words of Python."""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shops import months

import elman
from elman import errors, nn
from elman.text import TextModel
from elman.wording import in_python

ROOT = Path(__file__).resolve().parents[2]
COMMAND = re.compile(
    r"\belman (backtest|bench|explain|export|forecast|inspect|play|serve|stream|text|train|tune)\b"
)


def texts_of_the_engine() -> list[str]:
    """Lines of the engine with a text that names a command."""
    files = sorted((ROOT / "crates/elman/src").rglob("*.rs"))
    lines = [line.strip() for file in files for line in file.read_text().splitlines()]
    return [line for line in lines if COMMAND.search(line) and not line.startswith("//")]


def test_no_text_of_the_engine_names_a_command_in_python() -> None:
    texts = texts_of_the_engine()
    assert len(texts) > 10
    assert [text for text in texts if COMMAND.search(in_python(text))] == []


def test_a_text_in_the_words_of_python_stays() -> None:
    for text in texts_of_the_engine():
        assert in_python(in_python(text)) == in_python(text)
    error = errors.DataError("no order", "put the rows in order with `sort`")
    assert error.help == "put the rows in order with `sort=True`"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files in the folder of the test."""
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("data.csv").write_text("ds,y\n" + "".join(f"{t},{t % 7}\n" for t in range(60)))
    elman.AutoForecaster(3, model="theta").fit("data.csv").save("theta.safetensors")
    options: dict[str, Any] = {"hidden_size": 4, "num_layers": 1, "max_steps": 2}
    TextModel.fit("to be or not to be " * 90, **options).save("text.safetensors")
    checkpoint = {"max_steps": 4, "checkpoint": "checkpoint.safetensors"}
    elman.RnnForecaster(3, **checkpoint).fit("data.csv")


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("name", "help_"),
    [
        ("none.safetensors", "check the path"),
        ("folder", "give a file in it"),
        ("data.csv", "give a model file"),
        ("text.safetensors", "`elman.text.TextModel.load(path)`"),
        ("checkpoint.safetensors", "resume=path"),
    ],
)
def test_a_file_that_is_no_forecaster_has_a_next_step(name: str, help_: str) -> None:
    with pytest.raises(errors.ElmanError) as caught:
        elman.load(name)
    assert help_ in str(caught.value.help)


@pytest.mark.usefixtures("models")
def test_a_file_that_cannot_be_written_has_a_next_step() -> None:
    forecaster = elman.load("theta.safetensors")
    with pytest.raises(errors.FileError) as caught:
        forecaster.save("none/theta.safetensors")
    assert "folder exists" in str(caught.value.help)
    assert ".tmp" not in str(caught.value)
    with pytest.raises(errors.FileError) as caught:
        forecaster.save("folder")
    assert "name a file in it" in str(caught.value.help)
    if os.name == "posix" and os.geteuid():
        Path("folder").chmod(0o500)
        with pytest.raises(errors.FileError) as caught:
            forecaster.save("folder/theta.safetensors")
        assert "allow the access" in str(caught.value.help)
    assert errors.FileError("the disk is on fire").help is not None


@pytest.mark.usefixtures("models")
def test_a_model_with_model_selection_is_no_forecaster_of_one_network() -> None:
    with pytest.raises(errors.DataError, match="not of one network") as caught:
        elman.RnnForecaster.load("theta.safetensors")
    assert "`elman.load(path)`" in str(caught.value.help)


@pytest.mark.usefixtures("models")
def test_a_next_step_of_the_program_is_one_of_python() -> None:
    with pytest.raises(errors.DataError) as caught:
        TextModel.load("theta.safetensors")
    assert "`elman.load(path).predict(df)`" in str(caught.value.help)
    with pytest.raises(errors.OptionError) as option:
        elman.load("theta.safetensors").to_onnx("theta.onnx")
    assert "`elman.RnnForecaster(h).fit(df)`" in str(option.value.help)
    with pytest.raises(errors.DataError) as caught:
        elman.AutoForecaster(3, max_memory=10).fit("data.csv")
    assert "`max_memory=64_000_000_000`" in str(caught.value.help)


def test_the_columns_of_series_and_of_times_may_be_none() -> None:
    numbers = {**months(1), "unique_id": [str(t) for t in range(72)]}
    one = elman.AutoForecaster(3, model="naive", id_col="none").fit_predict(numbers)
    assert one["unique_id"] == ["y"] * 3
    by_row = elman.AutoForecaster(3, model="naive", time_col="none").fit_predict(months(1))
    assert by_row["ds"] == ["73", "74", "75"]
    with pytest.raises(errors.DataError, match="no column `none`"):
        elman.AutoForecaster(3, model="naive", target_col="none").fit(numbers)


@pytest.mark.usefixtures("models")
def test_a_file_of_another_kind_is_not_replaced() -> None:
    forecaster = elman.RnnForecaster(3, max_steps=2).fit("data.csv")
    data = Path("data.csv").read_bytes()
    files = {"hidden_size": 4, "num_layers": 1, "max_steps": 2, "checkpoint": "data.csv"}
    for ending in (".png", ".svg", ".html"):
        Path(f"data{ending}").write_bytes(data)
    calls: list[Callable[[str], object]] = [
        forecaster.save,
        forecaster.to_onnx,
        nn.Model().save,
        TextModel.load("text.safetensors").save,
        lambda _: TextModel.fit("to be or not to be " * 90, **files),
        lambda name: elman.RnnForecaster(3, max_steps=2, checkpoint=name).fit("data.csv"),
        lambda _: forecaster.plot().save("data.png"),
        lambda _: forecaster.plot().save("data.svg"),
        lambda _: forecaster.plot().save("data.html"),
    ]
    for call in calls:
        with pytest.raises(errors.FileError, match="exists and is not a"):
            call("data.csv")
    for ending in (".csv", ".png", ".svg", ".html"):
        assert Path(f"data{ending}").read_bytes() == data


@pytest.mark.usefixtures("models")
def test_a_file_of_the_same_kind_is_replaced() -> None:
    forecaster = elman.RnnForecaster(3, max_steps=2).fit("data.csv")
    Path("empty.safetensors").touch()
    for name in ("theta.safetensors", "text.safetensors", "empty.safetensors"):
        forecaster.save(name)
        assert isinstance(elman.load(name), elman.RnnForecaster)
    for _ in range(2):
        assert forecaster.to_onnx("model.onnx") == [Path("model.onnx")]
        for ending in ("png", "svg", "html"):
            forecaster.plot().save(f"chart.{ending}")
    for name in ("none/model.onnx", "folder"):
        with pytest.raises(errors.FileError):
            forecaster.to_onnx(name)


@pytest.mark.parametrize("data", [{}, "pandas", "polars", "pyarrow"])
def test_a_data_frame_without_columns_is_refused(data: Any) -> None:
    if isinstance(data, str):
        module = pytest.importorskip(data)
        data = module.table({}) if data == "pyarrow" else module.DataFrame()
    with pytest.raises(errors.DataError, match="df has no columns"):
        elman.AutoForecaster(h=2).fit(data)
