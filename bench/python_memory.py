"""Memory and time of a forecast of a large data frame by the Python package.

    python bench/python_memory.py --gigabytes 1 --kind pandas --model pretrained

The forecaster is fitted on a few series; then it predicts the whole frame. With `--fitted-on 0` it is fitted on the
whole frame. Prints, for the reading or the `fit`, and for the `predict`, the seconds and the most memory in use beyond that of the process with the frame, in gigabytes
(Linux: VmHWM, reset before each step). `--by-date` has the rows in the order of dates, `--chunks 8` several chunks of polars.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import elman
import numpy as np

VALUES = 1000
#: Bytes of a row: a code of the series, a date, a value.
ROW = 4 + 8 + 8


def arrays(series: int) -> tuple[Any, Any, Any]:
    """Codes of the series, dates and values: daily values with a weekly season."""
    codes = np.repeat(np.arange(series, dtype=np.int32), VALUES)
    days = np.datetime64("2020-01-01", "s") + np.arange(VALUES).astype("m8[D]").astype("m8[s]")
    values = np.empty(series * VALUES)
    week = 10 * np.sin(np.arange(VALUES) * 2 * np.pi / 7)
    random = np.random.default_rng(1)
    for s in range(series):
        values[s * VALUES : (s + 1) * VALUES] = 100 + week + random.standard_normal(VALUES)
    return codes, np.tile(days, series), values


def by_date(column: Any) -> Any:
    """Column of equally long series in the order of dates."""
    return np.ascontiguousarray(column.reshape(-1, VALUES).T).ravel()


def frame(kind: str, series: int, is_by_date: bool = False, chunks: int = 1) -> Any:
    """Data frame of a kind."""
    codes, dates, values = arrays(series)
    if is_by_date:
        codes, dates, values = map(by_date, (codes, dates, values))
    names = [f"series {s}" for s in range(series)]
    if kind == "pandas":
        import pandas as pd

        ids = pd.Categorical.from_codes(codes, names)
        return pd.DataFrame({"unique_id": ids, "ds": dates, "y": values}, copy=False)
    import pyarrow as pa

    ids = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names))
    table = pa.table({"unique_id": ids, "ds": pa.array(dates), "y": pa.array(values)})
    if kind == "pyarrow":
        return table
    import polars as pl

    whole = pl.from_arrow(table)
    if chunks == 1:
        return whole
    rows = -(-len(whole) // chunks)
    # Each part is a copy: slices of one frame are one piece of memory.
    parts = [pl.DataFrame(table.slice(start, rows)) for start in range(0, len(whole), rows)]
    return pl.concat(parts, rechunk=False)


def memory(name: str) -> float:
    """Memory of this process, in gigabytes: VmRSS now, VmHWM at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(name))
    return int(line.split()[1]) * 1024 / 1e9


def measured(step: str, work: Callable[[], Any], before: float) -> Any:
    """Result of `work`, whose time and memory are printed."""
    Path("/proc/self/clear_refs").write_text("5")
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    peak, now = memory("VmHWM") - before, memory("VmRSS") - before
    print(
        f"{step}: {seconds:.1f} s, at most {peak:.2f} GB more, {now:.2f} GB more at the end",
        flush=True,
    )
    return result


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--kind", choices=["pandas", "polars", "pyarrow"], default="pandas")
    parser.add_argument("--by-date", action="store_true", help="rows in the order of dates")
    parser.add_argument("--chunks", type=int, default=1, help="chunks of a polars data frame")
    parser.add_argument("--model", default="pretrained")
    parser.add_argument("--fitted-on", type=int, default=2, help="series of the fit; 0 fits all")
    given = parser.parse_args()
    series = round(given.gigabytes * 1e9 / ROW / VALUES)
    data = frame(given.kind, series, given.by_date, given.chunks)
    rows = series * VALUES
    forecaster = elman.AutoForecaster(14, model=given.model, level=[80], progress=False)
    if given.fitted_on:
        forecaster.fit(frame(given.kind, given.fitted_on))
    before = memory("VmRSS")
    print(
        f"{given.kind}: {rows:,} rows, {rows * ROW / 1e9:.2f} GB; process {before:.2f} GB",
        flush=True,
    )
    if given.fitted_on:
        panel = measured("reading", lambda: forecaster._read(data, "df"), before)
        del panel
        forecast = measured("predict", lambda: forecaster.predict(data), before)
    else:
        measured("fit", lambda: forecaster.fit(data), before)
        forecast = measured("predict", forecaster.predict, before)
    print(f"{len(forecast):,} rows of forecasts")


if __name__ == "__main__":
    main()
