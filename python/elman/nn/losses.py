"""Losses: the mean over all targets, with gradients."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elman._elman import NnLoss, NnPass, nn_backward
from elman.arguments import numbers
from elman.errors import DivergedError, OptionError
from elman.nn.arrays import window
from elman.nn.prediction import Prediction
from elman.parameters import number

_Term = tuple[NnPass, NDArray[np.float32]]


class LossValue:
    """Value of a loss. Sums, and multiples by a number, are losses, too."""

    def __init__(self, value: float, terms: list[_Term]) -> None:
        self._value = value
        self._terms = terms

    def item(self) -> float:
        """The value."""
        return self._value

    def backward(self) -> None:
        """Add the gradients of the weights, by backpropagation through time.

        The first call after an optimizer step starts from zero. The gradient flows through the
        windows from which the hidden state was not detached.

        Raises
        ------
        DivergedError
            A loss that is not finite.
        OptionError
            Weights that have changed since the prediction, or a second call.
        """
        if not isfinite(self._value):
            raise DivergedError(
                f"the loss is {self._value}", "lower the learning rate, or clip the gradients"
            )
        if not self._terms:
            raise OptionError(
                "the loss has no gradients: its prediction was made under `nn.no_grad()`",
                "predict outside of it",
            )
        nn_backward(self._terms)

    def __float__(self) -> float:
        return self._value

    def __format__(self, spec: str) -> str:
        return format(self._value, spec)

    def __add__(self, other: LossValue | int) -> LossValue:
        if isinstance(other, LossValue):
            return LossValue(self._value + other._value, [*self._terms, *other._terms])
        return self if other == 0 else NotImplemented

    __radd__ = __add__

    def __mul__(self, factor: float) -> LossValue:
        if isinstance(factor, LossValue):
            return NotImplemented
        scale = number(factor, "factor")
        terms = [(record, (dy * scale).astype(np.float32)) for record, dy in self._terms]
        return LossValue(self._value * scale, terms)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> LossValue:
        return self * (1 / divisor)

    def __repr__(self) -> str:
        return f"LossValue({self._value:.6g})"


class Loss:
    """Loss of the name `name` of `nn.LOSSES`.

    Parameters
    ----------
    name : str
        Name of the loss.
    quantiles : sequence of float
        Quantiles of the loss ``"pinball"``, ascending between 0 and 1.
    """

    def __init__(self, name: str, quantiles: Sequence[float] = ()) -> None:
        self.name = name
        self.quantiles = tuple(numbers(quantiles, "quantiles", "[0.1, 0.5, 0.9]"))
        self._loss = NnLoss(name, list(self.quantiles))

    @property
    def outputs_per_target(self) -> int | None:
        """P, the outputs of the model for each target; ``None`` for classes."""
        return self._loss.outputs_per_target

    def __call__(self, prediction: Prediction, target: ArrayLike) -> LossValue:
        """Mean loss of outputs ``[T, B, N·P]`` and targets ``[T, B, N]``.

        Where a target is NaN, it is masked.

        Raises
        ------
        OptionError
            Targets of another shape, or that the loss does not have.
        """
        steps, batch, _ = _shape(prediction)
        targets = self._targets(prediction)
        y = window(target, "target", "N", targets, batch)
        if y.shape[0] != steps:
            raise OptionError(
                f"target: expected [T={steps}, B={batch}, N={targets}], got {list(y.shape)}",
                "give a target for each time step",
            )
        value, dy = self._loss.mean(prediction.numpy(), y, (steps, batch, targets))
        return LossValue(value, [(prediction.record, dy)] if prediction.has_gradients else [])

    def point(self, prediction: Prediction) -> NDArray[np.float64]:
        """Point forecasts ``[T, B, N]`` of outputs: means, medians, or most likely classes."""
        return self._points(prediction, None)

    def quantile(self, prediction: Prediction, quantile: float) -> NDArray[np.float64]:
        """Quantiles ``[T, B, N]`` of outputs of ``"pinball"`` or of a distribution.

        Parameters
        ----------
        prediction : Prediction
            Outputs ``[T, B, N·P]``.
        quantile : float
            Between 0 and 1.
        """
        return self._points(prediction, number(quantile, "quantile"))

    def _points(self, prediction: Prediction, quantile: float | None) -> NDArray[np.float64]:
        steps, batch, outputs = _shape(prediction)
        targets = self._targets(prediction)
        points = self._loss.points(prediction.numpy(), outputs // targets, quantile)
        return points.reshape(steps, batch, targets)

    def _targets(self, prediction: Prediction) -> int:
        """N, the targets of each time step and lane."""
        outputs, per_target = prediction.shape[2], self.outputs_per_target
        if per_target is None:
            return 1
        if outputs % per_target:
            raise OptionError(
                f"the loss `{self.name}` needs {per_target} outputs for each target, "
                f"the model has {outputs}",
                f"give the model `output_size={per_target}`",
            )
        return outputs // per_target

    def __repr__(self) -> str:
        quantiles = f", quantiles={list(self.quantiles)}" if self.quantiles else ""
        return f"Loss({self.name!r}{quantiles})"


def _shape(prediction: Prediction) -> tuple[int, int, int]:
    """Shape ``[T, B, N·P]`` of outputs.

    Raises
    ------
    OptionError
        Another value than outputs.
    """
    if not isinstance(prediction, Prediction):
        raise OptionError(
            f"the prediction is of the kind {type(prediction).__name__}",
            "give the first value of `model(x, state)`",
        )
    steps, batch, outputs = prediction.shape
    return steps, batch, outputs


def mse_loss(prediction: Prediction, target: ArrayLike) -> LossValue:
    """Mean squared error."""
    return Loss("mse")(prediction, target)


def mae_loss(prediction: Prediction, target: ArrayLike) -> LossValue:
    """Mean absolute error, PyTorch's `l1_loss`."""
    return Loss("mae")(prediction, target)


def huber_loss(prediction: Prediction, target: ArrayLike) -> LossValue:
    """Huber loss: squared for errors below 1, absolute beyond."""
    return Loss("huber")(prediction, target)


def pinball_loss(
    prediction: Prediction, target: ArrayLike, quantiles: Sequence[float]
) -> LossValue:
    """Pinball loss of one output for each of `quantiles`."""
    return Loss("pinball", quantiles)(prediction, target)


def gaussian_nll_loss(prediction: Prediction, target: ArrayLike) -> LossValue:
    """Negative log-likelihood of a normal distribution; 2 outputs for each target."""
    return Loss("gaussian")(prediction, target)


def student_t_nll_loss(prediction: Prediction, target: ArrayLike) -> LossValue:
    """Negative log-likelihood of Student's t-distribution; 3 outputs for each target."""
    return Loss("student-t")(prediction, target)


def negative_binomial_nll_loss(prediction: Prediction, target: ArrayLike) -> LossValue:
    """Negative log-likelihood of a distribution of counts; 2 outputs for each target."""
    return Loss("negative-binomial")(prediction, target)


def cross_entropy(prediction: Prediction, target: ArrayLike) -> LossValue:
    """Cross-entropy of K classes; the target is the number of a class, from 0."""
    return Loss("cross-entropy")(prediction, target)
