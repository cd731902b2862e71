from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest

import elman
from elman.errors import DataError, ElmanError, OptionError


@pytest.fixture
def short(sales: pd.DataFrame) -> pd.DataFrame:
    """Sixty months of one series: a search is a matter of seconds."""
    return sales.head(60)


def test_the_search_is_that_of_the_program(
    program: Path, short: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "sales.csv"
    short.to_csv(file, index=False)
    command = [program, "tune", file, "--horizon", "3", "--trials", "4", "--max-steps", "20"]
    done = subprocess.run([*command, "--json", "--quiet"], capture_output=True, check=True)
    expected = json.loads(done.stdout)
    tuning = elman.tune(short, 3, trials=4, max_steps=20)
    for name in ("ranking", "diverged", "seasons", "preprocessing"):
        assert tuning.report[name] == expected[name]
    assert len(tuning.trials) == 4
    assert {trial.number for trial in tuning.trials} == {0, 1, 2, 3}
    scores = [trial.score for trial in tuning.trials if trial.rung == 3]
    assert scores == sorted(scores)


def test_the_best_trial_is_a_forecaster(short: pd.DataFrame) -> None:
    tuning = elman.tune(short, 3, trials=3, max_steps=20, level=[70])
    forecaster = tuning.forecaster()
    for name, value in tuning.best_params.items():
        assert getattr(forecaster, name) == value
    frame = forecaster.fit_predict(short)
    assert list(frame.columns)[-3:] == ["elman", "elman-lo-70", "elman-hi-70"]
    assert tuning.gain is not None
    assert tuning.gain >= 0
    assert repr(tuning).count("\n") == 3


def test_bad_searches_are_refused(short: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match="`trials`"):
        elman.tune(short, 3, trials=1)
    with pytest.raises(OptionError, match="scope"):
        elman.tune(short, 3, trials=2, scope="local")
    with pytest.raises(OptionError, match="patience"):
        elman.tune(short, 3, trials=2, patience=3)
    with pytest.raises((OptionError, DataError)):
        elman.tune(short.head(4), 3, trials=2)
    with pytest.raises(TypeError):
        elman.tune(short, 3, trial=2)


def test_the_advice_of_a_search_is_not_refused_by_it() -> None:
    exact = {"ds": list(range(100)), "y": [5.0 + 3 * (t % 2) for t in range(100)]}
    with pytest.raises(ElmanError, match="validation error of every trial") as caught:
        elman.tune(exact, 3, trials=2, max_steps=5)
    assert caught.value.help == 'try another `scaler`, or `likelihood="point"`'
