"""Hidden state: carried from window to window, detached, reset, read and set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elman._elman import NnState
from elman.errors import OptionError
from elman.nn.arrays import exact, floats

if TYPE_CHECKING:
    from elman.nn.model import Model

#: Arguments of a model that its hidden state depends on.
_OF_LAYERS = ("cell", "hidden_size", "num_layers", "dilations")


class State:
    """Hidden state of a model, ``[L, B, H]`` for each state tensor of the cell.

    `h` is that of every cell; the LSTM has `c`, too. L layers, B lanes, hidden size H; a layer
    with dilation d has d rows. A pickle and a deep copy have the values without history.
    """

    def __init__(self, values: NnState, layers: Mapping[str, Any]) -> None:
        self._values = values
        # Arguments of a model with states of this shape.
        self._layers = dict(layers)

    @classmethod
    def of(cls, model: Model, values: NnState) -> State:
        """State of the engine, as that of a model."""
        return cls(values, {n: v for n, v in model.config.items() if n in _OF_LAYERS})

    @staticmethod
    def from_numpy(model: Model, tensors: Mapping[str, ArrayLike]) -> State:
        """State of these tensors ``[L, B, H]``, as `numpy` gives them.

        Raises
        ------
        OptionError
            Names or shapes that are not those of the model.
        """
        names = model.network.state_names
        if sorted(tensors) != sorted(names):
            raise OptionError(
                f"the state of this cell has the tensors {names}, got {sorted(tensors)}",
                "give each of them",
            )
        first = floats(tensors[names[0]], names[0])
        batch = max(1, first.shape[1]) if first.ndim == 3 else 1
        shape = model.network.zero_state(batch).shape
        arrays = [(name, exact(tensors[name], name, shape, "LBH")) for name in names]
        return State.of(model, model.network.state_of(arrays, batch))

    def numpy(self) -> dict[str, NDArray[np.float32]]:
        """Copies of the tensors ``[L, B, H]`` by name: ``{"h": …}``."""
        return dict(self._values.arrays())

    def detach(self) -> State:
        """The same values without history: gradients stop here (truncated backpropagation)."""
        return State(self._values.detach(), self._layers)

    def reset(self, lanes: Iterable[int] | None = None) -> State:
        """Set the state to zero in place, of all lanes or of these; returns the state itself."""
        count = self.shape[1]
        chosen = None if lanes is None else [int(lane) for lane in lanes]
        for lane in chosen or ():
            if not 0 <= lane < count:
                raise OptionError(f"there is no lane {lane}", f"there are {count}, from 0")
        self._values = self._values.reset(chosen)
        return self

    @property
    def shape(self) -> tuple[int, int, int]:
        """L, B, H."""
        layers, batch, hidden = self._values.shape
        return layers, batch, hidden

    @property
    def has_history(self) -> bool:
        """Whether gradients flow back into the window that this state comes from."""
        return self._values.has_history

    @property
    def values(self) -> NnState:
        """State of the engine."""
        return self._values

    def __copy__(self) -> State:
        return State(self._values, self._layers)

    def __deepcopy__(self, memo: dict[int, Any]) -> State:
        # The history belongs to the model, which the copy has not.
        return self.detach()

    def __reduce__(self) -> tuple[object, tuple[dict[str, Any], dict[str, NDArray[np.float32]]]]:
        return _unpickled, (self._layers, self.numpy())

    def __repr__(self) -> str:
        names = ", ".join(self.numpy())
        return f"State({names}: {list(self.shape)})"


def _unpickled(layers: dict[str, Any], tensors: dict[str, NDArray[np.float32]]) -> State:
    from elman.nn.model import Model

    return State.from_numpy(Model(**layers), tensors)
