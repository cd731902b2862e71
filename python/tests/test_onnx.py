"""ONNX files of forecasters."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import elman
from elman.errors import ElmanError

NETWORK = {"model": "network", "max_steps": 30, "season": ()}


def test_a_file_for_each_network(sales: pd.DataFrame, tmp_path: Path) -> None:
    forecaster = elman.AutoForecaster(3, **NETWORK).fit(sales)
    files = forecaster.to_onnx(tmp_path / "sales.onnx")
    networks = forecaster.fitted_.networks()
    assert len(files) >= 1
    assert len(files) <= len(networks)
    assert all(file.read_bytes()[:2] == b"\x08\x08" for file in files), "IR version 8"


def test_statistical_models_have_no_network(sales: pd.DataFrame, tmp_path: Path) -> None:
    forecaster = elman.AutoForecaster(3, model="theta").fit(sales)
    with pytest.raises(ElmanError):
        forecaster.to_onnx(tmp_path / "sales.onnx")
    assert list(tmp_path.iterdir()) == []


def test_onnx_runtime_forecasts_the_same(sales: pd.DataFrame, tmp_path: Path) -> None:
    runtime = pytest.importorskip("onnxruntime")
    north = sales[sales.unique_id == "north"]
    forecaster = elman.RnnForecaster(3, max_steps=30, season=()).fit(north)
    [file] = forecaster.to_onnx(tmp_path / "north.onnx")
    session = runtime.InferenceSession(str(file))
    about = json.loads(session.get_modelmeta().custom_metadata_map["elman"])
    types = {port["name"]: port["type"] for port in about["inputs"]}
    feeds = {
        name: np.array(state["values"], types[name]).reshape(state["shape"])
        for name, state in about["state_after_training"].items()
    }
    feeds["y"] = np.array([[70.0]])
    names = [output.name for output in session.get_outputs()]
    result = dict(zip(names, session.run(None, feeds), strict=True))
    online = forecaster.online()
    online.update(70.0)
    np.testing.assert_allclose(result["forecast"][-1, 0], online.forecast().values, rtol=1e-5)


def test_a_note_says_what_the_graph_leaves_out(sales: pd.DataFrame, tmp_path: Path) -> None:
    forecaster = elman.AutoForecaster(3, model="network", max_steps=5, season=[12]).fit(sales)
    forecaster.to_onnx(tmp_path / "sales.onnx")
    [note] = [note for note in forecaster.notes_ if "graph" in note]
    assert "the preprocessing is not part of the graph" in note
    forecaster.predict()
    assert note not in forecaster.notes_
    forecaster.to_onnx(tmp_path / "sales.onnx", network_only=True)
    assert note not in forecaster.notes_
