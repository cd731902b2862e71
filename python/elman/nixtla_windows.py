"""Cutoffs of `elman.nixtla.ElmanForecast`, by their number or by the length of the test set."""

from __future__ import annotations

from elman.errors import OptionError
from elman.parameters import whole


def number(h: int, n_windows: int | None, step_size: int, test_size: int | None) -> int:
    """Number of cutoffs.

    Raises
    ------
    OptionError
        Values that are not possible together.
    """
    if test_size is None:
        return whole(n_windows, "n_windows")
    if n_windows is not None:
        raise OptionError(
            "`n_windows` and `test_size` both say how many cutoffs there are",
            "give one of them, as `n_windows=None, test_size=24`",
        )
    ahead, step = whole(h, "h"), whole(step_size, "step_size")
    between = whole(test_size, "test_size", least=ahead) - ahead
    if between % step:
        raise OptionError(
            f"`test_size` is {test_size}, and the cutoffs are {step} time steps apart",
            f"give `h` and a multiple of `step_size`, as `test_size={test_size - between % step}`",
        )
    return between // step + 1
