"""Options of networks are refused where no network is trained, as the program does."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import elman
from elman.errors import OptionError
from elman.model_options import OF_NETWORKS, WITHOUT_NETWORK

VALUES: dict[str, Any] = {
    "cell": "gru", "hidden_size": 4, "num_layers": 2, "dilations": [1, 2], "residual": True,
    "learning_rate": 0.01, "max_steps": 5, "patience": 3, "seq_length": 16, "carry": False,
    "likelihood": "gaussian", "loss": "mse", "scaler": "minmax", "decomposition": "stl",
}  # fmt: skip


@pytest.mark.parametrize("name", OF_NETWORKS)
def test_an_option_of_networks_is_refused(name: str, shops: pd.DataFrame) -> None:
    forecaster = elman.AutoForecaster(2, model="theta", **{name: VALUES[name]})
    for call in (forecaster.fit, forecaster.backtest):
        with pytest.raises(OptionError, match=f"`{name}` is an option of networks") as caught:
            call(shops)
        assert caught.value.help == f'leave out `{name}`, or choose `model="network"`'
    with pytest.raises(OptionError, match=f"`{name}` is an option of networks"):
        elman.Pretrained(2, **{name: VALUES[name]}).fit(shops)


def test_every_model_is_known(shops: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match="no model is called") as caught:
        elman.AutoForecaster(2, model="prophet", cell="gru").fit(shops)
    names = str(caught.value.help).removeprefix("choose from ").split(", ")
    assert set(names) == {"auto", "network", *WITHOUT_NETWORK}


def test_a_value_that_changes_nothing_is_accepted(shops: pd.DataFrame) -> None:
    options: dict[str, Any] = {"carry": True, "residual": False, "dilations": []}
    elman.AutoForecaster(2, model="theta", **options).fit(shops)
    elman.AutoForecaster(2, model="fine-tuned", max_steps=3).fit(shops)


def test_the_program_refuses_the_same(program: Path, shops: pd.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "shops.csv"
    shops.to_csv(file, index=False)
    for name, value in VALUES.items():
        shown = ",".join(str(v) for v in value) if isinstance(value, list) else str(value)
        switch = {"residual": ["--residual"], "carry": ["--no-carry"]}.get(
            name, [f"--{name.replace('_', '-')}", shown]
        )
        for model in WITHOUT_NETWORK:
            command = [program, "forecast", file, "--horizon", "2", "--model", model, *switch]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            is_refused = (name, model) != ("max_steps", "fine-tuned")
            assert ("is an option of networks" in done.stderr) == is_refused, (name, model)


@pytest.mark.parametrize("model", WITHOUT_NETWORK)
def test_a_search_of_a_model_without_a_network_is_refused(model: str, shops: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match=f"a search trains networks, and the model `{model}`"):
        elman.tune(shops, 2, trials=2, model=model)


@pytest.mark.parametrize("name", ["cell", "hidden_size", "seq_length", "learning_rate"])
def test_a_search_refuses_what_it_varies(name: str, shops: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match=f"a search varies `{name}`") as caught:
        elman.tune(shops, 2, trials=2, **{name: VALUES[name]})
    assert f"`AutoForecaster({name}={VALUES[name]!r})` trains with it" in str(caught.value.help)
