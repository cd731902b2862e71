"""Files of `elman.nixtla.ElmanForecast`: pickles, as StatsForecast writes them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from elman.errors import DataError, FileError
from elman.outputs import PICKLE, replaceable, written


def write(forecaster: object, path: str | os.PathLike[str]) -> None:
    """Write a pickle.

    Raises
    ------
    FileError
        A file that cannot be written, or is there and no pickle.
    """
    written(replaceable(path, PICKLE), pickle.dumps(forecaster))


def read(path: str | os.PathLike[str]) -> object:
    """Read a pickle, which runs code.

    Raises
    ------
    FileError
        A file that cannot be read.
    DataError
        A file that is no pickle, or damaged.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from error
    try:
        if PICKLE.begins(content):
            found: object = pickle.loads(content)
            return found
    except (pickle.UnpicklingError, EOFError, AttributeError, IndexError):
        pass
    raise refused(path)


def refused(path: str | os.PathLike[str]) -> DataError:
    """The error of a file with something else."""
    return DataError(f"{path} has no ElmanForecast", "give a file that its `save` wrote")
