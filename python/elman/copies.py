"""Copies of a forecaster: with its data in the same process, without them by pickle."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from elman._elman import Fitted
from elman.data import Data
from elman.parameters import Parameters

_Self = TypeVar("_Self", bound="Copies")


class Copies(Parameters):
    """A forecaster that is copied and pickled.

    Neither a model nor its data ever change, so that a copy in the same process shares them. A
    pickle has the bytes of the model file, and not the data.
    """

    _fitted: Fitted
    _data: Data | None = None
    #: Name of the kind of data frame that a copy by pickle was fitted with.
    _kind: str | None = None

    def __copy__(self: _Self) -> _Self:
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    def __deepcopy__(self: _Self, memo: dict[int, Any]) -> _Self:
        other = copy.copy(self)
        params = {name: copy.deepcopy(getattr(self, name), memo) for name in self.parameter_names()}
        other.__dict__.update(params)
        return other

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.parameter_names()}
        if "_fitted" in self.__dict__:
            state["_fitted"] = self._fitted.to_bytes()
            state["_kind"] = self._kind if self._data is None else self._data.kind.name
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        fitted = state.pop("_fitted", None)
        self.__dict__.update(state)
        if fitted is not None:
            self._fitted = Fitted.from_bytes(fitted)
