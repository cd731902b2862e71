"""Data frames of polars: columns without copies."""

from __future__ import annotations

from typing import Any

import polars as pl

from elman._elman import Table
from elman.errors import DataError


def from_polars(frame: pl.DataFrame, columns: list[str] | None) -> Table:
    """Table of a data frame, or of some of its columns.

    Raises
    ------
    DataError
        A column that Arrow does not have.
    """
    if columns is not None:
        frame = frame.select(columns)
    for name, kind in frame.schema.items():
        # polars ends the process at such a name.
        if "\0" in name:
            raise DataError(f"a column is called {name!r}", "give it a name without `\\0`")
        if kind == pl.Object:
            raise DataError(f"column `{name}` has objects of Python", "give numbers or texts")
    # polars gives a column without a type a buffer, which Arrow forbids.
    return Table.from_arrow(frame.with_columns(pl.col(pl.Null).cast(pl.String)))


def to_polars(table: Table) -> Any:
    """Data frame of a table."""
    return pl.DataFrame(table)
