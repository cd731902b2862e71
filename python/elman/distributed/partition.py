"""The pure function that every engine calls: from a table of series to their forecasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from elman import AutoForecaster
from elman.errors import DataError, DefectError, ElmanError
from elman.frames import Frame

from .arrow import arrow_table, decoded
from .columns import failure, input_columns, result_schema, result_table
from .config import Config
from .notes import merged, of_series, with_notes
from .result_names import FAILURE
from .series import saved_model, series_result

# The next step after an exception that is none of elman's own.
REPORT = "please report it with the rows of the series"


def fit_predict_partition(table: Frame, config: Config) -> pa.Table:
    """Forecast each series of a table alone.

    The forecast depends on the series, the seed and the configuration, and neither on the other
    series nor on the order of the rows of different series.

    Parameters
    ----------
    table
        Rows of any number of series, each series whole: a data frame of pyarrow, pandas, polars or
        DuckDB, any other object with ``__arrow_c_stream__``, or a dict of columns.
    config
        The configuration.

    Returns
    -------
    pyarrow.Table
        A table sorted by series. A series has ``h`` rows of ``unique_id``, ``ds``, ``elman`` and
        its intervals (``cross_validation``: ``cutoff``, ``y`` and the baselines, too). A series
        that cannot be forecast has one row with nulls, its error in the column ``error`` and the
        next step in the column ``help``. ``notes_of`` counts the notes on the forecasts.

    Raises
    ------
    DataError
        A column of the configuration that the table does not have; a damaged model file.
    """
    table = sorted_by_series(arrow_table(table), config)
    model = saved_model(config)
    schema = result_schema(table.schema, config)
    results, notes = [], Counter[str]()
    for name, rows in series_of(table, config):
        result, found = one_result(name, rows, config, model, schema)
        results.append(result)
        notes.update(of_series(found, name.as_py()))
    result = pa.concat_tables(results).combine_chunks() if results else schema.empty_table()
    return with_notes(result, merged([notes]))


def split_failures(result: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Separate a result of ``fit_predict_partition``.

    The forecasts, and the errors with the columns ``unique_id``, ``error`` and ``help``.
    """
    failed = pc.is_valid(result["error"])
    names = result.column_names
    kept = [name for name in names if name not in FAILURE]
    return result.filter(pc.invert(failed)).select(kept), result.filter(failed).select(
        [names[0], *FAILURE]
    )


def sorted_by_series(table: pa.Table, config: Config) -> pa.Table:
    """The columns that a forecast reads, sorted by series.

    Rows of a series are sorted by date, except where dates are text, whose order elman infers.

    Raises
    ------
    DataError
        A column that the table does not have.
    """
    table = decoded(table.select(input_columns(table.schema.names, config)))
    keys = [(config.id_col, "ascending")]
    is_text = pa.types.is_string(table.schema.field(config.time_col).type)
    if not is_text and not pa.types.is_large_string(table.schema.field(config.time_col).type):
        keys.append((config.time_col, "ascending"))
    return table.sort_by(keys).combine_chunks()


def series_of(table: pa.Table, config: Config) -> Iterator[tuple[pa.Scalar, pa.Table]]:
    """Each series of a sorted table: its name and its rows, without copies."""
    if len(table) == 0:
        return
    runs = pc.run_end_encode(table[config.id_col].combine_chunks())
    ends = [0, *runs.run_ends.to_pylist()]
    for name, (start, end) in zip(runs.values, pairwise(ends), strict=True):
        yield name, table.slice(start, end - start)


def one_result(
    name: pa.Scalar,
    rows: pa.Table,
    config: Config,
    model: AutoForecaster | None,
    schema: pa.Schema,
) -> tuple[pa.Table, list[str]]:
    """The result of one series, and its notes."""
    if not name.is_valid:
        error = DataError(f"{len(rows)} rows have no name of a series in column `{config.id_col}`")
        return failure(name, error, schema), []
    try:
        result, notes = series_result(rows, config, model)
        return result_table(name, result, schema), notes
    except ElmanError as error:
        return failure(name, error, schema), []
    except (MemoryError, OSError):
        # None of the series: the task is tried again.
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        return failure(name, DefectError(f"a defect of elman: {text}", REPORT), schema), []
