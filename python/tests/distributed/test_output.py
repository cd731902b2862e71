"""Files of results: whole or not there."""

from __future__ import annotations

import os
import signal
from multiprocessing import get_context
from pathlib import Path
from typing import NoReturn

import pyarrow.parquet as pq
import pytest
import synthetic

from elman.distributed.output import part_name, remove_others, write_atomically, write_parquet


def _killed_before_the_rename(path: Path) -> None:
    def die(source: object, target: object) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("this process has ended")

    os.replace = die
    write_parquet(path, synthetic.table(0, 10))


def test_a_process_killed_before_the_rename_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / part_name(3, "data", "config")
    process = get_context("spawn").Process(target=_killed_before_the_rename, args=(path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    left = [one.name for one in tmp_path.iterdir()]
    assert len(left) == 1
    assert left[0].startswith(f".{path.name}.")
    assert remove_others(tmp_path, set()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fails(file: object) -> NoReturn:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        write_atomically(path, fails)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("file", b"old")]


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    sizes = [write_parquet(tmp_path / name, synthetic.table(0, 10)) for name in ("a", "b")]
    first, second = ((tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second
    assert sizes == [len(first), len(second)]
    assert pq.read_table(tmp_path / "a").equals(synthetic.table(0, 10))


def test_the_name_of_a_file_has_number_data_and_configuration() -> None:
    assert part_name(7, "a", "b").startswith("part-000007-")
    assert (
        len({part_name(n, data, config) for n in (7, 8) for data in "ab" for config in "cd"}) == 8
    )


def test_only_results_of_partitions_are_removed(tmp_path: Path) -> None:
    keep, other = part_name(1, "a", "b"), part_name(1, "old", "b")
    for name in (keep, other, "notes.txt", "part-1.parquet"):
        (tmp_path / name).touch()
    assert remove_others(tmp_path, {keep}) == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(
        [keep, "notes.txt", "part-1.parquet"]
    )
