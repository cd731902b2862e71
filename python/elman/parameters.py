"""Parameters of a class: those of its constructor, read and set by name, as scikit-learn does."""

from __future__ import annotations

import inspect
import json
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Any, SupportsFloat, TypeVar

from elman.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

_Self = TypeVar("_Self", bound="Parameters")


class Parameters:
    """A class whose parameters are the arguments of its constructor."""

    @classmethod
    def parameter_names(cls) -> list[str]:
        """Names of the parameters, sorted."""
        return sorted(cls._signature())

    @classmethod
    def _signature(cls) -> Mapping[str, inspect.Parameter]:
        """Parameters of the constructor, in its order."""
        return inspect.signature(cls).parameters

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name. `deep` has no effect: no parameter is an estimator."""
        return {name: getattr(self, name) for name in self.parameter_names()}

    def set_params(self: _Self, **params: Any) -> _Self:
        """Set parameters.

        Raises
        ------
        OptionError
            A name that is no parameter.
        """
        names = self.parameter_names()
        for name, value in params.items():
            if name not in names:
                raise _unknown(type(self).__name__, name, names)
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = self._signature()
        shown = [
            f"{name}={getattr(self, name)!r}"
            for name in defaults
            if plain(getattr(self, name)) != plain(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def _unknown(owner: str, name: str, names: list[str]) -> OptionError:
    near = get_close_matches(name, names, n=1)
    advice = f"did you mean `{near[0]}`?" if near else f"its parameters: {', '.join(names)}"
    return OptionError(f"{owner} has no parameter `{name}`", advice)


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are given, as JSON has them: tuples and arrays are lists.

    Raises
    ------
    OptionError
        A value that JSON does not have.
    """
    found = {name: plain(value) for name, value in values.items() if value is not None}
    for name, value in found.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            advice = "give a number, a text, or a list of them"
            raise OptionError(f"`{name}` is {values[name]!r}", advice) from error
    return found


def plain(value: Any) -> Any:
    """A value with lists in place of tuples, ranges, sets and arrays."""
    if isinstance(value, (tuple, list, range, set, frozenset)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist") and not isinstance(value, type):
        return value.tolist()
    return value


def flag(value: object, name: str, advice: str = "give True or False") -> bool:
    """True or False, of Python or NumPy; `name` and `advice` stand in errors.

    Raises
    ------
    OptionError
        Another value.
    """
    found = plain(value)
    if not isinstance(found, bool):
        raise OptionError(f"`{name}` is {value!r}", advice)
    return found


def whole(value: object, name: str, least: int = 1, most: int = 1_000_000) -> int:
    """A whole number, of Python or NumPy, from `least` to `most`; `name` stands in errors.

    Raises
    ------
    OptionError
        Another value.
    """
    if hasattr(value, "__index__") and not isinstance(value, (bool, type)):
        try:
            number = int(value.__index__())
        except TypeError:  # An array of several numbers.
            number = least - 1
        if least <= number <= most:
            return number
    raise OptionError(f"`{name}` is {value!r}", f"give a whole number from {least} to {most}")


def number(value: object, name: str) -> float:
    """A finite number, of Python or NumPy; `name` stands in errors.

    Raises
    ------
    OptionError
        Another value.
    """
    if isinstance(value, SupportsFloat) and not isinstance(value, (str, bytes)):
        converted = float(value)
        if isfinite(converted):
            return converted
    raise OptionError(f"`{name}` is {value!r}", f"give a number, as `{name}=0.1`")
