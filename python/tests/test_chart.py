"""Charts and pages of notebooks."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from shops import months

from elman import AutoForecaster, load
from elman.errors import DataError, ElmanError


@pytest.fixture(scope="module")
def fitted() -> AutoForecaster:
    return AutoForecaster(6, model="theta").fit(months())


def texts(svg: str) -> str:
    """The texts of a picture."""
    root = ElementTree.fromstring(svg)
    return "\n".join("".join(element.itertext()) for element in root.iter() if element.text)


def test_a_chart_is_saved_in_three_formats(fitted: AutoForecaster, tmp_path: Path) -> None:
    chart = fitted.plot("shop 1")
    starts = {"png": b"\x89PNG\r\n", "svg": b"<svg ", "html": b"<!doctype html>"}
    for format_, start in starts.items():
        path = tmp_path / f"chart.{format_}"
        chart.save(path)
        assert path.read_bytes().lower().startswith(start.lower())


def test_a_chart_shows_the_series_and_the_scores(fitted: AutoForecaster) -> None:
    shown = texts(fitted.plot("shop 1").svg())
    assert "shop 1" in shown
    assert "shop 0" not in shown
    assert "MASE of seasonal_naive" in shown
    assert "80 %" in shown
    both = texts(fitted.plot()._repr_svg_())
    assert "shop 0" in both
    assert "shop 1" in both


def test_a_longer_horizon_is_drawn(fitted: AutoForecaster) -> None:
    assert "12 steps ahead" in texts(fitted.plot("shop 0", h=12).svg())


def test_other_data_are_drawn(fitted: AutoForecaster, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model.safetensors")
    loaded = load(tmp_path / "model.safetensors")
    with pytest.raises(DataError, match="has no data"):
        loaded.plot()
    assert loaded.plot(df=months()).svg() == fitted.plot().svg()


def test_wrong_calls_are_refused(fitted: AutoForecaster, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no series is called `shop 7`.*\n.*did you mean `shop"):
        fitted.plot("shop 7")
    with pytest.raises(ElmanError, match=r"\.png, \.svg or \.html"):
        fitted.plot().save(tmp_path / "chart.pdf")
    with pytest.raises(OSError, match="chart"):
        fitted.plot().save(tmp_path / "nothing" / "chart.png")


def test_a_chart_in_a_terminal_says_how_it_is_seen(fitted: AutoForecaster) -> None:
    assert repr(fitted.plot("shop 1")) == "Chart('shop 1'): `save(path)` writes it"


def test_a_notebook_shows_scores_and_a_chart(fitted: AutoForecaster) -> None:
    page = fitted._repr_html_()
    assert page is not None
    assert "<th>seasonal_naive</th>" in page
    assert page.count("<b>") == 2
    assert page.count("<svg ") == 1
    assert fitted.report_["sentence"].removeprefix("note: ")[:10] in page


def test_a_forecaster_without_data_shows_its_scores(fitted: AutoForecaster, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model.safetensors")
    page = load(tmp_path / "model.safetensors")._repr_html_()
    assert page is not None
    assert "<table>" in page
    assert "<svg" not in page
    assert AutoForecaster(3)._repr_html_() is None


def test_names_are_no_markup() -> None:
    columns: dict[str, Any] = months(1)
    columns["unique_id"] = ["<script>alert(1)</script>"] * len(columns["y"])
    forecaster = AutoForecaster(3, model="theta", seed=1).fit(columns)
    for page in (forecaster._repr_html_(), forecaster.plot()._repr_html_()):
        assert page is not None
        assert "<script" not in page


def test_a_backtest_shows_its_scores() -> None:
    backtest = AutoForecaster(3, model="theta").backtest(months(), n_windows=2)
    page = backtest._repr_html_()
    assert "<th>MASE</th>" in page
    assert "<th>naive</th>" in page
