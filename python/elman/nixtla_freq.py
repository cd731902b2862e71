"""Frequency of `elman.nixtla.ElmanForecast`, under the names of pandas and polars."""

from __future__ import annotations

import re
from itertools import pairwise

from elman._elman import Table
from elman.arrow_lists import lists_of
from elman.errors import OptionError
from elman.parameters import whole

#: Units of polars that the engine knows under another name.
_OF_POLARS = {"mo": "M", "m": "min"}
_NUMBERS = ("Int", "UInt", "Float")
_LARGEST = 2**53


def checked(freq: object) -> str | int:
    """The frequency as the engine names it, or the step of times that are whole numbers.

    Raises
    ------
    OptionError
        Another value.
    """
    name = freq if isinstance(freq, str) else getattr(freq, "freqstr", None)
    if isinstance(name, str):
        found = re.fullmatch(r"(\d+)(mo|m)", name)
        return f"{found[1]}{_OF_POLARS[found[2]]}" if found else name
    try:
        return whole(freq, "freq", most=_LARGEST)
    except OptionError:
        raise OptionError(
            f"`freq` is {freq!r}", 'give a frequency, as `freq="MS"`; 1 of whole numbers'
        ) from None


def fits(freq: str | int, table: Table, id_col: str, time_col: str) -> None:
    """Refuse a frequency of dates for times that are numbers, and the other way round.

    Raises
    ------
    OptionError
        A frequency of another kind, or a step that the times do not have.
    """
    kinds = dict(zip(table.column_names, table.kinds, strict=True))
    is_of_numbers = kinds[time_col].startswith(_NUMBERS)
    if isinstance(freq, str):
        if is_of_numbers:
            raise OptionError(
                f"`freq` is {freq!r}, and the times are numbers", "give their step, as `freq=1`"
            )
        return
    if not is_of_numbers:
        raise OptionError(
            f"`freq` is {freq}, and the times are dates", 'give their frequency, as `freq="MS"`'
        )
    lists = lists_of(table.select([id_col, time_col]))
    step = _step(lists[id_col], lists[time_col])
    if step is not None and step != freq:
        raise OptionError(
            f"`freq` is {freq}, and the times have steps of {step:g}", f"give `freq={step:g}`"
        )


def _step(names: list[object], times: list[float | None]) -> float | None:
    """Smallest difference of two times of a series; ``None`` without two times."""
    of_series: dict[object, set[float]] = {}
    for name, time in zip(names, times, strict=True):
        if time is not None:
            of_series.setdefault(name, set()).add(time)
    ordered = [sorted(found) for found in of_series.values()]
    return min((b - a for found in ordered for a, b in pairwise(found)), default=None)
