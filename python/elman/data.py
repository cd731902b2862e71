"""Data of a forecast: columns, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from elman import arguments, frames
from elman._elman import Fitted, Panel, Table
from elman.errors import DataError
from elman.parameters import given

#: In place of a name: the data have no column of series, or none of times.
NONE = "none"
#: Names that an unknown name is compared with, at most: a comparison takes microseconds.
_MOST_COMPARED = 10_000


class Columns(NamedTuple):
    """Names of the columns of a data frame."""

    id_col: str
    time_col: str
    target_col: str
    futr_exog: Sequence[str]
    hist_exog: Sequence[str]
    static_exog: Sequence[str]

    def checked(self) -> Columns:
        """The names, if they are some.

        Raises
        ------
        OptionError
            A name that is no text; no list of names.
        """
        return Columns(
            arguments.column(self.id_col, "id_col"),
            arguments.column(self.time_col, "time_col"),
            arguments.column(self.target_col, "target_col"),
            arguments.names(self.futr_exog, "futr_exog"),
            arguments.names(self.hist_exog, "hist_exog"),
            arguments.names(self.static_exog, "static_exog"),
        )

    @property
    def covariates(self) -> list[str]:
        """Names of the covariates."""
        return [*self.futr_exog, *self.hist_exog, *self.static_exog]


class Data(NamedTuple):
    """A panel, and the kind of data frame that its forecasts become."""

    panel: Panel
    kind: frames.Kind
    #: Table of a data frame with future covariates; ``None`` of other data.
    table: Table | None
    #: Whether the data frame has a column of series; of a file it is not known, and True.
    has_names: bool = True
    #: Whether the data are the history of the series, not new values alone.
    is_history: bool = True

    def frame(self, table: Table) -> frames.Frame:
        """Data frame of a forecast, of the kind of the data.

        Raises
        ------
        DataError
            A column of the data has the name of one of the forecast.
        """
        names = table.column_names
        for name in names:
            if names.count(name) > 1:
                raise DataError(
                    f"two columns of the forecast are called `{name}`",
                    "rename that column of the data",
                )
        return self.kind.from_table(table)


def read(
    frame: frames.Frame,
    columns: Columns,
    options: dict[str, Any],
    what: str,
    after: Fitted | None = None,
    is_kept: bool = False,
) -> Data:
    """Read a data frame or a data file; `what` names the data frame in errors.

    Values that continue the series of the forecaster `after` may be a single row. If the data
    are kept for later, a change of the data frame does not change them.

    A data frame with the columns of `columns` is read by them. In other data the columns are
    found by their names and values, as the command line does.
    """
    columns = columns.checked()
    if frames.is_path(frame):
        document = _json(columns, options, _named(columns, None))
        panel = Panel.of_file(frames.name_of(frame), document, after)
        return Data(panel, frames.KINDS[0], None)
    kind = frames.kind_of(frame)
    frame = kind.kept(frame)
    names = kind.columns(frame)
    if not names:
        raise DataError(f"{what} has no columns", "give a column of times and a column of values")
    has_columns(names, columns.covariates, what)
    taken = None if given(options).get("wide") is True else _taken(names, columns)
    if is_kept and columns.futr_exog:
        frame = kind.own(frame, taken)
    table = kind.table(frame, taken)
    panel = Panel.of_table(table, _json(columns, options, _named(columns, names)), what, after)
    # The columns of the data frame are kept only where future rows may follow them.
    has_names = columns.id_col in names
    return Data(panel, kind, table if columns.futr_exog else None, has_names)


def _taken(names: list[str], columns: Columns) -> list[str] | None:
    """The columns that are read; ``None`` for all, where time or target is to be found."""
    if columns.time_col not in names or columns.target_col not in names:
        return None
    wanted = [columns.id_col, columns.time_col, columns.target_col, *columns.covariates]
    return [name for name in dict.fromkeys(wanted) if name in names]


def _named(columns: Columns, names: list[str] | None) -> dict[str, Any]:
    """The columns that the engine is told; it finds the others."""
    roles = {"id_col": columns.id_col, "time_col": columns.time_col, "target": columns.target_col}
    usual = {"id_col": "unique_id", "time_col": "ds", "target": "y"}
    if names is None:
        return {role: name for role, name in roles.items() if name != usual[role]}
    told: dict[str, Any] = {}
    for role, name in roles.items():
        if name in names or (name == NONE and role != "target"):
            told[role] = name
        elif name != usual[role]:
            raise DataError(
                f"the data have no column `{name}`", f"their columns: {', '.join(names)}"
            )
    if "id_col" not in told and {"time_col", "target"} <= set(told):
        told["id_col"] = NONE
    return told


def has_columns(names: list[str], wanted: Sequence[str], what: str) -> None:
    """Refuse data without a column.

    Raises
    ------
    DataError
        A column that is wanted and not there.
    """
    missing = [name for name in wanted if name not in names]
    if missing:
        raise DataError(f"{what} has no column `{missing[0]}`", f"its columns: {', '.join(names)}")


def unknown_series(name: object, known: Sequence[str]) -> DataError:
    """The error of a name that no series has."""
    near = get_close_matches(str(name), known[:_MOST_COMPARED], n=1)
    advice = f"did you mean `{near[0]}`?" if near else f"series of the data: {', '.join(known[:5])}"
    return DataError(f"no series is called `{name}`", advice)


def _json(columns: Columns, options: dict[str, Any], named: dict[str, Any]) -> str:
    document = given(options) | named
    document["futr_exog"] = list(columns.futr_exog)
    document["hist_exog"] = list(columns.hist_exog)
    document["static_exog"] = list(columns.static_exog)
    return json.dumps(document)
