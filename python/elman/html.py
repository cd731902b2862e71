"""Tables of scores, as HTML for notebooks and as facts below a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape as escape
from typing import Any

#: Name and value.
Fact = tuple[str, str]


def facts_of(report: Mapping[str, Any]) -> list[Fact]:
    """Errors of the models, the sentence on them, and the coverage of the intervals."""
    facts = [(f"MASE of {row['name']}", shown(row["mase"])) for row in report["scores"]]
    sentence = report["sentence"]
    if sentence:
        facts.append(("model selection", sentence.removeprefix("note: ")))
    held = zip(report["levels"], report["coverage"], strict=False)
    facts += [(f"coverage of the {level:g} % interval", f"{share:.1%}") for level, share in held]
    return facts


def scores(rows: Sequence[Mapping[str, Any]], name: str, metrics: Sequence[str]) -> str:
    """Table of scores, one row for each model; the lowest of each metric is bold."""
    head = "".join(f"<th>{escape(metric.upper())}</th>" for metric in metrics)
    lowest = {metric: _lowest(rows, metric) for metric in metrics}
    lines = [f"<table><thead><tr><th></th>{head}</tr></thead><tbody>"]
    for row in rows:
        cells = [
            f"<td><b>{shown(row[m])}</b></td>"
            if row[m] is not None and row[m] == lowest[m]
            else f"<td>{shown(row[m])}</td>"
            for m in metrics
        ]
        lines.append(f"<tr><th>{escape(str(row[name]))}</th>{''.join(cells)}</tr>")
    return "".join([*lines, "</tbody></table>"])


def sentence(text: str | None) -> str:
    """Paragraph of a sentence; nothing for none."""
    return f"<p>{escape(text.removeprefix('note: '))}</p>" if text else ""


def shown(value: float | None) -> str:
    """Score with four digits; nothing for none."""
    return "" if value is None else f"{value:.4g}"


def _lowest(rows: Sequence[Mapping[str, Any]], metric: str) -> float | None:
    return min((row[metric] for row in rows if row[metric] is not None), default=None)
