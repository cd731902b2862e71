"""Hashes that are the same on every machine and in every process."""

from __future__ import annotations

import hashlib
import io

import pyarrow as pa
import pyarrow.compute as pc


def partition_numbers(ids: pa.ChunkedArray, partitions: int) -> pa.Array:
    """For each row, the number of the partition that its series belongs to.

    A stable hash of the name, modulo ``partitions``. The name 7 has the same partition as the name
    "7".
    """
    encoded = ids.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode(null_encoding="encode")
    names = encoded.dictionary.cast(pa.string()).to_pylist()
    numbers = pa.array([stable_hash(name) % partitions for name in names], pa.int32())
    return pc.fill_null(numbers.take(encoded.indices), 0)


def stable_hash(name: str | None) -> int:
    """64 bits of the BLAKE2 hash of a series' name.

    Python's own ``hash`` differs from process to process.
    """
    digest = hashlib.blake2b((name or "").encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def content_hash(table: pa.Table) -> str:
    """SHA-256 of a table's schema and values, as hexadecimal digits.

    Metadata of the schema do not count.
    """
    sink = _Hash()
    table = table.replace_schema_metadata(None).combine_chunks()
    with pa.PythonFile(sink, mode="w") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    return sink.sha.hexdigest()


class _Hash(io.RawIOBase):
    """A file whose content is hashed and kept nowhere."""

    def __init__(self) -> None:
        self.sha = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.sha.update(data)
        return len(data)
