"""`import elman` is quick, and brings no library that the program does not use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import elman

ROOT = Path(elman.__file__).parent
HEAVY = {"numpy", "pandas", "polars", "pyarrow", "sklearn", "torch", "sktime", "tqdm", "inspect"}


def run(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def test_import_brings_no_other_library() -> None:
    loaded = run("import sys, elman; print(*sorted({name.split('.')[0] for name in sys.modules}))")
    assert HEAVY & set(loaded.stdout.split()) == set()


def test_a_forecast_of_lists_needs_no_other_library() -> None:
    code = (
        "import sys, elman\n"
        "data = {'ds': list(range(40)), 'y': [float(t % 4) for t in range(40)]}\n"
        "elman.AutoForecaster(2, model='theta').fit(data).predict()\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    assert (HEAVY - {"inspect", "tqdm"}) & set(run(code).stdout.split()) == set()


def test_import_takes_less_than_50_ms() -> None:
    # Processor time: another program on the machine takes none of it. The least of several.
    code = (
        "import time; start = time.process_time(); import elman; print(time.process_time() - start)"
    )
    seconds = [float(run(code).stdout) for _ in range(5)]
    assert min(seconds) < 0.05, seconds


@pytest.mark.parametrize("name", elman.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(elman, name) is not None
    assert name in dir(elman)


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = elman.nothing


def test_a_module_without_pytorch_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    nn = pytest.importorskip("elman.nn")
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "elman.torch", raising=False)
    with pytest.raises(ImportError, match="pip install torch"):
        nn.Model().to_torch()
