"""The examples of the pages run, and so do those of the docstrings."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import elman

ROOT = Path(__file__).resolve().parents[2]
#: Pages, and the libraries that their examples need besides pandas.
PAGES = {
    "python/README.md": (),
    "docs/book/src/python.md": ("polars", "utilsforecast", "matplotlib", "sktime"),
}
#: Modules with the libraries that they need.
NEEDS = {"elman.sktime": "sktime", "elman.torch": "torch"}


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(
        rf"^```{kind}\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize("page", list(PAGES))
@pytest.mark.filterwarnings("ignore")
def test_the_examples_of_a_page_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("pandas", *PAGES[page]):
        pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    found = blocks(page, "python")
    assert found
    for block in found:
        exec(block, names)


def test_the_example_of_pytorch_runs() -> None:
    pytest.importorskip("torch")
    page = "docs/book/src/python.md"
    names: dict[str, object] = {}
    for block in [blocks(page, "python")[0], *blocks(page, "python,torch")]:
        exec(block, names)


def modules() -> list[str]:
    found = pkgutil.walk_packages(elman.__path__, "elman.")
    return [module.name for module in found if module.name != "elman._elman"]


@pytest.mark.parametrize("name", ["elman", *modules()])
@pytest.mark.filterwarnings("ignore")
def test_the_examples_of_docstrings_run(name: str) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        pytest.skip(str(error))
    assert doctest.testmod(module).failed == 0
