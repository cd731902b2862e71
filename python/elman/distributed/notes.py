"""Notes on the forecasts of many series: how many series have each of them."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pyarrow as pa

# Key of the metadata of a result in memory.
KEY = b"elman.notes"

# Columns of the file of a partition.
SCHEMA = pa.schema([("note", pa.string()), ("series", pa.int64())])

# A number, a date or a time.
NUMBER = re.compile(r"\d+(?:[-.,:/T]?\d+)*")


def of_series(notes: Iterable[str], name: object) -> set[str]:
    """The notes of one series without its name, so that those of all series can be counted."""
    return {_without_name(note, f"`{name}`") for note in notes}


def _without_name(note: str, name: str) -> str:
    for this in (f"1 series ({name})", f"series {name}"):
        note = note.replace(this, "the series")
    return note.removeprefix("the series: ")


def merged(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Notes and the number of series with each of them, most frequent first.

    Notes that differ by numbers alone are one, with ``N`` in place of each number.
    """
    alike: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in counts:
        for note, series in one.items():
            alike[NUMBER.sub("N", note)][note] += series
    notes = {
        next(iter(texts)) if len(texts) == 1 else pattern: texts.total()
        for pattern, texts in alike.items()
    }
    return dict(sorted(notes.items(), key=lambda one: (-one[1], one[0])))


def with_notes(result: pa.Table, notes: Mapping[str, int]) -> pa.Table:
    """The result of a partition, with its notes in the metadata of the schema."""
    return result.replace_schema_metadata({KEY: json.dumps(dict(notes))} if notes else None)


def notes_of(result: pa.Table) -> dict[str, int]:
    """The notes of a result of ``fit_predict_partition``, and how many series have each of them."""
    notes: dict[str, int] = json.loads((result.schema.metadata or {}).get(KEY, "{}"))
    return notes


def to_table(notes: Mapping[str, int]) -> pa.Table:
    """The notes as a table with the columns ``note`` and ``series``."""
    return pa.table([list(notes), list(notes.values())], schema=SCHEMA)


def from_table(table: pa.Table) -> dict[str, int]:
    """The notes of a table with the columns ``note`` and ``series``."""
    return dict(zip(table["note"].to_pylist(), table["series"].to_pylist(), strict=True))
