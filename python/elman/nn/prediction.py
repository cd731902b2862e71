"""Prediction of a model: outputs, and the pass that they come from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elman._elman import NnPass, nn_backward
from elman.errors import OptionError
from elman.nn.arrays import exact


class Prediction:
    """Outputs ``[T, B, K]`` of a model over one window."""

    def __init__(self, values: NDArray[np.float32], record: NnPass | None) -> None:
        values.flags.writeable = False
        self._values = values
        self._record = record

    def numpy(self) -> NDArray[np.float32]:
        """The outputs ``[T, B, K]``, read-only."""
        return self._values

    @property
    def shape(self) -> tuple[int, ...]:
        """T, B, K."""
        return self._values.shape

    @property
    def has_gradients(self) -> bool:
        """Whether the pass was recorded for ``backward``: not under `no_grad`."""
        return self._record is not None

    @property
    def record(self) -> NnPass:
        """Pass of the engine.

        Raises
        ------
        OptionError
            A prediction under `no_grad`.
        """
        if self._record is None:
            raise OptionError(
                "the prediction has no gradients: it was made under `nn.no_grad()`",
                "predict outside of it",
            )
        return self._record

    def backward(self, gradient: ArrayLike) -> None:
        """Compute gradients of the weights for a loss of one's own.

        Parameters
        ----------
        gradient : array
            Gradient of the loss by the outputs, ``[T, B, K]``.
        """
        nn_backward([(self.record, exact(gradient, "gradient", self.shape, "TBK"))])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self._values, dtype=dtype, copy=bool(copy) or dtype is not None)

    def __repr__(self) -> str:
        return f"Prediction([T, B, K] = {list(self.shape)})"
