"""Results on disk: one file for each partition, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

NAME = re.compile(r"part-\d{6}-[0-9a-f]{16}\.parquet")


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
    descriptor, temporary = tempfile.mkstemp(
        prefix=f".{path.name}.", suffix=".tmp", dir=path.parent
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
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
    """Remove results of earlier data and files of processes that ended while they wrote.

    A reader of the directory then reads each series once.

    Returns
    -------
    int
        Number of files removed.
    """
    removed = 0
    for path in directory.glob("*"):
        unfinished = path.name.startswith(".part-") and path.name.endswith(".tmp")
        if unfinished or (NAME.fullmatch(path.name) and path.name not in keep):
            path.unlink(missing_ok=True)
            removed += 1
    return removed
