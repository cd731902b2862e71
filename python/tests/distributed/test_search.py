"""The search of hyperparameters: the trials of `elman.tune`, whoever trains them."""

from __future__ import annotations

import os
import pickle
import signal
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from clusters import ENGINES, cluster
from test_engines import MODULES

import elman
from elman.distributed import (
    Config,
    Outcome,
    SearchError,
    Serial,
    fit_predict_partition,
    train_on_sample,
    tune,
)
from elman.errors import DataError, OptionError

# Few optimizer steps: a search of nine trials takes a tenth of a second.
CONFIG = Config(7, options={"max_steps": 20})


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_one_task_has_the_scores_of_one_machine(panel: pa.Table, tmp_path: Path) -> None:
    expected = elman.tune(panel, 7, trials=9, max_steps=20)
    found = tune(panel, tmp_path, CONFIG, trials=9, tasks=1)
    assert found.trials == expected.trials
    assert {**found.report, "tasks": None} == {**expected.report, "tasks": None}
    assert repr(found) == repr(expected)
    assert found.gain == expected.gain


def test_several_tasks_have_the_same_trials(panel: pa.Table, tmp_path: Path) -> None:
    expected = elman.tune(panel, 7, trials=9, max_steps=20)
    found = tune(panel, tmp_path, CONFIG, trials=9, tasks=3)
    assert {one.number: one.params for one in found.trials} == {
        one.number: one.params for one in expected.trials
    }
    tasks = found.report["tasks"]
    assert [task["seed"] for task in tasks] == [1, 3, 6]
    assert [task["trials"] for task in tasks] == [[0, 1, 2], [0, 3, 4, 5], [0, 6, 7, 8]]
    alone = elman.tune(panel, 7, trials=4, max_steps=20, seed=3)
    assert tasks[1]["defaults"] == next(one.score for one in alone.trials if one.number == 0)
    scores = {one.number: one.score for one in found.trials}
    assert scores[4] == next(one.score for one in alone.trials if one.number == 2)


def test_the_best_hyperparameters_train_the_model_of_all_series(
    panel: pa.Table, tmp_path: Path
) -> None:
    found = tune(panel, tmp_path, CONFIG, trials=4, series=10)
    (sample,) = (pq.read_table(path) for path in tmp_path.glob("sample-*.parquet"))
    assert len(sample["unique_id"].unique()) == 10
    path = tmp_path / "model.safetensors"
    best = CONFIG.with_options(**found.best_params)
    trained = train_on_sample(panel, path, best, series=10)
    forecaster = found.forecaster()
    assert forecaster.get_params() | found.best_params == forecaster.get_params()
    assert elman.load(path).predict(sample, h=7).equals(forecaster.fit_predict(sample))
    usual = elman.AutoForecaster(7, max_steps=20, scope="global")
    assert not elman.load(path).predict(sample, h=7).equals(usual.fit_predict(sample))
    assert fit_predict_partition(panel, trained)["error"].null_count == 20 * 7


@pytest.mark.parametrize("name", ["sample-*.parquet", "trials-000001-*.json"])
def test_a_damaged_file_is_written_again(panel: pa.Table, tmp_path: Path, name: str) -> None:
    first = tune(panel, tmp_path, CONFIG, trials=9, tasks=3)
    files = contents(tmp_path)
    (damaged,) = tmp_path.glob(name)
    damaged.write_bytes(damaged.read_bytes()[:100])
    assert repr(tune(panel, tmp_path, CONFIG, trials=9, tasks=3)) == repr(first)
    assert contents(tmp_path) == files


def test_a_finished_task_does_not_run_again(panel: pa.Table, tmp_path: Path) -> None:
    first = tune(panel, tmp_path, CONFIG, trials=9, tasks=3)
    before = contents(tmp_path)
    next(tmp_path.glob("trials-000001-*.json")).unlink()
    written = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    skipped: dict[int, bool] = {}

    def hear(outcome: Outcome, done: int, of: int) -> None:
        assert (done, of) == (len(skipped) + 1, 3)
        skipped[outcome.number] = outcome.skipped

    again = tune(panel, tmp_path, CONFIG, trials=9, tasks=3, progress=hear)
    assert skipped == {0: True, 1: False, 2: True}
    assert all(path.stat().st_mtime_ns == time for path, time in written.items())
    assert contents(tmp_path) == before
    assert again.report == first.report


@pytest.mark.parametrize("differs", ["data", "seed", "series", "tasks"])
def test_another_search_in_the_directory_reads_no_file_of_the_first(
    panel: pa.Table, tmp_path: Path, differs: str
) -> None:
    tune(panel, tmp_path, CONFIG, trials=5, tasks=2)
    before = contents(tmp_path)
    skipped: list[bool] = []
    tune(
        panel.slice(60) if differs == "data" else panel,
        tmp_path,
        replace(CONFIG, seed=2) if differs == "seed" else CONFIG,
        trials=5,
        tasks=4 if differs == "tasks" else 2,
        series=10 if differs == "series" else 1000,
        progress=lambda outcome, *at: skipped.append(outcome.skipped),
    )
    assert not any(skipped)
    assert before.items() <= contents(tmp_path).items()


def _killed_after_one_task(panel: pa.Table, out: Path) -> None:
    def die(outcome: Outcome, done: int, of: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    tune(panel, out, CONFIG, trials=9, tasks=3, progress=die)


def test_a_search_whose_process_was_killed_continues(panel: pa.Table, tmp_path: Path) -> None:
    process = get_context("spawn").Process(
        target=_killed_after_one_task, args=(panel, tmp_path / "killed")
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    skipped: list[bool] = []
    found = tune(
        panel,
        tmp_path / "killed",
        CONFIG,
        trials=9,
        tasks=3,
        progress=lambda outcome, *at: skipped.append(outcome.skipped),
    )
    assert skipped == [True, False, False]
    whole = tune(panel, tmp_path / "whole", CONFIG, trials=9, tasks=3, engine=Serial(2))
    assert found.trials == whole.trials
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_a_task_that_cannot_write_fails_alone(panel: pa.Table, tmp_path: Path) -> None:
    tune(panel, tmp_path, CONFIG, trials=5, tasks=2)
    blocked = next(tmp_path.glob("trials-000001-*.json"))
    blocked.unlink()
    blocked.mkdir()
    (blocked / "a").touch()
    with pytest.raises(SearchError, match="1 of 2 tasks of the search failed") as raised:
        tune(panel, tmp_path, CONFIG, trials=5, tasks=2)
    assert [outcome.number for outcome in raised.value.failed] == [1]
    assert "the same arguments" in (raised.value.help or "")
    copy = pickle.loads(pickle.dumps(raised.value))
    assert (str(copy), copy.failed) == (str(raised.value), raised.value.failed)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"trials": 1}, "`trials`"),
        ({"trials": 4, "tasks": 4}, "`tasks`"),
        ({"tasks": 0}, "`tasks`"),
        ({"series": 4000}, "`series`"),
        ({"config": Config(7, model="theta")}, "theta"),
        ({"config": Config(7, options={"hidden_size": 7})}, "a search varies `hidden_size`"),
        ({"config": Config(7, model_bytes=b"model")}, "saved model"),
        ({"engine": "hadoop"}, "hadoop"),
    ],
)
def test_bad_searches_are_refused_before_a_file_is_written(
    panel: pa.Table, tmp_path: Path, arguments: dict[str, object], says: str
) -> None:
    given = {"config": CONFIG, "trials": 5} | arguments
    with pytest.raises(OptionError, match=says):
        tune(panel, tmp_path / "out", **given)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_bad_data_fail_before_a_task(panel_with_bad: pa.Table, tmp_path: Path) -> None:
    bad = panel_with_bad.filter(pc.field("unique_id") == "bad")
    with pytest.raises(DataError, match=r"none of 1 series.* `bad`: .*2025-01-02"):
        tune(bad, tmp_path / "out", CONFIG, trials=5)
    assert not (tmp_path / "out").exists()


def test_an_option_that_no_search_has_is_an_error_of_the_tasks(
    panel: pa.Table, tmp_path: Path
) -> None:
    with pytest.raises(SearchError, match="patience") as raised:
        tune(panel, tmp_path, CONFIG.with_options(patience=3), trials=5)
    assert "Traceback" not in str(raised.value)


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_writes_the_scores_of_the_serial_search(
    panel: pa.Table, tmp_path: Path, name: str
) -> None:
    pytest.importorskip(MODULES[name], reason=f'needs pip install "elman[{name}]"')
    serial = tune(panel, tmp_path / "serial", CONFIG, trials=9, tasks=3)
    with cluster(name, 2) as engine:
        found = tune(panel, tmp_path / name, CONFIG, trials=9, tasks=3, engine=engine)
    assert found.trials == serial.trials
    assert contents(tmp_path / name) == contents(tmp_path / "serial")
