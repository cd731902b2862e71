"""A data set in partitions: which series each of them has, and how a worker reads them."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from elman.errors import DataError

from .config import Config
from .schema import InputSchema, footers, schema_of_files

Bound = str | int | None

# The next step after a file that cannot be read.
DAMAGED = "write the file again; rows of a data frame are written again by `overwrite=True`"


@dataclass(frozen=True)
class Partition:
    """Some whole series of a Parquet data set.

    Those of its ``files`` whose names lie in ``[lower, upper)``.

    Parameters
    ----------
    number
        From 0; part of the name of the result.
    files
        Paths that every worker can read.
    lower, upper
        Bounds of the names; none for no bound.
    rows
        Rows to expect; an estimate where a row group has series of two partitions.
    """

    number: int
    files: tuple[str, ...]
    lower: Bound = None
    upper: Bound = None
    rows: int = 0

    def read(self, config: Config, schema: InputSchema | None = None) -> pa.Table:
        """The rows of this partition. Row groups without any of its series are not read.

        The columns have the types of ``schema``: those of the whole data set, and by default those
        of the files of this partition.

        Raises
        ------
        DataError
            A file that is no Parquet file; a column that the files do not have.
        OSError
            Files that cannot be read.
        """
        try:
            columns = schema or schema_of_files(footers(self.files), config)
            inside = self._filter(columns.fields.field(config.id_col))
            return columns.dataset(self.files).to_table(filter=inside)
        except (pa.ArrowInvalid, OSError) as error:
            # An error of the machine has a number; that of a damaged file has none.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise DataError(f"partition {self.number} cannot be read: {error}", DAMAGED) from error

    def _filter(self, id_field: pa.Field) -> pc.Expression | None:
        name = ds.field(id_field.name)
        inside = None
        if self.lower is not None:
            inside = name >= pa.scalar(self.lower, id_field.type)
        if self.upper is not None:
            below = name < pa.scalar(self.upper, id_field.type)
            inside = below if inside is None else inside & below
        # Rows without a name belong to the first partition, which lists them as an error.
        return inside | name.is_null() if inside is not None and self.lower is None else inside
