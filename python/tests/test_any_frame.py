"""No data are a defect: a forecast, or an error in words, and never a panic or a crash."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from typing import Any

import pytest
from any_input import ELEMENTS, columns, converted, days, forecast, is_refused, some
from hypothesis import given
from hypothesis import strategies as st

from elman import Table
from elman.errors import ElmanError

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

DAYS = 30
KINDS: dict[str, Callable[[dict[Any, Any]], Any]] = {
    "dict": dict,
    "pandas": lambda frame: pd.DataFrame(frame),
    "pandas, objects": lambda frame: pd.DataFrame(frame, dtype=object),
    "pandas, nullable": lambda frame: pd.DataFrame(frame).convert_dtypes(),
    "polars": lambda frame: pl.DataFrame({str(n): v for n, v in frame.items()}, strict=False),
    "pyarrow": lambda frame: pa.table({str(n): v for n, v in frame.items()}),
}


@pytest.mark.parametrize("kind", list(KINDS))
@some
@given(frame=columns())
def test_any_values_in_any_data_frame(kind: str, frame: dict[Any, Any]) -> None:
    given = converted(KINDS[kind], frame)
    if given is not None:
        is_refused(forecast, given)


@some
@given(names=st.lists(ELEMENTS["texts"], min_size=1, max_size=4, unique=True))
def test_any_names_of_series(names: list[str]) -> None:
    frame = pd.concat([pd.DataFrame(days(20)).assign(unique_id=name) for name in names])
    if not is_refused(forecast, frame):
        result = forecast(frame)
        assert len(result) == 2 * result["unique_id"].nunique()


ZONES = [None, "UTC", "+05:30", "Europe/Berlin", "Nowhere/City", ""]
#: Thirty values of several kinds, of which one fits a type.
VALUES: list[list[Any]] = [
    list(range(DAYS)),
    [float(t) for t in range(DAYS)],
    [str(t) for t in range(DAYS)],
    [dt.date(2020, 1, 1) + dt.timedelta(days=t) for t in range(DAYS)],
    [dt.datetime(2020, 1, 1) + dt.timedelta(days=t) for t in range(DAYS)],
    [b"%04d" % t for t in range(DAYS)],
    [decimal.Decimal(t) for t in range(DAYS)],
    [[t, t] for t in range(DAYS)],
    [{"a": t} for t in range(DAYS)],
    [[("a", t)] for t in range(DAYS)],
    [t % 2 == 0 for t in range(DAYS)],
    [dt.time(0, 0, t) for t in range(DAYS)],
    [None] * DAYS,
]


def arrow_types() -> list[Any]:
    names = "null bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64"
    plain = [getattr(pa, name)() for name in names.split()]
    names = "date32 date64 string large_string string_view binary large_binary binary_view"
    texts = [getattr(pa, name)() for name in names.split()]
    times = [pa.timestamp(u, tz=z) for u in ("s", "ms", "us", "ns") for z in ZONES]
    values = [pa.string(), pa.large_string(), pa.string_view(), pa.int64(), pa.date32()]
    codes = [pa.dictionary(k, v) for k in (pa.int8(), pa.uint32(), pa.int64()) for v in values]
    decimals = [pa.decimal128(38, 10), pa.decimal128(5, -2), pa.decimal256(76, 3)]
    others = [
        pa.time32("s"), pa.time64("ns"), pa.duration("us"), pa.month_day_nano_interval(),
        pa.binary(4), pa.list_(pa.int64()), pa.large_list(pa.int64()), pa.list_(pa.int64(), 2),
        pa.struct([("a", pa.int64())]), pa.map_(pa.string(), pa.int64()), pa.list_view(pa.int64()),
    ]  # fmt: skip
    return [*plain, *texts, *times, *codes, *decimals, *others]


def arrow_column(kind: Any) -> Any:
    if pa.types.is_dictionary(kind):
        categories = arrow_column(kind.value_type)
        return pa.DictionaryArray.from_arrays(pa.array(range(DAYS), kind.index_type), categories)
    for values in VALUES[3:5] + VALUES if pa.types.is_temporal(kind) else VALUES:
        array = converted(pa.array, values, type=kind)
        if array is not None:
            return array
    raise AssertionError(f"no values for {kind}")


@pytest.mark.parametrize("kind", arrow_types(), ids=str)
def test_columns_of_every_type_of_arrow(kind: Any) -> None:
    column = arrow_column(kind)
    for name in ("unique_id", "ds", "y"):
        table = pa.table({**days(), name: column})
        missing = pa.table({**days(), name: pa.nulls(DAYS, kind)})
        chunks = pa.concat_tables([table.slice(0, 3), table.slice(3, 0), table.slice(3)])
        assert is_refused(forecast, chunks) == is_refused(forecast, table)
        assert is_refused(forecast, table.slice(0, 0))
        is_refused(forecast, missing)
        own = Table.from_arrow(table)
        for convert in (own.to_dict, own.to_pandas, own.to_pyarrow):
            is_refused(convert)


def test_a_column_of_a_type_that_is_not_read_is_named() -> None:
    table = pa.table({**days(), "y": [[1.0]] * DAYS})
    with pytest.raises(ElmanError, match=r"column `y` of `df` has values of the type List"):
        forecast(table)


def numpy_columns() -> dict[str, Any]:
    numbers = np.arange(DAYS)
    units = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "7D"]
    kinds = [*"?bhilqBHILQefdgFDGUSO", *(f"<M8[{unit}]" for unit in units), "m8[s]", "m8", ">f8"]
    return {kind: numbers.astype(kind) for kind in kinds} | {
        "no times": np.array(["NaT"] * DAYS, dtype="M8[s]"),
        "years beyond": (numbers + 2**62).astype("M8[Y]"),
        "days beyond": (numbers + 2**61).astype("M8[D]"),
        "void": numbers.view("V8"),
        "records": np.zeros(DAYS, dtype=[("a", "i4")]),
        "no dimension": np.array(5.0),
        "two dimensions": np.zeros((DAYS, 2)),
        "one column": np.zeros((DAYS, 1)),
        "masked": np.ma.masked_array(numbers.astype(float), mask=numbers % 3 == 0),
        "negative stride": numbers[::-1].astype(float)[::-1],
        "stride": np.arange(2.0 * DAYS)[::2],
        "stride 0": np.broadcast_to(np.float64(3), (DAYS,)),
        "huge": numbers.astype("u8") + 2**63,
        "no values": np.array([]),
        "infinite": np.full(DAYS, np.inf),
        "largest": np.full(DAYS, np.finfo(float).max),
        "least": np.full(DAYS, 5e-324),
        "bytes": np.array([b"\xff\0b"] * DAYS),
        "categories": pd.Categorical(["a", "b"] * (DAYS // 2)),
        "periods": pd.period_range("2020-01", periods=DAYS, freq="M"),
        "intervals": pd.interval_range(0, DAYS),
        "sparse": pd.arrays.SparseArray(numbers * 1.0),
        "series": pd.Series(numbers * 1.0),
        "range": range(DAYS),
        "iterator": iter(range(DAYS)),
        "text": "abc",
        "set": set(range(DAYS)),
        "memory": memoryview(np.arange(float(DAYS))),
        "number": 5,
        "nothing": None,
    }


@pytest.mark.parametrize("kind", list(numpy_columns()))
def test_arrays_of_every_kind(kind: str) -> None:
    for name in ("unique_id", "ds", "y"):
        frame = {**days(), name: numpy_columns()[kind]}
        is_refused(forecast, frame)
        of_pandas = converted(KINDS["pandas"], frame)
        if of_pandas is not None:
            is_refused(forecast, of_pandas)


FRAMES: list[Any] = [
    None, 5, [], [1, 2], "nofile.csv", "", "a\0b", b"x", object(), int, np.zeros((3, 3)), ...,
    {}, {1: 2}, {"y": 1}, {None: [1]}, {"y": {}}, {"ds": [], "y": []}, {"y": [1], "ds": [1, 2]},
    pd.DataFrame(), pd.DataFrame(index=range(5)), pd.Series([1.0]), pl.DataFrame(), pl.Series([1]),
    pl.DataFrame({"y": [object()]}), pl.DataFrame({"a\0b": [1], "ds": [1], "y": [1]}),
    ".", "/", "/dev/null",
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: repr(frame)[:20])
def test_objects_without_data_are_refused(frame: Any) -> None:
    assert is_refused(forecast, frame)


@pytest.mark.parametrize("other", [1, 1.5, None, 10**5000], ids=lambda v: type(v).__name__)
def test_numbers_that_no_float_has_are_refused(other: float | None) -> None:
    values = [10**400] * 29 + [other]
    as_objects = pd.DataFrame(days()).assign(y=pd.Series(values, dtype=object))
    for frame in ({**days(), "y": values}, as_objects):
        with pytest.raises(ElmanError, match="column `y` has a whole number beyond"):
            forecast(frame)


def test_odd_names_of_columns() -> None:
    frame = pd.DataFrame(days())
    with pytest.raises(ElmanError, match="two columns are called `unique_id`"):
        forecast(pd.concat([frame, frame], axis=1))
    assert is_refused(forecast, pd.concat({"a": frame, "b": frame}, axis=1))
    is_refused(forecast, frame.set_axis([0, None, float("nan")], axis=1))
    table = pa.Table.from_arrays([pa.array(days()["y"])] * 2, names=["y", "y"])
    with pytest.raises(ElmanError, match="two columns are called `y`"):
        forecast(table)


class Stream:
    """An object with the method of Arrow, and another result."""

    def __init__(self, result: object) -> None:
        self.result = result

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.result


def test_objects_whose_stream_is_none() -> None:
    for result in (None, 5, "x", dt.datetime_CAPI):  # type: ignore[attr-defined]
        with pytest.raises((ElmanError, TypeError, ValueError)):
            forecast(Stream(result))
    capsule = Stream(pa.table(days()).__arrow_c_stream__())
    # The stream can be read once.
    assert not is_refused(forecast, capsule)
    assert is_refused(forecast, capsule)
