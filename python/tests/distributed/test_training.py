"""A model of a sample that forecasts all series, and the estimate of a run."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import synthetic

import elman
from elman.distributed import Config, estimate, fit_predict_partition, run, train_on_sample
from elman.distributed.series import saved_model
from elman.distributed.source import data_set
from elman.distributed.training import sampled_names
from elman.errors import DataError, OptionError


def test_a_saved_model_forecasts_each_series_as_alone(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    config = train_on_sample(file, path, Config(7, model="pretrained"), series=20)
    report = run(file, tmp_path / "out", config, partitions=3)
    whole = data_set(file).dataset(Config(7)).to_table()
    name = "series-00000123"
    direct = elman.load(path).predict(whole.filter(pc.field("unique_id") == name), h=7)
    forecasts = report.forecasts().filter(pc.field("unique_id") == name)
    assert forecasts["elman"].to_pylist() == direct["pretrained"].to_pylist()
    as_bytes = replace(config, model_file=None, model_bytes=path.read_bytes())
    assert fit_predict_partition(whole.slice(0, 400), as_bytes).equals(
        fit_predict_partition(whole.slice(0, 400), config)
    )
    path.unlink()
    assert list((tmp_path / "out").glob("model-*.safetensors"))


def test_a_model_file_that_was_written_again_is_another_model(
    panel: pa.Table, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    config = Config(7, model_file=str(path))
    results = []
    for name in ("pretrained", "theta"):
        train_on_sample(panel, path, Config(7, model=name))
        report = run(panel, tmp_path / name, config, partitions=2)
        results.append((fit_predict_partition(panel, config), config.fingerprint(), report))
        copied = next((tmp_path / name).glob("model-*.safetensors"))
        assert copied.read_bytes() == path.read_bytes()
        direct = elman.load(path).predict(panel.slice(0, 60), h=7)
        assert results[-1][0]["elman"].to_pylist()[:7] == direct[name].to_pylist()
        assert report.forecasts()["elman"].to_pylist()[:7] == direct[name].to_pylist()
    assert results[0][0]["elman"] != results[1][0]["elman"]
    assert results[0][1] != results[1][1]


def test_a_saved_model_has_intervals_of_any_level(panel: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    config = train_on_sample(panel, path, Config(7, model="pretrained"))
    result = fit_predict_partition(panel, replace(config, level=(50, 95)))
    direct = elman.load(path).with_level([50, 95]).predict(panel.slice(0, 60), h=7)
    for bound in ("lo-50", "hi-95"):
        assert result[f"elman-{bound}"].to_pylist()[:7] == direct[f"pretrained-{bound}"].to_pylist()


def test_a_saved_model_reads_by_the_configuration(panel: pa.Table, tmp_path: Path) -> None:
    config = train_on_sample(panel, tmp_path / "m.safetensors", Config(7, model="pretrained"))
    weekly = fit_predict_partition(panel, config.with_options(freq="W"))
    assert "`freq` says weekly" in weekly["help"][0].as_py()
    renamed = fit_predict_partition(
        panel.rename_columns(["shop", "day", "sales"]),
        replace(config, id_col="shop", time_col="day", target_col="sales"),
    )
    assert renamed["elman"].equals(fit_predict_partition(panel, config)["elman"])


def test_other_covariates_than_those_of_the_saved_model_are_refused(
    panel: pa.Table, tmp_path: Path
) -> None:
    priced = panel.append_column("price", pc.multiply(panel["y"], 0.1))
    config = Config(7, model="pretrained", options={"hist_exog": ["price"]})
    saved = train_on_sample(priced, tmp_path / "m.safetensors", config)
    assert fit_predict_partition(priced, saved)["error"].null_count == 20 * 7
    with pytest.raises(OptionError, match="trained with \\['price'\\]"):
        fit_predict_partition(priced, replace(saved, options={}))


def test_a_saved_model_takes_one_thread(panel: pa.Table, tmp_path: Path) -> None:
    config = train_on_sample(panel, tmp_path / "m.safetensors", Config(7, model="pretrained"))
    model = saved_model(config)
    assert model is not None
    assert model.threads == 1


def test_a_damaged_model_is_named(panel: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "sales.safetensors"
    path.write_bytes(b"no model")
    with pytest.raises(DataError, match=r"^not a safetensors file[^\n]*\n  --> .*sales\.saf"):
        fit_predict_partition(panel, Config(7, model_file=str(path)))


def test_the_sample_is_the_same_in_every_run_and_no_first_part() -> None:
    table = synthetic.table(0, 100, 5)
    names = sampled_names(data_set(table), Config(7), 10).to_pylist()
    shuffled = data_set(table.sort_by([("ds", "ascending"), ("unique_id", "descending")]))
    assert names == sampled_names(shuffled, Config(7), 10).to_pylist()
    assert len(names) == 10
    assert max(names) > "series-00000050"


def test_a_sample_larger_than_the_data_is_the_data(panel: pa.Table) -> None:
    assert len(sampled_names(data_set(panel), Config(7), 1000)) == 20
    with pytest.raises(DataError, match="no series"):
        sampled_names(data_set(panel.slice(0, 0)), Config(7), 10)


def test_an_estimate_counts_and_writes_nothing(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    found = estimate(file, Config(7, model="theta"), workers=2, partitions=3, sample=10)
    assert sorted(tmp_path.rglob("*")) == before
    assert (found.rows, found.series, found.partitions, found.sample, found.failed) == (
        12000,
        300,
        3,
        10,
        0,
    )
    assert not found.writes_input
    assert found.seconds == pytest.approx(found.core_seconds / 2)
    assert found.core_seconds == pytest.approx(found.seconds_per_series * 300)
    assert found.worker_bytes > 12000 / 3 * 8
    assert str(found).startswith("300 series (12,000 rows) in 3 partitions")
    assert "on average" not in str(found)


def test_an_estimate_shows_errors_and_data_that_are_not_in_order(panel: pa.Table) -> None:
    found = estimate(panel, Config(7, model="theta", options={"freq": "M"}), sample=5)
    assert found.failed == 5
    assert found.writes_input
    assert "5 of 5 series of the sample failed" in str(found)


def test_an_estimate_counts_only_the_columns_that_are_read(
    panel: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["elman.distributed.estimate"], "_resident", lambda: 0)
    config = Config(7, model="theta")
    wide = panel.append_column("text", pa.array(["x" * 10_000] * len(panel)))
    assert estimate(wide, config).worker_bytes == estimate(panel, config).worker_bytes


def test_an_estimate_takes_names_of_a_dictionary(panel: pa.Table) -> None:
    names = panel["unique_id"].dictionary_encode()
    found = estimate(panel.set_column(0, "unique_id", names), Config(7, model="theta"))
    assert (found.series, found.failed) == (20, 0)


def test_memory_is_in_bytes_on_macos_and_none_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = sys.modules["elman.distributed.estimate"]._resident
    here = memory()
    monkeypatch.setattr(sys, "platform", "linux")
    kilobytes = memory() / here
    monkeypatch.setattr(sys, "platform", "darwin")
    assert memory() == pytest.approx(here * kilobytes / 1024, rel=0.1)
    monkeypatch.setitem(sys.modules, "resource", None)
    assert memory() == 0


def test_the_module_is_imported_without_the_module_resource() -> None:
    program = "import sys; sys.modules['resource'] = None; import elman.distributed"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["workers", "partitions", "sample"])
def test_an_estimate_refuses_counts_below_one(panel: pa.Table, name: str) -> None:
    with pytest.raises(OptionError, match=f"`{name}` is 0"):
        estimate(panel, Config(7, model="theta"), **{name: 0})  # type: ignore[arg-type]


def test_a_sample_of_no_series_is_refused(panel: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="`series` is 0"):
        train_on_sample(panel, tmp_path / "m.safetensors", Config(7), series=0)
