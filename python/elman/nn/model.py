"""Model: recurrent layers and a linear head at every time step."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elman._elman import NnModel
from elman.errors import OptionError
from elman.nn.arrays import exact, window
from elman.nn.gradients import is_recorded
from elman.nn.prediction import Prediction
from elman.nn.state import State
from elman.outputs import MODEL, replaceable
from elman.parameters import flag, number, plain, whole

if TYPE_CHECKING:
    from elman.torch import Network

#: The largest size; the engine checks the sizes together, too.
_LARGEST = 1 << 20


class Model:
    """Recurrent network with its weights.

    Parameters
    ----------
    cell : str
        Name of `nn.CELLS`: ``"rnn"``, ``"rnn_relu"``, ``"gru"``, ``"lstm"``.
    input_size : int
        I, features of each time step.
    hidden_size : int
        H, hidden size of each layer.
    output_size : int
        K, outputs of each time step.
    num_layers : int
        L, number of recurrent layers.
    dropout : float
        Probability of dropping a value between two layers in training.
    dilations : sequence of int
        Dilation of each layer; by default 1.
    residual : bool
        Whether the input of each layer but the first is added to its output.
    skip : bool
        Whether a linear map of the input is added to the output.
    vocab_size, embedding_size : int
        Inputs that are numbers of tokens, ``[T, B, 1]``: V tokens, and the size of their
        embedding, or 0 for one-hot inputs.
    tied : bool
        Whether the head shares the weights of the embedding.
    seed : int
        Seed of the initial weights, of PyTorch's distributions, and of dropout.
    """

    def __init__(
        self,
        cell: str = "rnn",
        input_size: int = 1,
        hidden_size: int = 32,
        output_size: int = 1,
        num_layers: int = 1,
        *,
        dropout: float = 0.0,
        dilations: Sequence[int] = (),
        residual: bool = False,
        skip: bool = False,
        vocab_size: int = 0,
        embedding_size: int = 0,
        tied: bool = False,
        seed: int = 1,
    ) -> None:
        config = {
            "cell": str(cell),
            "input_size": whole(input_size, "input_size", most=_LARGEST),
            "hidden_size": whole(hidden_size, "hidden_size", most=_LARGEST),
            "output_size": whole(output_size, "output_size", most=_LARGEST),
            "num_layers": whole(num_layers, "num_layers", most=_LARGEST),
            "dropout": number(dropout, "dropout"),
            "dilations": _dilations(dilations),
            "residual": flag(residual, "residual"),
            "skip": flag(skip, "skip"),
            "vocab_size": whole(vocab_size, "vocab_size", 0, _LARGEST),
            "embedding_size": whole(embedding_size, "embedding_size", 0, _LARGEST),
            "tied": flag(tied, "tied"),
        }
        self._set(NnModel(json.dumps(config), _seed(seed)))

    def _set(self, network: NnModel) -> None:
        self._network = network
        self.training = True
        self._config: dict[str, Any] = json.loads(network.config())

    @classmethod
    def _of(cls, network: NnModel) -> Model:
        model = cls.__new__(cls)
        model._set(network)
        return model

    def __call__(self, x: ArrayLike, state: State | None = None) -> tuple[Prediction, State]:
        """Run a window through the model.

        Parameters
        ----------
        x : array
            ``[T, B, I]``; ``[T, I]`` for one lane, ``[T]`` for one lane of one feature.
        state : State, optional
            Hidden state before the window; by default zeros.

        Returns
        -------
        Prediction, State
            Outputs ``[T, B, K]``, and the hidden state after the window.

        Raises
        ------
        OptionError
            Another shape, values that are not finite, or the state of another model.
        """
        x = window(x, "x", "I", self._config["input_size"], None)
        if not (state is None or isinstance(state, State)):
            raise OptionError(
                f"the state is of the kind {type(state).__name__}",
                "give the second value of `model(x, state)`, or None",
            )
        steps, batch, _ = x.shape
        before = None if state is None else state.values
        output, after, record = self._network.forward(
            x, steps, batch, before, self.training, is_recorded()
        )
        return Prediction(output, record), State.of(self, after)

    def zero_state(self, batch_size: int = 1) -> State:
        """Hidden state of zeros for B lanes."""
        return State.of(self, self._network.zero_state(whole(batch_size, "batch_size")))

    def train(self, mode: bool = True) -> Model:
        """Switch dropout on."""
        self.training = mode
        return self

    def eval(self) -> Model:
        """Switch dropout off."""
        return self.train(False)

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        """Copies of the weights under PyTorch's names: ``rnn.weight_ih_l0``, ``fc.bias``."""
        return dict(self._network.parameters())

    def gradients(self) -> dict[str, NDArray[np.float32]]:
        """Copies of the gradients, under the names of the weights."""
        return dict(self._network.gradients())

    def state_dict(self) -> dict[str, NDArray[np.float32]]:
        """The same as `parameters`."""
        return self.parameters()

    def load_state_dict(self, weights: Mapping[str, ArrayLike]) -> None:
        """Set all weights, under PyTorch's names: arrays, or tensors of PyTorch.

        Raises
        ------
        OptionError
            Other names or shapes; no weight is changed.
        """
        own = self.parameters()
        unlike = sorted(set(own) ^ set(weights))
        if unlike:
            is_missing = unlike[0] in own
            raise OptionError(
                f"`{unlike[0]}` is {'missing' if is_missing else 'no weight of the model'}",
                f"its weights: {', '.join(own)}",
            )
        arrays = [(name, exact(weights[name], name, own[name].shape, "")) for name in own]
        self._network.set_parameters(arrays)

    def to_torch(self) -> Network:
        """A module of PyTorch with copies of the weights, in evaluation mode.

        It has the numbers of the model for the same input `[T, B, I]`, without dropout.

        Raises
        ------
        OptionError
            A model of tokens.
        """
        from elman.torch import module

        return module(self.config, self.parameters())

    def zero_grad(self) -> None:
        """Set the gradients to zero. `LossValue.backward` does so itself after a step."""
        self._network.zero_grad()

    @property
    def num_parameters(self) -> int:
        """Number of weights."""
        return self._network.num_parameters

    @property
    def config(self) -> dict[str, Any]:
        """Arguments of the constructor; those of a feature that is not used may be absent."""
        return dict(self._config)

    @property
    def network(self) -> NnModel:
        """Network of the engine."""
        return self._network

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the weights and the sizes as a safetensors file, which PyTorch reads, too."""
        self._network.save(replaceable(path, MODEL))

    @classmethod
    def load(cls, path: str | os.PathLike[str], seed: int = 1) -> Model:
        """Read a model file of one network; `seed` is that of dropout."""
        return cls._of(NnModel.load(Path(path), _seed(seed)))

    def __getstate__(self) -> dict[str, Any]:
        return {"file": self._network.to_bytes(), "training": self.training}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._set(NnModel.from_bytes(state["file"], 1))
        self.training = state["training"]

    def __repr__(self) -> str:
        return self._network.table()


def load(path: str | os.PathLike[str], seed: int = 1) -> Model:
    """Read a model file of one network, as `Model.save` or ``elman train --save`` writes it."""
    return Model.load(path, seed)


def _seed(seed: object) -> int:
    return whole(seed, "seed", 0, 2**64 - 1)


def _dilations(dilations: object) -> list[int]:
    """Dilation of each layer.

    Raises
    ------
    OptionError
        Another value.
    """
    found = plain(dilations)
    if not isinstance(found, list):
        raise OptionError(
            f"`dilations` is {dilations!r}", "give a list of whole numbers, as `dilations=[1, 2]`"
        )
    return [whole(dilation, "dilations", most=_LARGEST) for dilation in found]
