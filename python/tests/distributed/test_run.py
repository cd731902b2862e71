"""Whole runs on this machine: the same results for any partitions, interrupted or not."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import synthetic

from elman.distributed import (
    Config,
    Outcome,
    PartitionError,
    Serial,
    fit_predict_partition,
    run,
    split_failures,
    train_on_sample,
)
from elman.distributed.job import Job, attempt
from elman.distributed.partitions import Partition
from elman.errors import DataError, OptionError

CONFIG = Config(7, model="theta")


def in_order(table: pa.Table) -> pa.Table:
    return table.sort_by([("unique_id", "ascending"), ("ds", "ascending")])


@pytest.mark.parametrize("partitions", [1, 3, 7])
def test_results_do_not_depend_on_the_partitions(
    panel_with_bad: pa.Table, tmp_path: Path, partitions: int
) -> None:
    whole, errors = split_failures(fit_predict_partition(panel_with_bad, CONFIG))
    report = run(panel_with_bad, tmp_path, CONFIG, partitions=partitions)
    assert len(report.outcomes) == partitions
    assert (report.series, report.failed) == (21, 1)
    assert in_order(report.forecasts()).equals(whole)
    found = report.errors()
    assert found is not None
    assert found.equals(errors)


@pytest.mark.parametrize("saved", [False, True])
def test_a_backtest_does_not_depend_on_the_partitions(
    panel_with_bad: pa.Table, panel: pa.Table, tmp_path: Path, saved: bool
) -> None:
    config = Config(7, "cross_validation", model="theta", n_windows=2, step_size=7)
    if saved:
        path = tmp_path / "model.safetensors"
        config = train_on_sample(panel, path, replace(config, model="pretrained"))
    whole, errors = split_failures(fit_predict_partition(panel_with_bad, config))
    report = run(panel_with_bad, tmp_path / "out", config, partitions=3)
    assert (report.series, report.failed, len(report.outcomes)) == (21, 1, 3)
    by_cutoff = [("unique_id", "ascending"), ("cutoff", "ascending"), ("ds", "ascending")]
    assert report.forecasts().sort_by(by_cutoff).equals(whole)
    assert len(whole) == 20 * 2 * 7
    found = report.errors()
    assert found is not None
    assert found.equals(errors)


def test_a_reader_of_the_directory_gets_every_forecast_once(file: Path, tmp_path: Path) -> None:
    report = run(file, tmp_path / "out", CONFIG, partitions=3)
    read = pq.read_table(tmp_path / "out" / "forecasts")
    assert len(read) == 300 * 7
    assert read.column_names == [
        "unique_id",
        "ds",
        "elman",
        "elman-lo-80",
        "elman-hi-80",
        "elman-lo-95",
        "elman-hi-95",
    ]
    written = json.loads((tmp_path / "out" / "report.json").read_text())
    assert written["series"] == 300
    assert [one["path"] for one in written["partitions"]] == report.paths


def test_an_interrupted_run_forecasts_only_what_is_not_there(file: Path, tmp_path: Path) -> None:
    first = run(file, tmp_path, CONFIG, partitions=3)
    bytes_ = [Path(path).read_bytes() for path in first.paths]
    Path(first.paths[1]).unlink()
    again = run(file, tmp_path, CONFIG, partitions=3)
    assert [outcome.skipped for outcome in again.outcomes] == [True, False, True]
    assert again.paths == first.paths
    assert [Path(path).read_bytes() for path in again.paths] == bytes_
    assert [replace(one, seconds=0, skipped=False) for one in again.outcomes] == [
        replace(one, seconds=0, skipped=False) for one in first.outcomes
    ]


def _killed_after_one_partition(file: Path, out: Path) -> None:
    def die(outcome: Outcome, done: int, of: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    run(file, out, CONFIG, partitions=3, progress=die)


def test_a_run_whose_process_was_killed_continues(file: Path, tmp_path: Path) -> None:
    process = get_context("spawn").Process(
        target=_killed_after_one_partition, args=(file, tmp_path)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    report = run(file, tmp_path, CONFIG, partitions=3)
    assert [outcome.skipped for outcome in report.outcomes] == [True, False, False]
    assert report.series == 300


@pytest.mark.parametrize("differs", ["config", "data", "partitions"])
def test_results_of_another_run_are_refused(file: Path, tmp_path: Path, differs: str) -> None:
    out = tmp_path / "out"
    run(file, out, CONFIG, partitions=3)
    config = replace(CONFIG, seed=2) if differs == "config" else CONFIG
    if differs == "data":
        synthetic.write(file, 301, 40)
    with pytest.raises(DataError, match=f"another run: its {differs} differ") as raised:
        run(file, out, config, partitions=2 if differs == "partitions" else 3)
    assert "overwrite=True" in raised.value.help
    report = run(file, out, config, partitions=2, overwrite=True)
    files = {path.name for path in (out / "forecasts").iterdir()}
    assert files == {Path(path).name for path in report.paths}


def test_progress_and_order_of_outcomes(file: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []
    report = run(
        file,
        tmp_path,
        CONFIG,
        partitions=3,
        progress=lambda one, done, of: seen.append((one.series, done, of)),
    )
    assert seen == [(100, 1, 3), (100, 2, 3), (100, 3, 3)]
    assert [outcome.number for outcome in report.outcomes] == [0, 1, 2]


def test_several_processes_write_the_same_bytes(file: Path, tmp_path: Path) -> None:
    one = run(file, tmp_path / "one", CONFIG, partitions=3)
    two = run(file, tmp_path / "two", CONFIG, partitions=3, engine=Serial(2))
    assert [Path(p).name for p in one.paths] == [Path(p).name for p in two.paths]
    assert [Path(p).read_bytes() for p in one.paths] == [Path(p).read_bytes() for p in two.paths]


def _dies_once(job: Job, partition: Partition) -> Outcome:
    mark = Path(job.out, "died")
    if partition.number == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return attempt(job, partition)


def _dies_always(job: Job, partition: Partition) -> Outcome:
    if partition.number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return attempt(job, partition)


def test_a_killed_process_costs_time_and_no_result(file: Path, tmp_path: Path) -> None:
    report = run(file, tmp_path, CONFIG, partitions=3, engine=Serial(2), task=_dies_once)
    assert (tmp_path / "died").exists()
    assert report.series == 300


def test_a_partition_that_kills_its_process_fails_and_the_run_ends(
    file: Path, tmp_path: Path
) -> None:
    with pytest.raises(PartitionError, match="a process ended") as raised:
        run(file, tmp_path, CONFIG, partitions=3, engine=Serial(2), task=_dies_always)
    assert 1 in [bad.number for bad in raised.value.report.failed_partitions]
    assert "again" in raised.value.help


class Forgetful(Serial):
    """An engine that runs one task less than it is given."""

    def outcomes(self, task, job, parts):  # type: ignore[no-untyped-def]
        return super().outcomes(task, job, parts[:-1])


def test_a_part_without_an_outcome_has_failed(file: Path, tmp_path: Path) -> None:
    with pytest.raises(PartitionError, match="the engine returned no outcome") as raised:
        run(file, tmp_path, CONFIG, partitions=3, engine=Forgetful())
    assert [bad.number for bad in raised.value.report.failed_partitions] == [2]


def test_a_partition_that_cannot_be_written_fails_alone(file: Path, tmp_path: Path) -> None:
    first = run(file, tmp_path, CONFIG, partitions=3)
    blocked = Path(first.paths[1])
    blocked.unlink()
    blocked.mkdir()
    with pytest.raises(PartitionError, match="1 of 3 partitions failed") as raised:
        run(file, tmp_path, CONFIG, partitions=3)
    assert [outcome.number for outcome in raised.value.report.failed_partitions] == [1]
    assert raised.value.report.series == 200
    blocked.rmdir()
    assert run(file, tmp_path, CONFIG, partitions=3).series == 300


def test_no_series_that_could_be_forecast_is_an_error(panel: pa.Table, tmp_path: Path) -> None:
    config = Config(7, model="theta", options={"freq": "M"})
    with pytest.raises(
        DataError, match="none of 20 series could be forecast; the first: "
    ) as raised:
        run(panel, tmp_path, config, partitions=2)
    assert "leave out `freq`" in (raised.value.help or "")


@pytest.mark.parametrize(
    ("source", "says"),
    [("no.parquet", "there is no file no.parquet"), (".", "has no file"), ([1], "no data frame")],
)
def test_data_that_are_not_there_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: object, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=says):
        run(source, tmp_path / "out", CONFIG)


def test_an_unknown_engine_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="serial, dask, ray, spark"):
        run(file, tmp_path, CONFIG, engine="hadoop")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"partitions": -2}, "`partitions` is -2"),
        ({"partitions": 0}, "`partitions` is 0"),
        ({"partitions": 2.5}, "`partitions` is 2.5"),
        ({"partitions": 1_000_001}, "`partitions` is 1000001"),
        ({"retries": -1}, "`retries` is -1"),
        ({"progress": "yes"}, "`progress` is 'yes'"),
    ],
)
def test_counts_that_are_not_possible_are_refused(
    file: Path, tmp_path: Path, arguments: dict[str, object], says: str
) -> None:
    with pytest.raises(OptionError, match=says):
        run(file, tmp_path / "out", CONFIG, **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_number_of_processes_that_is_not_possible_is_refused() -> None:
    with pytest.raises(OptionError, match="`processes` is 0"):
        Serial(0)


def test_a_bar_shows_partitions_and_failed_series(
    panel_with_bad: pa.Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tqdm")
    run(panel_with_bad, tmp_path, CONFIG, partitions=3, progress=True)
    shown = capsys.readouterr().err
    assert "partitions:   0%" in shown
    assert "0/3" in shown
    assert "failed series: 1" in shown


def test_a_bar_shows_failed_partitions(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tqdm")
    with pytest.raises(PartitionError):
        run(file, tmp_path, CONFIG, partitions=3, progress=True, task=_fails_for_one)
    assert "failed partitions: 1" in capsys.readouterr().err


def _fails_for_one(job: Job, partition: Partition) -> Outcome:
    return Outcome(1, error="on purpose") if partition.number == 1 else attempt(job, partition)


@pytest.mark.parametrize("progress", [None, False])
def test_no_bar_is_shown_without_a_terminal(
    panel: pa.Table, tmp_path: Path, capsys: pytest.CaptureFixture[str], progress: bool | None
) -> None:
    run(panel, tmp_path, CONFIG, partitions=2, progress=progress)
    assert capsys.readouterr().err == ""
