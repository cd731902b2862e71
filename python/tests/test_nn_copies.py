"""A hidden state is copied and pickled; an optimizer says why it is not."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from elman import RnnForecaster, nn
from elman.errors import OptionError

COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
}
MODELS: dict[str, dict[str, Any]] = {
    "layers": {"cell": "lstm", "hidden_size": 3, "num_layers": 2, "input_size": 2},
    "dilations": {"cell": "gru", "hidden_size": 4, "num_layers": 2, "dilations": [1, 3]},
}


@pytest.mark.parametrize("how", list(COPIES))
@pytest.mark.parametrize("layers", list(MODELS))
def test_a_copy_of_a_hidden_state_continues_alike(how: str, layers: str) -> None:
    model = nn.Model(**MODELS[layers])
    x = np.random.default_rng(1).normal(size=(7, 2, model.config["input_size"]))
    _, state = model(x)
    before = state.numpy()
    copied = COPIES[how](state)
    expected, got = model(x, state)[0].numpy(), model(x, copied)[0].numpy()
    np.testing.assert_array_equal(got, expected)
    assert copied.has_history == (how == "copy")
    copied.reset()
    for name, values in state.numpy().items():
        np.testing.assert_array_equal(values, before[name])
    assert np.abs(before["h"]).min() > 0


def test_the_state_of_a_model_file_is_pickled(tmp_path: Path) -> None:
    data = {"ds": list(range(60)), "y": [float(t % 12) for t in range(60)]}
    RnnForecaster(3, hidden_size=4, max_steps=2).fit(data).save(tmp_path / "model.safetensors")
    model = nn.load(tmp_path / "model.safetensors")
    _, state = model(np.ones((5, 1, model.config["input_size"])))
    again = pickle.loads(pickle.dumps(state))
    assert again.shape == state.shape
    np.testing.assert_array_equal(again.numpy()["c"], state.numpy()["c"])


@pytest.mark.parametrize("how", list(COPIES))
def test_an_optimizer_says_that_it_has_no_copy(how: str) -> None:
    with pytest.raises(OptionError, match="neither copied nor pickled") as caught:
        COPIES[how](nn.Adam(nn.Model()))
    assert "`state_dict()` of this one" in str(caught.value.help)


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam", "adamw"])
def test_a_training_continues_from_the_state_of_its_optimizer(name: str) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(6, 3, 1)), rng.normal(size=(6, 3, 1))

    def train(model: nn.Model, optimizer: nn.Optimizer, steps: int) -> None:
        for _ in range(steps):
            prediction, _ = model(x)
            nn.mse_loss(prediction, y).backward()
            optimizer.step()

    constants = {"momentum": 0.9} if name in ("sgd", "rmsprop") else {}
    model = nn.Model(hidden_size=4, seed=1)
    optimizer = nn.Optimizer(model, name, 0.02, **constants)
    train(model, optimizer, 3)
    other = nn.Model(hidden_size=4, seed=2)
    other.load_state_dict(model.state_dict())
    continued = nn.Optimizer(other, name, 0.5, **constants)
    state = pickle.loads(pickle.dumps(optimizer.state_dict()))
    continued.load_state_dict(state)
    assert (continued.num_steps, continued.lr) == (3, 0.02)
    train(model, optimizer, 3)
    train(other, continued, 3)
    for weight, values in model.state_dict().items():
        np.testing.assert_array_equal(values, other.state_dict()[weight])


def test_the_state_of_another_optimizer_is_refused() -> None:
    model = nn.Model(hidden_size=4)
    adam, sgd = nn.Adam(model), nn.SGD(model, momentum=0.9)
    before = adam.state_dict()
    with pytest.raises(OptionError, match=r"is missing|is no state"):
        adam.load_state_dict(sgd.state_dict())
    wrong = {**before, "exp_avg.rnn.weight_ih_l0": np.zeros((2, 2), np.float32)}
    with pytest.raises(OptionError, match="exp_avg"):
        adam.load_state_dict(wrong)
    assert adam.num_steps == 0
