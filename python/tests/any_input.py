"""Values, columns and data frames of any kind, for tests that no input is a defect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from elman import AutoForecaster
from elman.errors import DefectError, ElmanError

ZONES = [dt.timezone.utc, dt.timezone(dt.timedelta(hours=5, minutes=45))]
#: Values of one type each.
ELEMENTS: dict[str, st.SearchStrategy[Any]] = {
    "floats": st.floats(),
    "small": st.integers(-5, 5),
    "huge": st.integers(-(10**40), 10**40),
    "beyond floats": st.sampled_from([10**400, -(10**400)]),
    "bools": st.booleans(),
    "texts": st.text(max_size=5),
    "surrogates": st.text(st.characters(categories=["Cs"]), max_size=2),
    "numbers in text": st.floats().map(repr),
    "dates": st.dates(),
    "times": st.datetimes(),
    "times in zones": st.datetimes(timezones=st.sampled_from(ZONES)),
    "spans": st.timedeltas(),
    "bytes": st.binary(max_size=4),
    "decimals": st.decimals(),
    "fractions": st.fractions(),
    "complex": st.complex_numbers(),
    "none": st.none(),
    "lists": st.lists(st.integers(), max_size=2),
    "dicts": st.dictionaries(st.text(max_size=1), st.integers(), max_size=1),
    "objects": st.builds(object),
    "classes": st.sampled_from([int, dt, Decimal, Fraction, ...]),
}
ANY = st.one_of(*ELEMENTS.values())
NAMES = (
    st.sampled_from(["unique_id", "ds", "y"])
    | st.text(max_size=4)
    | st.sampled_from(["", " ", "\0"])
)


def regular(count: int) -> st.SearchStrategy[list[Any]]:
    """Times that a forecast can continue."""
    start = dt.datetime(2020, 1, 1)
    days = [start + dt.timedelta(days=t) for t in range(count)]
    return st.sampled_from(
        [days, [day.date() for day in days], list(range(count)), [str(d) for d in days]]
    )


def column(count: int) -> st.SearchStrategy[list[Any]]:
    """Values of one type, of one type with some missing, or of any types."""

    def of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(values, min_size=count, max_size=count)

    one = st.sampled_from(sorted(ELEMENTS)).flatmap(lambda name: of(ELEMENTS[name] | st.none()))
    alike = st.sampled_from(sorted(ELEMENTS)).flatmap(lambda name: of(ELEMENTS[name]))
    same = ANY.map(lambda value: [value] * count)
    return one | alike | same | of(ANY)


@st.composite
def columns(draw: st.DrawFn) -> dict[Any, list[Any]]:
    """Columns of one length by name, of which one is odd."""
    count = draw(st.integers(0, 8) | st.integers(20, 40))
    frame: dict[Any, list[Any]] = {"ds": draw(regular(count))}
    frame["y"] = draw(st.lists(st.floats(-1e3, 1e3), min_size=count, max_size=count))
    odd = draw(st.sampled_from(["ds", "y", "unique_id", "name", "values", "nothing"]))
    if odd in ("ds", "y", "unique_id"):
        frame[odd] = draw(column(count))
    elif odd == "name":
        frame[draw(NAMES)] = draw(column(count))
    elif odd == "values" and count:
        name, places = draw(st.sampled_from(["ds", "y"])), st.integers(0, count - 1)
        for place in draw(st.lists(places, max_size=3)):
            frame[name] = [*frame[name][:place], draw(ANY), *frame[name][place + 1 :]]
    if draw(st.booleans()):
        frame["unique_id"] = [str(t // 9) for t in range(count)]
    return frame


def is_refused(call: Callable[..., object], *arguments: Any, **options: Any) -> bool:
    """Call `call`; whether the input is refused, by an error of elman in words.

    `TypeError` is Python's own error for an argument of another type.
    """
    try:
        call(*arguments, **options)
    except DefectError:
        raise
    except (ElmanError, TypeError) as error:
        assert str(error), "an error without words"
        return True
    return False


def converted(convert: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Data of another library; `None` if it has no such data."""
    try:
        return convert(*arguments, **options)
    except BaseException as error:
        # polars panics at some lists of unlike values.
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        return None


def days(count: int = 30) -> dict[str, list[Any]]:
    """Daily values of one series."""
    dates = [str(dt.date(2020, 1, 1) + dt.timedelta(days=t)) for t in range(count)]
    return {"unique_id": ["a"] * count, "ds": dates, "y": [t % 7 + 0.1 * t for t in range(count)]}


def forecast(frame: Any, **options: Any) -> Any:
    """Forecast by the naive model, in milliseconds."""
    return AutoForecaster(2, **{"model": "naive", "level": [80], **options}).fit_predict(frame)


#: Settings of hypothesis: the same examples each time.
some = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
