"""Next steps in terms of `elman.nixtla.ElmanForecast`, which has few parameters of reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from elman.base import OF_DATA
from elman.errors import DataError, OptionError

#: Phrases with parameters that the class does not have, and those in place of them.
IN_NIXTLA = (
    (
        "leave out `freq`, or get a missing value for each date between with "
        '`missing_dates="fill"`',
        "give the frequency of the dates as `freq`",
    ),
    (
        'leave out `freq`, or bring the values to that step with `agg="sum"` (or mean, last)',
        "give the frequency of the dates as `freq`, or aggregate the data before",
    ),
    (
        "leave out `freq`, and the day is found",
        'give `freq` with the day of the dates, as `freq="W-MON"`',
    ),
    (
        'combine the rows with `duplicates="mean"` (or sum, first, last)',
        "aggregate them before",
    ),
    ('correct the date, or keep it with `missing_dates="skip"`', "correct the date"),
    (
        'fill missing values with `missing="interpolate"`, leave these rows out with '
        '`missing="drop"`, or name a text that means missing with `missing_values`',
        "give a column of numbers, with NaN for missing values",
    ),
    (', or count the rows with `time_col="none"`', ", or number the rows"),
)
_FOREIGN = re.compile("|".join(rf"`{name}[`=]" for name in OF_DATA if name != "freq"))


@contextmanager
def in_nixtla() -> Iterator[None]:
    """Word the next steps of errors in terms of the class."""
    try:
        yield
    except (DataError, OptionError) as error:
        if error.help is None:
            raise
        raise type(error)(error.message, worded(error.help), error.place) from None


def worded(text: str) -> str:
    """A next step without the parameters that the class does not have."""
    for of_forecaster, of_class in IN_NIXTLA:
        text = text.replace(of_forecaster, of_class)
    return (
        f"{text}; this is a parameter of `elman.AutoForecaster`" if _FOREIGN.search(text) else text
    )
