"""Program of a user, for mypy: the types of the package as seen from outside."""

# ruff: noqa: F821

from __future__ import annotations

import elman
from elman.errors import DataError, ElmanError


def forecast(path: str) -> list[str]:
    forecaster = elman.AutoForecaster(12, level=[80, 95], cell="gru").fit(path)
    reveal_type(forecaster)
    pretrained = elman.Pretrained(h=3).fit(path)
    reveal_type(pretrained)
    online = forecaster.online("shop 1")
    online.update(3.5)
    reveal_type(online.forecast().values)
    reveal_type(forecaster.backtest(path).scores)
    return forecaster.notes_


def wrong(path: str) -> None:
    elman.AutoForecaster("12")
    elman.AutoForecaster(12, hiden_size=4)
    elman.nothing_of_the_kind  # noqa: B018


def first_step(error: ElmanError) -> str | None:
    return error.help if isinstance(error, DataError) else None
