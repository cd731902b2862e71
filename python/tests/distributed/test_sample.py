"""Samples of series: what an estimate says of them, and what a model is trained on."""

from __future__ import annotations

import sys
import warnings
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import synthetic

from elman.distributed import (
    Config,
    estimate,
    fit_predict_partition,
    train_on_sample,
    tune,
)
from elman.distributed.hashing import stable_hash
from elman.distributed.timing import seconds_per_series
from elman.errors import DataError, OptionError

CONFIG = Config(3, model="pretrained", level=())


def series(name: str, dates: list[date], values: list[float] | None = None) -> pa.Table:
    values = values or [10.0 + step % 7 for step in range(len(dates))]
    return pa.table([[name] * len(dates), dates, values], schema=synthetic.SCHEMA)


def days(count: int, step: int = 1) -> list[date]:
    return [date(2025, 1, 1) + timedelta(step * day) for day in range(count)]


def shuffled(table: pa.Table) -> pa.Table:
    hashes = pa.array([stable_hash(str(row)) % 2**32 for row in range(len(table))])
    return table.take(pc.sort_indices(hashes))


@pytest.mark.parametrize("counted", [100_000, 500])
def test_series_are_counted_where_their_names_are_read(
    monkeypatch: pytest.MonkeyPatch, counted: int
) -> None:
    monkeypatch.setattr(sys.modules["elman.distributed.names"], "COUNTED", counted)
    monkeypatch.setattr(sys.modules["elman.distributed.estimate"], "COUNTED", counted)
    # A series with half of the rows is in the sample, or is not.
    others = synthetic.table(0, 2000, 4)
    for huge in ("a", "b", "c", "d"):
        data = shuffled(pa.concat_tables([others, series(huge, days(8000))]))
        found = estimate(data, Config(1, model="naive", level=()), sample=20)
        error = 0 if counted > 2001 else 3 * 2001 / counted**0.5
        assert abs(found.series - 2001) <= error
        assert str(found).startswith("about ") == (counted == 500)


def test_an_estimate_says_that_the_sample_is_unlike_the_data() -> None:
    short = synthetic.table(0, 100, 10)
    names = pc.unique(short["unique_id"]).to_pylist()
    last = max(map(stable_hash, [*names, "series-x"]))
    first = next(f"b{n}" for n in range(10**6) if stable_hash(f"b{n}") < last // 1000)
    rest = next(f"b{n}" for n in range(10**6) if stable_hash(f"b{n}") > last)
    config = Config(1, model="naive", level=())
    inside = estimate(pa.concat_tables([short, series(first, days(3000))]), config, sample=10)
    outside = estimate(pa.concat_tables([short, series(rest, days(3000))]), config, sample=10)
    assert (inside.longest, outside.longest) == (3000, 10)
    says = "have 309 rows on average (the longest 3,000), and all series 40"
    assert says in str(inside)
    assert "have 10 rows on average (the longest 10), and all series 40" in str(outside)
    assert "give a larger `sample`" in str(outside)
    assert inside.worker_bytes - outside.worker_bytes < 10**8


def test_time_of_a_long_series_in_the_sample_does_not_count_for_all() -> None:
    # 0.001 s a series and 0.0001 s a row: 49 series of 30 rows and one of 100,000.
    times = [(rows, 0.001 + 0.0001 * rows) for rows in [30] * 49 + [100_000]]
    assert seconds_per_series(times, 80) == pytest.approx(0.009)
    assert seconds_per_series(times[:49], 80) == pytest.approx(0.004 * 80 / 30)
    assert seconds_per_series(times[:49], 30) == pytest.approx(0.004)
    # Longer series that took less time do not make the others take more.
    assert seconds_per_series([(10, 0.2), (20, 0.1)], 1) == pytest.approx(0.15)


def test_rows_in_no_order_train_the_same_model(panel: pa.Table, tmp_path: Path) -> None:
    paths = [tmp_path / "a.safetensors", tmp_path / "b.safetensors"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path, data in zip(paths, (panel, shuffled(panel)), strict=True):
            train_on_sample(data, path, CONFIG)
    assert paths[0].read_bytes() == paths[1].read_bytes()


BAD = {
    "date twice": [series("bad", [*days(20), date(2025, 1, 20)])],
    "no value": [series("bad", days(20), [float("inf")] * 20)],
    "weekly": [series("bad", days(20, 7))],
    "one row": [series("bad", days(1)), series("worse", [*days(20), date(2025, 1, 20)])],
}


@pytest.mark.parametrize("case", BAD)
def test_bad_series_of_the_sample_are_left_out_and_counted(
    panel: pa.Table, tmp_path: Path, case: str
) -> None:
    bad = BAD[case]
    good, path = tmp_path / "good.safetensors", tmp_path / "m.safetensors"
    train_on_sample(panel, good, CONFIG)
    data = shuffled(pa.concat_tables([*bad, panel]))
    says = f"{len(bad)} of {20 + len(bad)} series of the sample .* left out.*first, `bad`: "
    with pytest.warns(UserWarning, match=says) as warned:
        config = train_on_sample(data, path, CONFIG)
    assert warned[0].filename == __file__
    assert path.read_bytes() == good.read_bytes()
    failed = fit_predict_partition(data, config)
    assert pc.count(failed["error"]).as_py() <= len(bad)


def test_a_search_leaves_bad_series_out(panel: pa.Table, tmp_path: Path) -> None:
    config = Config(3)
    good = tune(panel, tmp_path / "good", config, trials=2)
    data = shuffled(pa.concat_tables([*BAD["date twice"], panel]))
    with pytest.warns(UserWarning, match="1 of 21 series of the sample") as warned:
        found = tune(data, tmp_path / "out", config, trials=2)
    assert warned[0].filename == __file__
    assert found.report["ranking"] == good.report["ranking"]


def test_a_sample_of_bad_series_names_the_first_and_an_option(tmp_path: Path) -> None:
    texts = [f"2025-01-{day:02}" for day in (3, 1, 2, 5, 4)]
    data = pa.table({"unique_id": ["a"] * 5, "ds": texts, "y": [1.0, 2.0, 3.0, 4.0, 5.0]})
    with pytest.raises(DataError) as raised:
        train_on_sample(data, tmp_path / "m.safetensors", CONFIG)
    assert "none of 1 series of the sample can be read; the first, `a`: " in str(raised.value)
    assert 'row 2 of the series, column 2 ("ds")' in str(raised.value)
    assert raised.value.help == 'put the rows in order with `options={"sort": True}`'
    failed = fit_predict_partition(data, CONFIG)
    assert failed["help"].to_pylist() == [raised.value.help]
    sorted_ = CONFIG.with_options(sort=True)
    train_on_sample(data, tmp_path / "m.safetensors", sorted_)
    assert fit_predict_partition(data, sorted_)["error"].null_count == 3


def test_future_covariates_are_asked_for_in_the_data(panel: pa.Table) -> None:
    priced = panel.append_column("price", pc.multiply(panel["y"], 0.1))
    config = Config(3, model="pretrained", options={"futr_exog": ["price"]})
    step = fit_predict_partition(priced, config)["help"][0].as_py()
    assert step == "add rows for these dates, with the covariate and an empty value"


def test_a_training_refuses_a_saved_model(panel: pa.Table, tmp_path: Path) -> None:
    saved = train_on_sample(panel, tmp_path / "m.safetensors", CONFIG)
    with pytest.raises(OptionError, match="a saved model already") as raised:
        train_on_sample(panel, tmp_path / "n.safetensors", saved)
    assert "leave out `model_file`" in (raised.value.help or "")
    assert not (tmp_path / "n.safetensors").exists()
