"""Names of series of each type of Arrow come back in the type of the data."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from elman import AutoForecaster
from elman.nixtla import ElmanForecast, Naive

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


@pytest.mark.parametrize(("kind", "names"), NAMES, ids=[str(kind) for kind, _ in NAMES])
def test_future_rows_and_numbered_times_go_with_the_names(kind: Any, names: list[Any]) -> None:
    def table(first: int, rows: int) -> Any:
        times = range(first, first + rows)
        column = pa.array([name for name in names for _ in times], kind)
        x = [float(t % 2) for t in times] * 2
        return pa.table({"unique_id": column, "ds": [*times] * 2, "x": x})

    y = pa.array([float(t % 7) for t in range(N)] * 2)
    data, future = table(0, N).append_column("y", y), table(N, 2)
    forecaster = AutoForecaster(2, model="network", max_steps=2, futr_exog=["x"], level=())
    forecast = forecaster.fit(data).predict(X_df=future)
    assert forecast["unique_id"].to_pylist() == future["unique_id"].to_pylist()
    several = ElmanForecast([Naive()], freq=1).forecast(df=data.drop_columns("x"), h=2)
    assert several["unique_id"].to_pylist() == future["unique_id"].to_pylist()
