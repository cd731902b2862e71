"""Data and programs of the tests."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shops import months

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sales() -> pd.DataFrame:
    """Two monthly series of ten years, with trend and season."""
    dates = pd.date_range("2010-01-01", periods=120, freq="MS")
    month = np.arange(120)
    noise = np.random.default_rng(1).normal(0, 1, 120)
    north = 50 + 0.3 * month + 10 * np.sin(month * np.pi / 6) + noise
    south = 80 - 0.1 * month + 5 * np.cos(month * np.pi / 6) + noise[::-1]
    parts = [
        pd.DataFrame({"unique_id": name, "ds": dates, "y": y})
        for name, y in [("north", north), ("south", south)]
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="session")
def shops() -> pd.DataFrame:
    """Monthly values of two shops, of six years."""
    return pd.DataFrame(months()).assign(ds=lambda frame: pd.to_datetime(frame["ds"]))


@pytest.fixture(scope="session")
def temperature() -> Path:
    """Monthly world temperature: one series of 1,728 values."""
    return ROOT / "examples/data/global-temperature.csv"


@pytest.fixture(scope="session")
def program() -> Path:
    """The command line program."""
    path = Path(os.environ.get("ELMAN", ROOT / "target/release/elman"))
    if not path.exists():
        pytest.skip("build the program with `cargo build --release`, or name it in ELMAN")
    return path
