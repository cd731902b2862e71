"""A whole run: partitions, an engine, a report."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from elman.errors import DataError
from elman.parameters import whole

from .checked import MAX_PARTITIONS, partition_count
from .config import Config
from .directory import REPORT, RESULTS, begun, continued, known_run, new_run
from .display import Display, Progress
from .job import Job, TaskFunction, attempt
from .output import remove_others, results_directory, write_atomically
from .report import PartitionError, Report, total
from .series import saved_model
from .source import Source, data_set
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
    whose file is there are not forecast again. Damaged files are written again.

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
        How many at most; by default those of the run that is continued. For a new run four for
        each worker, and one for each million rows.
    overwrite
        Removes the results of another run in ``out``, before the first partition.
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
        Data that cannot be read; no path of a directory; results of another run in it; no series
        that could be forecast.
    PartitionError
        Partitions without a result. The others are written.
    """
    started = time.perf_counter()
    data, directory = data_set(source), results_directory(out)
    _check_apart(source, directory)
    tries = whole(retries, "retries", 0)
    given = partition_count(partitions)
    display = Display(progress, "partitions")
    runner = engine_of(engine)
    known = None if overwrite else known_run(directory)
    schema = data.schema(config)
    wanted = given or (known.wanted if known else default_partitions(data.rows(), runner.workers))
    # A model that cannot be read is an error before any result is removed.
    saved_model(config)
    this = new_run(data, config, wanted)
    if known is None:
        this = begun(this, data, directory, config)
    else:
        this = continued(this, known, data, directory, config)
    config = _with_copied_model(config, directory)
    job = Job(config, str(directory), tries, this.id, schema)
    outcomes = collected(runner, task, job, this.partitions, display)
    report = total(str(directory), outcomes, time.perf_counter() - started)
    _finish(report, directory)
    return report


def default_partitions(rows: int, workers: int) -> int:
    """Four for each worker, and one for each million rows."""
    return min(max(FOR_EACH_WORKER * workers, -(-rows // ROWS)), MAX_PARTITIONS)


def _check_apart(source: object, directory: Path) -> None:
    """Refuse results among the data: the next run would read them as data.

    Raises
    ------
    DataError
        A directory of results that is that of the data, or in it.
    """
    if not isinstance(source, (str, os.PathLike)) or not Path(source).is_dir():
        return
    root, results = Path(source).resolve(), directory.resolve()
    if root == results or root in results.parents:
        raise DataError(
            f"the directory of results {directory} is in that of the data {os.fspath(source)}",
            "give a directory outside of the data as `out`",
        )


def _with_copied_model(config: Config, out: Path) -> Config:
    """Workers read the saved model from the directory of the results: its name has its hash."""
    if not config.has_model:
        return config
    content = config.model_content()
    path = out / f"model-{hashlib.sha256(content).hexdigest()[:16]}.safetensors"
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, lambda file: file.write(content))
    return config.with_model(str(path))


def _finish(report: Report, directory: Path) -> None:
    content = report.to_json().encode()
    write_atomically(directory / REPORT, lambda file: file.write(content))
    # The file of a partition that failed may be there: a worker can end after it has written.
    if report.failed_partitions:
        raise PartitionError(report)
    keep = {Path(path).name for path in report.paths}
    for results in RESULTS:
        remove_others(directory / results, keep)
    if report.series and report.failed == report.series:
        errors = report.errors()
        first = errors.slice(0, 1).to_pylist()[0] if errors is not None else {}
        raise DataError(
            f"none of {report.series} series could be forecast; the first: {first.get('error')}",
            first.get("help"),
        )
