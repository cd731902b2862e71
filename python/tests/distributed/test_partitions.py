"""Partitions of a data set: every series whole and in exactly one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import synthetic

from elman.distributed import Config, split
from elman.distributed.hashing import content_hash, partition_numbers, stable_hash
from elman.distributed.partitions import Partition
from elman.distributed.source import data_set

CONFIG = Config(7)


def check(partitions: Sequence[Partition], whole: pa.Table) -> None:
    """Each series is in one partition, with all its rows in their order."""
    tables = [partition.read(CONFIG) for partition in partitions]
    names = [set(table["unique_id"].to_pylist()) for table in tables]
    assert sum(map(len, names)) == len(set().union(*names))
    together = pa.concat_tables(tables).sort_by("unique_id")
    assert together.equals(whole.sort_by("unique_id"))


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_series_in_order_are_read_where_they_are(file: Path, tmp_path: Path, wanted: int) -> None:
    partitions = data_set(file).partitions(wanted, tmp_path / "input", CONFIG)
    assert len(partitions) == wanted
    assert not (tmp_path / "input").exists()
    check(partitions, pq.read_table(file))


def test_a_series_in_two_row_groups_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(synthetic.table(0, 10, 50), path, row_group_size=120)
    partitions = data_set(path).partitions(4, tmp_path / "input", CONFIG)
    assert len(partitions) == 4
    assert not (tmp_path / "input").exists()
    check(partitions, pq.read_table(path))


def test_several_files_in_order(tmp_path: Path) -> None:
    for number in range(4):
        pq.write_table(synthetic.table(5 * number, 5, 30), tmp_path / f"{number}.parquet")
    partitions = data_set(tmp_path).partitions(4, tmp_path / "input", CONFIG)
    assert [len(partition.files) for partition in partitions] == [1, 1, 1, 1]
    check(partitions, synthetic.table(0, 20, 30))


def test_series_by_date_are_written_by_partition(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    by_date = synthetic.table(0, 40, 30).sort_by("ds")
    pq.write_table(by_date, path, row_group_size=100)
    partitions = data_set(path).partitions(5, tmp_path / "input", CONFIG)
    assert len(list((tmp_path / "input").glob("*"))) == 5
    check(partitions, by_date)


@pytest.mark.parametrize("wanted", [2, 3, 9, 11, 40])
def test_more_partitions_than_files_may_be_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: int
) -> None:
    by_date = synthetic.table(0, 60, 20).sort_by("ds")
    once = data_set(by_date).partitions(wanted, tmp_path / "once", CONFIG)
    monkeypatch.setattr(split, "OPEN", 3)
    monkeypatch.setattr(split, "BUFFERED", 500)
    opened = _Opened()
    monkeypatch.setattr(split.pq, "ParquetWriter", opened)
    found = data_set(by_date).partitions(wanted, tmp_path / "input", CONFIG)
    assert opened.most <= 3
    assert sorted(path.name for path in (tmp_path / "input").iterdir()) == sorted(
        path.name for path in (tmp_path / "once").iterdir()
    )
    assert [(one.number, one.rows) for one in found] == [(one.number, one.rows) for one in once]
    for one, other in zip(found, once, strict=True):
        assert one.read(CONFIG).equals(other.read(CONFIG))
    check(found, by_date)


class _Opened:
    """Counts the writers that are open at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.writer = pq.ParquetWriter

    @contextmanager
    def __call__(self, *args: object, **options: object) -> Iterator[pq.ParquetWriter]:
        self.now += 1
        self.most = max(self.most, self.now)
        with self.writer(*args, **options) as writer:
            yield writer
        self.now -= 1


def test_one_large_row_group_is_written_by_partition(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(synthetic.table(0, 40, 30), path)
    partitions = data_set(path).partitions(5, tmp_path / "input", CONFIG)
    assert len(partitions) == 5
    check(partitions, pq.read_table(path))


def test_rows_without_a_name_are_in_the_first_range(tmp_path: Path) -> None:
    nameless = synthetic.table(900, 1, 5).set_column(0, "unique_id", pa.nulls(5, pa.string()))
    for number in range(4):
        whole = synthetic.table(5 * number, 5, 30)
        whole = pa.concat_tables([whole, nameless]) if number == 2 else whole
        pq.write_table(whole, tmp_path / f"{number}.parquet")
    partitions = data_set(tmp_path).partitions(4, tmp_path / "input", CONFIG)
    assert not (tmp_path / "input").exists()
    tables = [partition.read(CONFIG) for partition in partitions]
    assert [table["unique_id"].null_count for table in tables] == [5, 0, 0]
    assert sum(map(len, tables)) == 605


def test_rows_without_a_name_are_in_one_file(tmp_path: Path) -> None:
    nameless = synthetic.table(900, 1, 5).set_column(0, "unique_id", pa.nulls(5, pa.string()))
    whole = pa.concat_tables([synthetic.table(0, 20, 30), nameless])
    partitions = data_set(whole).partitions(4, tmp_path / "input", CONFIG)
    counts = [partition.read(CONFIG)["unique_id"].null_count for partition in partitions]
    assert sorted(counts) == [0, 0, 0, 5]


def test_numbers_as_names(tmp_path: Path) -> None:
    whole = pa.table(
        {
            "unique_id": [n for n in range(30) for _ in range(4)],
            "ds": [1, 2, 3, 4] * 30,
            "y": [1.0] * 120,
        }
    )
    path = tmp_path / "data.parquet"
    pq.write_table(whole, path, row_group_size=20)
    check(data_set(path).partitions(5, tmp_path / "input", CONFIG), whole)
    check(data_set(whole).partitions(5, tmp_path / "input", CONFIG), whole)


def test_hash_of_a_name_never_changes() -> None:
    # Another hash would send the series of an interrupted run to other partitions.
    assert stable_hash("series-1") == 1319735147594063850
    names = pa.chunked_array([["a", "b", None, "a"]])
    numbers = partition_numbers(names, 1000).to_pylist()
    assert numbers[0] == numbers[3] == stable_hash("a") % 1000
    assert numbers[1] == stable_hash("b") % 1000
    assert partition_numbers(pa.chunked_array([[7]]), 1000)[0].as_py() == stable_hash("7") % 1000


def test_hash_of_a_table_sees_each_value_and_no_chunks() -> None:
    table = synthetic.table(0, 2, 10)
    assert content_hash(pa.concat_tables([table.slice(0, 7), table.slice(7)])) == content_hash(
        table
    )
    changed = table.set_column(2, "y", pc.add(table["y"], pa.array([0.0] * 19 + [1e-13])))
    assert content_hash(changed) != content_hash(table)
    assert content_hash(table.rename_columns(["unique_id", "ds", "z"])) != content_hash(table)
