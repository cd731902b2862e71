"""Data frames of polars: columns without copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from elman._elman import Table
from elman.errors import DataError

#: Whole numbers of 128 bits, in the versions of polars that have them.
_OF_128_BITS = [getattr(pl, name) for name in ("Int128", "UInt128") if hasattr(pl, name)]
#: Types that the engine gives back as text.
_AS_TEXT = [*_OF_128_BITS, pl.Decimal]


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
    # Arrow has no whole numbers of 128 bits.
    wide = [name for name, kind in frame.schema.items() if kind in _OF_128_BITS]
    frame = frame.with_columns(pl.col(wide).cast(pl.String))
    # polars gives a column without a type a buffer, which Arrow forbids.
    return Table.from_arrow(frame.with_columns(pl.col(pl.Null).cast(pl.String)))


def like(schema: pl.Schema) -> Callable[[Table], pl.DataFrame]:
    """Conversion of tables to data frames with names and times of the types of `schema`."""
    numbers = {name: kind for name, kind in schema.items() if kind in _AS_TEXT}

    def convert(table: Table) -> pl.DataFrame:
        frame = pl.DataFrame(table)
        texts = [name for name in numbers if frame.schema.get(name) == pl.String]
        return frame.with_columns(pl.col(name).cast(numbers[name]) for name in texts)

    return convert


def to_polars(table: Table) -> Any:
    """Data frame of a table."""
    return pl.DataFrame(table)
