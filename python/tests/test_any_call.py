"""No argument, model or state is a defect: a result, or an error in words, and never a panic."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from typing import Any

import pytest
from any_input import ANY, days, forecast, is_refused, some
from hypothesis import given
from hypothesis import strategies as st

from elman import AutoForecaster, load
from elman._elman import Fitted
from elman.online import Online

np = pytest.importorskip("numpy")

#: Arguments of any kind.
JUNK: list[Any] = [
    None, -1, 0, 1, 1.5, float("nan"), float("inf"), -(2**70), 2**70, 10**400, "", "x", "12", b"x",
    [], ["a"], [None], [[1]], {}, {"a": 1}, set(), (1, 2), object(), int, True, np.float64(3),
    np.int32(2), np.array(5), np.array([1, 2]), decimal.Decimal(3), 1j, "\0", [float("nan")], [0],
    [100], [-5], [2**64], range(3), dt.date(2020, 1, 1), ...,
]  # fmt: skip


def fit(h: Any) -> AutoForecaster:
    return AutoForecaster(h, model="naive").fit(days())


@pytest.mark.parametrize("name", AutoForecaster.parameter_names())
def test_parameters_of_any_kind(name: str) -> None:
    for value in JUNK:
        if name == "h":
            is_refused(fit, value)
        elif name not in ("threads", "max_steps") or not isinstance(value, int):
            is_refused(forecast, days(), **{name: value})
        repr(AutoForecaster(**{"h": 3, name: value}))


@pytest.fixture(scope="module")
def fitted() -> AutoForecaster:
    return AutoForecaster(2, model="network", max_steps=3, hidden_size=4).fit(days())


def calls(fitted: AutoForecaster) -> dict[str, Callable[[Any], object]]:
    """A call of each method with one argument."""
    online = fitted.online()
    return {
        "predict h": lambda value: fitted.predict(h=value),
        "predict df": fitted.predict,
        "predict X_df": lambda value: fitted.predict(X_df=value),
        "online": fitted.online,
        "resume": lambda value: fitted.resume_online("a", value),
        "with_level": fitted.with_level,
        "load": load,
        "plot": fitted.plot,
        "plot h": lambda value: fitted.plot(h=value),
        "n_windows": lambda value: fitted.cross_validation(days(), n_windows=value),
        "step_size": lambda value: fitted.cross_validation(days(), step_size=value),
        "backtest_fitted": lambda value: fitted.backtest_fitted(days(), value, value),
        "update": online.update,
        "update_all": online.update_all,
        "forecast": online.forecast,
    }


@pytest.mark.parametrize("value", JUNK, ids=lambda value: repr(value)[:20])
def test_calls_with_arguments_of_any_kind(fitted: AutoForecaster, value: Any) -> None:
    for call in calls(fitted).values():
        is_refused(call, value)


@pytest.mark.parametrize("h", [0, -1, 10**7, 2**70, 1.5, True, None])
def test_horizons_that_are_none(h: Any) -> None:
    assert is_refused(fit, h)


@pytest.mark.parametrize("level", [[0], [100], [-5], [float("nan")], [float("inf")], ["x"], 95])
def test_levels_that_are_none(level: Any) -> None:
    assert is_refused(forecast, days(), level=level)


def test_one_name_is_no_list_of_names() -> None:
    assert is_refused(forecast, days(), futr_exog="y")


@some
@given(values=st.lists(ANY | st.floats(), max_size=5))
def test_any_values_update_an_online_forecaster(fitted: AutoForecaster, values: list[Any]) -> None:
    online = fitted.online()
    for value in values:
        is_refused(online.update, value)
    is_refused(online.forecast)


def damage(draw: st.DrawFn, model: bytes) -> bytes:
    """The bytes cut, changed at one place, or longer; or other bytes."""
    kind = draw(st.sampled_from(["cut", "changed", "longer", "random"]))
    if kind == "random":
        return draw(st.binary(max_size=200))
    if kind == "longer":
        return model + draw(st.binary(min_size=1, max_size=9))
    place = draw(st.integers(0, len(model) - 1))
    if kind == "cut":
        return model[:place]
    other = model[place] ^ draw(st.integers(1, 255))
    return model[:place] + bytes([other]) + model[place + 1 :]


@some
@given(data=st.data())
def test_damaged_models_are_refused(fitted: AutoForecaster, data: st.DataObject) -> None:
    model = fitted.fitted_.to_bytes()
    assert is_refused(Fitted.from_bytes, damage(data.draw, model))


def sealed(document: bytes) -> bytes:
    """A state with the hash of its document (FNV-1a), so that the document itself is checked."""
    digest = 0xCBF29CE484222325
    for byte in document:
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return document + digest.to_bytes(8, "little")


def resumed(fitted: AutoForecaster, state: bytes) -> Online:
    """An online forecaster of a state, used as usual."""
    online = fitted.resume_online("a", state)
    online.forecast()
    online.update(1.0)
    online.fork().forecast(30)
    online.hidden_states()
    return online


@some
@given(data=st.data())
def test_a_damaged_state_is_refused_or_forecasts(fitted: AutoForecaster, data: Any) -> None:
    state = fitted.online().state()
    document = state[:-8]
    assert sealed(document) == state
    damaged = damage(data.draw, document)
    is_refused(resumed, fitted, sealed(damaged))
    assert is_refused(resumed, fitted, damaged + state[-8:])


@some
@given(state=st.binary(max_size=100))
def test_random_bytes_are_no_state(fitted: AutoForecaster, state: bytes) -> None:
    assert is_refused(fitted.resume_online, "a", state)
