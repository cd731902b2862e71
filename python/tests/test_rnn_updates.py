"""New values continue the hidden state, also after absent time steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from elman import AutoForecaster, RnnForecaster, load

N = 100
Y = 20 + 5 * np.sin(np.arange(N) * 2 * np.pi / 12)
TIMES: dict[str, Any] = {
    "days": pd.date_range("2024-01-01", periods=N),
    "month ends": pd.date_range("2010-01-31", periods=N, freq="ME"),
    "third fridays": pd.date_range("2015-01-01", periods=N, freq="WOM-3FRI"),
    "years": np.arange(1900, 1900 + N),
    "numbers": np.arange(1, 1 + N),
    "steps of 5": np.arange(0, 5 * N, 5),
}


def fitted(times: Any, known: int = 70) -> RnnForecaster:
    data = pd.DataFrame({"ds": times, "y": Y})
    settings: dict[str, Any] = {"max_steps": 10, "hidden_size": 4, "progress": False}
    return RnnForecaster(3, level=(), **settings).fit(data[:known])


@pytest.mark.parametrize("name", list(TIMES))
def test_values_one_by_one_have_the_forecast_of_all_at_once(name: str) -> None:
    times = TIMES[name]
    data = pd.DataFrame({"ds": times, "y": Y})
    at_once = fitted(times).update(data[70:74]).predict()
    one_by_one = fitted(times)
    for row in range(70, 74):
        one_by_one.update(data[row : row + 1])
    assert one_by_one.predict()["ds"].tolist() == at_once["ds"].tolist() == list(times[74:77])
    np.testing.assert_allclose(one_by_one.predict()["elman"], at_once["elman"], rtol=1e-6)


@pytest.mark.parametrize("name", ["days", "month ends", "third fridays", "years"])
def test_absent_time_steps_before_new_values_are_missing_values(name: str) -> None:
    times = TIMES[name]
    data = pd.DataFrame({"ds": times, "y": Y})
    forecaster = fitted(times)
    online = forecaster.online()
    online.update_all([None, None, *Y[72:77]])
    forecast = forecaster.update(data[72:77]).predict()
    assert forecast["ds"].tolist() == list(times[77:80])
    np.testing.assert_allclose(forecast["elman"], online.forecast(3).values, rtol=1e-6)
    one = fitted(times).update(data[71:72]).predict()
    assert one["ds"].tolist() == list(times[72:75])


def test_a_reset_of_the_hidden_state_stays_in_the_notes() -> None:
    times = TIMES["days"]
    data = pd.DataFrame({"ds": times, "y": Y})
    forecaster = fitted(times, known=40).update(data[90:])
    forecaster.predict()
    assert any("the hidden state is reset" in note for note in forecaster.notes_)
    numbered = fitted(TIMES["numbers"], known=40).update(data[90:].assign(ds=TIMES["numbers"][90:]))
    assert numbered.predict()["ds"].tolist() == [101, 102, 103]
    assert any("the hidden state is reset" in note for note in numbered.notes_)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 8])
def test_business_days_follow_one_another(rows: int) -> None:
    times = pd.bdate_range("2024-01-01", periods=N)
    data = pd.DataFrame({"ds": times, "y": Y})
    for start in range(60, 65):
        forecaster = fitted(times, start).update(data[start : start + rows])
        assert forecaster.predict()["ds"].tolist() == list(times[start + rows : start + rows + 3])


@pytest.mark.parametrize(
    "options", [{"missing_dates": "skip"}, {"missing": "drop"}, {"sort": True}]
)
def test_a_loaded_model_reads_data_as_it_was_told(tmp_path: Any, options: dict[str, Any]) -> None:
    data = pd.DataFrame({"ds": TIMES["days"], "y": Y}).drop(index=[50, 51, 90])
    data.loc[60, "y"] = np.nan
    if "sort" in options:
        data = data.sample(frac=1, random_state=1)
    forecaster = AutoForecaster(2, model="theta", level=(), **options).fit(data)
    forecaster.save(tmp_path / "model.safetensors")
    loaded = load(tmp_path / "model.safetensors")
    assert loaded.get_params().items() >= options.items()
    assert loaded.predict(data)["theta"].tolist() == forecaster.predict()["theta"].tolist()
