"""Partitions, time, memory and disk of a run, estimated from a sample of series."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass

from elman.parameters import whole

from .checked import partition_count
from .config import Config
from .names import COUNTED, series_names
from .partition import sorted_by_series, split_failures
from .run import default_partitions
from .source import Source, data_set
from .timing import seconds_per_series, timed
from .training import sampled

# Rows of a series of the sample beside those of all series, from which on the sample is said to be
# unlike the data.
UNLIKE = 1.5

# A worker has the rows of its partition, the same rows sorted, and their hash at once.
COPIES = 3


@dataclass(frozen=True)
class Estimate:
    """Partitions, time, memory and disk of a run.

    Parameters
    ----------
    rows, series
        Of the data. Up to 100,000 series are counted; the number of more has a standard error of
        0.3 %.
    partitions
        Files of results.
    writes_input
        The series are not in order, or in too few row groups for the partitions: their rows are
        first written by partition, once.
    sample, failed
        Series that were forecast for this estimate; those of them that could not be.
    sample_rows, longest
        Rows of the sample, and of its longest series.
    seconds_per_series
        On one core of this machine, for a series with the average number of rows of the data.
    core_seconds
        For all series, on one core.
    seconds
        For all series, on ``workers`` cores.
    workers
        Cores.
    worker_bytes
        Memory of a worker at its largest partition, or at the longest series of the sample if that
        is larger; on Windows that of the rows alone.
    result_bytes
        The results in memory; Parquet files of them are smaller.
    errors
        The first errors of the sample.
    """

    rows: int
    series: int
    partitions: int
    writes_input: bool
    sample: int
    failed: int
    sample_rows: int
    longest: int
    seconds_per_series: float
    core_seconds: float
    seconds: float
    workers: int
    worker_bytes: int
    result_bytes: int
    errors: tuple[str, ...]

    def to_json(self) -> str:
        """One JSON document."""
        return json.dumps(asdict(self), indent=1)

    def __str__(self) -> str:
        """The figures in sentences."""
        milliseconds, memory = self.seconds_per_series * 1e3, self.worker_bytes / 1e6
        about = "about " if self.series >= COUNTED else ""
        lines = [
            f"{about}{self.series:,} series ({self.rows:,} rows) in {self.partitions:,} partitions",
            f"{milliseconds:.2f} ms a series on one core (of {self.sample} series): about "
            f"{self.core_seconds:,.0f} s on one core, {self.seconds:,.0f} s on {self.workers}",
            f"memory of a worker: about {memory:,.0f} MB; "
            f"results: at most {self.result_bytes / 1e6:,.1f} MB",
        ]
        lines += self._of_sample()
        if self.writes_input:
            lines.append(
                "the series are not in order, or in too few row groups: their rows are first "
                "written by partition, once"
            )
        if self.failed:
            lines.append(
                f"{self.failed} of {self.sample} series of the sample failed; "
                f"the first: {self.errors[0]}"
            )
        return "\n".join(lines)

    def _of_sample(self) -> list[str]:
        """Whether the series of the sample are as long as those of the data."""
        of_sample, of_data = self.sample_rows / self.sample, self.rows / self.series
        if max(of_sample, of_data) < UNLIKE * min(of_sample, of_data):
            return []
        return [
            f"the series of the sample have {of_sample:,.0f} rows on average (the longest "
            f"{self.longest:,}), and all series {of_data:,.0f}: time and memory are less certain; "
            "give a larger `sample`"
        ]


def estimate(
    source: Source,
    config: Config,
    *,
    workers: int = 1,
    partitions: int | None = None,
    sample: int = 50,
) -> Estimate:
    """Estimate partitions, time, memory and disk of a run from a forecast of some series.

    No file is written.

    Parameters
    ----------
    source, config, partitions
        As for ``run``.
    workers
        Cores of the cluster.
    sample
        Series to forecast.

    Raises
    ------
    OptionError
        A number that is not possible.
    DataError
        Data that cannot be read.
    """
    cores = whole(workers, "workers")
    data = data_set(source)
    rows = data.rows()
    count = partition_count(partitions) or default_partitions(rows, cores)
    parts = data.ranges(count, config)
    wanted = whole(sample, "sample")
    names = series_names(data, config, wanted)
    chosen = sorted_by_series(sampled(data, config, names.smallest[:wanted]), config)
    result, times = timed(chosen, config)
    _, errors = split_failures(result)
    each = seconds_per_series(times, rows / names.count)
    longest = max(length for length, _ in times)
    largest = max((part.rows for part in parts), default=0) if parts else -(-rows // count)
    return Estimate(
        rows=rows,
        series=names.count,
        partitions=len(parts) if parts else count,
        writes_input=parts is None,
        sample=len(times),
        failed=len(errors),
        sample_rows=len(chosen),
        longest=longest,
        seconds_per_series=each,
        core_seconds=each * names.count,
        seconds=each * names.count / cores,
        workers=cores,
        worker_bytes=_resident()
        + COPIES * round(chosen.nbytes / len(chosen) * max(largest, longest)),
        result_bytes=round(result.nbytes / len(times) * names.count),
        errors=tuple(errors["error"].to_pylist()[:3]),
    )


def _resident() -> int:
    """Most memory of this process so far, in bytes: Python, pyarrow, elman, and a sample.

    0 on a system without the module ``resource``, such as Windows.
    """
    try:
        import resource
    except ModuleNotFoundError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, all other systems kilobytes.
    return most if sys.platform == "darwin" else most * 1024
