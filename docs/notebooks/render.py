"""Renders an executed notebook as a page of the book: Markdown, with its pictures as files."""

from __future__ import annotations

import base64
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

#: Tag of cells with assertions, which the page leaves out.
CHECK = "check"
#: Tag of cells whose output differs from run to run, such as a time.
VARIES = "varies"
#: Lines of HTML around the output of such a cell: the text between them is not compared.
VARIES_BEGIN, VARIES_END = "<!-- varies -->", "<!-- /varies -->"
#: Metadata of a cell: description of its pictures, for those who cannot see them.
ALT = "alt"
#: Kind of output of a progress bar where ipywidgets is installed; elsewhere the bar is on stderr.
WIDGET = "application/vnd.jupyter.widget-view+json"


class Page(NamedTuple):
    """Page of the book."""

    #: Markdown.
    text: str
    #: Pictures by file name.
    pictures: dict[str, bytes]


def render(notebook, name: str) -> Page:
    """Render an executed notebook; `name` is its file name without the ending."""
    pictures: dict[str, bytes] = {}
    parts = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if CHECK in tags:
            continue
        if cell.cell_type == "markdown":
            parts.append(cell.source.replace(".ipynb)", ".md)"))
            continue
        parts.append(f"```python\n{cell.source}\n```")
        alt = cell.metadata.get(ALT, "")
        shown = [_output(output, alt, name, pictures) for output in _joined(cell.outputs)]
        parts += [VARIES_BEGIN, *shown, VARIES_END] if VARIES in tags else shown
    parts.append(
        f"*This page is `docs/notebooks/{name}.ipynb` with its output: [run it](index.md).*"
    )
    return Page("\n\n".join(parts) + "\n", pictures)


def _joined(outputs: list) -> list:
    """Outputs without progress bars, and with the parts joined in which a kernel sends a text."""
    joined = []
    for output in outputs:
        if output.get("name") == "stderr" or WIDGET in output.get("data", {}):
            continue
        if joined and output.output_type == joined[-1].output_type == "stream":
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _output(output, alt: str, name: str, pictures: dict[str, bytes]) -> str:
    """Markdown of one output."""
    if output.output_type == "stream":
        return _text(output.text)
    data = output.data
    if "image/png" in data:
        file = f"{name}-{len(pictures) + 1}.png"
        pictures[file] = base64.b64decode(data["image/png"])
        return f"![{alt}](images/{file})"
    if "<table" in data.get("text/html", ""):
        return table_of_html(data["text/html"])
    return _text(data.get("text/plain", ""))


def _text(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def table_of_html(html: str) -> str:
    """Markdown of the table that pandas writes for a data frame."""
    reader = _Table()
    reader.feed(html)
    head, *body = reader.rows
    if body and not any(body[0][1:]):  # the name of the index has a row of its own
        head = [body.pop(0)[0], *head[1:]]
    widths = "|".join("---" if column == 0 else "---:" for column in range(len(head)))
    lines = [_row(head), f"|{widths}|", *(_row(row) for row in body)]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.strip().replace("|", "\\|") for cell in cells) + " |"


class _Table(HTMLParser):
    """Reads the cells of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def write(page: Page, name: str, folder: Path) -> None:
    """Write a page and its pictures, and remove pictures that it no longer has."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob(f"{name}-*.png"):
        old.unlink()
    for file, content in page.pictures.items():
        (images / file).write_bytes(content)
    (folder / f"{name}.md").write_text(page.text, encoding="utf-8")
