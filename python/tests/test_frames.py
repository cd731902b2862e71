"""Out comes what came in: kind of data frame, types, time zones, categories; without copies."""

from __future__ import annotations

import gc
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from shops import MONTHS, months

from elman import AutoForecaster, Table
from elman.errors import DataError
from elman.frames import kind_of

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

H = 3
COLUMNS = ["unique_id", "ds", "theta", "theta-lo-80", "theta-hi-80"]


def theta(**options: Any) -> AutoForecaster:
    return AutoForecaster(H, model="theta", level=[80], **options)


def frames_of(columns: dict[str, list[Any]]) -> dict[str, Any]:
    """The same data in each kind of data frame."""
    duckdb = pytest.importorskip("duckdb")
    frame = pd.DataFrame(columns).assign(ds=pd.to_datetime(columns["ds"]))
    table = pa.table(pl.from_pandas(frame))
    return {
        "pandas": frame,
        "polars": pl.from_pandas(frame),
        "polars, lazy": pl.from_pandas(frame).lazy(),
        "pyarrow": table,
        "duckdb": duckdb.from_arrow(table),
        "dict": {**columns, "ds": [datetime.fromisoformat(date) for date in columns["ds"]]},
        "table": Table.from_arrow(table),
    }


def lists(frame: Any) -> dict[str, list[Any]]:
    """Columns as lists."""
    return kind_of(frame).table(frame).to_dict()


def test_every_kind_comes_back_with_the_same_numbers() -> None:
    forecasts = {}
    for name, frame in frames_of(months()).items():
        forecast = theta().fit_predict(frame)
        assert type(forecast) is type(frame), name
        assert kind_of(forecast).name == name
        forecasts[name] = lists(forecast)
    expected = forecasts["pandas"]
    assert list(expected) == COLUMNS
    assert len(expected["ds"]) == 2 * H
    for name, forecast in forecasts.items():
        assert forecast["theta"] == expected["theta"], name
        assert [f"{day:%Y-%m-%d}" for day in forecast["ds"]] == [
            "2021-01-01",
            "2021-02-01",
            "2021-03-01",
        ] * 2


def test_a_relation_of_duckdb_joins_the_data_in_their_connection() -> None:
    duckdb = pytest.importorskip("duckdb")
    table = pa.table(pd.DataFrame(months()).assign(ds=pd.to_datetime(months()["ds"])))
    connection = duckdb.connect()
    connection.execute("CREATE TABLE forecast AS SELECT 1 AS a")
    relation = connection.from_arrow(table)
    forecast = theta().fit_predict(relation)
    gc.collect()
    joined = relation.join(forecast.set_alias("forecast"), "unique_id")
    assert len(joined) == len(table) * H
    assert lists(forecast)["theta"] == lists(theta().fit_predict(table))["theta"]
    names = [
        name for (name,) in connection.execute("SELECT view_name FROM duckdb_views()").fetchall()
    ]
    assert not [name for name in names if "elman" in name]
    connection.execute("SET python_enable_replacements = false")
    assert lists(theta().fit_predict(relation)) == lists(forecast)


def test_a_stream_that_is_read_once_is_read_once() -> None:
    duckdb = pytest.importorskip("duckdb")
    frame = pd.DataFrame(months()).assign(ds=pd.to_datetime(months()["ds"]), price=1.0)
    future = pd.DataFrame({"unique_id": ["shop 0"] * H + ["shop 1"] * H, "price": 1.0})
    future["ds"] = pd.date_range("2021-01-01", periods=H, freq="MS").tolist() * 2

    def streams(data: Any) -> list[Any]:
        table = pa.Table.from_pandas(data)
        reader = duckdb.connect().from_arrow(table).to_arrow_reader()
        return [table.to_reader(max_chunksize=7), reader, Once(table)]

    expected = lists(theta(futr_exog=["price"]).fit(frame).predict(X_df=future))
    for past, later in zip(streams(frame), streams(future), strict=True):
        forecast = theta(futr_exog=["price"]).fit(past).predict(X_df=later)
        assert lists(forecast)["theta"] == expected["theta"]


class Once:
    """An object whose stream ends when it is read."""

    def __init__(self, table: Any) -> None:
        self.streams = [table.__arrow_c_stream__()]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.streams.pop()


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "dict", "table"])
def test_a_name_that_the_forecast_has_too_is_refused(kind: str) -> None:
    columns = {{"unique_id": "theta"}.get(name, name): v for name, v in months().items()}
    frame = frames_of(columns)[kind]
    with pytest.raises(DataError, match="two columns of the forecast are called `theta`"):
        theta(id_col="theta").fit_predict(frame)
    columns["cutoff"] = columns.pop("theta")
    with pytest.raises(DataError, match="two columns of the forecast are called `cutoff`"):
        theta(id_col="cutoff").cross_validation(frames_of(columns)[kind])
    assert len(lists(theta(id_col="cutoff").fit_predict(frames_of(columns)[kind]))["ds"]) == 2 * H


def test_the_index_of_a_data_frame_holds_series_and_times() -> None:
    frame = pd.DataFrame(months()).assign(ds=pd.to_datetime(months()["ds"]))
    expected = theta().fit_predict(frame)
    for levels in (["unique_id"], ["ds"], ["unique_id", "ds"]):
        pd.testing.assert_frame_equal(theta().fit_predict(frame.set_index(levels)), expected)
    one = frame[frame["unique_id"] == "shop 0"]
    alone = theta().fit_predict(one[["ds", "y"]])
    indexed = one[["y"]].set_axis(pd.DatetimeIndex(one["ds"], name=None))
    pd.testing.assert_frame_equal(theta().fit_predict(indexed), alone)
    indexed = one[["y"]].set_axis(pd.PeriodIndex(one["ds"], freq="M", name=None))
    alone["ds"] = alone["ds"].dt.to_period("M")
    pd.testing.assert_frame_equal(theta().fit_predict(indexed), alone)
    # Another index is none of the data, nor is a level that is a column, too.
    pd.testing.assert_frame_equal(theta().fit_predict(frame.set_axis(frame.index + 7)), expected)
    doubled = frame.set_index("ds", drop=False)
    pd.testing.assert_frame_equal(theta().fit_predict(doubled), expected)
    later = pd.date_range("2021-01-01", periods=H, freq="MS", name="ds")
    model = theta(futr_exog=["price"]).fit(one.assign(price=1.0).set_index("ds"))
    future = pd.DataFrame({"price": 1.0, "unique_id": "shop 0"}, index=later)
    assert model.predict(X_df=future)["ds"].tolist() == later.tolist()


def test_a_path_gives_a_table(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    pd.DataFrame(months()).to_csv(path, index=False)
    for given in (path, str(path)):
        forecast = theta().fit(given).predict()
        assert kind_of(forecast).name == "table"
        assert forecast.column_names == COLUMNS


def daily(count: int, **options: Any) -> Any:
    return pd.date_range("2024-01-15", periods=count, freq="D", **options)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin", "America/Sao_Paulo"])
def test_units_and_time_zones_of_pandas_are_kept(unit: str, zone: str | None) -> None:
    frame = pd.DataFrame({"ds": daily(60, tz=zone).as_unit(unit), "y": np.arange(60.0)})
    forecast = theta().fit_predict(frame)
    assert forecast["ds"].dtype == frame["ds"].dtype
    expected = daily(63, tz=zone)[60:]
    assert forecast["ds"].tolist() == expected.tolist()


def test_days_of_a_time_zone_have_23_and_25_hours() -> None:
    for end in ("2024-03-30", "2024-10-26"):
        dates = pd.date_range(end=end, periods=60, freq="D", tz="Europe/Berlin")
        forecast = theta().fit_predict(pd.DataFrame({"ds": dates, "y": np.arange(60.0)}))
        assert (forecast["ds"].dt.hour == 0).all()
        days = forecast["ds"].dt.date.tolist()
        assert [(day - dates[-1].date()).days for day in days] == [1, 2, 3]
        hours = forecast["ds"].diff().iloc[1:].dt.total_seconds() / 3600
        assert set(hours) & {23.0, 25.0}


def test_hours_of_a_time_zone_pass_the_change_of_the_clock() -> None:
    dates = pd.date_range(end="2024-03-31 00:00", periods=96, freq="h", tz="Europe/Berlin")
    forecast = theta(season=[]).fit_predict(pd.DataFrame({"ds": dates, "y": np.arange(96.0)}))
    assert forecast["ds"].dt.hour.tolist() == [1, 3, 4]


def test_time_zones_of_polars_and_pyarrow_are_kept() -> None:
    dates = daily(60, tz="Asia/Kolkata").as_unit("us")
    frame = pl.from_pandas(pd.DataFrame({"ds": dates, "y": np.arange(60.0)}))
    assert frame.schema["ds"].time_zone == "Asia/Kolkata"
    assert theta().fit_predict(frame).schema["ds"] == frame.schema["ds"]
    table = pa.table(frame)
    assert theta().fit_predict(table).schema.field("ds").type == table.schema.field("ds").type


@pytest.mark.parametrize("ids", ["int", "category", "text", "arrow"])
def test_names_of_series_keep_their_type(ids: str) -> None:
    frame = pd.DataFrame(months()).assign(ds=lambda f: pd.to_datetime(f["ds"]))
    if ids == "int":
        frame["unique_id"] = [7] * MONTHS + [3] * MONTHS
    elif ids == "category":
        kind = pd.CategoricalDtype(["shop 9", "shop 1", "shop 0"])
        frame["unique_id"] = frame["unique_id"].astype(kind)
    elif ids == "arrow":
        frame["unique_id"] = frame["unique_id"].astype(pd.ArrowDtype(pa.string()))
    forecast = theta().fit_predict(frame)
    if ids != "arrow":
        assert forecast["unique_id"].dtype == frame["unique_id"].dtype
    assert set(forecast["unique_id"]) == set(frame["unique_id"])
    merged = frame.merge(forecast, on="unique_id")
    assert len(merged) == len(frame) * H


def test_categories_of_polars_and_pyarrow_are_kept() -> None:
    frame = pl.DataFrame(months()).with_columns(
        pl.col("ds").str.to_date(), pl.col("unique_id").cast(pl.Enum(["shop 1", "shop 0"]))
    )
    forecast = theta().fit_predict(frame)
    assert forecast["unique_id"].to_list() == ["shop 0"] * H + ["shop 1"] * H
    assert forecast.schema["unique_id"] == frame.schema["unique_id"]
    frame = frame.with_columns(pl.col("unique_id").cast(pl.String).cast(pl.Categorical))
    assert theta().fit_predict(frame).schema["unique_id"] == pl.Categorical
    assert forecast["ds"].dtype == pl.Date
    table = pa.table(months())
    table = table.set_column(0, "unique_id", table["unique_id"].dictionary_encode())
    assert pa.types.is_dictionary(theta().fit_predict(table).schema.field("unique_id").type)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_categories_that_differ_between_chunks_are_kept(kind: Any) -> None:
    table = pa.table(months())
    names = table["unique_id"].cast(kind)
    chunks = [names[:MONTHS].combine_chunks(), names[MONTHS:].combine_chunks()]
    coded = pa.chunked_array([chunk.dictionary_encode() for chunk in chunks])
    forecast = theta().fit_predict(table.set_column(0, "unique_id", coded))
    assert forecast.schema.field("unique_id").type == coded.type
    assert forecast["unique_id"].to_pylist() == ["shop 0"] * H + ["shop 1"] * H


@pytest.mark.parametrize("kind", [pl.UInt64, pl.Int128, pl.Decimal(38, 0), pl.Int16])
def test_numbers_of_polars_as_names_come_back_in_their_type(kind: Any) -> None:
    names = [7, 3] if kind == pl.Int16 else [2**63 + 7, 2**63 + 3]
    frame = pl.DataFrame(months()).with_columns(
        pl.col("ds").str.to_date(),
        unique_id=pl.Series([name for name in names for _ in range(MONTHS)], dtype=kind),
    )
    for given in (frame, frame.lazy()):
        forecast = theta().fit_predict(given).lazy().collect()
        assert forecast.schema["unique_id"] == frame.schema["unique_id"]
        assert forecast["unique_id"].to_list() == [name for name in names for _ in range(H)]
        assert len(frame.join(forecast, on="unique_id")) == len(frame) * H


@pytest.mark.parametrize("kind", [int, np.int32, np.uint8, np.int64])
def test_whole_numbers_as_times(kind: Any) -> None:
    frame = pd.DataFrame({"ds": np.arange(100, 160).astype(kind), "y": np.arange(60.0)})
    forecast = theta().fit_predict(frame)
    assert forecast["ds"].tolist() == [160, 161, 162]


def test_numbers_of_each_type_forecast_the_same() -> None:
    base = pd.DataFrame(months(1)).assign(ds=lambda f: pd.to_datetime(f["ds"]))
    base["y"] = base["y"].round()
    expected = theta().fit_predict(base)["theta"].tolist()
    kinds = ["int64", "int32", "int16", "float32", "Int64", "Float32", "uint8", "double[pyarrow]"]
    for kind in kinds:
        assert theta().fit_predict(base.astype({"y": kind}))["theta"].tolist() == expected, kind


@pytest.mark.parametrize("missing", [None, float("nan"), "NA", "NaT"])
def test_missing_values_are_the_same_in_all_kinds(missing: Any) -> None:
    columns = months(1)
    gone = (
        {"NA": pd.NA, "NaT": pd.NaT}.get(missing, missing) if isinstance(missing, str) else missing
    )
    columns["y"][10] = None
    expected = theta().fit_predict(columns)["theta"]
    columns["y"][10] = gone
    frame = pd.DataFrame({**columns, "y": pd.Series(columns["y"], dtype=object)})
    assert theta().fit_predict(frame)["theta"].tolist() == expected


@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "uint8"])
def test_masked_values_of_an_array_are_missing(kind: str) -> None:
    columns = months(1)
    values = np.round(columns["y"]).astype(kind)
    mask = np.arange(len(values)) % 9 == 4
    expected = theta().fit_predict({**columns, "y": np.where(mask, np.nan, values)})
    masked = np.ma.masked_array(np.where(mask, 99, values).astype(kind), mask)
    assert theta().fit_predict({**columns, "y": masked}) == expected
    nothing_masked = np.ma.masked_array(values, np.zeros(len(values), bool))
    unmasked = theta().fit_predict({**columns, "y": values})
    assert theta().fit_predict({**columns, "y": nothing_masked}) == unmasked != expected


def test_a_masked_time_is_missing() -> None:
    days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
    for kind in ("datetime64[D]", "datetime64[us]"):
        masked = np.ma.masked_array(days.astype(kind), np.arange(60) == 7)
        with pytest.raises(DataError, match="row 8"):
            theta().fit({"ds": masked, "y": np.arange(60.0)})


@pytest.mark.parametrize("unit", ["10s", "250ms", "100us", "4000ns", "7D", "6h", "2000000ps"])
def test_units_of_several_seconds_or_days_are_counted(unit: str) -> None:
    times = np.arange(60).astype(f"datetime64[{unit}]")
    table = kind_of({}).table({"ds": times})
    one = times.astype("datetime64[ns]")
    assert lists(table)["ds"] == one.astype("datetime64[us]").tolist()


def test_strides_and_byte_orders_are_copied_right() -> None:
    values = np.array(months(1)["y"])
    dates = [datetime.fromisoformat(date) for date in months(1)["ds"]]
    expected = theta().fit_predict({"ds": dates, "y": values})["theta"]
    wide = np.zeros((MONTHS, 3))
    wide[:, 1] = values
    views = {
        "column of a matrix": wide[:, 1],
        "Fortran order": np.asfortranarray(wide)[:, 1],
        "negative stride": values[::-1].copy()[::-1],
        "swapped bytes": values.astype(">f8"),
        "read only": np.frombuffer(values.tobytes()),
        "not aligned": np.frombuffer(b"\0" + values.tobytes(), dtype=np.uint8)[1:].view(float),
    }
    for name, view in views.items():
        assert theta().fit_predict({"ds": dates, "y": view})["theta"] == expected, name


def test_numpy_arrays_are_not_copied() -> None:
    values, times = np.arange(100.0), np.arange(100)
    dates = times.astype("datetime64[s]")
    table = kind_of({}).table({"ds": dates, "t": times, "y": values})
    assert table.addresses("y") == [values.ctypes.data]
    assert table.addresses("t") == [times.ctypes.data]
    assert table.addresses("ds") == [dates.ctypes.data]
    assert table.addresses("y") != [values.copy().ctypes.data]
    tail = values[40:]
    assert kind_of({}).table({"y": tail}).addresses("y") == [values.ctypes.data + 40 * 8]


def test_the_memory_of_an_array_lives_as_long_as_the_table() -> None:
    table = kind_of({}).table({"y": np.arange(1e6)})
    gc.collect()
    _ = np.full(1_000_000, 7.0)
    assert lists(table)["y"][:3] == [0.0, 1.0, 2.0]


def test_columns_of_pandas_are_not_copied() -> None:
    values = np.arange(1000.0)
    frame = pd.DataFrame({"ds": np.arange(1000), "y": values}, copy=False)
    table = kind_of(frame).table(frame)
    assert table.addresses("y") == [frame["y"].to_numpy().ctypes.data]


def test_columns_of_pyarrow_and_polars_are_not_copied() -> None:
    table = pa.table({"y": pa.chunked_array([[1.0, 2.0], [3.0]])})
    own = Table.from_arrow(table)
    assert own.addresses("y") == [chunk.buffers()[1].address for chunk in table["y"].chunks]
    frame = pl.DataFrame({"y": [1.0, 2.0, 3.0]})
    address = frame["y"].to_numpy(allow_copy=False).ctypes.data
    assert Table.from_arrow(frame).addresses("y") == [address]


NAMES = ["b", "a", None, "c", "a", "b"]
KINDS = [pl.Categorical, pl.Enum(["q", "c", "b", "a"]), pl.Categorical(pl.Categories("few"))]


@pytest.mark.parametrize("kind", KINDS)
def test_codes_of_polars_are_not_copied(kind: Any) -> None:
    many = pl.DataFrame({"i": pl.Series(NAMES * 5000, dtype=kind), "y": np.arange(30_000.0)})
    for frame in (many, many[6:], pl.concat([many, many[1:]], rechunk=False)):
        table = kind_of(frame).table(frame)
        for name, column in [("i", frame["i"].to_physical()), ("y", frame["y"])]:
            chunks = [chunk.to_frame() for chunk in column.get_chunks()]
            tables = [Table.from_arrow(chunk) for chunk in chunks]
            assert table.addresses(name) == [at for own in tables for at in own.addresses(name)]
        assert lists(table)["i"] == frame["i"].to_list()
        assert pl.DataFrame(table).schema == frame.schema


def test_small_chunks_of_polars_are_one_batch() -> None:
    frame = pl.concat([pl.DataFrame({"y": [float(n)]}) for n in range(5)], rechunk=False)
    table = kind_of(frame).table(frame)
    assert len(table.addresses("y")) == 1
    assert lists(table)["y"] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_few_rows_of_many_categories_are_copied() -> None:
    many = pl.Series("i", [f"{n} of many" for n in range(300)], dtype=pl.Categorical).to_frame()
    frame = many[290:]
    table = kind_of(frame).table(frame)
    codes = Table.from_arrow(frame.select(pl.col("i").to_physical()))
    assert table.addresses("i") != codes.addresses("i")
    assert table.categories("i") == frame["i"].to_list()
    assert lists(table)["i"] == frame["i"].to_list()


def test_several_chunks_forecast_the_same() -> None:
    table = pa.table(months())
    chunks = pa.concat_tables([table.slice(0, 5), table.slice(5, 0), table.slice(5)])
    assert theta().fit_predict(chunks).equals(theta().fit_predict(table))


def test_a_stream_without_batches_has_no_series() -> None:
    empty = pa.table(months()).slice(0, 0)
    for frame in (
        empty,
        pa.Table.from_batches([], empty.schema),
        empty.to_pandas(),
        pl.from_arrow(empty),
    ):
        with pytest.raises(DataError):
            theta().fit(frame)
