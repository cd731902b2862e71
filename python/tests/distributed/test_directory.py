"""The directory of a run: results of one run alone, and files that heal when it is called again."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from elman.distributed import Config, Outcome, PartitionError, Serial, run, train_on_sample, tune
from elman.distributed.job import Job, attempt
from elman.distributed.partitions import Partition
from elman.errors import DataError, OptionError

CONFIG = Config(7, model="theta")
OTHER = Config(5, model="naive")


def interrupt(outcome: Outcome, done: int, of: int) -> None:
    raise KeyboardInterrupt


def rows_of_a_series(out: Path) -> set[int]:
    counts = pq.read_table(out / "forecasts").group_by("unique_id").aggregate([([], "count_all")])
    return set(counts["count_all"].to_pylist())


def test_an_interrupted_run_leaves_no_results_of_the_run_before(
    panel: pa.Table, tmp_path: Path
) -> None:
    run(panel, tmp_path, CONFIG, partitions=4)
    with pytest.raises(KeyboardInterrupt):
        run(panel, tmp_path, OTHER, partitions=4, overwrite=True, progress=interrupt)
    assert rows_of_a_series(tmp_path) == {5}
    assert not (tmp_path / "report.json").exists()


def test_a_failed_run_leaves_no_results_of_the_run_before(panel: pa.Table, tmp_path: Path) -> None:
    def one_fails(job: Job, partition: Partition) -> Outcome:
        return Outcome(1, error="on purpose") if partition.number == 1 else attempt(job, partition)

    run(panel, tmp_path, CONFIG, partitions=4)
    with pytest.raises(PartitionError):
        run(panel, tmp_path, OTHER, partitions=4, overwrite=True, task=one_fails)
    assert rows_of_a_series(tmp_path) == {5}


def test_data_without_a_column_remove_no_results(panel: pa.Table, tmp_path: Path) -> None:
    first = run(panel, tmp_path, CONFIG, partitions=4)
    with pytest.raises(DataError, match="no column `y`"):
        run(panel.drop_columns("y"), tmp_path, CONFIG, partitions=4, overwrite=True)
    assert all(Path(path).exists() for path in first.paths)


def test_a_task_of_the_run_before_writes_nothing(panel: pa.Table, tmp_path: Path) -> None:
    late: list[tuple[Job, Partition]] = []

    def kept(job: Job, partition: Partition) -> Outcome:
        late.append((job, partition))
        return attempt(job, partition)

    run(panel, tmp_path, CONFIG, partitions=2, task=kept)
    run(panel, tmp_path, OTHER, partitions=2, overwrite=True)
    outcome = attempt(*late[0])
    assert outcome.path is None
    assert "another run has begun in" in (outcome.error or "")
    assert rows_of_a_series(tmp_path) == {5}


def test_the_number_of_workers_may_change(panel: pa.Table, tmp_path: Path) -> None:
    first = run(panel, tmp_path, CONFIG, engine=Serial(2))
    again = run(panel, tmp_path, CONFIG, engine=Serial(3))
    assert len(first.outcomes) == len(again.outcomes) == 8
    assert all(outcome.skipped for outcome in again.outcomes)
    assert len(run(panel, tmp_path, CONFIG, overwrite=True).outcomes) == 4


@pytest.mark.parametrize("kind", ["forecasts", "errors"])
@pytest.mark.parametrize("left", [0, 100])
def test_a_damaged_result_is_forecast_again(
    panel_with_bad: pa.Table, tmp_path: Path, kind: str, left: int
) -> None:
    first = run(panel_with_bad, tmp_path, CONFIG, partitions=3)
    (errors,) = (tmp_path / "errors").iterdir()
    damaged = tmp_path / kind / errors.name
    content = damaged.read_bytes()
    damaged.write_bytes(content[:left])
    again = run(panel_with_bad, tmp_path, CONFIG, partitions=3)
    assert sum(outcome.skipped for outcome in again.outcomes) == 2
    assert damaged.read_bytes() == content
    assert again.forecasts().equals(first.forecasts())
    damaged.unlink()
    run(panel_with_bad, tmp_path, CONFIG, partitions=3)
    assert damaged.read_bytes() == content


def test_overwrite_forecasts_every_partition_anew(panel: pa.Table, tmp_path: Path) -> None:
    run(panel, tmp_path, CONFIG, partitions=3)
    again = run(panel, tmp_path, CONFIG, partitions=3, overwrite=True)
    assert not any(outcome.skipped for outcome in again.outcomes)


@pytest.mark.parametrize("damage", ["removed", "cut"])
def test_the_rows_of_the_partitions_are_written_again(
    panel: pa.Table, tmp_path: Path, damage: str
) -> None:
    first = run(panel, tmp_path, CONFIG, partitions=3)
    Path(first.paths[0]).unlink()
    for path in (tmp_path / "input").iterdir():
        if damage == "removed":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:100])
    again = run(panel, tmp_path, CONFIG, partitions=3)
    assert [outcome.skipped for outcome in again.outcomes] == [False, True, True]
    assert again.forecasts().equals(first.forecasts())


def test_a_directory_may_be_moved(panel: pa.Table, tmp_path: Path) -> None:
    first = run(panel, tmp_path / "old", CONFIG, partitions=3)
    names = [Path(path).name for path in first.paths]
    (tmp_path / "old").rename(tmp_path / "new")
    again = run(panel, tmp_path / "new", CONFIG, partitions=3)
    assert again.paths == [str(tmp_path / "new" / "forecasts" / name) for name in names]
    assert all(outcome.skipped for outcome in again.outcomes)


def test_a_damaged_record_is_named(panel: pa.Table, tmp_path: Path) -> None:
    run(panel, tmp_path, CONFIG, partitions=3)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(DataError, match=r"run\.json is damaged") as raised:
        run(panel, tmp_path, CONFIG, partitions=3)
    assert "overwrite=True" in (raised.value.help or "")
    assert run(panel, tmp_path, CONFIG, partitions=3, overwrite=True).series == 20


def test_a_damaged_copy_of_the_model_is_written_again(panel: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    config = train_on_sample(panel, path, replace(CONFIG, model="pretrained"))
    out = tmp_path / "out"
    run(panel, out, config, partitions=2)
    (copied,) = out.glob("model-*.safetensors")
    copied.write_bytes(b"damaged")
    assert run(panel, out, config, partitions=2).series == 20
    assert copied.read_bytes() == path.read_bytes()


@pytest.fixture
def umask() -> Iterator[int]:
    before = os.umask(0o027)
    yield 0o027
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_files_have_the_mode_of_the_umask(
    panel_with_bad: pa.Table, panel: pa.Table, tmp_path: Path, umask: int
) -> None:
    path = tmp_path / "model.safetensors"
    config = train_on_sample(panel, path, replace(CONFIG, model="pretrained"))
    out = tmp_path / "out"
    run(panel_with_bad, out, config, partitions=2)
    files = [one for one in out.rglob("*") if one.is_file()]
    assert {"forecasts", "errors", "input", "out"} <= {one.parent.name for one in files}
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in files}
    assert modes == dict.fromkeys(modes, 0o666 & ~umask)


@pytest.mark.parametrize("out", ["s3://bucket/out", Path("gs://bucket/out"), "HDFS://host/out"])
def test_a_directory_that_is_no_path_is_refused(
    panel: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str | Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for call in (run, tune):
        with pytest.raises(DataError, match="is no path of a directory") as raised:
            call(panel, out, Config(7))  # type: ignore[operator]
        assert "mount" in (raised.value.help or "")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_of_another_type_is_refused(panel: pa.Table) -> None:
    with pytest.raises(OptionError, match="`out` is 3"):
        run(panel, 3, CONFIG)  # type: ignore[arg-type]


@pytest.mark.parametrize("out", ["sales", "sales/results"])
def test_results_among_the_data_are_refused(tmp_path: Path, out: str) -> None:
    (tmp_path / "sales").mkdir()
    names = ["a"] * 20
    table = pa.table({"unique_id": names, "ds": list(range(20)), "y": [1.0] * 20})
    pq.write_table(table, tmp_path / "sales" / "part-0.parquet")
    with pytest.raises(DataError, match="is in that of the data"):
        run(tmp_path / "sales", tmp_path / out, Config(h=1, model="naive"))
    assert [path.name for path in (tmp_path / "sales").iterdir()] == ["part-0.parquet"]
