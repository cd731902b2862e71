"""Daily series with a weekly season, a trend and noise, for tests and measurements."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema([("unique_id", pa.string()), ("ds", pa.date32()), ("y", pa.float64())])

# Series of a row group: a partition reads row groups as a whole.
GROUP = 100


def series(number: int, length: int) -> list[float]:
    """The values of series `number`, the same in every run."""
    noise = random.Random(number)
    level, season, trend = (
        noise.uniform(20, 500),
        noise.uniform(0, 0.5),
        noise.uniform(-0.001, 0.002),
    )
    phase, error, values = noise.uniform(0, 7), 0.0, []
    for day in range(length):
        error = 0.7 * error + noise.gauss(0, 0.08)
        wave = 1 + season * math.sin(2 * math.pi * (day + phase) / 7)
        values.append(round(level * (1 + trend * day) * wave * math.exp(error), 3))
    return values


def table(first: int, count: int, length: int = 100) -> pa.Table:
    """Series `first` to `first + count - 1`, in order."""
    days = [date(2025, 1, 1) + timedelta(days=day) for day in range(length)]
    names = [f"series-{number:08}" for number in range(first, first + count) for _ in range(length)]
    values = [value for number in range(first, first + count) for value in series(number, length)]
    return pa.table([names, days * count, values], schema=SCHEMA)


def write(path: Path, count: int, length: int = 100) -> None:
    """Writes series 0 to `count - 1` into one Parquet file, `GROUP` series a row group."""
    with pq.ParquetWriter(path, SCHEMA) as file:
        for first in range(0, count, GROUP):
            file.write_table(table(first, min(GROUP, count - first), length))
