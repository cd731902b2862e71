"""Checks of the arguments of a distributed forecast, before any work."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from elman import arguments
from elman.errors import OptionError
from elman.parameters import given, whole

COVARIATES = ("futr_exog", "hist_exog", "static_exog")

# Numbers of partitions have six digits in the names of their files.
MAX_PARTITIONS = 1_000_000


def levels(value: object) -> tuple[float, ...]:
    """Levels of prediction intervals, in per cent.

    Raises
    ------
    OptionError
        No list of numbers; a level below 1, or of 100 or more; a level twice.
    """
    return tuple(arguments.levels(value))


def level_name(level: float) -> str:
    """A level as it stands in the names of columns: ``80``, ``99.5``."""
    return repr(float(level)).removesuffix(".0")


def options(value: object) -> dict[str, Any]:
    """Options by name, as JSON has them; ``None`` is the default and is left out.

    Raises
    ------
    OptionError
        No dict; a value that JSON does not have; covariates that are no list of names.
    """
    if not isinstance(value, Mapping):
        raise OptionError(f"`options` is {value!r}", 'give a dict, as `options={"freq": "D"}`')
    found = given({str(name): item for name, item in value.items()})
    for name in COVARIATES:
        arguments.names(found.get(name, ()), name)
    return found


def file_path(value: object, name: str) -> str | None:
    """A path as text, or none.

    Raises
    ------
    OptionError
        Another value.
    """
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if path is not None and not isinstance(path, str):
        raise OptionError(f"`{name}` is {value!r}", "give the path of a file")
    return path


def partition_count(value: object) -> int | None:
    """A number of partitions, or none.

    Raises
    ------
    OptionError
        Another value.
    """
    return None if value is None else whole(value, "partitions", 1, MAX_PARTITIONS)
