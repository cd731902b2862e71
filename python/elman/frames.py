"""Data frames: each kind becomes a table of the engine, and a table a data frame of that kind.

A new kind is one entry in ``KINDS``. No kind is imported here: a data frame brings its library.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from elman._elman import Table
from elman.errors import DataError, ElmanError

if TYPE_CHECKING:
    from typing import TypeAlias

#: A data frame of any kind, or the path of a data file.
Frame: TypeAlias = Any


def _shared(frame: Frame, columns: list[str] | None) -> Frame:
    return frame


def _itself(frame: Frame) -> Frame:
    return frame


class Kind(NamedTuple):
    """One kind of data frame."""

    #: Name of the kind.
    name: str
    #: Whether an object is of this kind.
    matches: Callable[[Frame], bool]
    #: Names of the columns.
    columns: Callable[[Frame], list[str]]
    #: Table of the columns with these names, or of all for ``None``.
    to_table: Callable[[Frame, list[str] | None], Table]
    #: Data frame of a table.
    from_table: Callable[[Table], Frame]
    #: Copy of the columns with these names, or of all for ``None``, of a data frame whose values
    #: may be changed in place; of another kind the data frame itself.
    own: Callable[[Frame, list[str] | None], Frame] = _shared
    #: Conversion of tables to data frames like one of the data; ``None`` for `from_table`.
    like: Callable[[Frame], Callable[[Table], Frame]] | None = None
    #: Table of a stream, which may end when it is read; of another kind the data frame itself.
    kept: Callable[[Frame], Frame] = _itself

    def table(self, frame: Frame, columns: list[str] | None = None) -> Table:
        """Table of a data frame, or of some of its columns.

        Raises
        ------
        DataError
            Two columns of one name; a column that the engine does not have.
        """
        frame = self.kept(frame)
        counts = Counter(self.columns(frame))
        for name in counts if columns is None else columns:
            if counts[name] > 1:
                raise DataError(f"two columns are called `{name}`", "rename one of them")
        return self.to_table(frame, columns)


def kind_of(frame: Frame) -> Kind:
    """Find the kind of a data frame. Its `from_table` keeps the types of that data frame.

    Raises
    ------
    DataError
        An object that is no data frame.
    """
    for kind in KINDS:
        if kind.matches(frame):
            return kind if kind.like is None else kind._replace(from_table=kind.like(frame))
    raise DataError(
        f"{_type_name(frame)} is no data frame",
        "give a data frame of pandas, polars or pyarrow, an object with `__arrow_c_stream__`, "
        'a dict of columns, as `{"y": values}`, or the path of a file',
    )


def frame_of(kind: str, table: Table) -> Frame:
    """Data frame of a table, of the kind with this name."""
    return next(one for one in KINDS if one.name == kind).from_table(table)


def _type_name(frame: Frame) -> str:
    module, name = type(frame).__module__, type(frame).__qualname__
    return name if module == "builtins" else f"{module}.{name}"


def is_path(frame: Frame) -> bool:
    """Whether an object is the path of a data file."""
    return isinstance(frame, (str, os.PathLike))


def _is_of(module: str, name: str) -> Callable[[Frame], bool]:
    """Whether an object is an instance of a class, without an import of its module."""

    def matches(frame: Frame) -> bool:
        loaded = sys.modules.get(module)
        kind = getattr(loaded, name, None)
        return isinstance(kind, type) and isinstance(frame, kind)

    return matches


def _has_stream(frame: Frame) -> bool:
    return hasattr(frame, "__arrow_c_stream__")


def _of_stream(frame: Frame) -> Table:
    """Table of an Arrow stream; a column alone, such as a Series, is no table."""
    try:
        return Table.from_arrow(frame)
    except AssertionError as error:
        raise without_stream(frame, error) from error
    except ValueError as error:
        if isinstance(error, ElmanError):
            raise
        raise DataError(
            f"{_type_name(frame)} is no table",
            "give a data frame with a column of times and a column of values",
        ) from error


def without_stream(frame: Frame, error: AssertionError) -> DataError:
    """The error of a data frame of PySpark, which asserts without a message: no timestamps."""
    return DataError(
        f"{_type_name(frame)} gives no Arrow table: {error!r}",
        'cast timestamps of Spark: `df.withColumn("ds", df.ds.cast("timestamp_ntz"))`',
    )


def _table_of_stream(frame: Frame, columns: list[str] | None) -> Table:
    table = _of_stream(frame)
    return table if columns is None else table.select(columns)


def _stream_columns(frame: Frame) -> list[str]:
    return _of_stream(frame).column_names


def _to_pandas(table: Table) -> Frame:
    from elman.pandas_frames import to_pandas

    return to_pandas(table)


def _like_pandas(frame: Frame) -> Callable[[Table], Frame]:
    from elman.pandas_types import like

    return like(frame)


def _from_pandas(frame: Frame, columns: list[str] | None) -> Table:
    from elman.pandas_frames import from_pandas

    return from_pandas(frame, columns)


def _to_polars(table: Table) -> Frame:
    from elman.polars_frames import to_polars

    return to_polars(table)


def _from_polars(frame: Frame, columns: list[str] | None) -> Table:
    from elman.polars_frames import from_polars

    return from_polars(frame, columns)


def _like_polars(frame: Frame) -> Callable[[Table], Frame]:
    from elman.polars_frames import like

    return like(frame.schema)


def _like_lazy(frame: Frame) -> Callable[[Table], Frame]:
    from elman.polars_frames import like

    convert = like(frame.collect_schema())
    return lambda table: convert(table).lazy()


def _to_lazy(table: Table) -> Frame:
    return _to_polars(table).lazy()


def _to_pyarrow(table: Table) -> Frame:
    import pyarrow

    return pyarrow.table(table)


def _to_duckdb(table: Table) -> Frame:
    from elman.duckdb_frames import to_duckdb

    return to_duckdb(table)


def _like_duckdb(frame: Frame) -> Callable[[Table], Frame]:
    from elman.duckdb_frames import like

    return like(frame)


def _to_dict(table: Table) -> dict[str, list[Any]]:
    from elman.columns import to_lists

    return to_lists(table)


def _like_dict(frame: Mapping[str, Any]) -> Callable[[Table], Frame]:
    from elman.columns import like

    return like(frame)


def _from_dict(frame: Mapping[str, Any], columns: list[str] | None) -> Table:
    from elman.columns import from_mapping

    named = {str(name): values for name, values in frame.items()}
    return from_mapping(named if columns is None else {name: named[name] for name in columns})


def _pandas_columns(frame: Frame) -> list[str]:
    from elman.pandas_frames import with_index

    return [str(name) for name in with_index(frame).columns]


def _own_pandas(frame: Frame, columns: list[str] | None) -> Frame:
    from elman.pandas_frames import own

    return own(frame, columns)


def _own_dict(frame: Mapping[str, Any], columns: list[str] | None) -> dict[str, Any]:
    taken = {n: values for n, values in frame.items() if columns is None or str(n) in columns}
    return {n: values.copy() if hasattr(values, "copy") else values for n, values in taken.items()}


KINDS: tuple[Kind, ...] = (
    Kind("table", lambda f: isinstance(f, Table), lambda f: list(f.column_names),
         _table_of_stream, _itself),
    Kind("pandas", _is_of("pandas", "DataFrame"), _pandas_columns,
         _from_pandas, _to_pandas, _own_pandas, _like_pandas),
    Kind("polars", _is_of("polars", "DataFrame"), lambda f: list(f.columns),
         _from_polars, _to_polars, like=_like_polars),
    Kind("polars, lazy", _is_of("polars", "LazyFrame"),
         lambda f: list(f.collect_schema().names()),
         lambda f, c: _from_polars((f if c is None else f.select(c)).collect(), None), _to_lazy,
         like=_like_lazy),
    Kind("duckdb", _is_of("duckdb", "DuckDBPyRelation"), lambda f: list(f.columns),
         lambda f, c: _table_of_stream(f.to_arrow_table(), c), _to_duckdb,
         like=_like_duckdb),
    Kind("dict", lambda f: isinstance(f, Mapping), lambda f: [str(c) for c in f],
         _from_dict, _to_dict, _own_dict, _like_dict),
    Kind("pyarrow", _is_of("pyarrow", "Table"), lambda f: list(f.column_names),
         lambda f, c: _table_of_stream(f if c is None else f.select(c), None), _to_pyarrow),
    Kind("arrow", _has_stream, _stream_columns, _table_of_stream, _itself,
         kept=_of_stream),
)  # fmt: skip


def name_of(path: Frame) -> Path:
    """Path of a data file."""
    return Path(os.fspath(path))
