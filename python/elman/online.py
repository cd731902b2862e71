"""Online forecasts: one value in, one forecast out, the hidden states kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from elman import _elman
from elman.arguments import all_observed, observed
from elman.parameters import whole
from elman.wording import in_python


class Interval(NamedTuple):
    """Prediction interval of the values ahead."""

    #: Level, in per cent.
    level: float
    #: Lower bounds, one for each step ahead.
    lower: list[float]
    #: Upper bounds, one for each step ahead.
    upper: list[float]


class OnlineForecast(NamedTuple):
    """Forecast of the values ahead, with prediction intervals."""

    #: Forecasts, one for each step ahead.
    values: list[float]
    #: Prediction intervals, one for each level; none where too few errors are known.
    intervals: list[Interval]


class Online:
    """Online forecaster of one series: `AutoForecaster.online` starts one.

    An update costs one time step of each network, whatever the length of the history.
    """

    def __init__(self, fitted: _elman.Fitted, online: _elman.Online) -> None:
        self._fitted = fitted
        self._online = online

    def update(self, y: float | None) -> None:
        """Update the hidden states with the next value; `None` or NaN if it is missing."""
        self._online.update(observed(y, "y"))

    def update_all(self, values: Iterable[float | None]) -> None:
        """Update the hidden states with several values, oldest first."""
        self._online.update_all(all_observed(values, "values"))

    def forecast(self, h: int | None = None) -> OnlineForecast:
        """Forecast the next `h` values; by default up to the horizon of the training."""
        values, intervals = self._online.forecast(None if h is None else whole(h, "h"))
        return OnlineForecast(values, [Interval(*interval) for interval in intervals])

    def fork(self) -> Online:
        """Copy the forecaster: updates of one do not change the other."""
        return Online(self._fitted, self._online.fork())

    def state(self) -> bytes:
        """State after the last value, from which `AutoForecaster.resume_online` continues."""
        return self._online.state()

    def reset_state(self) -> None:
        """Reset the hidden states, as before the first value of another history."""
        self._online.reset_state()

    def hidden_states(self) -> list[dict[str, tuple[tuple[int, ...], list[float]]]]:
        """Hidden states `[L, 1, H]` of each network: shape and values by name (`h`; `h`, `c`)."""
        networks = self._online.hidden_states()
        return [{name: (tuple(shape), y) for name, shape, y in states} for states in networks]

    @property
    def time_steps(self) -> int:
        """Number of time steps so far, those of the history included."""
        return self._online.steps

    @property
    def unique_id(self) -> str:
        """Name of the series."""
        return self._online.unique_id

    @property
    def notes(self) -> list[str]:
        """Notes on the history, in sentences."""
        return [in_python(note) for note in self._online.notes]

    def __reduce__(self) -> tuple[object, tuple[bytes, str, bytes]]:
        return _restored, (self._fitted.to_bytes(), self.unique_id, self.state())

    def __repr__(self) -> str:
        return f"Online({self.unique_id!r}, {self.time_steps} values)"


def _restored(model: bytes, unique_id: str, state: bytes) -> Online:
    fitted = _elman.Fitted.from_bytes(model)
    return Online(fitted, fitted.resume_online(unique_id, state))
