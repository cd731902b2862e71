"""Errors of a forecaster in the words of a run: options, and rows of a series."""

from __future__ import annotations

import re
from dataclasses import fields

from elman import AutoForecaster
from elman.errors import ElmanError

from .config import Config

_ARGUMENT = re.compile(r"`(\w+)=([^`]+)`")
_ROW = re.compile(r"^df, row ([0-9]+), ")
_OPTIONS = {*AutoForecaster.parameter_names()} - {one.name for one in fields(Config)}


def in_run(text: str) -> str:
    """A message or a next step with the options of ``Config``, and without other arguments."""
    text = _ARGUMENT.sub(_option, text)
    text = text.replace("with the covariate, as `X_df`", "with the covariate and an empty value")
    return text.replace("`df`", "the series")


def of_series(error: ElmanError) -> str:
    """The message, with the row of the series, whose rows are in the order of dates."""
    return _with_place(error, r"row \1 of the series, ")


def of_sample(error: ElmanError) -> str:
    """The message, without the row of the sample, which the caller has not seen."""
    return _with_place(error, "")


def _with_place(error: ElmanError, row: str) -> str:
    message = in_run(error.message)
    return f"{message} ({_ROW.sub(row, error.place)})" if error.place else message


def next_step_of(error: ElmanError) -> str | None:
    """The next step in the words of a run, if there is one."""
    return None if error.help is None else in_run(error.help)


def _option(found: re.Match[str]) -> str:
    name, value = found.groups()
    return f'`options={{"{name}": {value}}}`' if name in _OPTIONS else found.group()
