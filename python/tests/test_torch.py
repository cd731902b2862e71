"""Networks as modules of PyTorch have the numbers of the engine."""

from __future__ import annotations

from typing import Any

import pytest
from shops import months

from elman import AutoForecaster
from elman.errors import OptionError

torch = pytest.importorskip("torch")
np = pytest.importorskip("numpy")

from elman import nn  # noqa: E402
from elman.torch import Network, module  # noqa: E402

STACKS = {
    "one layer": {},
    "two layers": {"num_layers": 2},
    "dilations": {"dilations": [1, 3, 4]},
    "residual": {"dilations": [2, 5], "residual": True},
}


def trained(**options: Any) -> AutoForecaster:
    forecaster = AutoForecaster(4, model="network", hidden_size=5, max_steps=20, **options)
    return forecaster.fit(months(1))


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("stack", list(STACKS))
def test_a_module_has_the_numbers_of_the_engine(cell: str, stack: str) -> None:
    forecaster = trained(cell=cell, **STACKS[stack])
    networks = forecaster.fitted_.networks()
    modules = forecaster.to_torch()
    assert len(modules) == len(networks) > 0
    random = np.random.default_rng(1)
    for own, other in zip(networks, modules, strict=True):
        for steps in (1, 2, 13):
            x = random.normal(size=(steps, 3, other.config["input_size"])).astype(np.float32)
            y = other(torch.from_numpy(x))[0].detach().numpy()
            # A sum of float32 in another order.
            np.testing.assert_allclose(y, own.run(x), atol=1e-5)


@pytest.mark.parametrize("stack", list(STACKS))
def test_a_carried_state_continues_the_series(stack: str) -> None:
    network = trained(cell="lstm", **STACKS[stack]).to_torch()[0]
    x = torch.randn(17, 2, network.config["input_size"])
    whole, _ = network(x)
    first, state = network(x[:7])
    second, _ = network(x[7:], state)
    torch.testing.assert_close(torch.cat([first, second]), whole, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("cell", nn.CELLS)
@pytest.mark.parametrize("stack", [*STACKS, "skip"])
def test_a_module_of_a_trained_model_has_its_numbers(cell: str, stack: str) -> None:
    options = {"skip": True} if stack == "skip" else STACKS[stack]
    layers = len(options.get("dilations", ())) or options.get("num_layers", 1)
    model = nn.Model(cell, 3, 7, 2, **{**options, "num_layers": layers, "seed": 4})
    optimizer = nn.Adam(model, lr=0.05)
    random = np.random.default_rng(2)
    for _ in range(5):
        loss = nn.mse_loss(model(random.normal(size=(9, 4, 3)))[0], random.normal(size=(9, 4, 2)))
        loss.backward()
        optimizer.step()
    x = random.normal(size=(23, 2, 3)).astype(np.float32)
    other = model.to_torch()
    first, state = other(torch.from_numpy(x[:8]))
    second, _ = other(torch.from_numpy(x[8:]), state)
    y = torch.cat([first, second]).detach().numpy()
    # A sum of float32 in another order.
    np.testing.assert_allclose(y, model(x)[0].numpy(), atol=1e-5)
    before = model.parameters()
    with torch.no_grad():
        other.fc.weight.zero_()
    np.testing.assert_array_equal(model.parameters()["fc.weight"], before["fc.weight"])


def test_gates_in_another_order_give_other_numbers() -> None:
    forecaster = trained(cell="lstm")
    own = forecaster.fitted_.networks()[0]
    weights = dict(own.weights())
    config = forecaster.to_torch()[0].config
    x = np.ones((9, 1, config["input_size"]), np.float32)
    weights["rnn.weight_ih_l0"] = np.roll(weights["rnn.weight_ih_l0"], 5, axis=0)
    wrong = module(config, weights)(torch.from_numpy(x))[0].detach().numpy()
    assert np.abs(wrong - own.run(x)).max() > 1e-4


def test_a_module_is_trained_further() -> None:
    network = trained(cell="gru").to_torch()[0].train()
    x = torch.randn(6, 2, network.config["input_size"])
    network(x)[0].square().mean().backward()
    assert all(weight.grad is not None for weight in network.parameters())


def test_a_forecaster_without_networks_has_no_module() -> None:
    forecaster = AutoForecaster(3, model="theta").fit(months(1))
    with pytest.raises(OptionError, match="no trained network"):
        forecaster.to_torch()


def test_a_network_of_tokens_is_refused() -> None:
    config = trained(cell="rnn").to_torch()[0].config
    with pytest.raises(OptionError, match="tokens"):
        Network({**config, "vocab_size": 7})
    with pytest.raises(OptionError, match="tokens"):
        nn.Model(vocab_size=7).to_torch()
    with pytest.raises(OptionError, match="no cell `esn`"):
        Network({**config, "cell": "esn"})
