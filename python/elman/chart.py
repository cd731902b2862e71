"""Charts of forecasts: shown in notebooks, saved as PNG, SVG or HTML."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elman._elman import Chart as _Chart
from elman._elman import Fitted, Panel
from elman.errors import DataError
from elman.html import facts_of
from elman.outputs import CHARTS, replaceable

#: Series in a chart, at most.
MAX_SERIES = 6


class Chart:
    """Chart of the newest values and the forecast of one or more series.

    A notebook shows it. `AutoForecaster.plot` makes one.
    """

    def __init__(self, chart: _Chart) -> None:
        self._chart = chart

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
        shown = ", ".join(names[:5])
        raise DataError(f"no series is called `{unique_id}`", f"series of the data: {shown}")
    facts = [] if report is None else [("data", panel.found), *facts_of(report)]
    return Chart(_Chart.of_forecast(fitted, panel, numbers, h, facts))
