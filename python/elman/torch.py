"""Networks of elman as modules of PyTorch, with the same numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

try:
    import torch
    from torch import Tensor, nn
except ImportError as error:
    raise ImportError(
        "the modules of PyTorch need PyTorch: install it with `pip install torch`"
    ) from error

from elman import _elman
from elman.errors import OptionError

if TYPE_CHECKING:
    import numpy as np

#: Hidden states of a layer: h, or h and c, each `[d, B, H]`, d the dilation of the layer.
LayerState = tuple[Tensor, ...]

_CELLS: dict[str, Callable[[int, int], nn.RNNBase]] = {
    "rnn": nn.RNN,
    "rnn_relu": partial(nn.RNN, nonlinearity="relu"),
    "gru": nn.GRU,
    "lstm": nn.LSTM,
}
_BY_TOKENS = ("vocab_size", "embedding_size", "cutoffs")


class Network(nn.Module):  # type: ignore[misc, unused-ignore]
    """Recurrent layers, a linear head and the linear skip connection of a network of elman.

    Parameters
    ----------
    config : mapping
        Configuration of the network: ``cell``, ``input_size``, ``hidden_size`` and so on.

    Raises
    ------
    OptionError
        A network of tokens; a cell that PyTorch does not have.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        _check(config)
        layers, hidden = config["num_layers"], config["hidden_size"]
        self.config = dict(config)
        self.dilations: Sequence[int] = config.get("dilations") or [1] * layers
        cell = _CELLS[config["cell"]]
        inputs = [config["input_size"], *[hidden] * (layers - 1)]
        self.rnn = nn.ModuleList(cell(size, hidden) for size in inputs)
        self.dropout = nn.Dropout(config["dropout"])
        self.fc = nn.Linear(hidden, config["output_size"])
        self.skip: nn.Module | None = None
        if config["skip"]:
            self.skip = nn.Linear(config["input_size"], config["output_size"], bias=False)

    def forward(
        self, x: Tensor, state: Sequence[LayerState] | None = None
    ) -> tuple[Tensor, list[LayerState]]:
        """Run the network over time.

        Parameters
        ----------
        x : Tensor
            Input `[T, B, I]`.
        state : sequence, optional
            Hidden states of each layer after the window before; by default zero.

        Returns
        -------
        Output `[T, B, K]`, and the hidden states after the last time step.
        """
        y, after = x, []
        for number, (layer, dilation) in enumerate(zip(self.rnn, self.dilations, strict=True)):
            if number > 0:
                y = self.dropout(y)
            before = None if state is None else state[number]
            output, new = _dilated(layer, dilation, y, before)
            y = y + output if self.config.get("residual") and number > 0 else output
            after.append(new)
        y = self.fc(y)
        return (y if self.skip is None else y + self.skip(x)), after


def module(config: Mapping[str, Any], weights: Mapping[str, np.ndarray[Any, Any]]) -> Network:
    """Module of a network with these weights, in evaluation mode."""
    network = Network(config)
    own = {_name(name): torch.from_numpy(values.copy()) for name, values in weights.items()}
    network.load_state_dict(own)
    network.eval()
    return network


def modules(networks: Sequence[_elman.Network]) -> nn.ModuleList:
    """Modules of trained networks.

    Raises
    ------
    OptionError
        No network.
    """
    if not networks:
        raise OptionError(
            "the forecaster has no trained network: its models are others",
            'train networks with `model="network"`',
        )
    return nn.ModuleList(module(json.loads(n.config()), dict(n.weights())) for n in networks)


def _name(name: str) -> str:
    """Name in a `Network` of a weight: its layers are modules of one layer each."""
    prefix, _, weight = name.partition(".")
    if prefix != "rnn":
        return name
    kind, _, layer = weight.rpartition("_l")
    return f"rnn.{layer}.{kind}_l0"


def _dilated(
    layer: nn.RNNBase, dilation: int, x: Tensor, state: LayerState | None
) -> tuple[Tensor, LayerState]:
    """Run a layer whose time step t continues from the hidden state of time step t - d.

    Each of the d phases t mod d is a batch of its own. The hidden state has d rows; the next time
    step continues from the first one.
    """
    steps, batch, _ = x.shape
    if state is None:
        state = tuple(x.new_zeros(dilation, batch, layer.hidden_size) for _ in _names(layer))
    output = x.new_zeros(steps, batch, layer.hidden_size)
    rows: list[LayerState] = []
    for phase in range(dilation):
        row = tuple(tensor[phase : phase + 1] for tensor in state)
        if phase < steps:
            of_phase, after = layer(x[phase::dilation], row[0] if len(row) == 1 else row)
            output[phase::dilation] = of_phase
            row = after if isinstance(after, tuple) else (after,)
        rows.append(row)
    turn = steps % dilation
    rows = rows[turn:] + rows[:turn]
    return output, tuple(torch.cat(tensors) for tensors in zip(*rows, strict=True))


def _names(layer: nn.RNNBase) -> tuple[str, ...]:
    return ("h", "c") if isinstance(layer, nn.LSTM) else ("h",)


def _check(config: Mapping[str, Any]) -> None:
    if config["cell"] not in _CELLS:
        known = ", ".join(_CELLS)
        raise OptionError(f"PyTorch has no cell `{config['cell']}`", f"it has {known}")
    if any(config.get(name) for name in _BY_TOKENS):
        raise OptionError(
            "a network of tokens has no module of PyTorch here", "give a network of numbers"
        )
