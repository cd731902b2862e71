"""Data that several tests forecast."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow", reason="elman.distributed needs pyarrow")

import synthetic  # noqa: E402


@pytest.fixture
def panel() -> pa.Table:
    """Twenty daily series of 60 values."""
    return synthetic.table(0, 20, 60)


@pytest.fixture
def panel_with_bad(panel: pa.Table) -> pa.Table:
    """The same, and a series with one date twice."""
    days = [date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 2)]
    bad = pa.table([["bad"] * 3, days, [1.0, 2.0, 3.0]], schema=synthetic.SCHEMA)
    return pa.concat_tables([panel.slice(0, 600), bad, panel.slice(600)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A Parquet file of 300 series in order, three row groups."""
    path = tmp_path / "data.parquet"
    synthetic.write(path, 300, 40)
    return path
