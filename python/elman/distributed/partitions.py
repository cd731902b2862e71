"""A data set in partitions: which series each of them has, and how a worker reads them."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from elman.errors import DataError

from .columns import input_columns
from .config import Config

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

    def read(self, config: Config) -> pa.Table:
        """The rows of this partition. Row groups without any of its series are not read.

        Raises
        ------
        DataError
            A file that is no Parquet file; a column that the files do not have.
        OSError
            Files that cannot be read.
        """
        try:
            data = ds.dataset(list(self.files), format="parquet")
            columns = input_columns(data.schema, config)
            return data.to_table(columns=columns, filter=self._filter(config.id_col))
        except (pa.ArrowInvalid, OSError) as error:
            # An error of the machine has a number; that of a damaged file has none.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise DataError(f"partition {self.number} cannot be read: {error}", DAMAGED) from error

    def _filter(self, id_col: str) -> pc.Expression | None:
        name = ds.field(id_col)
        inside = None
        if self.lower is not None:
            inside = name >= self.lower
        if self.upper is not None:
            below = name < self.upper
            inside = below if inside is None else inside & below
        # Rows without a name belong to the first partition, which lists them as an error.
        return inside | name.is_null() if inside is not None and self.lower is None else inside
