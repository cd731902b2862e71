"""Forecasters are values: cloned as scikit-learn does, copied, pickled, sent to other processes."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from pathlib import Path
from typing import Any

import pytest

from elman import AutoForecaster, Pretrained, RnnForecaster
from elman.errors import DataError, ElmanError, NotFittedError, OptionError

OPTIONS = {"level": (80, 90), "model": "network", "cell": "gru", "hidden_size": 4, "max_steps": 5}


@pytest.fixture(scope="module")
def fitted(shops: Any) -> AutoForecaster:
    return AutoForecaster(6, **OPTIONS).fit(shops)


def test_clone_of_scikit_learn_copies_the_parameters(fitted: AutoForecaster) -> None:
    base = pytest.importorskip("sklearn.base")
    for forecaster in (fitted, Pretrained(3, level=[50])):
        other = base.clone(forecaster)
        assert type(other) is type(forecaster)
        assert other.get_params() == forecaster.get_params()
        with pytest.raises(NotFittedError):
            _ = other.fitted_


def test_a_pipeline_of_scikit_learn_holds_a_forecaster(fitted: AutoForecaster) -> None:
    pipeline = pytest.importorskip("sklearn.pipeline")
    base = pytest.importorskip("sklearn.base")
    steps = pipeline.Pipeline([("forecaster", fitted)])
    assert "hidden_size=4" in repr(steps)
    assert steps.get_params()["forecaster__cell"] == "gru"
    steps = base.clone(steps).set_params(forecaster__cell="lstm")
    assert steps.named_steps["forecaster"].cell == "lstm"


def test_unknown_parameters_name_the_nearest(fitted: AutoForecaster) -> None:
    with pytest.raises(OptionError, match="did you mean `hidden_size`"):
        fitted.set_params(hiden_size=3)


def copies(forecaster: AutoForecaster) -> dict[str, Any]:
    joblib = pytest.importorskip("joblib")
    cloudpickle = pytest.importorskip("cloudpickle")
    return {
        "pickle": lambda _: pickle.loads(pickle.dumps(forecaster)),
        "pickle 2": lambda _: pickle.loads(pickle.dumps(forecaster, protocol=2)),
        "cloudpickle": lambda _: pickle.loads(cloudpickle.dumps(forecaster)),
        "joblib": lambda path: joblib.load(joblib.dump(forecaster, path / "model")[0]),
        "deepcopy": lambda _: copy.deepcopy(forecaster),
        "copy": lambda _: copy.copy(forecaster),
    }


def test_copies_forecast_the_same(fitted: AutoForecaster, shops: Any, tmp_path: Path) -> None:
    expected = fitted.predict(shops)
    for name, copied in copies(fitted).items():
        other = copied(tmp_path)
        assert other.get_params() == fitted.get_params(), name
        assert other.predict(shops).equals(expected), name


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_in_the_same_process_has_the_data(copied: Any, shops: Any) -> None:
    for forecaster in (AutoForecaster(3, model="theta"), RnnForecaster(3, max_steps=3)):
        for data in (shops, shops[shops["unique_id"] == "shop 0"]):
            expected = forecaster.fit(data).predict()
            other = copied(forecaster)
            assert other.predict().equals(expected)
            assert other.notes_ == forecaster.notes_
            other.fit(data.assign(y=-data["y"]))
            assert forecaster.predict().equals(expected)


def test_a_deep_copy_has_parameters_of_its_own() -> None:
    forecaster = AutoForecaster(3, level=[80], model="theta")
    shallow, deep = copy.copy(forecaster), copy.deepcopy(forecaster)
    forecaster.level.append(95)  # type: ignore[attr-defined]
    assert (shallow.level, deep.level) == ([80, 95], [80])


@pytest.mark.parametrize("kind", ["pandas", "polars", "dict"])
def test_a_network_that_was_pickled_forecasts_in_the_kind_of_its_data(
    kind: str, shops: Any
) -> None:
    one = shops[shops["unique_id"] == "shop 0"]
    data = {
        "pandas": lambda: one,
        "polars": lambda: pytest.importorskip("polars").from_pandas(one),
        "dict": lambda: {name: one[name].tolist() for name in one},
    }[kind]()
    forecaster = RnnForecaster(3, max_steps=3).fit(data)
    other = pickle.loads(pickle.dumps(forecaster))
    again = pickle.loads(pickle.dumps(other))
    for copied in (other, again):
        forecast = copied.predict()
        assert type(forecast) is type(data)
        assert list(forecast["elman"]) == list(forecaster.predict()["elman"])


def test_copies_have_no_data(fitted: AutoForecaster) -> None:
    with pytest.raises(DataError, match="has no data"):
        pickle.loads(pickle.dumps(fitted)).predict()


def test_an_unfitted_forecaster_is_pickled() -> None:
    other = pickle.loads(pickle.dumps(AutoForecaster(3, seed=9)))
    assert other.get_params() == AutoForecaster(3, seed=9).get_params()


def test_an_online_forecaster_is_pickled(fitted: AutoForecaster) -> None:
    online = fitted.online("shop 1")
    online.update(80.0)
    other = pickle.loads(pickle.dumps(online))
    assert other.forecast() == online.forecast()


def test_another_process_forecasts_the_same(fitted: AutoForecaster, shops: Any) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(fitted.predict, (shops,)).equals(fitted.predict(shops))
        refitted = pool.apply(AutoForecaster(6, **OPTIONS).fit, (shops,))
    assert refitted.predict(shops).equals(fitted.predict(shops))


def test_errors_of_another_process_are_the_same(shops: Any) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool, pytest.raises(ElmanError) as caught:
        pool.apply(AutoForecaster(6, model="nothing").fit, (shops,))
    assert isinstance(caught.value, OptionError)
    assert caught.value.help
    assert str(caught.value).count("help:") == 1


def test_other_levels_need_no_training(fitted: AutoForecaster, shops: Any) -> None:
    other = fitted.with_level([50])
    expected = AutoForecaster(6, **{**OPTIONS, "level": (50,)}).fit(shops).predict()
    assert other.predict().equals(expected)
    assert list(fitted.predict())[-1] == "elman-hi-90"
