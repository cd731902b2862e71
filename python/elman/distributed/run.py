"""A whole run: partitions, an engine, a report."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict
from pathlib import Path

from elman.errors import DataError
from elman.parameters import whole

from .checked import MAX_PARTITIONS, partition_count
from .config import Config
from .display import Display, Progress
from .job import Job, TaskFunction, attempt
from .output import remove_others, write_atomically
from .partitions import Partition
from .report import PartitionError, Report, total
from .series import saved_model
from .source import DataSet, Source, data_set
from .tasks import Engine, collected, engine_of

# Rows of a partition by default: some megabytes, which take seconds to minutes to forecast.
ROWS = 1_000_000

# Partitions for each worker by default: so many that the last ones do not hold up all others.
FOR_EACH_WORKER = 4


def run(
    source: Source,
    out: str | Path,
    config: Config,
    *,
    engine: str | Engine = "serial",
    partitions: int | None = None,
    overwrite: bool = False,
    retries: int = 1,
    progress: Progress = None,
    task: TaskFunction = attempt,
) -> Report:
    """Forecast every series of a data set into ``out/forecasts/part-*.parquet``.

    A run that was interrupted continues when it is called again with the same arguments: partitions
    whose file is there are not forecast again.

    Parameters
    ----------
    source
        A Parquet file, a directory of them, a list of paths, or a data frame.
    out
        Directory of the results, on storage that this process and all workers see under the same
        path.
    config
        The configuration.
    engine
        ``serial``, ``dask``, ``ray``, ``spark`` (the cluster of this process), or an engine such as
        ``Dask(client)``.
    partitions
        How many at most; by default four for each worker, and one for each million rows.
    overwrite
        Removes the results of another run in ``out``.
    retries
        How often a partition is tried again after an error of the machine.
    progress
        Whether a bar is shown with the partitions done, the failed series and the time; by default
        in a terminal or a notebook. Or a function that is called after each partition with its
        outcome, the number of partitions done, and of all.
    task
        Runs one partition on a worker.

    Raises
    ------
    OptionError
        A number of partitions or retries that is not possible; an unknown engine.
    DataError
        Data that cannot be read; results of another run in ``out``; no series that could be
        forecast.
    PartitionError
        Partitions without a result. The others are written.
    """
    started = time.perf_counter()
    data, out = data_set(source), Path(out).resolve()
    tries = whole(retries, "retries", 0)
    given = partition_count(partitions)
    display = Display(progress, "partitions")
    runner = engine_of(engine)
    wanted = given or default_partitions(data.rows(), runner.workers)
    config = _with_copied_model(config, out)
    parts = _partitions(data, out, config, wanted, overwrite)
    outcomes = collected(runner, task, Job(config, str(out), tries), parts, display)
    report = total(str(out), outcomes, time.perf_counter() - started)
    _finish(report, out)
    return report


def default_partitions(rows: int, workers: int) -> int:
    """Four for each worker, and one for each million rows."""
    return min(max(FOR_EACH_WORKER * workers, -(-rows // ROWS)), MAX_PARTITIONS)


def _with_copied_model(config: Config, out: Path) -> Config:
    """Workers read the saved model from the directory of the results: its name has its hash."""
    if not config.has_model:
        return config
    saved_model(config)
    content = config.model_content()
    path = out / f"model-{hashlib.sha256(content).hexdigest()[:16]}.safetensors"
    if not path.exists():
        write_atomically(path, lambda file: file.write(content))
    return config.with_model(str(path))


def _partitions(
    data: DataSet, out: Path, config: Config, wanted: int, overwrite: bool
) -> list[Partition]:
    """The partitions of this run: those of an earlier call that was interrupted, or new ones."""
    identity = {"config": config.fingerprint(), "data": data.identity(), "partitions": wanted}
    path = out / "run.json"
    if path.exists() and not overwrite:
        known = json.loads(path.read_text())
        if known["run"] != identity:
            other = [name for name, value in identity.items() if known["run"].get(name) != value]
            raise DataError(
                f"{out} has the results of another run: its {', '.join(other)} differ",
                "give another directory, or `overwrite=True`",
            )
        return [Partition(**{**one, "files": tuple(one["files"])}) for one in known["partitions"]]
    parts = data.partitions(wanted, out / "input", config)
    content = json.dumps({"run": identity, "partitions": [asdict(part) for part in parts]})
    write_atomically(path, lambda file: file.write(content.encode()))
    return parts


def _finish(report: Report, out: Path) -> None:
    write_atomically(out / "report.json", lambda file: file.write(report.to_json().encode()))
    if report.failed_partitions:
        raise PartitionError(report)
    keep = {Path(path).name for path in report.paths}
    for directory in (out / "forecasts", out / "errors"):
        remove_others(directory, keep)
    if report.series and report.failed == report.series:
        errors = report.errors()
        first = errors.slice(0, 1).to_pylist()[0] if errors is not None else {}
        raise DataError(
            f"none of {report.series} series could be forecast; the first: {first.get('error')}",
            first.get("help"),
        )
