"""Data frames of polars: columns without copies."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any

import polars as pl

from elman._elman import Table
from elman.errors import DataError

#: Whole numbers of 128 bits, in the versions of polars that have them.
_OF_128_BITS = [getattr(pl, name) for name in ("Int128", "UInt128") if hasattr(pl, name)]
#: Types that the engine gives back as text.
_AS_TEXT = [*_OF_128_BITS, pl.Decimal]
#: Mean number of rows of a chunk from which each chunk is a batch.
_ROWS_OF_A_CHUNK = 10_000


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
    return _shared(frame.with_columns(pl.col(pl.Null).cast(pl.String)))


def _shared(frame: pl.DataFrame) -> Table:
    """Table with the memory of a data frame.

    The Arrow stream of polars copies the codes of categories, so they are taken as numbers. Codes
    are those of all data frames of the process: a column with fewer rows than codes is copied.
    """
    kinds = frame.schema.items()
    coded = [name for name, kind in kinds if isinstance(kind, (pl.Categorical, pl.Enum))]
    seen = {name: _codes(frame[name]) for name in coded}
    few = {name: codes for name, codes in seen.items() if _are_few(codes, len(frame))}
    if len(few) < len(coded):
        return Table.from_arrow(frame)
    table = _in_chunks(frame.with_columns(pl.col(coded).to_physical()))
    like = Table.from_arrow(frame.clear())
    for name, codes in few.items():
        table = table.with_categories(name, Table.from_arrow(codes), like)
    return table


def _in_chunks(frame: pl.DataFrame) -> Table:
    """Table with a batch for each chunk, which the Arrow stream of polars copies into one.

    Small chunks are copied: a batch costs more.
    """
    lengths = frame.to_series(0).chunk_lengths() if frame.width else []
    if len(frame) < _ROWS_OF_A_CHUNK * len(lengths):
        return Table.from_arrow(frame)
    starts = accumulate(lengths, initial=0)
    slices = (frame.slice(start, length) for start, length in zip(starts, lengths, strict=False))
    return Table.joined([Table.from_arrow(part) for part in slices])


def _are_few(codes: pl.DataFrame, rows: int) -> bool:
    return len(codes) > 0 and (codes["code"] < rows).all()


def _codes(column: pl.Series) -> pl.DataFrame:
    """Codes of a column of categories and their texts, each once."""
    found = column.unique().drop_nulls()
    codes = found.to_physical().cast(pl.UInt32)
    return pl.DataFrame({"code": codes, "text": found.cast(pl.String)})


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
