"""Results on disk: one file for each partition, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from elman.errors import DataError, OptionError

NAME = re.compile(r"part-\d{6}-[0-9a-f]{16}\.parquet")

# A scheme, such as `s3://`; a path object has one slash of it. A drive of Windows has one letter.
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def results_directory(out: object) -> Path:
    """Absolute path of the directory of the results.

    Raises
    ------
    OptionError
        No path.
    DataError
        A path with a scheme, such as ``s3://``.
    """
    if not isinstance(out, (str, os.PathLike)):
        raise OptionError(f"`out` is {out!r}", "give the path of a directory")
    path = os.fspath(out)
    if SCHEME.match(path):
        raise DataError(
            f"{path} is no path of a directory",
            "mount the storage on this machine and on all workers, and give the path of the mount",
        )
    return Path(path).resolve()


def part_name(number: int, data_hash: str, config_fingerprint: str) -> str:
    """Name of the file of a partition: its number, and a hash of its data and its configuration.

    A task that runs twice writes the same file.
    """
    both = hashlib.sha256(f"{data_hash} {config_fingerprint}".encode()).hexdigest()
    return f"part-{number:06}-{both[:16]}.parquet"


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> int:
    """Write a file under another name, then rename it.

    ``path`` is a whole file or none, whenever the process ends.

    Returns
    -------
    int
        Bytes of the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        # Not a file of `tempfile`, which its owner alone can read.
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return size


def write_parquet(path: Path, table: pa.Table) -> int:
    """Write a table as Parquet, atomically. The same table gives the same bytes.

    Returns
    -------
    int
        Bytes of the file.
    """
    return write_atomically(path, lambda file: pq.write_table(table, file, compression="zstd"))


def remove_others(directory: Path, keep: set[str]) -> int:
    """Remove results of other runs, and files of processes that ended while they wrote.

    A reader of the directory then reads each series once.

    Returns
    -------
    int
        Number of files removed.
    """
    removed = 0
    for path in directory.glob("*"):
        unfinished = path.name.startswith(".part-") and path.name.endswith(".tmp")
        other = NAME.fullmatch(path.name) and path.name not in keep
        if (unfinished or other) and path.is_file():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
