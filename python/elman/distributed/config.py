"""The configuration of a distributed forecast: one value that travels to every worker."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args

from elman import AutoForecaster, __version__
from elman.arguments import column
from elman.base import OF_DATA
from elman.errors import DataError, OptionError
from elman.parameters import flag, whole

from .checked import COVARIATES, file_path, levels, options
from .option_values import check_values
from .result_names import check_names
from .trials import SEEDS

Task = Literal["forecast", "cross_validation"]

SEED = 1

# Options of the reader of data, which a saved model takes, too.
OF_SAVED = frozenset((*OF_DATA, *COVARIATES))


@dataclass(frozen=True)
class Config:
    """Configuration of a forecast in partitions.

    Each series is forecast alone, so that no result depends on the partitions.

    Parameters
    ----------
    h
        Forecast horizon, in time steps.
    task
        ``forecast``, or ``cross_validation``: rolling-origin evaluation of each series.
    level
        Levels of the prediction intervals, in per cent.
    model
        Models of ``AutoForecaster``, which by default trains networks for each series;
        ``pretrained`` and the statistical models train no network.
    seed
        Random seed. A series has the same forecast in every run with the same seed.
    id_col, time_col, target_col
        The columns with the name, the dates and the values of the series.
    n_windows, step_size, refit
        Cutoffs of ``cross_validation``, time steps between them, training at each of them.
    model_file
        Path of a saved model, which forecasts every series in place of a training, with intervals
        of any ``level``.
    model_bytes
        The same as the bytes of the file.
    options
        Further options of ``AutoForecaster`` under their names: ``{"freq": "D", "season": [7]}``.
        With a saved model only those of the reader of data, and the covariates of the
        training.
    """

    h: int
    task: Task = "forecast"
    level: tuple[float, ...] = (80, 95)
    model: str | None = None
    seed: int = SEED
    id_col: str = "unique_id"
    time_col: str = "ds"
    target_col: str = "y"
    n_windows: int = 1
    step_size: int = 1
    refit: bool = False
    model_file: str | None = None
    model_bytes: bytes | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Check every field, and keep it as a plain value of Python.

        Raises
        ------
        OptionError
            A value of another type or out of range; an unknown task; two models; an option of a
            training beside a saved model; an option that has a field of its own, or that
            ``AutoForecaster`` does not have; an unknown model or value of an option; columns of
            the data with names of the result.
        """
        for name, value in self._checked().items():
            object.__setattr__(self, name, value)
        if self.task not in get_args(Task):
            raise OptionError(
                f"`task` is {self.task!r}: one of {', '.join(get_args(Task))} is needed"
            )
        if self.model_file is not None and self.model_bytes is not None:
            raise OptionError("`model_file` and `model_bytes` are the same model: give one of them")
        if self.has_model:
            self._check_saved()
        for name in self.options:
            if name in _NAMES or name in _SET_HERE:
                why = _SET_HERE.get(name, "it is a field of Config")
                raise OptionError(f"`{name}` is no further option: {why}")
        AutoForecaster(self.h).set_params(**self.options)
        columns = {name: getattr(self, name) for name in ("id_col", "time_col", "target_col")}
        check_names(columns, self.task, self.level)
        check_values(self.model, self.options)

    def _checked(self) -> dict[str, Any]:
        """The fields as plain values of Python, each of its type and range."""
        columns = ("id_col", "time_col", "target_col")
        if not isinstance(self.model, (str, NoneType)):
            raise OptionError(f"`model` is {self.model!r}", "give the name of a model")
        if not isinstance(self.model_bytes, (bytes, NoneType)):
            kind = type(self.model_bytes).__name__
            raise OptionError(f"`model_bytes` is a {kind}", "give the bytes of a model file")
        return {
            **{name: whole(getattr(self, name), name) for name in ("h", "n_windows", "step_size")},
            **{name: column(getattr(self, name), name) for name in columns},
            "seed": whole(self.seed, "seed", 0, SEEDS - 1),
            "level": levels(self.level),
            "refit": flag(self.refit, "refit"),
            "model_file": file_path(self.model_file, "model_file"),
            "options": options(self.options),
        }

    def _check_saved(self) -> None:
        """Refuse parameters that the training of the saved model has fixed."""
        if self.refit:
            raise OptionError("`refit` trains at each cutoff: leave out the saved model")
        given = {"model": self.model, "seed": None if self.seed == SEED else self.seed}
        for name, value in given.items():
            if value is not None:
                raise OptionError(
                    f"`{name}` is {value!r}, and a saved model forecasts every series",
                    f"leave out `{name}`, or the saved model",
                )
        for name in self.options:
            if name not in OF_SAVED:
                raise OptionError(
                    f"a saved model has no use for the option `{name}`: it is trained already",
                    f"leave it out, or train a model with `{name}` by `train_on_sample`",
                )

    @property
    def has_model(self) -> bool:
        """Whether a saved model forecasts the series."""
        return self.model_file is not None or self.model_bytes is not None

    @property
    def covariates(self) -> list[str]:
        """Columns of the covariates."""
        return [name for kind in COVARIATES for name in self.options.get(kind, ())]

    def model_hash(self) -> str | None:
        """SHA-256 of the saved model as it is now, as hexadecimal digits."""
        return hashlib.sha256(self.model_content()).hexdigest() if self.has_model else None

    def model_content(self) -> bytes:
        """Bytes of the saved model.

        Raises
        ------
        DataError
            A file that cannot be read; a configuration without a saved model.
        """
        if self.model_bytes is not None:
            return self.model_bytes
        if self.model_file is None:
            raise DataError("the configuration has no saved model")
        try:
            return Path(self.model_file).read_bytes()
        except OSError as error:
            raise DataError(
                f"the model file {self.model_file} cannot be read: {error.strerror}"
            ) from error

    def with_model(self, path: str) -> Config:
        """The same configuration, whose saved model is the file ``path``.

        ``model``, ``seed`` and the options of a training are left out.
        """
        kept = {name: value for name, value in self.options.items() if name in OF_SAVED}
        saved = replace(self, model=None, seed=SEED, options=kept)
        return replace(saved, model_file=path, model_bytes=None)

    def with_options(self, **options: Any) -> Config:
        """The same configuration with these further options of ``AutoForecaster``."""
        return replace(self, options={**self.options, **options})

    def fingerprint(self) -> str:
        """SHA-256 of everything that a result depends on beside the data, as hexadecimal digits."""
        content = json.loads(self.to_json())
        del content["model_file"], content["model_bytes"]
        content |= {"model_hash": self.model_hash(), "version": __version__}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """One JSON document, from which ``from_json`` makes the same configuration."""
        content = asdict(self)
        if self.model_bytes is not None:
            content["model_bytes"] = base64.b64encode(self.model_bytes).decode()
        return json.dumps(content)

    @classmethod
    def from_json(cls, text: str) -> Config:
        """The configuration of a JSON document.

        Raises
        ------
        OptionError
            Text that is no JSON document of a configuration.
        """
        try:
            content = json.loads(text)
            if content.get("model_bytes") is not None:
                content["model_bytes"] = base64.b64decode(content["model_bytes"], validate=True)
            return cls(**content)
        except (AttributeError, TypeError, ValueError) as error:
            if isinstance(error, OptionError):
                raise
            raise OptionError(f"the text is no configuration: {error}") from error


_NAMES = {one.name for one in fields(Config)}
_SET_HERE = {
    "scope": 'each series is forecast alone (`scope="local"`)',
    "threads": "each partition takes one thread",
    "progress": "a run has the argument `progress`",
}
