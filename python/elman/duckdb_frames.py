"""Relations of DuckDB: that of a forecast belongs to the connection of the data."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow

from elman._elman import Table


def to_duckdb(table: Table) -> duckdb.DuckDBPyRelation:
    """Relation of a table, of the default connection."""
    return duckdb.from_arrow(pyarrow.table(table))


def like(data: duckdb.DuckDBPyRelation) -> Callable[[Table], duckdb.DuckDBPyRelation]:
    """Conversion of tables to relations of the connection of `data`, so that both can be joined."""

    def convert(table: Table) -> duckdb.DuckDBPyRelation:
        # DuckDB finds the name in the query among the variables of Python.
        elman_forecast_ = pyarrow.table(table)  # noqa: F841
        try:
            relation = data.query("elman_data_", "SELECT * FROM elman_forecast_")
        except duckdb.CatalogException:
            # The connection does not look for variables.
            relation = None
        return to_duckdb(table) if relation is None else relation

    return convert
