"""The check that data have the columns that are read, the same for every caller."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from elman.errors import DataError


def check_columns(names: Sequence[str], wanted: Sequence[str], what: str) -> None:
    """Refuse data without a column, or with two of its name.

    Parameters
    ----------
    names
        The columns of the data.
    wanted
        The columns that are read.
    what
        Name of the data in errors, such as ``df``.

    Raises
    ------
    DataError
        A column that is wanted and not there, with the nearest name as the next step; two columns
        of that name.
    """
    for name in wanted:
        count = names.count(name)
        if count == 0:
            near = get_close_matches(name, names, n=1)
            advice = f"did you mean `{near[0]}`?" if near else f"its columns: {', '.join(names)}"
            raise DataError(f"{what} has no column `{name}`", advice)
        if count > 1:
            raise DataError(f"{what} has {count} columns `{name}`", "keep one of them")
