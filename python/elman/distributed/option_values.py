"""The check that a model and values of options exist, before any data are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from elman import AutoForecaster
from elman.base import OF_DATA
from elman.errors import ElmanError, OptionError

from .checked import COVARIATES

# Sizes that a network of the check has at most: it is not trained, but has its weights.
SMALL = 8

# Largest size that the engine takes; larger ones are left to it, so that it refuses them.
LARGEST = 1_048_576

# Days of the series: two whole weeks, to which `agg` brings them.
DAYS = 21

# Days that a forecaster is fitted on: too few to train a network.
FITTED = 3


def check_values(model: str | None, options: Mapping[str, Any]) -> None:
    """Refuse a model, and values of options, that do not exist.

    A forecaster reads a synthetic series with the options of the data, and another one is fitted
    on its first values with all other options: milliseconds, and the errors of the engine itself.

    Raises
    ------
    OptionError
        An unknown model; a value of an option that is not possible.
    """
    of_data = {name: value for name, value in options.items() if name in OF_DATA}
    others = {name: value for name, value in options.items() if name not in OF_DATA}
    covariates = {kind: others.pop(kind) for kind in COVARIATES if kind in others}
    rows = _days(DAYS) | {name: [1.0] * DAYS for names in covariates.values() for name in names}
    for read in _one_by_one(of_data):
        reader = AutoForecaster(1, **read, **covariates)
        _options_of(partial(reader._read, rows, "the series"))
    fitted = AutoForecaster(1, progress=False, threads=1, model=model, **_small(others))
    _options_of(lambda: fitted.fit(_days(FITTED)))


def _one_by_one(of_data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Options of the data, ``agg`` apart: it depends on the dates which frequency it can make."""
    yield {name: value for name, value in of_data.items() if name != "agg"}
    if "agg" in of_data:
        yield {"agg": of_data["agg"], **({"freq": "W"} if "freq" in of_data else {})}


def _options_of(call: Callable[[], object]) -> None:
    """Call a function for its errors of options."""
    try:
        call()
    except OptionError:
        raise
    except ElmanError:
        # The series does not fit the options, such as the frequency: those of the data may.
        return


def _days(count: int) -> dict[str, list[Any]]:
    days = [date(2020, 1, 1) + timedelta(day) for day in range(count)]
    return {"ds": days, "y": [1.0 + day % 7 for day in range(count)]}


def _small(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options with small networks in place of large ones."""
    sizes = ["hidden_size"] if options.get("dilations") else ["hidden_size", "num_layers"]
    return {
        name: SMALL if name in sizes and _is_large(value) else value
        for name, value in options.items()
    }


def _is_large(value: object) -> bool:
    return isinstance(value, int) and SMALL < value <= LARGEST
