"""The numbers are those of the command line, to the bit."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest

import elman


def forecast_of(program: Path, *arguments: str) -> list[dict[str, str]]:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def assert_same(rows: list[dict[str, str]], frame: pd.DataFrame) -> None:
    assert len(rows) == len(frame) > 0
    for name in frame.columns.difference(["unique_id", "ds", "cutoff"]):
        assert [float(row[name]) for row in rows] == frame[name].tolist(), name


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({}, []),
        ({"model": "theta", "level": [90]}, ["--model", "theta", "--level", "90"]),
        ({"max_steps": 20, "seed": 3}, ["--max-steps", "20", "--seed", "3"]),
        (
            {"cell": "gru", "likelihood": "student-t", "max_steps": 15},
            ["--cell", "gru", "--likelihood", "student-t", "--max-steps", "15"],
        ),
        ({"scope": "local", "max_steps": 10}, ["--scope", "local", "--max-steps", "10"]),
    ],
)
def test_a_data_frame_is_forecast_as_its_file(
    program: Path,
    sales: pd.DataFrame,
    tmp_path: Path,
    options: dict[str, object],
    flags: list[str],
) -> None:
    file = tmp_path / "sales.csv"
    sales.to_csv(file, index=False)
    rows = forecast_of(program, "forecast", str(file), "--horizon", "6", *flags)
    assert_same(rows, elman.AutoForecaster(6, **options).fit_predict(sales))


def test_a_file_is_forecast_alike(program: Path, temperature: Path) -> None:
    rows = forecast_of(program, "forecast", str(temperature), "--horizon", "3", "--max-steps", "20")
    table = elman.AutoForecaster(3, max_steps=20).fit_predict(temperature)
    assert [float(row["elman"]) for row in rows] == table.values("elman", False)
    assert [row["ds"] for row in rows] == [f"{day:%Y-%m}" for day in table.to_dict()["ds"]]


def test_a_backtest_is_alike(program: Path, sales: pd.DataFrame, tmp_path: Path) -> None:
    file, out = tmp_path / "sales.csv", tmp_path / "out.csv"
    sales.to_csv(file, index=False)
    flags = ["--horizon", "4", "--n-windows", "3", "--step-size", "4", "--out", str(out)]
    forecast_of(program, "backtest", str(file), *flags)
    frame = elman.AutoForecaster(4).cross_validation(sales, n_windows=3, step_size=4)
    with out.open() as lines:
        assert_same(list(csv.DictReader(lines)), frame)


def test_model_files_go_both_ways(program: Path, sales: pd.DataFrame, tmp_path: Path) -> None:
    file, ours, theirs = (tmp_path / name for name in ["s.csv", "a.safetensors", "b.safetensors"])
    sales.to_csv(file, index=False)
    forecaster = elman.AutoForecaster(5, max_steps=10).fit(sales)
    forecaster.save(ours)
    flags = ["--horizon", "5"]
    assert_same(
        forecast_of(program, "forecast", str(ours), str(file), *flags), forecaster.predict()
    )
    arguments = ["forecast", str(file), *flags, "--max-steps", "10", "--save", str(theirs)]
    rows = forecast_of(program, *arguments)
    assert_same(rows, elman.load(theirs).predict(sales))


def test_the_book_has_the_options_that_python_has_not(program: Path) -> None:
    done = subprocess.run(
        [program, "forecast", "--help"], capture_output=True, text=True, check=True
    )
    options = set(re.findall(r"^ +(?:-\w, )?--([a-z-]+)", done.stdout, re.MULTILINE))
    parameters = {name.replace("_", "-") for name in elman.AutoForecaster.parameter_names()}
    page = (Path(__file__).parents[2] / "docs/book/src/python.md").read_text()
    _, _, section = page.partition("## Options of the command line")
    described = set(re.findall(r"`--([a-z-]+)", section))
    assert options - parameters - described == {"help"}
    assert described - parameters <= options
