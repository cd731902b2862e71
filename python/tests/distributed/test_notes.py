"""Notes of a run: their texts and how many series have them, also after a rerun."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import synthetic

import elman
from elman.distributed import Config, fit_predict_partition, notes_of, run, train_on_sample
from elman.distributed.notes import merged, of_series

CONFIG = Config(7, model="theta")
SHORT = "no prediction intervals, because there are too few values to validate this horizon"
ABSENT = 'dates absent from the file: added as missing values (`missing_dates="skip"` takes the next row as the next step)'  # noqa: E501


@pytest.fixture
def with_notes(panel: pa.Table) -> pa.Table:
    """Six series too short for intervals, and three with 7, 7 and 14 dates absent."""
    short = synthetic.table(20, 6, 5)
    gaps = [
        synthetic.table(30 + n, 1, 60).filter(pa.array([day % 9 not in out for day in range(60)]))
        for n, out in enumerate([{3}, {4}, {3, 5}])
    ]
    return pa.concat_tables([panel, short, *gaps])


NOTES = {SHORT: 6, f"N {ABSENT}": 3}


def test_a_partition_counts_its_notes(with_notes: pa.Table, panel: pa.Table) -> None:
    result = fit_predict_partition(with_notes, CONFIG)
    assert notes_of(result) == NOTES
    assert notes_of(fit_predict_partition(panel, CONFIG)) == {}
    assert notes_of(fit_predict_partition(panel.slice(0, 0), CONFIG)) == {}


@pytest.mark.parametrize("partitions", [1, 3, 7])
def test_a_run_counts_the_notes_of_all_partitions(
    with_notes: pa.Table, tmp_path: Path, partitions: int
) -> None:
    report = run(with_notes, tmp_path, CONFIG, partitions=partitions)
    assert list(report.notes.items()) == list(NOTES.items())
    assert json.loads((tmp_path / "report.json").read_text())["notes"] == NOTES
    assert f"note on 6 series: {SHORT}" in str(report).splitlines()
    again = run(with_notes, tmp_path, CONFIG, partitions=partitions)
    assert all(outcome.skipped for outcome in again.outcomes)
    assert again.notes == report.notes
    assert [one.notes for one in again.outcomes] == [one.notes for one in report.outcomes]


def test_damaged_notes_are_written_again(with_notes: pa.Table, tmp_path: Path) -> None:
    report = run(with_notes, tmp_path, CONFIG, partitions=1)
    (path,) = (tmp_path / "notes").iterdir()
    path.write_bytes(path.read_bytes()[:50])
    assert run(with_notes, tmp_path, CONFIG, partitions=1).notes == report.notes
    run(with_notes, tmp_path, Config(5, model="theta"), partitions=2, overwrite=True)
    assert not path.exists()


def test_files_of_forecasts_and_errors_have_no_notes(
    with_notes: pa.Table, panel_with_bad: pa.Table, tmp_path: Path
) -> None:
    data = pa.concat_tables([with_notes, panel_with_bad.slice(600, 3)])
    report = run(data, tmp_path, CONFIG, partitions=1)
    assert report.failed == 1
    (name,) = (Path(path).name for path in report.paths)
    assert set(pq.read_schema(tmp_path / "forecasts" / name).metadata) == {b"elman"}
    assert pq.read_schema(tmp_path / "errors" / name).metadata is None


def test_another_frequency_than_that_of_the_training_is_noted(
    panel: pa.Table, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    config = train_on_sample(panel, path, Config(7, model="pretrained"))
    hours = [datetime(2025, 1, 1) + timedelta(hours=hour) for hour in range(60)]
    hourly = panel.set_column(1, "ds", pa.array(hours * 20))
    report = run(hourly, tmp_path / "out", config, partitions=2)
    model = elman.load(path)
    model.predict(hourly)
    (text,) = model.notes_
    assert "these data are hourly" in text
    assert report.notes == {text: 20}
    assert f"note on 20 series: {text}" in str(report)


@pytest.mark.parametrize("saved", [False, True])
def test_a_backtest_counts_its_notes(panel: pa.Table, tmp_path: Path, saved: bool) -> None:
    config = Config(7, "cross_validation", model="theta", n_windows=2, step_size=7)
    gaps = panel.filter(pa.array([row % 60 % 9 != 3 for row in range(len(panel))]))
    if saved:
        path = tmp_path / "model.safetensors"
        config = train_on_sample(gaps, path, Config(7, "cross_validation", model="pretrained"))
    notes = run(gaps, tmp_path / "out", config, partitions=2).notes
    assert notes[f"7 {ABSENT}"] == 20
    seen = "the model was trained on values up to 2025-03-01"
    assert any(text.startswith(seen) for text in notes) == saved


def test_a_note_of_one_series_does_not_name_it() -> None:
    notes = ["1 series (`a`): too few", "series `a` begins at 3", "no mase of 1 series (`a`)"]
    assert of_series(notes, "a") == {"too few", "the series begins at 3", "no mase of the series"}
    assert of_series(["1 series (`7`): too few values"], 7) == {"too few values"}


def test_notes_that_differ_by_numbers_are_one() -> None:
    days = {"2 rows after 2025-01-03": 2, "1,400 rows after 2025-01-04": 3, "no rows": 9}
    assert list(merged([days]).items()) == [("no rows", 9), ("N rows after N", 5)]
    same = merged([{"2 rows": 1}, {"2 rows": 4}])
    assert same == {"2 rows": 5}
    assert merged([same, {"3 rows": 1}]) == {"N rows": 6}
    assert merged([{"N rows": 6}, {"2 rows": 1}]) == {"N rows": 7}
