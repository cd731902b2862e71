"""Charts of forecasts: shown in notebooks, saved as PNG, SVG or HTML."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from elman._elman import Chart as _Chart
from elman._elman import Fitted, Panel
from elman.data import unknown_series
from elman.html import facts_of
from elman.outputs import CHARTS, replaceable

#: Series in a chart, at most.
MAX_SERIES = 6


class Chart:
    """Chart of the newest values and the forecast of one or more series.

    A notebook shows it. `AutoForecaster.plot` makes one.
    """

    def __init__(self, chart: _Chart, names: Sequence[str]) -> None:
        self._chart = chart
        self._names = list(names)

    def svg(self) -> str:
        """The chart as an SVG document."""
        return self._chart.to_bytes("svg").decode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the chart to a file: PNG, SVG or a page of HTML, by the end of its name."""
        file = Path(path)
        kind = CHARTS.get(file.suffix.lower())
        self._chart.save(file if kind is None else replaceable(file, kind))

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return f"Chart({', '.join(map(repr, self._names))}): `save(path)` writes it"


def of_forecast(
    fitted: Fitted,
    panel: Panel,
    unique_id: object,
    h: int,
    report: Mapping[str, Any] | None,
) -> Chart:
    """Chart of a series of a panel, or of the first ones, with the scores of a report below.

    Raises
    ------
    DataError
        No series of that name.
    """
    names = panel.unique_ids
    if unique_id is None:
        numbers = list(range(min(len(names), MAX_SERIES)))
    elif str(unique_id) in names:
        numbers = [names.index(str(unique_id))]
    else:
        raise unknown_series(unique_id, names)
    facts = [] if report is None else [("data", panel.found), *facts_of(report)]
    chart = _Chart.of_forecast(fitted, panel, numbers, h, facts)
    return Chart(chart, [names[number] for number in numbers])
