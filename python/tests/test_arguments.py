"""An argument of another kind is refused by name, where it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from shops import months

import elman
from elman import nn
from elman.errors import DataError, OptionError
from elman.nixtla import ElmanForecast, Naive
from elman.text import TextModel


def backtest(forecaster: Any) -> Any:
    return forecaster.backtest(months(), refit="no")


def sample(prompt: Any) -> str:
    return TextModel.fit("to be or not to be " * 90, hidden_size=4, max_steps=2).sample(prompt)


def quantile(value: Any) -> Any:
    prediction, _ = nn.Model(output_size=2)([1.0, 2.0])
    return nn.Loss("gaussian").quantile(prediction, value)


REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("`refit` is 'no'", lambda: backtest(elman.AutoForecaster(3, model="naive"))),
    ("`refit` is 'no'", lambda: backtest(elman.RnnForecaster(3, max_steps=2))),
    ("`betas` is 0.9", lambda: nn.Adam(nn.Model(), betas=0.9)),  # type: ignore[arg-type]
    ("`betas` is", lambda: nn.Adam(nn.Model(), betas=(0.9, 0.9, 0.9))),  # type: ignore[arg-type]
    ("`dilations` is 3", lambda: nn.Model(dilations=3)),  # type: ignore[arg-type]
    ("`residual` is 'no'", lambda: nn.Model(residual="no")),  # type: ignore[arg-type]
    ("`quantiles` is 0.5", lambda: nn.Loss("pinball", 0.5)),  # type: ignore[arg-type]
    ("`quantile` is 'high'", lambda: quantile("high")),
    ("prediction is of the kind int", lambda: nn.Loss("mse").point(5)),  # type: ignore[arg-type]
    ("`prompt` is 5", lambda: sample(5)),
    ("`models` is Naive", lambda: ElmanForecast(Naive(), "MS")),  # type: ignore[arg-type]
    ("`level` is", lambda: elman.AutoForecaster(3, level=["80"]).fit(months())),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("message", "call"), REFUSED)
def test_an_argument_of_another_kind_is_refused(message: str, call: Callable[[], Any]) -> None:
    with pytest.raises(OptionError, match=message) as refused:
        call()
    assert refused.value.help


@pytest.mark.parametrize(
    ("level", "message", "advice"),
    [
        ([80, 95, 80.0], "`level` has 80 twice", "give each level once"),
        ([0.8], "`level` has 0.8", "did you mean 80?"),
        ([0.29], "`level` has 0.29", "did you mean 29?"),
        ([1e-7], "`level` has 1e-07", "levels are in per cent, from 1 to below 100"),
        ([0.999], "`level` has 0.999", "did you mean 99.9?"),
        ([100], "`level` has 100", "from 1 to below 100"),
        ([-5], "`level` has -5", "from 1 to below 100"),
        ([float("nan")], "`level` has nan", "from 1 to below 100"),
    ],
)
def test_levels_are_in_per_cent_each_once(level: Any, message: str, advice: str) -> None:
    fitted = elman.AutoForecaster(3, model="naive").fit(months())
    network = elman.RnnForecaster(3, level=level, max_steps=2)
    calls: list[Callable[[], Any]] = [
        lambda: elman.AutoForecaster(3, model="naive", level=level).fit(months()),
        lambda: network.fit(months()),
        lambda: fitted.with_level(level),
        lambda: ElmanForecast([Naive()], "MS").forecast(3, months(), level=level),
    ]
    for call in calls:
        with pytest.raises(OptionError, match=message) as refused:
            call()
        assert advice in str(refused.value.help)


@pytest.mark.parametrize("seed", [None, -1, 1.5, "a", 2**64, True])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    with pytest.raises(OptionError, match="`seed` is") as refused:
        elman.AutoForecaster(3, model="naive", seed=seed).fit(months())
    assert "give a whole number from 0" in str(refused.value.help)
    elman.AutoForecaster(3, model="naive", seed=2**64 - 1).fit(months())


def test_an_online_forecaster_takes_numbers_alone() -> None:
    online = elman.AutoForecaster(3, model="network", max_steps=2).fit(months(1)).online()
    before = online.time_steps
    for value in ("3.5", b"3", [1.0]):
        with pytest.raises(OptionError, match="`y` is"):
            online.update(value)  # type: ignore[arg-type]
    for values in ("123", 5, None, [1.0, "2"], {1.0: 2.0}):
        with pytest.raises(OptionError, match="`values` is"):
            online.update_all(values)  # type: ignore[arg-type]
    assert online.time_steps == before
    online.update(None)
    online.update_all([50.0, None])
    assert online.time_steps == before + 3


def test_a_path_is_refused_where_a_data_frame_is_needed() -> None:
    forecaster = elman.AutoForecaster(3, model="naive", futr_exog=["price"])
    calls: list[Callable[[], Any]] = [
        lambda: forecaster.fit({**months(), "price": [1.0] * 144}).predict(X_df="future.csv"),
        lambda: ElmanForecast([Naive()], "MS").forecast(df="data.csv", h=2),
        lambda: ElmanForecast([Naive()], "MS").forecast(df=months(), h=2, X_df="future.csv"),
    ]
    for call in calls:
        with pytest.raises(DataError, match="is no data frame: the path of a file") as refused:
            call()
        assert "path" not in (refused.value.help or "")
