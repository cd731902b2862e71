"""Arrays of NumPy in any layout of their memory have the values that NumPy shows."""

import numpy as np
import pytest

import elman
from elman import nn
from elman._elman import Table
from elman.columns import Column
from elman.frames import kind_of


def table(columns):
    return kind_of(columns).table(columns)


def structured(kind):
    rows = [("2020-01", 0.0), ("2020-02", 1.5), ("2020-03", 2.5), ("2020-04", 3.5)]
    return np.array([(*row, 7) for row in rows], dtype=[("ds", kind), ("y", "f8"), ("k", "i4")])


@pytest.mark.parametrize("kind", ["U7", "U6", "S3"])
def test_fields_of_structured_arrays(kind):
    fields = structured(kind)
    assert fields["y"].strides[0] % 8 or not fields["y"].flags.aligned
    read = table({"y": fields["y"], "k": fields["k"]})
    assert read.values("y", False) == fields["y"].tolist()
    assert read.values("k", False) == [7, 7, 7, 7]


def test_memory_that_is_not_aligned():
    values = np.frombuffer(b"\0" + np.arange(5.0).tobytes(), offset=1)
    assert not values.flags.aligned
    assert table({"y": values}).values("y", False) == [0, 1, 2, 3, 4]


def test_reversed_and_strided_arrays():
    values = np.arange(8.0)
    assert table({"y": values[::-1]}).values("y", False) == values[::-1].tolist()
    assert table({"y": values[::3]}).values("y", False) == [0, 3, 6]


def test_times_of_a_structured_array():
    fields = np.zeros(3, dtype=[("a", "i4"), ("ds", "M8[s]")])
    fields["ds"] = np.datetime64("2020-01-01", "s") + np.arange(3)
    expected = fields["ds"].astype("i8").tolist()
    assert table({"ds": fields["ds"]}).values("ds", False) == expected


def test_inputs_of_a_network_in_any_layout():
    model = nn.Model(input_size=2, hidden_size=3, output_size=1, seed=1)
    x = np.arange(12, dtype=np.float32).reshape(3, 2, 2)
    expected, _ = model(x)
    for other in (np.asfortranarray(x), x[::-1][::-1], x.astype(np.float64)):
        output, _ = model(other)
        assert np.array_equal(output, expected)


def test_missing_values_in_lists_and_arrays():
    made = Table.from_columns(
        [("n", Column("int", [1, None])), ("day", Column("date", [18_262, None]))]
    )
    assert made.values("n", False) == [1, None]
    assert np.array_equal(made.values("n", True), [1.0, np.nan], equal_nan=True)
    assert made.values("day", False) == [18_262, None]


NAMES = ["unique_id", "ds", "cutoff", "y"]


@pytest.mark.parametrize("id_col", [*NAMES, "shop"])
@pytest.mark.parametrize("time_col", [*NAMES, "day"])
@pytest.mark.parametrize("target_col", [*NAMES, "sales"])
def test_columns_that_have_names_of_other_columns(id_col, time_col, target_col):
    if len({id_col, time_col, target_col}) < 3:
        return
    days = [f"2024-03-{day:02}" for day in range(1, 31)]
    data = {id_col: ["a"] * 30, time_col: days, target_col: [float(n % 7) for n in range(30)]}
    columns = {"id_col": id_col, "time_col": time_col, "target_col": target_col}
    forecaster = elman.AutoForecaster(2, model="naive", progress=False, **columns)
    forecast = forecaster.fit(data).predict()
    assert list(forecast)[:2] == [id_col, time_col]
    assert forecast[id_col] == ["a", "a"]
    assert [str(day)[:10] for day in forecast[time_col]] == ["2024-03-31", "2024-04-01"]
