"""Optimizers of the weights of a model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from elman._elman import NnModel, NnOptimizer
from elman.errors import OptionError
from elman.nn.arrays import exact
from elman.parameters import number, plain, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elman.nn.model import Model


class Optimizer:
    """Optimizer of the name `name` of `nn.OPTIMIZERS`.

    Parameters
    ----------
    model : Model
        The model whose weights are trained.
    name : str
        Name of the optimizer.
    lr : float
        Learning rate, which may be set between two steps.
    momentum, alpha, betas, eps, weight_decay : float
        Constants of the optimizers, under PyTorch's names; each optimizer uses some of them.
    """

    def __init__(
        self,
        model: Model,
        name: str,
        lr: float = 0.01,
        *,
        momentum: float = 0.0,
        alpha: float = 0.99,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        network = getattr(model, "network", None)
        if not isinstance(network, NnModel):
            raise OptionError(
                f"the model is of the kind {type(model).__name__}",
                "give the `nn.Model` itself, not its parameters",
            )
        config = {
            "name": str(name),
            "momentum": number(momentum, "momentum"),
            "alpha": number(alpha, "alpha"),
            "betas": _pair(betas),
            "eps": number(eps, "eps"),
            "weight_decay": number(weight_decay, "weight_decay"),
        }
        self.name = name
        self.lr = lr
        self._model = model
        self._optimizer = NnOptimizer(network, json.dumps(config))

    def step(self) -> None:
        """Update the weights by the gradients of `LossValue.backward`.

        Raises
        ------
        OptionError
            No gradients since the last step, or a learning rate below 0.
        """
        rate = number(self.lr, "lr")
        if rate < 0:
            raise OptionError(f"`lr` is {self.lr!r}", "give a number from 0")
        self._optimizer.step(rate)

    def zero_grad(self) -> None:
        """Set the gradients to zero. `LossValue.backward` does so itself after a step."""
        self._model.zero_grad()

    def state_dict(self) -> dict[str, Any]:
        """Copies of the optimizer state: ``num_steps``, ``lr``, and arrays such as Adam's moments.

        An array has the name of its kind, as PyTorch has it, and that of the weight:
        ``exp_avg.rnn.weight_ih_l0``.
        """
        return {"num_steps": self.num_steps, "lr": self.lr, **dict(self._optimizer.state())}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from the state of an optimizer of the same kind and a model of the same shape.

        With the weights and the hidden state of the same step the training continues to the bit.

        Raises
        ------
        OptionError
            Other names or shapes; nothing is changed.
        """
        own = dict(self._optimizer.state())
        unlike = sorted({"num_steps", "lr", *own} ^ set(state))
        if unlike:
            is_missing = unlike[0] not in state
            raise OptionError(
                f"`{unlike[0]}` is {'missing' if is_missing else 'no state of this optimizer'}",
                "give the `state_dict()` of an optimizer of the same kind",
            )
        steps, lr = whole(state["num_steps"], "num_steps", 0), number(state["lr"], "lr")
        arrays = [(name, exact(state[name], name, own[name].shape, "")) for name in own]
        self._optimizer.set_state(steps, arrays)
        self.lr = lr

    @property
    def num_steps(self) -> int:
        """Number of optimizer steps so far."""
        return self._optimizer.updates

    def __reduce__(self) -> tuple[object, ...]:
        raise OptionError(
            "an optimizer is neither copied nor pickled: it belongs to its model",
            "make a new one for a copy of the model, and give it `state_dict()` of this one",
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, lr={self.lr})"


class SGD(Optimizer):
    """Stochastic gradient descent, with optional momentum."""

    def __init__(
        self, model: Model, lr: float = 0.01, *, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(model, "sgd", lr, momentum=momentum, weight_decay=weight_decay)


class RMSprop(Optimizer):
    """RMSProp (Tieleman and Hinton, 2012)."""

    def __init__(
        self,
        model: Model,
        lr: float = 0.01,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(
            model, "rmsprop", lr,
            alpha=alpha, eps=eps, momentum=momentum, weight_decay=weight_decay,
        )  # fmt: skip


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015)."""

    def __init__(
        self,
        model: Model,
        lr: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(model, "adam", lr, betas=betas, eps=eps, weight_decay=weight_decay)


class AdamW(Optimizer):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019)."""

    def __init__(
        self,
        model: Model,
        lr: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(model, "adamw", lr, betas=betas, eps=eps, weight_decay=weight_decay)


def _pair(betas: object) -> list[float]:
    """Two numbers.

    Raises
    ------
    OptionError
        Another value.
    """
    found = plain(betas)
    if not isinstance(found, list) or len(found) != 2:
        raise OptionError(f"`betas` is {betas!r}", "give two numbers, as `betas=(0.9, 0.999)`")
    return [number(beta, "betas") for beta in found]
