"""Data frames of any kind as tables of pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from elman import frames
from elman.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

# Layouts that pyarrow neither sorts nor takes rows of, and the types that it does.
VIEWS = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}


# Packages whose data are on several workers, and the call that writes them as Parquet.
ON_WORKERS = {"dask": "to_parquet(path)", "ray": "write_parquet(path)"}


def arrow_table(data: object) -> pa.Table:
    """Data as a pyarrow table, without copies where the layout allows.

    Raises
    ------
    DataError
        An object that is no data frame; a frame of Spark with times that have a zone.
    """
    if isinstance(data, pa.Table):
        return _without_views(data)
    package = type(data).__module__.partition(".")[0]
    if package in ON_WORKERS:
        raise DataError(
            f"the data of {package} are on its workers, and in no table",
            f"write them with `{ON_WORKERS[package]}`, and give the path",
        )
    kind = frames.kind_of(data)
    if kind.name == "pandas":
        data = _without_periods(data)
    stream = data if hasattr(data, "__arrow_c_stream__") else kind.table(data)
    try:
        return _without_views(pa.table(stream))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(
            f"{type(data).__name__} is no table: {error}",
            "give a data frame with columns of series, times and values",
        ) from error
    except AssertionError as error:
        raise frames.without_stream(data, error) from error


def _without_periods(frame: pd.DataFrame) -> pd.DataFrame:
    """A data frame of pandas with its named index as columns, and the first moments of periods."""
    import pandas as pd

    from elman.pandas_frames import with_index

    frame = with_index(frame).copy(deep=False)
    for place, kind in enumerate(frame.dtypes):
        if isinstance(kind, pd.PeriodDtype):
            frame.isetitem(place, frame.iloc[:, place].dt.to_timestamp())
    return frame


def _without_views(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type) and field.type.value_type in VIEWS:
            chunks = [_dictionary(chunk) for chunk in table[place].chunks]
            kind = pa.dictionary(field.type.index_type, VIEWS[field.type.value_type])
            table = table.set_column(place, field.name, pa.chunked_array(chunks, kind))
        elif field.type in VIEWS:
            table = table.set_column(place, field.name, table[place].cast(VIEWS[field.type]))
    return table


def _dictionary(chunk: pa.DictionaryArray) -> pa.DictionaryArray:
    values = chunk.dictionary.cast(VIEWS[chunk.dictionary.type])
    return pa.DictionaryArray.from_arrays(chunk.indices, values)


def decoded(table: pa.Table) -> pa.Table:
    """The table with values in place of dictionaries, which have no order."""
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            values = table[place].cast(field.type.value_type)
            table = table.set_column(place, field.name, values)
    return table
