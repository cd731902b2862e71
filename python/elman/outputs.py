"""Files that are written: one of another kind is not replaced."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from elman.errors import FileError

#: Bytes by which the kind of a file is known.
_HEAD = 4096


class Kind(NamedTuple):
    """Kind of a file that is written."""

    #: Name with its article.
    name: str
    #: Whether a file of this kind may begin with these bytes.
    begins: Callable[[bytes], bool]


# The length of the header in eight bytes, then the header, which is a JSON document.
MODEL = Kind("a model file", lambda head: head[8:9] == b"{")
# The version of the format, then the name of the producer.
ONNX = Kind("an ONNX model", lambda head: head[:1] == b"\x08" and head[2:3] == b"\x12")
# The opcode of the protocol, then its version.
PICKLE = Kind("a pickle", lambda head: head[:1] == b"\x80")
CHARTS = {
    ".png": Kind("a PNG image", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ".svg": Kind("an SVG image", lambda head: b"<svg" in head.lower()),
    ".html": Kind("a page of HTML", lambda head: b"<html" in head.lower()),
}


def replaceable(path: str | os.PathLike[str], kind: Kind) -> Path:
    """The path of a file that may be written.

    Raises
    ------
    FileError
        A file of another kind is there. An empty file is of any kind.
    """
    file = Path(path)
    if not file.is_file():
        return file
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError as error:
        raise FileError(f"{file}: {error.strerror}") from error
    if head and not kind.begins(head):
        raise FileError(f"{file} exists and is not {kind.name}", "name another file, or remove it")
    return file


def written(path: Path, content: bytes) -> Path:
    """Write a file.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from error
    return path
