"""Names of the columns of a result."""

from __future__ import annotations

from collections.abc import Sequence

from elman.errors import OptionError

from .checked import level_name

# Columns of a series that cannot be forecast.
FAILURE = ("error", "help")

# Columns of the baselines in an evaluation.
BASELINES = ("naive", "seasonal_naive", "mean", "drift", "naive2", "theta", "damped", "ets")


def point_names(task: str, level: Sequence[float]) -> list[str]:
    """The forecast and its intervals; in an evaluation the baselines, too."""
    bounds = [f"elman-{side}-{level_name(one)}" for one in level for side in ("lo", "hi")]
    return ["elman", *bounds, *(BASELINES if task == "cross_validation" else ())]


def check_names(columns: dict[str, str], task: str, level: Sequence[float]) -> None:
    """Refuse columns of the data that would stand twice in the result.

    Parameters
    ----------
    columns
        Names of the columns of the series, the dates and the values, by argument.
    task, level
        As those of ``Config``.

    Raises
    ------
    OptionError
        One name of two columns; the name of a column of the result.
    """
    is_evaluation = task == "cross_validation"
    taken = {*point_names(task, level), *FAILURE, *(("cutoff",) if is_evaluation else ())}
    for argument, name in columns.items():
        twice = [other for other in columns if columns[other] == name]
        if len(twice) > 1:
            raise OptionError(
                f"`{twice[0]}` and `{twice[1]}` are both {name!r}", "name two columns"
            )
        if name in taken and (is_evaluation or argument != "target_col"):
            raise OptionError(
                f"`{argument}` is {name!r}, and a column of the result has this name",
                "rename that column of the data",
            )
