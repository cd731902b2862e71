"""Outcomes of tasks: each file is looked for, and a failure has its own next step."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import synthetic

from elman.distributed import Config, Outcome, PartitionError, SearchError, run, tune
from elman.distributed.job import Job, attempt
from elman.distributed.partitions import Partition
from elman.distributed.serial import Serial
from elman.distributed.tasks import without_raising
from elman.errors import DataError

CONFIG = Config(7, model="theta")
AGAIN = "run again with the same arguments"


def elsewhere(job: Job, partition: Partition) -> Outcome:
    """A worker whose file is on a disk of its own."""
    outcome = attempt(job, partition)
    if partition.number == 1 and outcome.path:
        Path(outcome.path).unlink()
    return outcome


def test_a_file_that_is_not_there_is_a_failed_partition(file: Path, tmp_path: Path) -> None:
    failed: list[int] = []

    def progress(outcome: Outcome, done: int, of: int) -> None:
        failed.extend([outcome.number] if outcome.path is None else [])

    with pytest.raises(PartitionError) as raised:
        run(file, tmp_path, CONFIG, partitions=3, task=elsewhere, progress=progress)
    (bad,) = raised.value.report.failed_partitions
    assert bad.number == 1
    assert "part-000001-" in (bad.error or "")
    assert "is not on storage that this process sees" in (bad.error or "")
    assert "the same path" in (raised.value.help or "")
    assert failed == [1]
    assert raised.value.report.series == 200
    assert len(raised.value.report.forecasts()) == 200 * 7
    assert pickle.loads(pickle.dumps(raised.value)).help == raised.value.help


def test_a_file_of_another_size_is_a_failed_partition(file: Path, tmp_path: Path) -> None:
    def cut(job: Job, partition: Partition) -> Outcome:
        outcome = attempt(job, partition)
        if partition.number == 1 and outcome.path:
            Path(outcome.path).write_bytes(b"half")
        return outcome

    with pytest.raises(PartitionError, match=r"has 4 bytes here, and its worker wrote [0-9,]+"):
        run(file, tmp_path, CONFIG, partitions=3, task=cut)
    assert run(file, tmp_path, CONFIG, partitions=3).series == 300


class Unshared(Serial):
    """An engine whose workers do not see the directory of the results."""

    def outcomes(self, task, job, parts):  # type: ignore[no-untyped-def]
        (Path(job.out) / "run.id").unlink()
        yield from super().outcomes(task, job, parts)


def test_a_worker_without_the_directory_forecasts_nothing(file: Path, tmp_path: Path) -> None:
    with pytest.raises(PartitionError, match="3 of 3 partitions") as raised:
        run(file, tmp_path, CONFIG, partitions=3, engine=Unshared())
    assert "is not on storage that the worker" in str(raised.value)
    assert "the same path" in (raised.value.help or "")
    assert not (tmp_path / "forecasts").exists()
    with pytest.raises(DataError, match="no partition has a result"):
        raised.value.report.forecasts()


def test_scores_that_are_not_there_are_a_failed_task(panel: pa.Table, tmp_path: Path) -> None:
    class Gone(Serial):
        def outcomes(self, task, job, parts):  # type: ignore[no-untyped-def]
            for outcome in super().outcomes(task, job, parts):
                Path(outcome.path or "").unlink()
                yield outcome

    with pytest.raises(SearchError, match="is not on storage that this process sees") as raised:
        tune(panel, tmp_path, Config(7, options={"max_steps": 5}), trials=2, engine=Gone())
    assert "the same path" in (raised.value.help or "")


def test_an_error_of_the_machine_is_met_by_another_run(file: Path, tmp_path: Path) -> None:
    def full(job: Job, partition: Partition) -> Outcome:
        return attempt(Job(job.config, "/dev/null/out", 0), partition)

    with pytest.raises(PartitionError, match="NotADirectoryError") as raised:
        run(file, tmp_path, CONFIG, partitions=3, task=full)
    assert AGAIN in (raised.value.help or "")


def test_data_that_cannot_be_read_are_not_met_by_another_run(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.parquet", "b.parquet")]
    for first, path in zip((0, 10), paths, strict=True):
        pq.write_table(synthetic.table(first, 10, 40), path)
    content = bytearray(paths[1].read_bytes())
    content[4:1000] = bytes(996)
    paths[1].write_bytes(content)
    with pytest.raises(PartitionError, match="1 of 2 partitions failed") as raised:
        run(paths, tmp_path / "out", CONFIG, partitions=2)
    assert "cannot be read" in str(raised.value)
    assert AGAIN not in str(raised.value)
    assert "write the file again" in (raised.value.help or "")


def test_an_error_of_the_data_without_a_next_step_says_that_another_run_fails() -> None:
    def fails() -> NoReturn:
        raise DataError("on purpose", place="a.csv:3")

    outcome = without_raising(fails, 2, retries=0)
    assert outcome.error == "on purpose (a.csv:3)"
    assert outcome.help == "change the data or the configuration: the same call fails again"
