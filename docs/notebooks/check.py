#!/usr/bin/env python3
"""Executes the notebooks, checks their outputs, and compares them with the pages of the book.

    python docs/notebooks/check.py              check all notebooks
    python docs/notebooks/check.py lesson       check one
    python docs/notebooks/check.py --write      write the pages in docs/book/src/notebooks

It needs the package with its extra: pip install './python[notebook]'. A notebook is executed in a
temporary folder, so that the files it saves stay out of the repository. Its last cell, with the tag
`check`, has assertions, and is left out of the page. A page equals its notebook if all words are
the same and all numbers are close; the output of a cell with the tag `varies`, such as a time, is
not compared.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

from compare import first_difference
from render import ALT, CHECK, Page, render, write

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
PAGES = REPOSITORY / "docs/book/src/notebooks"
#: The notebooks: every file of this folder.
NAMES = sorted(file.stem for file in HERE.glob("*.ipynb"))
#: Most seconds of one notebook, on a slow machine with other work.
MAX_SECONDS = 600
#: Most bytes of one picture.
MAX_PICTURE = 60_000


def main() -> int:
    """Check or write the pages of the notebooks; the exit code is 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; by default all"
    )
    parser.add_argument(
        "--write", action="store_true", help="write the pages instead of comparing with them"
    )
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no notebook {unknown[0]}: choose from {', '.join(NAMES)}")

    failures = 0
    for name in options.names or NAMES:
        start = time.perf_counter()
        problems = problems_of(name, options.write)
        seconds = time.perf_counter() - start
        print(f"{name}: {'failed' if problems else 'ok'}, {seconds:.0f} s", flush=True)
        for problem in problems:
            print(f"  {problem}", file=sys.stderr)
        failures += bool(problems)
    return min(failures, 1)


def problems_of(name: str, is_written: bool) -> list[str]:
    """Execute a notebook, and compare with its page or write the page."""
    notebook = nbformat.read(HERE / f"{name}.ipynb", as_version=4)
    problems = problems_of_source(notebook)
    try:
        execute(notebook)
    except (CellControlSignal, DeadKernelError) as error:
        return [*problems, str(error)]
    page = render(notebook, name)
    problems += problems_of_output(notebook, page)
    if is_written:
        write(page, name, PAGES)
        return problems
    file = PAGES / f"{name}.md"
    if not file.exists():
        return [*problems, f"there is no page {file.relative_to(REPOSITORY)}: run with --write"]
    difference = first_difference(file.read_text(encoding="utf-8"), page.text)
    if difference:
        problems.append(f"{file.relative_to(REPOSITORY)} differs: {difference}; run with --write")
    missing = [picture for picture in page.pictures if not (PAGES / "images" / picture).exists()]
    problems += [f"there is no picture {picture}: run with --write" for picture in missing]
    return problems


def execute(notebook) -> None:
    """Execute a notebook in a folder that has the data that it reads."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "docs/notebooks"
        folder.mkdir(parents=True)
        (Path(room) / "examples").symlink_to(REPOSITORY / "examples")
        (Path(room) / "docs/book").symlink_to(REPOSITORY / "docs/book")
        NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=MAX_SECONDS,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
        ).execute(env=environment())


def environment() -> dict[str, str]:
    """Environment of the kernel: it runs in another folder, so paths of modules are absolute."""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    absolute = os.pathsep.join(str(Path(path).resolve()) for path in paths if path)
    return {**os.environ, "PYTHONPATH": absolute}


def problems_of_source(notebook) -> list[str]:
    """Problems of a notebook as it is stored: it has no output, and assertions at its end."""
    problems = []
    if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells):
        problems.append(
            "the stored notebook has output: remove it (Edit, Clear Outputs of All Cells)"
        )
    if CHECK not in notebook.cells[-1].metadata.get("tags", []):
        problems.append(f"the last cell has no tag `{CHECK}`, so nothing is checked")
    return problems


def problems_of_output(notebook, page: Page) -> list[str]:
    """Problems of what the reader sees: warnings, and pictures that are too large."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = [output.text for output in outputs if output.get("name") == "stderr"]
    problems = [f"a cell warns: {text.strip()}" for text in printed if "Warning" in text]
    if "![]" in page.text:
        problems.append(f"a picture has no description: give its cell the metadata `{ALT}`")
    for picture, content in page.pictures.items():
        if len(content) > MAX_PICTURE:
            problems.append(f"{picture} has {len(content)} bytes, more than {MAX_PICTURE}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
