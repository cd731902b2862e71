"""Monthly data of shops, as lists."""

from __future__ import annotations

import math
from typing import Any

#: Monthly values with a trend and a season, of two series.
MONTHS = 72


def months(series: int = 2, count: int = MONTHS) -> dict[str, list[Any]]:
    """Columns of monthly data: names, first days of months, values."""
    names, dates, values = [], [], []
    for s in range(series):
        for t in range(count):
            names.append(f"shop {s}")
            dates.append(f"{2015 + t // 12}-{t % 12 + 1:02}-01")
            noise = math.sin(t * t * (s + 1.3))
            values.append(50 + 0.3 * t + 10 * math.sin(math.tau * t / 12) + 5 * s + noise)
    return {"unique_id": names, "ds": dates, "y": values}
