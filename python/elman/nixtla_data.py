"""Data of `elman.nixtla.ElmanForecast`: columns by name, and the data frame of the forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from elman import nixtla_freq
from elman._elman import Table
from elman.errors import DataError, OptionError
from elman.frames import KINDS, Frame, Kind
from elman.future import kind_of
from elman.nixtla_models import Model

#: Kinds of data frames that are pickled as tables of pyarrow: relations, and streams.
_AS_PYARROW = ("table", "arrow", "duckdb")


class NixtlaData:
    """Data with the names of their columns, and the kind of data frame that forecasts become.

    The data never change: those that are kept are a copy of a data frame whose values may be
    changed in place.
    """

    def __init__(
        self, df: Frame, id_col: str, time_col: str, target_col: str, is_kept: bool = False
    ) -> None:
        self.columns = {"id_col": id_col, "time_col": time_col, "target_col": target_col}
        self.kind: Kind = kind_of(df, "df")
        df = self.kind.kept(df)
        self._frame = self.kind.own(df, None) if is_kept else df
        self.table = self.kind.table(self._frame)
        missing = [name for name in self.columns.values() if name not in self.table.column_names]
        if missing:
            names = ", ".join(self.table.column_names)
            raise DataError(f"the data have no column `{missing[0]}`", f"their columns: {names}")

    @property
    def keys(self) -> list[str]:
        """Columns of a forecast before those of the models: series and time."""
        return [self.columns["id_col"], self.columns["time_col"]]

    def fits(self, models: Sequence[Model], freq: str | int, shared: list[str]) -> None:
        """Refuse a frequency or an alias that does not fit; `shared` has the other columns.

        Raises
        ------
        OptionError
            Another frequency than that of the times; an alias that is the name of a column.
        """
        nixtla_freq.fits(freq, self.table, *self.keys)
        names = [*shared, *(model.alias for model in models)]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise OptionError(
                f"two columns of the forecasts are called `{twice[0]}`",
                "give the model another `alias`, or rename the column of the data",
            )

    def exog(self, names: Sequence[str]) -> list[str]:
        """Those of `names` that are covariates."""
        return [name for name in names if name not in self.columns.values()]

    def frame(self, tables: dict[str, Table], shared: int) -> Frame:
        """Data frame of the first `shared` columns, then of the forecasts of each model."""
        first = next(iter(tables.values()))
        together = first.select(first.column_names[:shared])
        for alias, table in tables.items():
            model, *others = table.column_names[shared:]
            bounds = [n for n in others if n.startswith((f"{model}-lo-", f"{model}-hi-"))]
            own = [model, *bounds]
            renamed = table.select(own).renamed([alias + name.removeprefix(model) for name in own])
            together = together.beside(renamed)
        return self.kind.from_table(together)

    def __deepcopy__(self, memo: dict[int, Any]) -> NixtlaData:
        return self

    def __reduce__(self) -> tuple[object, tuple[str, Frame, tuple[str, ...]]]:
        frame = self._frame
        if self.kind.name in _AS_PYARROW:
            import pyarrow

            frame = pyarrow.table(self.table)
        return _unpickled, (self.kind.name, frame, tuple(self.columns.values()))


def _unpickled(kind: str, frame: Frame, columns: tuple[str, str, str]) -> NixtlaData:
    data = NixtlaData(frame, *columns)
    if kind in _AS_PYARROW:
        data.kind = next(one for one in KINDS if one.name == kind)
    return data
