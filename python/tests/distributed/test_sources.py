"""Files that are read and files that are not, and one type of each column for all files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import synthetic

from elman.distributed import Config, estimate, fit_predict_partition, run, train_on_sample
from elman.errors import DataError

CONFIG = Config(3, model="theta", level=())


def in_order(table: pa.Table) -> pa.Table:
    return table.sort_by([("unique_id", "ascending"), ("ds", "ascending")])


def typed(table: pa.Table, name: str, kind: pa.DataType) -> pa.Table:
    """The table with another type of a column."""
    return table.set_column(table.column_names.index(name), name, table[name].cast(kind))


def two_files(directory: Path, first: pa.Table, second: pa.Table) -> Path:
    directory.mkdir()
    pq.write_table(first, directory / "1.parquet")
    pq.write_table(second, directory / "2.parquet")
    return directory


@pytest.mark.parametrize(
    "hidden", ["_temporary/0/task_1/part-9", ".ipynb_checkpoints/part-0", "_part", ".part"]
)
def test_hidden_files_are_no_data(tmp_path: Path, hidden: str) -> None:
    sales = tmp_path / "_sales" / "part=1"
    sales.mkdir(parents=True)
    pq.write_table(synthetic.table(0, 4, 30), sales / "part-0.parquet")
    path = tmp_path / "_sales" / f"{hidden}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(synthetic.table(4, 1, 30), path)
    assert run(tmp_path / "_sales", tmp_path / "out", CONFIG).series == 4


def test_a_file_without_a_column_is_named(tmp_path: Path) -> None:
    later = synthetic.table(2, 2, 30).rename_columns(["unique_id", "ds", "y_eur"])
    sales = two_files(tmp_path / "sales", synthetic.table(0, 2, 30), later)
    says = r"2\.parquet has no column `y`"
    with pytest.raises(DataError, match=says) as raised:
        run(sales, tmp_path / "out", CONFIG)
    assert "y_eur" in (raised.value.help or "")
    with pytest.raises(DataError, match=says):
        estimate(sales, CONFIG)
    with pytest.raises(DataError, match=says):
        train_on_sample(sales, tmp_path / "m.safetensors", CONFIG)


TYPES = [
    ("y", pa.float32(), pa.float64()),
    ("y", pa.int64(), pa.float64()),
    ("y", pa.int64(), pa.float32()),
    ("y", pa.decimal128(20, 5), pa.float64()),
    ("unique_id", pa.string(), pa.large_string()),
    ("unique_id", pa.dictionary(pa.int32(), pa.string()), pa.string()),
    ("ds", pa.timestamp("us"), pa.timestamp("ns")),
    ("ds", pa.timestamp("ms", "UTC"), pa.timestamp("ns", "UTC")),
    ("ds", pa.date32(), pa.timestamp("us")),
    ("ds", pa.date32(), pa.date64()),
]


@pytest.mark.parametrize("in_turn", [False, True])
@pytest.mark.parametrize(("name", "narrow", "wide"), TYPES)
def test_types_of_files_change_no_number(
    tmp_path: Path, name: str, narrow: pa.DataType, wide: pa.DataType, in_turn: bool
) -> None:
    whole = synthetic.table(0, 8, 40)
    digits = 0 if narrow == pa.int64() else 2
    large = pc.round(pc.add(whole["y"], 130_000_000.0), digits)
    whole = whole.set_column(2, "y", large)
    first, second = typed(whole.slice(0, 160), name, narrow), typed(whole.slice(160), name, wide)
    values = [typed(table, "y", pa.float64()) for table in (first, second)]
    alone = [fit_predict_partition(table, CONFIG)["elman"].to_pylist() for table in values]
    files = (second, first) if in_turn else (first, second)
    sales = two_files(tmp_path / "sales", *files)
    for partitions in (1, 2, 4, 7):
        report = run(sales, tmp_path / f"{partitions}", CONFIG, partitions=partitions)
        assert (report.series, report.failed) == (8, 0)
        found = in_order(report.forecasts())
        assert found["elman"].to_pylist() == alone[0] + alone[1]
        assert len({str(pq.read_schema(path).remove_metadata()) for path in report.paths}) == 1


@pytest.mark.parametrize("kind", [pa.int32(), pa.int64(), pa.uint64()])
def test_whole_numbers_of_any_width_are_names(tmp_path: Path, kind: pa.DataType) -> None:
    whole = synthetic.table(0, 8, 40)
    numbers = pa.array([row // 40 + 1 for row in range(320)], pa.int16())
    whole = whole.set_column(0, "unique_id", numbers)
    other = typed(whole.slice(160), "unique_id", kind)
    sales = two_files(tmp_path / "sales", whole.slice(0, 160), other)
    for partitions in (1, 2, 4):
        report = run(sales, tmp_path / f"{partitions}", CONFIG, partitions=partitions)
        assert report.series == 8
        names = in_order(report.forecasts())["unique_id"].to_pylist()
        assert names[::3] == list(range(1, 9))


@pytest.mark.parametrize("in_order_of_names", [False, True])
def test_whole_numbers_past_the_signed_ones_are_names(
    tmp_path: Path, in_order_of_names: bool
) -> None:
    names = [2**63 + row // 40 for row in range(320)]
    whole = synthetic.table(0, 8, 40).set_column(0, "unique_id", pa.array(names, pa.uint64()))
    whole = whole if in_order_of_names else whole.sort_by("ds")
    pq.write_table(whole, tmp_path / "sales.parquet", row_group_size=40)
    report = run(tmp_path / "sales.parquet", tmp_path / "out", CONFIG, partitions=4)
    assert (tmp_path / "out" / "input").exists() != in_order_of_names
    assert in_order(report.forecasts()).equals(
        in_order(fit_predict_partition(whole, CONFIG).drop(["error", "help"]))
    )


def test_a_file_without_values_is_read_beside_others(tmp_path: Path) -> None:
    empty = synthetic.table(0, 4, 40).set_column(2, "y", pa.nulls(160))
    sales = two_files(tmp_path / "sales", empty, synthetic.table(4, 4, 40))
    report = run(sales, tmp_path / "out", CONFIG, partitions=1)
    assert (report.series, report.failed) == (8, 4)
    alone = fit_predict_partition(synthetic.table(4, 4, 40), CONFIG)
    assert in_order(report.forecasts())["elman"].equals(alone["elman"])


def _numbered(table: pa.Table) -> pa.Table:
    return table.set_column(0, "unique_id", pa.array(range(len(table))))


def _zoned(table: pa.Table) -> pa.Table:
    return typed(table, "ds", pa.timestamp("us", "Europe/Berlin"))


def _as_text(table: pa.Table) -> pa.Table:
    return typed(table, "ds", pa.string())


def _with_fractions(table: pa.Table) -> pa.Table:
    return typed(_numbered(table), "unique_id", pa.float64())


@pytest.mark.parametrize(
    ("first", "second", "says", "step"),
    [
        (None, _numbered, "`unique_id` is string in .*1.parquet, and int64 in .*2", "one type"),
        (_numbered, _with_fractions, "`unique_id` is int64 in .*, and double in", "one type"),
        (None, _zoned, "`ds` is date32.* in .*1.parquet, and timestamp.us, tz=Eur", "time zone"),
        (None, _as_text, "`ds` is date32.* in .*1.parquet, and string in", "one type"),
    ],
)
def test_types_without_a_common_one_are_refused_at_once(
    tmp_path: Path, first: Any, second: Any, says: str, step: str
) -> None:
    tables = [synthetic.table(0, 2, 30), synthetic.table(2, 2, 30)]
    changed = [
        table if change is None else change(table)
        for table, change in zip(tables, (first, second), strict=True)
    ]
    sales = two_files(tmp_path / "sales", *changed)
    with pytest.raises(DataError, match=says) as raised:
        run(sales, tmp_path / "out", CONFIG)
    assert step in (raised.value.help or "")
    assert not (tmp_path / "out").exists()


def test_names_in_folders_are_read(tmp_path: Path) -> None:
    whole = synthetic.table(0, 4, 30)
    slashed = whole.set_column(
        0, "unique_id", pc.replace_substring(whole["unique_id"], "series-", "shop/ü ")
    )
    pq.write_to_dataset(slashed, tmp_path / "sales", partition_cols=["unique_id"])
    for partitions in (1, 3):
        report = run(tmp_path / "sales", tmp_path / f"{partitions}", CONFIG, partitions=partitions)
        assert in_order(report.forecasts()).equals(
            fit_predict_partition(slashed, CONFIG).drop(["error", "help"])
        )
    assert estimate(tmp_path / "sales", CONFIG).series == 4


def test_data_without_a_row_give_an_empty_table(tmp_path: Path) -> None:
    none = synthetic.table(0, 1, 5).slice(0, 0)
    pq.write_table(none, tmp_path / "none.parquet")
    for name, source in (("table", none), ("file", tmp_path / "none.parquet")):
        report = run(source, tmp_path / name, CONFIG, partitions=3)
        assert report.series == 0
        found = report.forecasts()
        assert (len(found), found.column_names) == (0, ["unique_id", "ds", "elman"])
        assert found.schema.types == [pa.string(), pa.date32(), pa.float64()]


def test_other_files_are_refused_with_the_next_step(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("unique_id,ds,y\na,2025-01-01,1\n")
    calls = [
        lambda: run(path, tmp_path / "out", CONFIG),
        lambda: estimate([str(path)], CONFIG),
        lambda: train_on_sample(path, tmp_path / "m.safetensors", CONFIG),
        lambda: run(tmp_path, tmp_path / "out", CONFIG),
        lambda: run([], tmp_path / "out", CONFIG),
    ]
    for call in calls:
        with pytest.raises(DataError) as raised:
            call()
        assert "a run reads Parquet files" in (raised.value.help or "")
