"""Partitions of a data set in any order: its rows, written into a file for each partition."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .hashing import partition_numbers
from .partitions import Partition

# Rows in memory before they are written: a row group of each partition gets its share of them.
BUFFERED = 4_000_000

# Files that are open at once, at most: a process of macOS may have 256, of Linux 1,024.
OPEN = 200


def by_hash(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    directory: Path,
    partitions: int,
    id_col: str,
) -> list[Partition]:
    """Write each row into the file of its partition, a stable hash of its series' name.

    The rows keep their order.

    ``batches`` are read once; about ``BUFFERED`` rows are in memory at a time. More partitions than
    ``OPEN`` are written in two passes, or three: first into files of many partitions each, which
    are then split and removed. ``directory`` gets a Parquet file for each partition that has
    series, under its final name when all are written; the first file of data without a row has
    none.
    """
    directory.mkdir(parents=True, exist_ok=True)
    split = _Split(schema, directory, partitions, id_col)
    rows = split.written(batches, partitions) or split.empty()
    found = []
    for number, count in sorted(rows.items()):
        path = directory / f"part-{number:06}.parquet"
        split.path(number, 1).replace(path)
        found.append(Partition(number, (str(path),), rows=count))
    return found


@dataclass(frozen=True)
class _Split:
    """Files of rows with the same columns."""

    schema: pa.Schema
    directory: Path
    partitions: int
    id_col: str

    def written(self, batches: Iterable[pa.RecordBatch], span: int) -> dict[int, int]:
        """Write rows of ``span`` partitions that follow each other; the rows of each."""
        width = 1
        while width * OPEN < span:
            width *= OPEN
        rows = self._pass(batches, width)
        if width == 1:
            return rows
        found: dict[int, int] = {}
        for number in rows:
            path = self.path(number, width)
            with pq.ParquetFile(path) as file:
                found |= self.written(file.iter_batches(), width)
            path.unlink()
        return found

    def empty(self) -> dict[int, int]:
        """Write a file without a row."""
        pq.write_table(self.schema.empty_table(), self.path(0, 1))
        return {0: 0}

    def path(self, number: int, width: int) -> Path:
        """Unfinished file ``number`` of those that have the rows of ``width`` partitions each."""
        return self.directory / f"part-{number:06}-{width}.tmp"

    def _pass(self, batches: Iterable[pa.RecordBatch], width: int) -> dict[int, int]:
        """Write the rows of each ``width`` partitions into a file; the rows of each file."""
        rows: dict[int, int] = {}
        writers: dict[int, pq.ParquetWriter] = {}
        with ExitStack() as files:
            for table in self._tables(batches):
                for number, part in self._parts(table, width):
                    if number not in writers:
                        path = self.path(number, width)
                        writer = pq.ParquetWriter(path, self.schema, compression="zstd")
                        writers[number] = files.enter_context(writer)
                    writers[number].write_table(part)
                    rows[number] = rows.get(number, 0) + len(part)
        return rows

    def _tables(self, batches: Iterable[pa.RecordBatch]) -> Iterable[pa.Table]:
        waiting: list[pa.RecordBatch] = []
        for batch in batches:
            waiting.append(batch)
            if sum(map(len, waiting)) >= BUFFERED:
                yield pa.Table.from_batches(waiting, self.schema)
                waiting.clear()
        yield pa.Table.from_batches(waiting, self.schema)

    def _parts(self, table: pa.Table, width: int) -> Iterable[tuple[int, pa.Table]]:
        """The rows of a table for each file."""
        numbers = partition_numbers(table[self.id_col], self.partitions)
        numbers = pc.divide(numbers, pa.scalar(width, numbers.type))
        order = pc.sort_indices(numbers)
        table, numbers = table.take(order), numbers.take(order)
        counts = pc.value_counts(numbers)
        start = 0
        for number, count in zip(
            counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True
        ):
            yield number, table.slice(start, count)
            start += count
