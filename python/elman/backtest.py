"""Result of a backtest: forecasts and scores."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from typing import Any

from elman import html
from elman._elman import Table
from elman.data import Data, unknown_series
from elman.errors import DataError
from elman.frames import Frame
from elman.wording import in_python

#: Names that a note has, at most.
_MOST_NAMED = 5


class Backtest:
    """Forecasts at earlier cutoffs, and their scores beside those of the baselines.

    Attributes
    ----------
    forecasts : data frame
        One row for each series, cutoff and step ahead.
    report : dict
        Scores of each model, coverage of the intervals, MSIS, CRPS, notes; the names of the series
        that are too short for the windows, under ``too_short``.
    """

    def __init__(self, forecasts: Frame, report: dict[str, Any]) -> None:
        self.forecasts = forecasts
        self.report = report

    @classmethod
    def of(cls, data: Data, table: Table, report: str) -> Backtest:
        """Backtest of data, from a table and a JSON document of the engine."""
        document: dict[str, Any] = json.loads(report)
        evaluated = {row["unique_id"] for row in document["by_series"]}
        short = [name for name in data.panel.unique_ids if name not in evaluated]
        return cls(data.frame(table), {**document, "too_short": short})

    @property
    def scores(self) -> dict[str, dict[str, float]]:
        """Scores by model and metric: means over series and cutoffs."""
        return {row["model"]: _metrics(row) for row in self.report["scores"]}

    def scores_of(self, unique_id: object) -> dict[str, dict[str, float]]:
        """Scores of one series, by model and metric.

        Raises
        ------
        DataError
            No series of that name, or one that is too short for the windows.
        """
        for row in self.report["by_series"]:
            if row["unique_id"] == str(unique_id):
                return {model["model"]: _metrics(model) for model in row["scores"]}
        if str(unique_id) in self.report["too_short"]:
            raise DataError(
                f"series `{unique_id}` is too short for this backtest, and has no scores",
                "give fewer `n_windows`, a smaller `step_size`, or a shorter `h`",
            )
        known = [row["unique_id"] for row in self.report["by_series"]]
        raise unknown_series(unique_id, known)

    @property
    def notes(self) -> list[str]:
        """Notes, in sentences."""
        return [*self.notes_on_length, *(in_python(note) for note in self.report["notes"])]

    @property
    def notes_on_length(self) -> list[str]:
        """Note that names series which are too short for the windows, if there are some."""
        return _notes_on_length(self.report["too_short"])

    def warn(self, stacklevel: int) -> None:
        """Warn of series that have no forecasts, since a data frame alone has no notes."""
        for note in self.notes_on_length:
            warnings.warn(note, stacklevel=stacklevel + 1)

    def _repr_html_(self) -> str:
        metrics = ["mae", "mase", "smape", "owa"]
        table = html.scores(self.report["scores"], "model", metrics)
        return table + html.sentence(self.report["sentence"])

    def __repr__(self) -> str:
        names = ["mae", "mase", "smape", "owa"]
        lines = [f"{'':<16}" + "".join(f"{name:>10}" for name in names)]
        for model, scores in self.scores.items():
            cells = "".join(f"{html.shown(scores.get(name)):>10}" for name in names)
            lines.append(f"{model:<16}{cells}")
        if self.report["sentence"]:
            lines.append(self.report["sentence"])
        return "\n".join(lines)


def _metrics(row: dict[str, Any]) -> dict[str, float]:
    return {name: value for name, value in row.items() if name != "model"}


def _notes_on_length(short: Sequence[str]) -> list[str]:
    if not short:
        return []
    are = "1 series is" if len(short) == 1 else f"{len(short)} series are"
    names = ", ".join(f"`{name}`" for name in short[:_MOST_NAMED])
    more = ", …" if len(short) > _MOST_NAMED else ""
    return [f"{are} too short for this backtest, and not evaluated: {names}{more}"]
