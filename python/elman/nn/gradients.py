"""Gradients: whether passes are recorded, and clipping."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from elman.errors import OptionError
from elman.parameters import number

if TYPE_CHECKING:
    from elman.nn.model import Model

_is_recorded: ContextVar[bool] = ContextVar("elman.nn.is_recorded", default=True)


@contextmanager
def no_grad() -> Iterator[None]:
    """Predictions without gradients, as ``with nn.no_grad():``: less time and memory."""
    before = _is_recorded.set(False)
    try:
        yield
    finally:
        _is_recorded.reset(before)


def is_recorded() -> bool:
    """Whether passes are recorded for ``backward``."""
    return _is_recorded.get()


def clip_grad_norm_(model: Model, max_norm: float) -> float:
    """Scale the gradients so that their norm over all weights is at most `max_norm`.

    Returns
    -------
    float
        The norm before clipping.
    """
    if number(max_norm, "max_norm") <= 0:
        raise OptionError(f"`max_norm` is {max_norm!r}", "give a number above 0")
    return model.network.clip_grad_norm(max_norm)
