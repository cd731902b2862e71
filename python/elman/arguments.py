"""Checks of arguments: each error names the argument, its value, and possible values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from elman.errors import OptionError


def numbers(value: object, name: str, example: str = "[80, 95]") -> list[float]:
    """Numbers of a sequence; `example` stands in errors.

    Raises
    ------
    OptionError
        Another value.
    """
    try:
        return [_float(number) for number in _items(value)]
    except (TypeError, ValueError, OverflowError) as error:
        raise OptionError(
            f"`{name}` is {value!r}", f"give a list of numbers, as `{name}={example}`"
        ) from error


def levels(value: object) -> list[float]:
    """Levels of prediction intervals, in per cent, each once.

    Raises
    ------
    OptionError
        No list of numbers; a level below 1, or of 100 or more; a level twice.
    """
    found = numbers(value, "level")
    for level in found:
        if not 1 <= level < 100:
            meant = round(level * 100, 8)
            is_share = 1 <= meant < 100
            guess = f": did you mean {meant:g}?" if is_share else ", from 1 to below 100"
            raise OptionError(f"`level` has {level:g}", f"levels are in per cent{guess}")
        if found.count(level) > 1:
            raise OptionError(f"`level` has {level:g} twice", "give each level once")
    return found


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


def observed(value: object, name: str) -> float:
    """A value of a series; NaN for `None`, a missing one.

    Raises
    ------
    OptionError
        Another value.
    """
    try:
        return float("nan") if value is None else _float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise OptionError(
            f"`{name}` is {value!r}", "give a number, or None for a missing value"
        ) from error


def all_observed(values: object, name: str) -> list[float]:
    """Values of a series; NaN for the missing ones.

    Raises
    ------
    OptionError
        Another value.
    """
    try:
        items = list(_items(values))
    except TypeError as error:
        raise OptionError(f"`{name}` is {values!r}", "give a list of numbers") from error
    return [observed(item, name) for item in items]


def seasons(value: object) -> object:
    """Seasonal periods as a sequence: one number is a sequence of one."""
    is_one = hasattr(value, "__index__") and not isinstance(value, (bool, type))
    return [value] if is_one else value


def _items(value: object) -> Iterable[Any]:
    """Items of a sequence. A text is a value, not a sequence of letters."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError
    return value


def _float(value: Any) -> float:
    """A number; a text is none."""
    if isinstance(value, (str, bytes, bytearray)):
        raise TypeError
    return float(value)
