"""Data frames of any kind as tables of pyarrow."""

from __future__ import annotations

import pyarrow as pa

from elman import frames
from elman.errors import DataError

# Layouts that pyarrow neither sorts nor takes rows of, and the types that it does.
VIEWS = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}


def arrow_table(data: object) -> pa.Table:
    """Data as a pyarrow table, without copies where the layout allows.

    Raises
    ------
    DataError
        An object that is no data frame; a frame of Spark with times that have a zone.
    """
    if isinstance(data, pa.Table):
        return _without_views(data)
    stream = data if hasattr(data, "__arrow_c_stream__") else frames.kind_of(data).table(data)
    try:
        return _without_views(pa.table(stream))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(
            f"{type(data).__name__} is no table: {error}",
            "give a data frame with columns of series, times and values",
        ) from error
    except AssertionError as error:
        raise frames.without_stream(data, error) from error


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
