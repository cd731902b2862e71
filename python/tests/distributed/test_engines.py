"""Dask, Ray and Spark: the files of the serial run, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from clusters import ENGINES, cluster

from elman.distributed import Config, Outcome, PartitionError, run
from elman.distributed.job import Job, attempt
from elman.distributed.partitions import Partition

CONFIG = Config(7, model="theta")
MODULES = {"dask": "dask", "ray": "ray", "spark": "pyspark"}


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_writes_the_bytes_of_the_serial_run(
    file: Path, tmp_path: Path, name: str
) -> None:
    pytest.importorskip(MODULES[name], reason=f'needs pip install "elman[{name}]"')
    serial = run(file, tmp_path / "serial", CONFIG, partitions=3)
    seen: list[int] = []

    def second_fails(job: Job, partition: Partition) -> Outcome:
        return Outcome(1, error="on purpose") if partition.number == 1 else attempt(job, partition)

    with cluster(name, 2) as engine:
        assert engine.workers == 2
        out = tmp_path / name
        with pytest.raises(PartitionError, match="1 of 3 partitions failed; the first: on purpose"):
            run(file, out, CONFIG, partitions=3, engine=engine, task=second_fails)
        report = run(
            file, out, CONFIG, partitions=3, engine=engine, progress=lambda *at: seen.append(at[1])
        )
    assert seen == [1, 2, 3]
    assert [outcome.skipped for outcome in report.outcomes] == [True, False, True]
    assert [Path(path).name for path in report.paths] == [Path(path).name for path in serial.paths]
    assert [Path(path).read_bytes() for path in report.paths] == [
        Path(path).read_bytes() for path in serial.paths
    ]
