"""The pure function: each series alone, in any company, in any order."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import elman
from elman.distributed import Config, fit_predict_partition, split_failures
from elman.distributed.series import series_result
from elman.errors import DataError

CONFIG = Config(7, model="theta")


@pytest.mark.parametrize("model", ["theta", "pretrained"])
def test_a_series_has_the_forecast_that_it_has_alone(panel: pa.Table, model: str) -> None:
    config = Config(7, model=model)
    together, failed = split_failures(fit_predict_partition(panel, config))
    assert len(failed) == 0
    for name in pc.unique(panel["unique_id"]).to_pylist()[::5]:
        alone = panel.filter(pc.field("unique_id") == name)
        direct = elman.AutoForecaster(7, model=model, scope="local", threads=1).fit_predict(alone)
        of_it = together.filter(pc.field("unique_id") == name)
        assert of_it["elman"].to_pylist() == direct[model].to_pylist()
        assert of_it["elman-hi-95"].to_pylist() == direct[f"{model}-hi-95"].to_pylist()


def test_result_does_not_depend_on_the_order_of_rows(panel: pa.Table) -> None:
    places = list(range(len(panel)))
    random.Random(1).shuffle(places)
    assert fit_predict_partition(panel.take(places), CONFIG).equals(
        fit_predict_partition(panel, CONFIG)
    )


def test_a_bad_series_is_listed_and_the_others_are_forecast(
    panel: pa.Table, panel_with_bad: pa.Table
) -> None:
    forecasts, errors = split_failures(fit_predict_partition(panel_with_bad, CONFIG))
    assert forecasts.equals(split_failures(fit_predict_partition(panel, CONFIG))[0])
    assert errors["unique_id"].to_pylist() == ["bad"]
    place = 'row 3 of the series, column 2 ("ds"): "2025-01-02" is on row 2 already'
    assert errors["error"].to_pylist() == [f"duplicate date ({place})"]
    assert errors["help"][0].as_py()


def test_rows_without_a_name_are_listed(panel: pa.Table) -> None:
    nameless = pa.concat_tables(
        [panel, panel.slice(0, 5).set_column(0, "unique_id", pa.nulls(5, pa.string()))]
    )
    forecasts, errors = split_failures(fit_predict_partition(nameless, CONFIG))
    assert len(forecasts) == 20 * 7
    assert errors["unique_id"].to_pylist() == [None]
    assert errors["error"].to_pylist() == ["5 rows have no name of a series in column `unique_id`"]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_names_of_other_types_have_the_same_forecasts(panel: pa.Table, kind: pa.DataType) -> None:
    other = panel.set_column(0, "unique_id", panel["unique_id"].cast(kind))
    result = fit_predict_partition(other, CONFIG)
    assert result["elman"].equals(fit_predict_partition(panel, CONFIG)["elman"])


def test_numbers_as_names_and_times_keep_their_types(panel: pa.Table) -> None:
    numbers = pc.cast(pc.utf8_slice_codeunits(panel["unique_id"], 7), pa.int64())
    times = panel["ds"].cast(pa.timestamp("us", tz="Europe/Berlin"))
    other = panel.set_column(0, "unique_id", numbers).set_column(1, "ds", times)
    result = fit_predict_partition(other, CONFIG)
    assert result.schema.field("unique_id").type == pa.int64()
    assert result.schema.field("ds").type == times.type
    assert result["elman"].null_count == 0


def test_dates_as_text_stay_text(panel: pa.Table) -> None:
    text = panel.set_column(1, "ds", panel["ds"].cast(pa.string()))
    result = fit_predict_partition(text, CONFIG)
    assert result["elman"].equals(fit_predict_partition(panel, CONFIG)["elman"])
    assert result["ds"][0].as_py() == "2025-03-02"


def test_columns_of_other_names_and_further_columns(panel: pa.Table) -> None:
    other = panel.rename_columns(["shop", "day", "sales"]).append_column("note", panel["unique_id"])
    config = Config(7, model="theta", id_col="shop", time_col="day", target_col="sales")
    result = fit_predict_partition(other, config)
    assert result.column_names[:3] == ["shop", "day", "elman"]
    assert result["elman"].equals(fit_predict_partition(panel, CONFIG)["elman"])


def test_no_rows_give_no_rows_with_the_same_columns(panel: pa.Table) -> None:
    empty = fit_predict_partition(panel.slice(0, 0), CONFIG)
    assert len(empty) == 0
    assert empty.schema == fit_predict_partition(panel, CONFIG).schema


def test_a_column_that_is_not_there_is_named(panel: pa.Table) -> None:
    with pytest.raises(DataError, match="no column `sales`") as raised:
        fit_predict_partition(panel, Config(7, target_col="sales"))
    assert raised.value.help == "its columns: unique_id, ds, y"


def test_the_nearest_column_is_named(panel: pa.Table) -> None:
    with pytest.raises(DataError, match="no column `uniqe_id`") as raised:
        fit_predict_partition(panel, Config(7, id_col="uniqe_id"))
    assert raised.value.help == "did you mean `unique_id`?"


def test_two_columns_of_a_name_are_refused(panel: pa.Table) -> None:
    with pytest.raises(DataError, match="2 columns `y`"):
        fit_predict_partition(panel.append_column("y", panel["y"]), CONFIG)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(DataError, match="list is no data frame"):
        fit_predict_partition([1, 2], CONFIG)


def test_cross_validation_of_each_series(panel: pa.Table) -> None:
    config = Config(7, "cross_validation", model="theta", n_windows=2, step_size=7)
    forecasts, errors = split_failures(fit_predict_partition(panel, config))
    assert len(errors) == 0
    assert len(forecasts) == 20 * 2 * 7
    assert forecasts.column_names[:5] == ["unique_id", "ds", "cutoff", "y", "elman"]
    first = forecasts.slice(0, 14)
    assert first["y"].to_pylist() == panel["y"].to_pylist()[46:60]
    assert first["elman"].null_count == 0


def _evaluated(panel: pa.Table, config: Config) -> tuple[pa.Table, pa.Table]:
    """The evaluation of a partition, and the rows of one of its series."""
    name = "series-00000003"
    of_one = pc.field("unique_id") == name
    forecasts, errors = split_failures(fit_predict_partition(panel, config))
    assert len(errors) == 0
    return forecasts.filter(of_one), panel.filter(of_one)


@pytest.mark.parametrize("refit", [False, True])
def test_cross_validation_has_the_numbers_of_the_forecaster(panel: pa.Table, refit: bool) -> None:
    network = {"hidden_size": 4, "max_steps": 5}
    config = Config(
        7, "cross_validation", model="network", n_windows=2, step_size=3, refit=refit,
        options=network,
    )  # fmt: skip
    of_it, alone = _evaluated(panel.slice(0, 240), config)
    forecaster = elman.AutoForecaster(7, model="network", scope="local", threads=1, **network)
    direct = forecaster.cross_validation(alone, 2, 3, refit)
    for column in ("ds", "cutoff", "y"):
        assert of_it[column].to_pylist() == direct[column].to_pylist()
    assert of_it["elman"].to_pylist() == direct["elman"].to_pylist()
    once = forecaster.cross_validation(alone, 2, 3, refit=False)
    assert (of_it["elman"].to_pylist() == once["elman"].to_pylist()) == (not refit)


def test_cross_validation_of_a_saved_model_has_its_numbers(panel: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "theta.safetensors"
    elman.AutoForecaster(7, model="theta").fit(panel).save(path)
    config = Config(7, "cross_validation", n_windows=2, step_size=3, model_file=str(path))
    of_it, alone = _evaluated(panel, config)
    direct = elman.load(path).backtest_fitted(alone, 2, 3).forecasts
    assert of_it["cutoff"].to_pylist() == direct["cutoff"].to_pylist()
    assert of_it["elman"].to_pylist() == direct["theta"].to_pylist()
    assert len(of_it) == 2 * 7


def test_columns_of_a_level_have_the_whole_level(panel: pa.Table) -> None:
    config = Config(7, level=(80.0, 99.12345678), model="theta")
    result = fit_predict_partition(panel, config)
    assert result.column_names[3:7] == [
        "elman-lo-80",
        "elman-hi-80",
        "elman-lo-99.12345678",
        "elman-hi-99.12345678",
    ]
    assert result["elman-hi-99.12345678"].null_count == 0


def test_an_unexpected_exception_is_a_failure_of_its_series(
    panel: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_for_one(rows: pa.Table, *others: object) -> pa.Table:
        if rows["unique_id"][0].as_py() == "series-00000003":
            raise KeyError("on purpose")
        return series_result(rows, *others)  # type: ignore[arg-type]

    monkeypatch.setattr("elman.distributed.partition.series_result", fails_for_one)
    forecasts, errors = split_failures(fit_predict_partition(panel, CONFIG))
    assert len(forecasts) == 19 * 7
    assert errors["unique_id"].to_pylist() == ["series-00000003"]
    assert errors["error"].to_pylist() == ["a defect of elman: KeyError: 'on purpose'"]


def test_an_error_of_the_machine_is_no_failure_of_a_series(
    panel: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> pa.Table:
        raise OSError("no space left")

    monkeypatch.setattr("elman.distributed.partition.series_result", fails)
    with pytest.raises(OSError, match="no space left"):
        fit_predict_partition(panel, CONFIG)
