"""The columns that a forecast reads and those that it writes, the same for every partition."""

from __future__ import annotations

import pyarrow as pa

from elman.column_names import check_columns
from elman.errors import DataError, ElmanError

from .config import Config
from .result_names import FAILURE, point_names
from .wording import next_step_of, of_series


def input_columns(names: list[str], config: Config, what: str = "the table") -> list[str]:
    """The columns that a forecast reads, of a table with columns of these names.

    Name, date, value, and the covariates of the configuration. ``what`` names the table in errors.

    Raises
    ------
    DataError
        A column that the table does not have, or has twice.
    """
    wanted = [config.id_col, config.time_col, config.target_col, *config.covariates]
    check_columns(names, wanted, what)
    return wanted


def result_schema(schema: pa.Schema, config: Config) -> pa.Schema:
    """The columns of a result for input with this schema. Names and dates keep their types."""
    name, date = (_plain(schema.field(column)) for column in (config.id_col, config.time_col))
    error = [pa.field(column, pa.string()) for column in FAILURE]
    points = point_names(config.task, config.level)
    before = [date]
    if config.task == "cross_validation":
        before += [pa.field("cutoff", date.type), pa.field(config.target_col, pa.float64())]
    return pa.schema([name, *before, *(pa.field(point, pa.float64()) for point in points), *error])


def _plain(field: pa.Field) -> pa.Field:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    return pa.field(field.name, kind)


def result_table(name: pa.Scalar, result: pa.Table, schema: pa.Schema) -> pa.Table:
    """The result of one series with the columns of ``schema``.

    Raises
    ------
    DataError
        A result without one of the columns; dates that do not keep their type.
    """
    columns = [pa.repeat(name, len(result))]
    for field in list(schema)[1:]:
        if field.name in FAILURE:
            columns.append(pa.nulls(len(result), field.type))
        elif field.name in result.column_names:
            columns.append(_kept(result[field.name], field))
        else:
            raise DataError(
                f"the forecast has no column `{field.name}`: {', '.join(result.column_names)}"
            )
    return pa.table(columns, schema=schema)


def _kept(values: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    try:
        return values.cast(field.type)
    except pa.ArrowInvalid as error:
        raise DataError(
            f"column `{field.name}` of the forecast does not fit into {field.type}: {error}"
        ) from error


def failure(name: pa.Scalar, error: ElmanError, schema: pa.Schema) -> pa.Table:
    """The row of a series that cannot be forecast."""
    row = {schema.names[0]: name.as_py(), "error": of_series(error), "help": next_step_of(error)}
    columns = [pa.array([row.get(field.name)], field.type) for field in schema]
    return pa.table(columns, schema=schema)
