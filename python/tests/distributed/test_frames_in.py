"""Data frames of every kind have the same forecasts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from elman.distributed import Config, fit_predict_partition, run, train_on_sample
from elman.distributed.arrow import arrow_table
from elman.errors import DataError

CONFIG = Config(7, model="theta")


def _pandas(panel: pa.Table) -> Any:
    pd = pytest.importorskip("pandas")
    return pd.DataFrame({name: panel[name].to_pylist() for name in panel.column_names})


def _pandas_category(panel: pa.Table) -> Any:
    return _pandas(panel).astype({"unique_id": "category"})


def _polars(panel: pa.Table) -> Any:
    return pytest.importorskip("polars").from_arrow(panel)


def _polars_lazy(panel: pa.Table) -> Any:
    return _polars(panel).lazy()


def _polars_category(panel: pa.Table) -> Any:
    pl = pytest.importorskip("polars")
    return _polars(panel).with_columns(pl.col("unique_id").cast(pl.Categorical))


def _polars_text(panel: pa.Table) -> Any:
    pl = pytest.importorskip("polars")
    return _polars(panel).with_columns(pl.col("ds").cast(pl.String))


def _duckdb(panel: pa.Table) -> Any:
    duckdb = pytest.importorskip("duckdb")
    return duckdb.connect().from_arrow(panel)


def _dictionaries(panel: pa.Table) -> pa.Table:
    return pa.table({name: panel[name].dictionary_encode() for name in panel.column_names})


def _dict(panel: pa.Table) -> dict[str, list[Any]]:
    return {name: panel[name].to_pylist() for name in panel.column_names}


KINDS = [
    _pandas,
    _pandas_category,
    _polars,
    _polars_lazy,
    _polars_category,
    _polars_text,
    _duckdb,
    _dictionaries,
    _dict,
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_data_frame_has_the_same_forecasts(
    panel: pa.Table, tmp_path: Path, kind: Callable[[pa.Table], object]
) -> None:
    frame = kind(panel)
    expected = fit_predict_partition(panel, CONFIG)
    found = fit_predict_partition(frame, CONFIG)
    assert found["elman"].equals(expected["elman"])
    assert found["unique_id"].to_pylist() == expected["unique_id"].to_pylist()
    report = run(frame, tmp_path, CONFIG, partitions=3)
    by_name = report.forecasts().sort_by([("unique_id", "ascending"), ("ds", "ascending")])
    assert by_name["elman"].to_pylist() == expected["elman"].to_pylist()


@pytest.mark.parametrize("kind", [_polars, _polars_category, _dictionaries, _dict])
def test_a_sample_of_every_kind_of_data_frame_is_the_same(
    panel: pa.Table, tmp_path: Path, kind: Callable[[pa.Table], object]
) -> None:
    config = Config(7, model="pretrained")
    paths = [tmp_path / "a.safetensors", tmp_path / "b.safetensors"]
    for path, frame in zip(paths, [panel, kind(panel)], strict=True):
        train_on_sample(frame, path, config, series=5)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def _indexed(frame: Any) -> Any:
    return frame.set_index(["unique_id", "ds"])


def _in_periods(frame: Any) -> Any:
    pd = pytest.importorskip("pandas")
    return frame.assign(ds=pd.to_datetime(frame["ds"]).dt.to_period("D"))


def _indexed_periods(frame: Any) -> Any:
    return _in_periods(frame).set_index("ds").rename_axis(None)


@pytest.mark.parametrize("change", [_indexed, _in_periods, _indexed_periods])
def test_periods_and_an_index_of_pandas_are_read_as_by_a_forecaster(
    panel: pa.Table, tmp_path: Path, change: Callable[[Any], Any]
) -> None:
    frame = change(_pandas(panel))
    expected = fit_predict_partition(panel, CONFIG)
    found = fit_predict_partition(frame, CONFIG)
    assert found["elman"].equals(expected["elman"])
    days = found["ds"].cast(pa.date32())
    assert days.equals(expected["ds"])
    assert len(run(frame, tmp_path, CONFIG, partitions=2).forecasts()) == 20 * 7


def test_data_on_workers_are_refused_with_the_next_step(panel: pa.Table, tmp_path: Path) -> None:
    dask = pytest.importorskip("dask.dataframe")
    data = dask.from_pandas(_pandas(panel), npartitions=2)
    with pytest.raises(DataError, match="the data of dask are on its workers") as raised:
        run(data, tmp_path / "out", CONFIG)
    assert "`to_parquet(path)`" in (raised.value.help or "")


def test_a_column_alone_is_no_table(panel: pa.Table) -> None:
    with pytest.raises(DataError, match="Series is no table"):
        arrow_table(_polars(panel)["y"])


def test_a_frame_of_spark_with_timestamps_gets_the_cast_as_next_step() -> None:
    class DataFrame:
        """Fails as PySpark does at a column of type timestamp."""

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise AssertionError

    with pytest.raises(DataError, match="gives no Arrow table: AssertionError") as raised:
        arrow_table(DataFrame())
    assert 'cast("timestamp_ntz")' in (raised.value.help or "")
