"""The result of a task: all that returns from a worker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Outcome:
    """The result of one task, with paths and figures alone.

    Parameters
    ----------
    number
        Number of the partition, or of the task of a search.
    path
        File of its results; none if the task failed.
    series, failed
        Series of a partition; those of them that could not be forecast.
    rows, bytes
        Rows of the forecasts; bytes of the file.
    seconds
        Time of reading, forecasting or training, and writing.
    skipped
        The file was there already.
    error, help
        Error of a task that failed, and the next step; no next step where the same call again is
        one.
    notes
        Notes on the forecasts, and the number of series with each of them.
    """

    number: int
    path: str | None = None
    series: int = 0
    failed: int = 0
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0
    skipped: bool = False
    error: str | None = None
    help: str | None = None
    notes: Mapping[str, int] = field(default_factory=dict, hash=False)

    def to_json(self) -> str:
        """One JSON document."""
        return json.dumps(asdict(self))
