"""Result of a backtest: forecasts and scores."""

from __future__ import annotations

import json
from typing import Any

from elman import html
from elman._elman import Table
from elman.data import Data, unknown_series
from elman.frames import Frame
from elman.wording import in_python


class Backtest:
    """Forecasts at earlier cutoffs, and their scores beside those of the baselines.

    Attributes
    ----------
    forecasts : data frame
        One row for each series, cutoff and step ahead.
    report : dict
        Scores of each model, coverage of the intervals, MSIS, CRPS, notes.
    """

    def __init__(self, forecasts: Frame, report: dict[str, Any]) -> None:
        self.forecasts = forecasts
        self.report = report

    @classmethod
    def of(cls, data: Data, table: Table, report: str) -> Backtest:
        """Backtest of data, from a table and a JSON document of the engine."""
        return cls(data.frame(table), json.loads(report))

    @property
    def scores(self) -> dict[str, dict[str, float]]:
        """Scores by model and metric: means over series and cutoffs."""
        return {row["model"]: _metrics(row) for row in self.report["scores"]}

    def scores_of(self, unique_id: object) -> dict[str, dict[str, float]]:
        """Scores of one series, by model and metric.

        Raises
        ------
        DataError
            No series of that name.
        """
        for row in self.report["by_series"]:
            if row["unique_id"] == str(unique_id):
                return {model["model"]: _metrics(model) for model in row["scores"]}
        known = [row["unique_id"] for row in self.report["by_series"]]
        raise unknown_series(unique_id, known)

    @property
    def notes(self) -> list[str]:
        """Notes, in sentences."""
        return [in_python(note) for note in self.report["notes"]]

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
