"""The data of a run: a Parquet data set on storage that all workers see, or a data frame."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds

from elman.errors import DataError

from .arrow import arrow_table
from .column_types import plain_type
from .columns import input_columns
from .config import Config
from .hashing import content_hash
from .partitions import Partition
from .ranges import by_range, row_groups
from .schema import ADVICE, Footer, InputSchema, footers, schema_of_files
from .split import by_hash

Source = str | os.PathLike[str] | Sequence[str] | object


@dataclass(frozen=True)
class DataSet:
    """Parquet files, or a table in the memory of this process.

    Parameters
    ----------
    files
        Absolute paths of Parquet files.
    table
        The table, if there are no files.
    """

    files: tuple[str, ...] = ()
    table: pa.Table | None = None

    @cached_property
    def _footers(self) -> list[Footer]:
        return footers(self.files)

    def schema(self, config: Config) -> InputSchema:
        """The columns that a forecast reads, with one type each for all files.

        Raises
        ------
        DataError
            A file that is no Parquet file, or has not the columns; columns whose types differ.
        """
        if self.table is None:
            return schema_of_files(self._footers, config)
        names = input_columns(self.table.column_names, config)
        types = [(name, plain_type(self.table.schema.field(name).type)) for name in names]
        return InputSchema(pa.schema(types))

    def dataset(self, config: Config) -> ds.Dataset:
        """The columns that a forecast reads; rows are read when they are needed."""
        schema = self.schema(config)
        if self.table is not None:
            return ds.dataset(self.table.select(schema.fields.names))
        return schema.dataset(self.files)

    def rows(self) -> int:
        """Number of rows, from the ends of the files."""
        if self.table is not None:
            return len(self.table)
        return sum(footer.rows for footer in self._footers)

    def identity(self) -> str:
        """Changes when the data change: sizes and times of files, or the hash of a table."""
        if self.table is not None:
            return content_hash(self.table)
        stats = [(file, Path(file).stat()) for file in self.files]
        return "; ".join(f"{file} {stat.st_size} {stat.st_mtime_ns}" for file, stat in stats)

    def ranges(self, wanted: int, config: Config) -> list[Partition] | None:
        """Partitions that need no file to be written; none if the series are not in order."""
        self.schema(config)
        groups = row_groups(self.files, config.id_col) if self.files else None
        return by_range(groups, wanted) if groups else None

    def partitions(self, wanted: int, directory: Path, config: Config) -> list[Partition]:
        """At most ``wanted`` partitions.

        Ranges of names where the files have the series in order, else files that are written into
        ``directory``.
        """
        found = self.ranges(wanted, config)
        if found is not None:
            return found
        scanner = self.dataset(config).scanner(batch_readahead=2, fragment_readahead=1)
        return by_hash(
            scanner.to_batches(), scanner.projected_schema, directory, wanted, config.id_col
        )


def data_set(source: Source) -> DataSet:
    """The data behind a path, a list of paths, a directory of Parquet files, or a data frame.

    Raises
    ------
    DataError
        No such file; a directory without Parquet files; an object that is no table.
    """
    if isinstance(source, (str, os.PathLike)):
        return DataSet(files=_files(Path(source)))
    if isinstance(source, (list, tuple)) and all(
        isinstance(path, (str, os.PathLike)) for path in source
    ):
        if not source:
            raise DataError("the list of paths is empty", ADVICE)
        return DataSet(files=tuple(file for path in source for file in _files(Path(path))))
    return DataSet(table=arrow_table(source))


def _files(path: Path) -> tuple[str, ...]:
    if path.is_file():
        return (str(path.resolve()),)
    if not path.is_dir():
        raise DataError(f"there is no file {path}")
    whole = path.resolve()
    files = sorted(file for file in whole.rglob("*.parquet") if _is_seen(file.relative_to(whole)))
    if not files:
        raise DataError(f"the directory {path} has no file *.parquet", ADVICE)
    return tuple(map(str, files))


def _is_seen(path: Path) -> bool:
    """Whether pyarrow, Spark and Hive read this file of a directory.

    Folders such as ``_temporary`` and ``.ipynb_checkpoints`` have rows that are not, or twice,
    among the data.
    """
    return not any(part.startswith(("_", ".")) for part in path.parts)
