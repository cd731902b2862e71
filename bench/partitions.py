"""Time and memory of forecasts in partitions: one program, processes, Dask, and a million series.

usage: python bench/partitions.py overhead --elman target/release/elman --out bench/runs/DATE-machine-distributed
       python bench/partitions.py million|throughput|tasks --out bench/runs/DATE-machine-distributed

`overhead` forecasts one Parquet file by `elman forecast` with a saved model, by the serial runner, by processes, and by
Dask with 1 and 2 workers, in turns. `million` forecasts a million series by a saved pretrained model in two processes.
`throughput` measures a series on one core, for each kind of model and length. `tasks` measures the time of a task that
does nothing, in each engine, and the rows that one process splits by hash, or samples, in a second. Python needs elman
and pyarrow, for `overhead` dask and distributed, for `tasks` ray and pyspark, too.

The script refuses to start when the load average of the last minute is above 0.5; `--force` runs all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(1, str(ROOT / "python" / "tests" / "distributed"))

import pyarrow.parquet as pq  # noqa: E402
import synthetic  # noqa: E402
from clusters import ENGINES, cluster  # noqa: E402

from elman.distributed import (  # noqa: E402
    Config,
    Engine,
    Outcome,
    Serial,
    fit_predict_partition,
    run,
    train_on_sample,
)
from elman.distributed.job import Job  # noqa: E402
from elman.distributed.partitions import Partition  # noqa: E402
from elman.distributed.source import data_set  # noqa: E402
from elman.distributed.training import sampled_names  # noqa: E402

HORIZON = 14


def of_children() -> tuple[int, float]:
    """Largest memory, in bytes, and time on a processor, in seconds, of child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_maxrss * 1024, used.ru_utime + used.ru_stime


def command_line(elman: str, model: str, data: Path, directory: Path, threads: int) -> dict[str, object]:
    """One forecast of all series by the program."""
    out = directory / "forecast.parquet"
    command = [elman, "forecast", model, str(data), "--h", str(HORIZON), "--threads", str(threads), "--quiet"]
    # A cluster of Dask leaves settings of the allocator in the environment.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    started = time.perf_counter()
    subprocess.run([*command, "--out", str(out)], check=True, env=environment)
    return {"program": f"elman forecast, {threads} threads", "seconds": time.perf_counter() - started}


def partitions(name: str, engine: str | Engine, data: Path, config: Config, directory: Path) -> dict[str, object]:
    """One forecast of all series in 20 partitions by an engine."""
    with tempfile.TemporaryDirectory(dir=directory) as out:
        report = run(data, out, config, engine=engine, partitions=20)
        size = sum(outcome.bytes for outcome in report.outcomes)
        inside = sum(outcome.seconds for outcome in report.outcomes)
    return {"program": name, "seconds": report.seconds, "inside_partitions": inside, "bytes": size}


def overhead(given: argparse.Namespace, directory: Path) -> list[dict[str, object]]:
    """The same forecasts by each program, in turns."""
    data, model = directory / "data.parquet", directory / "model.safetensors"
    synthetic.write(data, given.series)
    config = train_on_sample(data, model, Config(HORIZON, model="pretrained"), series=100)
    rows = []
    for turn in range(given.turns):
        for threads in (1, 2):
            rows.append({"turn": turn} | command_line(given.elman, str(model), data, directory, threads))
        rows.append({"turn": turn} | partitions("serial", "serial", data, config, directory))
        rows.append({"turn": turn} | partitions("2 processes", Serial(2), data, config, directory))
        for workers in (1, 2):
            started = time.perf_counter()
            with cluster("dask", workers) as engine:
                start = time.perf_counter() - started
                row = partitions(f"dask, {workers} workers", engine, data, config, directory)
            rows.append({"turn": turn} | row | {"start_of_cluster": start})
        for row in rows[-6:]:
            print(json.dumps(row), flush=True)
    return rows


def million(given: argparse.Namespace, directory: Path) -> list[dict[str, object]]:
    """As many series as this machine forecasts, by the pretrained network, in two processes."""
    data, model = directory / "data.parquet", directory / "model.safetensors"
    started = time.perf_counter()
    synthetic.write(data, given.series)
    made = time.perf_counter() - started
    config = train_on_sample(data, model, Config(HORIZON, model="pretrained"), series=1000)
    trained = time.perf_counter() - started - made
    with tempfile.TemporaryDirectory(dir=directory) as out:
        report = run(data, out, config, engine=Serial(2), partitions=given.series // 10_000)
        peak, processor = of_children()
        row = {
            "series": report.series,
            "failed": report.failed,
            "input_bytes": data.stat().st_size,
            "seconds_to_make_the_data": made,
            "seconds_of_the_sample": trained,
            "seconds": report.seconds,
            "inside_partitions": sum(outcome.seconds for outcome in report.outcomes),
            "bytes": sum(outcome.bytes for outcome in report.outcomes),
            "partitions": len(report.outcomes),
            "peak_of_a_process": peak,
            "processor_seconds_of_the_processes": processor,
            "peak_of_this_process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    print(json.dumps(row))
    return [row]


def throughput(given: argparse.Namespace, directory: Path) -> list[dict[str, object]]:
    """Milliseconds of one series on one core, by model and length."""
    rows: list[dict[str, object]] = []
    for length in (50, 100, 400, 1000):
        table = synthetic.table(0, 200, length)
        saved = directory / f"{length}.safetensors"
        one = Config(HORIZON, model="pretrained")
        configs = {"pretrained": one, "theta": Config(HORIZON, model="theta"), "auto": Config(HORIZON)}
        configs["pretrained, saved"] = train_on_sample(table, saved, one, series=100)
        for name, config in configs.items():
            count = {"auto": 4, "pretrained, saved": 200}.get(name, 20)
            part = table.slice(0, count * length)
            fit_predict_partition(table.slice(0, length), config)
            started, processor = time.perf_counter(), time.process_time()
            fit_predict_partition(part, config)
            each, of_processor = time.perf_counter() - started, time.process_time() - processor
            row = {"model": name, "length": length, "series": count}
            rows.append(row | {"ms": 1e3 * each / count, "processor_ms": 1e3 * of_processor / count})
            print(json.dumps(rows[-1]), flush=True)
    return rows


def nothing(job: Job, partition: Partition) -> Outcome:
    """A task that does nothing."""
    return Outcome(partition.number, path="")


def tasks(given: argparse.Namespace, directory: Path) -> list[dict[str, object]]:
    """What limits a run on many machines: the scheduler, and the process that prepares the partitions."""
    rows: list[dict[str, object]] = []
    job = Job(Config(HORIZON), str(directory))
    for name in ENGINES:
        partitions = [Partition(number, ("data.parquet",)) for number in range(given.series)]
        with cluster(name, 2) as engine:
            list(engine.outcomes(nothing, job, partitions[:20]))
            started = time.perf_counter()
            done = len(list(engine.outcomes(nothing, job, partitions)))
            seconds = time.perf_counter() - started
        rows.append({"engine": name, "tasks": done, "ms_per_task": 1e3 * seconds / done})
    table = synthetic.table(0, 20_000)
    data = data_set(table)
    started = time.perf_counter()
    data.partitions(100, directory / "input", job.config)
    rows.append({"split_rows_per_second": len(table) / (time.perf_counter() - started)})
    pq.write_table(table, directory / "data.parquet")
    started = time.perf_counter()
    sampled_names(data_set(directory / "data.parquet"), job.config, 1000)
    rows.append({"sample_rows_per_second": len(table) / (time.perf_counter() - started)})
    for row in rows:
        print(json.dumps(row))
    return rows


MEASUREMENTS = {"overhead": overhead, "million": million, "throughput": throughput, "tasks": tasks}


def main() -> None:
    """Reads the arguments, measures, writes one JSON file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("measurement", choices=MEASUREMENTS)
    parser.add_argument("--elman", default=str(ROOT / "target" / "release" / "elman"))
    parser.add_argument("--series", type=int)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--out", required=True)
    given = parser.parse_args()
    load = os.getloadavg()[0]
    if load > 0.5 and not given.force:
        sys.exit(f"the load average is {load:.2f}: other programs run; --force measures all the same")
    given.series = given.series or {"overhead": 20_000, "million": 1_000_000, "tasks": 2_000}.get(given.measurement)
    with tempfile.TemporaryDirectory() as directory:
        rows = MEASUREMENTS[given.measurement](given, Path(directory))
    out = Path(given.out)
    out.mkdir(parents=True, exist_ok=True)
    document = {"load_at_start": load, "processors": os.cpu_count(), "rows": rows}
    (out / f"{given.measurement}.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
