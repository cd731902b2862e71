"""Compares two pages: words have to be equal, numbers close."""

from __future__ import annotations

import re

from render import VARIES_BEGIN, VARIES_END

#: A number with digits after the point, as computations print. Whole numbers are words.
_NUMBER = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?|-?\d+e[-+]?\d+")
_VARIES = re.compile(re.escape(VARIES_BEGIN) + ".*?" + re.escape(VARIES_END), re.DOTALL)
#: Allowed relative difference: instruction sets sum in different order, and a training of hundreds
#: of steps enlarges differences in the last bits. Another seed changes errors by several per cent.
RELATIVE = 0.02
#: Allowed difference of numbers near 0, in units of the last digit that is shown.
LAST_DIGITS = 1.5


def first_difference(old: str, new: str) -> str | None:
    """The first line that differs, as a sentence; `None` if the pages are equal."""
    old_lines = _VARIES.sub(VARIES_BEGIN, old).splitlines()
    new_lines = _VARIES.sub(VARIES_BEGIN, new).splitlines()
    for number, (was, now) in enumerate(zip(old_lines, new_lines, strict=False), start=1):
        if not _equal(was, now):
            return f"line {number} is {was!r}, and the notebook says {now!r}"
    if len(old_lines) != len(new_lines):
        return f"the page has {len(old_lines)} lines, the notebook {len(new_lines)}"
    return None


def _equal(was: str, now: str) -> bool:
    """Whether words are equal and numbers close; spaces differ with the width of numbers."""
    if _words(was) != _words(now):
        return False
    numbers = zip(_NUMBER.findall(was), _NUMBER.findall(now), strict=True)
    return all(_close(a, b) for a, b in numbers)


def _words(line: str) -> str:
    return " ".join(_NUMBER.sub("#", line).split())


def _close(was: str, now: str) -> bool:
    a, b = float(was), float(now)
    return abs(a - b) <= max(RELATIVE * max(abs(a), abs(b)), LAST_DIGITS * _last_digit(was))


def _last_digit(number: str) -> float:
    """Value of a unit in the last digit: 0.01 of 1.25."""
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals)
