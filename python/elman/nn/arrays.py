"""Arrays for the engine: numbers in row-major order, with checked axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elman.errors import OptionError

#: An array that the engine reads: of float32 without a copy, of float64 by one conversion.
Floats: TypeAlias = NDArray[np.floating[Any]]


def floats(values: ArrayLike, name: str) -> Floats:
    """Array of numbers, NaN where a masked array is masked; `name` stands in errors.

    Raises
    ------
    OptionError
        No array of numbers.
    """
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, RuntimeError) as error:
        raise OptionError(f"`{name}` is no array: {error}", "give an array of numbers") from error
    if isinstance(values, np.ma.MaskedArray):
        array = _filled(array, np.ma.getmaskarray(values))
    if array.dtype == np.float32 or array.dtype == np.float64:
        return array
    if array.dtype.kind not in "fiub":
        raise OptionError(
            f"`{name}` has values of the kind {array.dtype}", "give an array of numbers"
        )
    return array.astype(np.float64)


def _filled(array: NDArray[Any], mask: NDArray[np.bool_]) -> NDArray[Any]:
    """A copy with NaN where `mask` is true; an array of no numbers as it is."""
    if array.dtype.kind not in "fiub":
        return array
    is_single = array.dtype == np.float32
    return np.where(mask, np.nan, array).astype(np.float32 if is_single else np.float64)


def window(values: ArrayLike, name: str, letter: str, size: int, batch: int | None) -> Floats:
    """Array ``[T, B, size]`` in row-major order; axes of size 1 need not be given.

    Two axes are ``[T, size]`` of one lane, or ``[T, B]`` where `size` is 1 and B is known; one
    axis is ``[T]`` where both are 1. `letter` is that of the last axis; `batch` is B, if known.

    Raises
    ------
    OptionError
        Another shape.
    """
    array = floats(values, name)
    shape = _completed(array.shape, size, batch)
    fits = shape is not None and shape[2] == size and (batch is None or shape[1] == batch)
    if shape is None or not fits or shape[0] == 0 or shape[1] == 0:
        expected = f"[T, B{'' if batch is None else f'={batch}'}, {letter}={size}]"
        raise OptionError(
            f"{name}: expected {expected}, got {list(array.shape)}",
            "T is the number of time steps, B that of lanes; both are 1 at least",
        )
    return np.ascontiguousarray(array.reshape(shape))


def _completed(shape: tuple[int, ...], size: int, batch: int | None) -> tuple[int, ...] | None:
    if len(shape) == 3:
        return shape
    if len(shape) == 2:
        is_batched = size == 1 and batch not in (None, 1)
        return (*shape, 1) if is_batched else (shape[0], 1, shape[1])
    return (*shape, 1, 1) if len(shape) == 1 else None


def exact(values: ArrayLike, name: str, shape: Sequence[int], letters: str) -> Floats:
    """Array of exactly this shape, in row-major order.

    Raises
    ------
    OptionError
        Another shape.
    """
    array = floats(values, name)
    if array.shape != tuple(shape):
        axes = zip(letters, shape, strict=True) if letters else ()
        expected = [f"{letter}={size}" for letter, size in axes] or [str(size) for size in shape]
        raise OptionError(
            f"{name}: expected [{', '.join(expected)}], got {list(array.shape)}",
            "give an array of that shape",
        )
    return np.ascontiguousarray(array)
