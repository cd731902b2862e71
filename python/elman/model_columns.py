"""Columns and scores of a backtest under the name of the model, as `predict` has them."""

from __future__ import annotations

from typing import Any

from elman._elman import Table

#: The engine's name of the forecast in a backtest, and of every forecast that networks are part of.
_FORECAST = "elman"
_MODELS_OF_THAT_NAME = ("auto", "network")
#: Columns before the forecast: series, time, cutoff, value.
_BEFORE = 4


def named(table: Table, report: dict[str, Any]) -> tuple[Table, dict[str, Any]]:
    """Forecasts and report with the name of the model.

    A baseline that is the model itself, such as ``theta``, is left out: its forecast stands there
    as that of the model.
    """
    model = report["selection"]["model"]
    if model in _MODELS_OF_THAT_NAME:
        return table, report
    names = table.column_names
    kept = [*names[:_BEFORE], *(name for name in names[_BEFORE:] if name != model)]
    bounds = (f"{_FORECAST}-lo-", f"{_FORECAST}-hi-")
    own = [
        model + name.removeprefix(_FORECAST)
        if name == _FORECAST or name.startswith(bounds)
        else name
        for name in kept[_BEFORE:]
    ]
    by_series = [{**row, "scores": _scores(row["scores"], model)} for row in report["by_series"]]
    scores = {"scores": _scores(report["scores"], model), "by_series": by_series}
    return table.select(kept).renamed([*kept[:_BEFORE], *own]), {**report, **scores}


def _scores(rows: list[dict[str, Any]], model: str) -> list[dict[str, Any]]:
    others = [row for row in rows if row["model"] != model]
    return [{**row, "model": model} if row["model"] == _FORECAST else row for row in others]
