"""Time of the series of a sample, and of an average series of the data."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import fmean

import pyarrow as pa

from .columns import result_schema
from .config import Config
from .partition import one_result, series_of
from .series import saved_model


def timed(chosen: pa.Table, config: Config) -> tuple[pa.Table, list[tuple[int, float]]]:
    """The forecasts of a sorted sample; rows and seconds of each of its series."""
    model = saved_model(config)
    schema = result_schema(chosen.schema, config)
    every = list(series_of(chosen, config))
    # The first forecast of a process reads the pretrained network.
    one_result(*every[0], config, model, schema)
    results, times = [], []
    for name, rows in every:
        started = time.perf_counter()
        results.append(one_result(name, rows, config, model, schema)[0])
        times.append((len(rows), time.perf_counter() - started))
    return pa.concat_tables(results), times


def seconds_per_series(times: Sequence[tuple[int, float]], rows: float) -> float:
    """Time of a series with ``rows`` rows on average, from a sample that may have longer ones.

    The regression estimator of survey sampling (Cochran, Sampling Techniques, 1977, chapter 7):
    the mean of the sample, moved by the slope of time over rows. The slope is none at least, and
    at most that of a time in proportion to the rows.
    """
    mean_rows = fmean(length for length, _ in times)
    mean_seconds = fmean(seconds for _, seconds in times)
    proportional = mean_seconds / mean_rows
    spread = sum((length - mean_rows) ** 2 for length, _ in times)
    slope = proportional
    if spread:
        slope = sum((n - mean_rows) * (seconds - mean_seconds) for n, seconds in times) / spread
    slope = min(max(slope, 0.0), proportional)
    return mean_seconds + slope * (rows - mean_rows)
