"""Text of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elman.columns import to_lists

if TYPE_CHECKING:
    from elman._elman import Table

#: Rows that are shown at each end.
_SHOWN = 5


def as_text(table: Table) -> str:
    """Columns with their first and last rows."""
    rows = list(zip(*to_lists(table).values(), strict=True))
    hidden = len(rows) > 2 * _SHOWN + 1
    shown = [*rows[:_SHOWN], *rows[-_SHOWN:]] if hidden else rows
    cells = [table.column_names, *([_cell(value) for value in row] for row in shown)]
    if hidden:
        cells.insert(_SHOWN + 1, ["…"] * len(table.column_names))
    widths = [max(len(row[c]) for row in cells) for c in range(len(table.column_names))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
             for row in cells]  # fmt: skip
    return "\n".join([*lines, f"[{len(rows)} rows]"])


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
