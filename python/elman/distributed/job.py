"""The task of a worker.

It reads one partition, forecasts its series, writes a file, and returns the path and the counts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .config import Config
from .hashing import content_hash
from .outcome import Outcome
from .output import part_name, write_parquet
from .partition import fit_predict_partition, sorted_by_series, split_failures
from .partitions import Partition
from .tasks import without_raising

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
    """

    config: Config
    out: str
    retries: int = 1

    @property
    def forecasts(self) -> Path:
        """Directory of the forecasts."""
        return Path(self.out, "forecasts")

    @property
    def errors(self) -> Path:
        """Directory of the errors."""
        return Path(self.out, "errors")


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
    data = sorted_by_series(partition.read(job.config), job.config)
    name = part_name(partition.number, content_hash(data), job.config.fingerprint())
    path = job.forecasts / name
    skipped = path.exists()
    if not skipped:
        _forecast(data, path, job.errors / name, job.config)
    written = pq.read_metadata(path)
    counts = json.loads(written.metadata[COUNTS])
    return Outcome(
        partition.number,
        path=str(path),
        rows=written.num_rows,
        bytes=path.stat().st_size,
        seconds=time.perf_counter() - started,
        skipped=skipped,
        **counts,
    )


def _forecast(data: pa.Table, path: Path, errors_path: Path, config: Config) -> None:
    forecasts, errors = split_failures(fit_predict_partition(data, config))
    series = pc.count_distinct(data[config.id_col], mode="all").as_py()
    counts = json.dumps({"series": series, "failed": len(errors)})
    # The forecasts are written last: where they are, the errors are.
    if len(errors):
        write_parquet(errors_path, errors)
    write_parquet(path, forecasts.replace_schema_metadata({COUNTS: counts}))


def attempt(job: Job, partition: Partition) -> Outcome:
    """Run ``run_partition`` without raising, so that the other partitions run after a failure."""
    return without_raising(lambda: run_partition(job, partition), partition.number, job.retries)
