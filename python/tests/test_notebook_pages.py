"""Pages of the notebooks: how they are compared, and how tables and texts are rendered."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
NOTEBOOKS = Path(__file__).resolve().parents[2] / "docs/notebooks"
sys.path.insert(0, str(NOTEBOOKS))

from compare import first_difference  # noqa: E402
from render import render, table_of_html  # noqa: E402


def test_close_numbers_are_equal() -> None:
    assert first_difference("loss 0.4231 of 20\n", "loss 0.4229 of 20\n") is None
    assert first_difference("loss 0.000099", "loss 0.000100") is None
    assert first_difference("| a | 1.0 |", "| a |  1.0 |") is None


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("loss 0.4231", "loss 0.4431"),
        ("loss 0.4231", "loss -0.4231"),
        ("20 steps", "21 steps"),
        ("best: theta", "best: ets"),
        ("1.5 and 2.5", "1.5"),
        ("one line", "one line\ntwo lines"),
    ],
)
def test_other_numbers_and_words_differ(was: str, now: str) -> None:
    assert first_difference(was, now) is not None


def test_output_of_a_cell_that_varies_is_not_compared() -> None:
    was = "a\n<!-- varies -->\n12.5 µs\n<!-- /varies -->\nb"
    assert first_difference(was, was.replace("12.5", "99.9\n\n")) is None
    assert first_difference(was, was.replace("\nb", "\nc")) is not None


def test_a_table_of_pandas_is_a_table_of_markdown() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a|b": [1.5, 2.0]}, index=pd.Index(["x", "y"], name="name"))
    assert table_of_html(frame.to_html()).splitlines() == [
        "| name | a\\|b |",
        "|---|---:|",
        "| x | 1.5 |",
        "| y | 2.0 |",
    ]


def test_a_page_has_texts_and_no_assertions() -> None:
    v4 = nbformat.v4
    printed = [
        v4.new_output("stream", name="stdout", text="one\n"),
        v4.new_output("stream", name="stderr", text="a progress bar"),
        v4.new_output("stream", name="stdout", text="two\n"),
    ]
    cells = [
        v4.new_markdown_cell("# Title, [next](own-csv.ipynb)"),
        v4.new_code_cell("print(1)", outputs=printed),
        v4.new_code_cell("assert True", metadata={"tags": ["check"]}),
    ]
    text = render(v4.new_notebook(cells=cells), "name").text
    assert "[next](own-csv.md)" in text
    assert "```text\none\ntwo\n```" in text
    assert "assert" not in text and "progress" not in text
