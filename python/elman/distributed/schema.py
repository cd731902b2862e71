"""The columns that a forecast reads, with one type each for all files of a data set.

A type that differed from file to file would make a number depend on the partition of its series.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from elman.errors import DataError

from .column_types import common_type, plain_type
from .columns import input_columns
from .config import Config

# Type of a column that stands in the names of folders.
OF_FOLDERS = pa.string()

ADVICE = (
    "a run reads Parquet files, directories of them, and data frames: read a file of another "
    "format with pandas or polars, and give the data frame"
)


@dataclass(frozen=True)
class InputSchema:
    """The columns that a forecast reads.

    Parameters
    ----------
    fields
        Names and types.
    folders
        Columns that stand in the names of folders, as ``unique_id=a/part-0.parquet``.
    """

    fields: pa.Schema
    folders: tuple[str, ...] = ()

    def dataset(self, files: Sequence[str]) -> ds.Dataset:
        """The rows of Parquet files, read when they are needed."""
        of_folders = pa.schema([self.fields.field(name) for name in self.folders])
        return ds.dataset(
            list(files),
            schema=self.fields,
            format="parquet",
            partitioning=ds.partitioning(of_folders, flavor="hive") if self.folders else None,
        )


@dataclass(frozen=True)
class Footer:
    """The end of a Parquet file: number of rows, names and types of the columns."""

    file: str
    rows: int
    schema: pa.Schema


def footers(files: Iterable[str]) -> list[Footer]:
    """Read the ends of Parquet files. Files with the same columns share one schema.

    Raises
    ------
    DataError
        A file that is no Parquet file, or cannot be read.
    """
    found: list[Footer] = []
    for file in files:
        one = _footer(file)
        is_same = bool(found) and one.schema.equals(found[-1].schema)
        found.append(Footer(file, one.rows, found[-1].schema) if is_same else one)
    return found


def _footer(file: str) -> Footer:
    try:
        metadata = pq.read_metadata(file)
        schema = metadata.schema.to_arrow_schema().remove_metadata()
        return Footer(file, metadata.num_rows, schema)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{file} cannot be read as a Parquet file: {error}", ADVICE) from error


def schema_of_files(files: Iterable[Footer], config: Config) -> InputSchema:
    """The columns that a forecast reads in these files.

    Raises
    ------
    DataError
        A column that a file does not have; types of a column that have no common one.
    """
    types: dict[str, dict[pa.DataType, str]] = {}
    folders: list[str] = []
    before: tuple[pa.Schema, list[str]] | None = None
    for one in files:
        of_path = _of_folders(one.file)
        if before is not None and one.schema is before[0] and of_path == before[1]:
            continue
        before = one.schema, of_path
        missing = [name for name in of_path if name not in one.schema.names]
        for name in input_columns([*one.schema.names, *missing], config, one.file):
            is_folder = name in missing
            kind = OF_FOLDERS if is_folder else plain_type(one.schema.field(name).type)
            types.setdefault(name, {}).setdefault(kind, one.file)
            if is_folder and name not in folders:
                folders.append(name)
    numbers = {config.target_col, *config.covariates}
    fields = [
        pa.field(name, common_type(name, kinds, name in numbers)) for name, kinds in types.items()
    ]
    return InputSchema(pa.schema(fields), tuple(folders))


def _of_folders(file: str) -> list[str]:
    """Columns that stand in the names of folders, as Spark and Hive write them."""
    if "=" not in file:
        return []
    return [part.partition("=")[0] for part in Path(file).parent.parts if "=" in part]
