"""The task of a worker.

It reads one partition, forecasts its series, writes a file, and returns the path and the counts.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from elman.errors import DataError

from .config import Config
from .hashing import content_hash
from .notes import from_table, notes_of, to_table
from .outcome import Outcome
from .output import part_name, write_parquet
from .partition import fit_predict_partition, sorted_by_series, split_failures
from .partitions import Partition
from .schema import InputSchema
from .tasks import SHARED, without_raising

# File of the directory of results with the identity of the run that may write there.
RUN = "run.id"

# Key of the metadata of a result file: how many series it has, and how many failed.
COUNTS = b"elman"


@dataclass(frozen=True)
class Job:
    """Values that all partitions share.

    Parameters
    ----------
    config
        The configuration.
    out
        Directory of the results, which every worker can write.
    retries
        How often a partition is tried again after an error of the machine, such as a full disk.
        If a worker dies, the engine runs the partition again.
    run
        The run that the task belongs to: it writes only while the results in ``out`` are of this
        run. Empty for a task without a run.
    schema
        The columns of the data; by default those of the files of each partition.
    """

    config: Config
    out: str
    retries: int = 1
    run: str = ""
    schema: InputSchema | None = None

    @property
    def forecasts(self) -> Path:
        """Directory of the forecasts."""
        return Path(self.out, "forecasts")

    @property
    def errors(self) -> Path:
        """Directory of the errors."""
        return Path(self.out, "errors")

    @property
    def notes(self) -> Path:
        """Directory of the notes."""
        return Path(self.out, "notes")

    def check(self) -> None:
        """Check that the directory is that of the run, also after a time.

        Raises
        ------
        DataError
            Another directory; a directory in which another run has begun.
        """
        if not self.run:
            return
        try:
            current = Path(self.out, RUN).read_text()
        except FileNotFoundError:
            worker = f"{self.out} is not on storage that the worker {socket.gethostname()} sees"
            raise DataError(worker, SHARED) from None
        if current != self.run:
            raise DataError(
                f"another run has begun in {self.out}", "give each run a directory of its own"
            )


TaskFunction = Callable[[Job, Partition], Outcome]


def run_partition(job: Job, partition: Partition) -> Outcome:
    """Forecast a partition and write its file, unless an earlier run has written it.

    Raises
    ------
    DataError
        Files or columns that cannot be read.
    OSError
        A file that cannot be written.
    """
    started = time.perf_counter()
    job.check()
    data = sorted_by_series(partition.read(job.config, job.schema), job.config)
    name = part_name(partition.number, content_hash(data), job.config.fingerprint())
    counts = _counts(job, name)
    skipped = counts is not None
    if counts is None:
        counts = _forecast(data, job, name)
    path = job.forecasts / name
    return Outcome(
        partition.number,
        path=str(path),
        series=counts.series,
        failed=counts.failed,
        rows=counts.rows,
        bytes=path.stat().st_size,
        seconds=time.perf_counter() - started,
        skipped=skipped,
        notes=counts.notes,
    )


class _Counts(NamedTuple):
    series: int
    failed: int
    rows: int
    notes: dict[str, int]


def _counts(job: Job, name: str) -> _Counts | None:
    """Counts of a result that is there already; none if a file of it is missing or damaged."""
    try:
        with pq.ParquetFile(job.forecasts / name) as file:
            counts = json.loads(file.metadata.metadata[COUNTS])
            rows = len(file.read())
        if counts["failed"] and len(pq.read_table(job.errors / name)) != counts["failed"]:
            return None
        path = job.notes / name
        notes = from_table(pq.read_table(path)) if path.exists() else {}
        return _Counts(**counts, rows=rows, notes=notes)
    # pyarrow raises a ValueError for a damaged file, or an OSError.
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _forecast(data: pa.Table, job: Job, name: str) -> _Counts:
    """Counts of a result that this task has written."""
    result = fit_predict_partition(data, job.config)
    notes = notes_of(result)
    forecasts, errors = split_failures(result)
    series = pc.count_distinct(data[job.config.id_col], mode="all").as_py()
    counts = json.dumps({"series": series, "failed": len(errors)})
    job.check()
    # The forecasts are written last: where they are, the errors and the notes are.
    if len(errors):
        write_parquet(job.errors / name, errors.replace_schema_metadata(None))
    if notes:
        write_parquet(job.notes / name, to_table(notes))
    write_parquet(job.forecasts / name, forecasts.replace_schema_metadata({COUNTS: counts}))
    return _Counts(series, len(errors), len(forecasts), notes)


def attempt(job: Job, partition: Partition) -> Outcome:
    """Run ``run_partition`` without raising, so that the other partitions run after a failure."""
    return without_raising(lambda: run_partition(job, partition), partition.number, job.retries)
