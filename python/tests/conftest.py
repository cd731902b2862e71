"""Data and programs of the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
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


def stop_with_ctrl_c(code: str, data: Path, checkpoint: Path) -> None:
    """Run Python code, press Ctrl-C after its second checkpoint, and check how it ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(data), str(checkpoint)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    written: set[int] = set()
    deadline = time.monotonic() + 120
    while len(written) < 3 and process.poll() is None and time.monotonic() < deadline:
        if checkpoint.exists():
            written.add(checkpoint.stat().st_mtime_ns)
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, output) == (-signal.SIGINT, ""), (output, errors)
    assert "KeyboardInterrupt" in errors
    if sys.version_info >= (3, 11):
        assert f"continue it with `resume={str(checkpoint)!r}`" in errors
