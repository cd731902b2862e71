"""Checks of arguments: each error names the argument, its value, and what it must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from elman.errors import OptionError


def numbers(value: object, name: str) -> list[float]:
    """Numbers of a sequence.

    Raises
    ------
    OptionError
        Another value.
    """
    try:
        return [float(number) for number in _items(value)]
    except (TypeError, ValueError, OverflowError) as error:
        raise OptionError(
            f"`{name}` is {value!r}", f"give a list of numbers, as `{name}=[80, 95]`"
        ) from error


def names(value: object, name: str) -> Sequence[str]:
    """Names of columns.

    Raises
    ------
    OptionError
        Another value; one name alone.
    """
    try:
        found: list[Any] = list(_items(value))
    except TypeError:
        found = [None]
    if not all(isinstance(item, str) for item in found):
        help_ = f'give a list of names, as `{name}=["price"]`'
        raise OptionError(f"`{name}` is {value!r}", help_)
    return found


def column(value: object, name: str) -> str:
    """Name of a column.

    Raises
    ------
    OptionError
        Another value.
    """
    if not isinstance(value, str):
        raise OptionError(f"`{name}` is {value!r}", "give the name of a column")
    return value


def number(value: object, name: str) -> float:
    """A number, or NaN for `None`.

    Raises
    ------
    OptionError
        Another value.
    """
    if value is None:
        return float("nan")
    return numbers([value], name)[0]


def seasons(value: object) -> object:
    """Seasonal periods as a sequence: one number is a sequence of one."""
    is_one = hasattr(value, "__index__") and not isinstance(value, (bool, type))
    return [value] if is_one else value


def _items(value: object) -> Iterable[Any]:
    """Items of a sequence. A text is a value, not a sequence of letters."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError
    return value
