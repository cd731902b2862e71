"""`import elman` is quick, and brings no library that the program does not use."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import elman

ROOT = Path(elman.__file__).parent
HEAVY = {"numpy", "pandas", "polars", "pyarrow", "sklearn", "torch", "sktime", "tqdm", "inspect"}


def run(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def test_import_brings_no_other_library() -> None:
    loaded = run("import sys, elman; print(*sorted({name.split('.')[0] for name in sys.modules}))")
    assert HEAVY & set(loaded.stdout.split()) == set()


def test_a_forecast_of_lists_needs_no_other_library() -> None:
    code = (
        "import sys, elman\n"
        "data = {'ds': list(range(40)), 'y': [float(t % 4) for t in range(40)]}\n"
        "elman.AutoForecaster(2, model='theta').fit(data).predict()\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    assert (HEAVY - {"inspect", "tqdm"}) & set(run(code).stdout.split()) == set()


def test_import_takes_less_than_50_ms() -> None:
    # The least of several: another program on the machine only adds time.
    times = []
    for _ in range(7):
        lines = run("import elman", "-X", "importtime").stderr.splitlines()
        (own,) = [line for line in lines if line.split("|")[-1].strip() == "elman"]
        times.append(int(own.split("|")[1]) / 1000)
    assert min(times) < 50, f"{statistics.median(times):.1f} ms"


@pytest.mark.parametrize("name", elman.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(elman, name) is not None
    assert name in dir(elman)


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = elman.nothing
