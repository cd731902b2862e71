"""Partitions of a data set in any order: its rows, written once into a file for each partition."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .hashing import partition_numbers
from .partitions import Partition

# Rows in memory before they are written: a row group of each partition gets its share of them.
BUFFERED = 4_000_000


def by_hash(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    directory: Path,
    partitions: int,
    id_col: str,
) -> list[Partition]:
    """Write each row into the file of its partition, a stable hash of its series' name.

    The rows keep their order.

    ``batches`` are read once; about ``BUFFERED`` rows are in memory at a time. ``directory`` gets a
    Parquet file for each partition that has series, under its final name when all are written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        writers = _Writers(files, directory, schema)
        waiting: list[pa.RecordBatch] = []
        for batch in batches:
            waiting.append(batch)
            if sum(map(len, waiting)) >= BUFFERED:
                writers.write(pa.Table.from_batches(waiting, schema), partitions, id_col)
                waiting.clear()
        writers.write(pa.Table.from_batches(waiting, schema), partitions, id_col)
    return writers.finished()


class _Writers:
    """The open files of the partitions."""

    def __init__(self, files: ExitStack, directory: Path, schema: pa.Schema) -> None:
        self.files = files
        self.directory = directory
        self.schema = schema
        self.open: dict[int, pq.ParquetWriter] = {}
        self.rows: dict[int, int] = {}

    def write(self, table: pa.Table, partitions: int, id_col: str) -> None:
        numbers = partition_numbers(table[id_col], partitions)
        order = pc.sort_indices(numbers)
        table, numbers = table.take(order), numbers.take(order)
        counts = pc.value_counts(numbers)
        start = 0
        for number, count in zip(
            counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True
        ):
            self._writer(number).write_table(table.slice(start, count))
            self.rows[number] = self.rows.get(number, 0) + count
            start += count

    def _writer(self, number: int) -> pq.ParquetWriter:
        if number not in self.open:
            path = self._path(number).with_suffix(".tmp")
            self.open[number] = self.files.enter_context(
                pq.ParquetWriter(path, self.schema, compression="zstd")
            )
        return self.open[number]

    def _path(self, number: int) -> Path:
        return self.directory / f"part-{number:06}.parquet"

    def finished(self) -> list[Partition]:
        found = []
        for number in sorted(self.rows):
            path = self._path(number)
            path.with_suffix(".tmp").replace(path)
            found.append(Partition(number, (str(path),), rows=self.rows[number]))
        return found
