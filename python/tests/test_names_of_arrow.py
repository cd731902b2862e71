"""Names of series of each type of Arrow come back in the type of the data."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from elman import AutoForecaster

pa = pytest.importorskip("pyarrow")

N = 40

NAMES: list[tuple[Any, list[Any]]] = [
    (pa.bool_(), [True, False]),
    (pa.date32(), [date(2020, 1, 2), date(1969, 12, 30)]),
    (pa.timestamp("s"), [datetime(2020, 1, 2), datetime(2020, 1, 3)]),
    (pa.timestamp("ms"), [datetime(2020, 1, 2, 3, 4, 5, 678_000), datetime(2020, 1, 3)]),
    (pa.timestamp("us"), [datetime(2020, 1, 2, 3, 4, 5, 678_901), datetime(1960, 1, 3)]),
    (pa.timestamp("ns"), [datetime(2020, 1, 2, 3), datetime(2020, 1, 3, 4)]),
    (
        pa.timestamp("us", tz="Europe/Berlin"),
        [datetime(2020, 7, day, 3, tzinfo=timezone.utc) for day in (1, 2)],
    ),
    (pa.decimal128(8, 2), [Decimal("-1.50"), Decimal("20.05")]),
    (pa.uint64(), [2**63, 7]),
]


@pytest.mark.parametrize(("kind", "names"), NAMES, ids=[str(kind) for kind, _ in NAMES])
def test_names_have_the_type_of_the_data(kind: Any, names: list[Any]) -> None:
    column = pa.array([name for name in names for _ in range(N)], kind)
    data = pa.table(
        {"unique_id": column, "ds": [*range(N)] * 2, "y": [float(t) for t in range(2 * N)]}
    )
    forecast = AutoForecaster(1, model="naive", level=()).fit_predict(data)
    assert forecast["unique_id"].type == kind
    assert forecast["unique_id"].to_pylist() == column.unique().to_pylist()
    assert forecast["naive"].to_pylist() == [N - 1, 2 * N - 1]
