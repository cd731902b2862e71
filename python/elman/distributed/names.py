"""Names of the series: how many there are, and a random sample of them, in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc

from elman.errors import DataError

from .column_types import plain_type
from .config import Config
from .hashing import stable_hash
from .source import DataSet

# Names in memory, and so many series are counted one by one. The number of more is estimated from
# their hashes, with a standard error of 0.3 % (1/sqrt(COUNTED)).
COUNTED = 100_000

# Hashes are numbers of 64 bits.
HASHES = 2**64


@dataclass(frozen=True)
class Names:
    """The names with the smallest hashes, in the order of the hashes, and the number of all.

    Parameters
    ----------
    smallest
        A random sample that every run repeats.
    count
        Series of the data.
    is_exact
        Whether they are counted, and not estimated.
    """

    smallest: pa.Array
    count: int
    is_exact: bool


def series_names(data: DataSet, config: Config, wanted: int) -> Names:
    """Names of at least ``wanted`` series, if there are so many. Their column is read once.

    Raises
    ------
    DataError
        Data without a series.
    """
    kept = max(wanted, COUNTED)
    dataset = data.dataset(config)
    hashes = _smallest(dataset.scanner(columns=[config.id_col]).to_batches(), kept)
    if not hashes:
        raise DataError("the data have no series")
    names = pa.array(list(hashes), plain_type(dataset.schema.field(config.id_col).type))
    if len(hashes) < kept:
        return Names(names, len(hashes), True)
    # Of n random numbers below 1, number k by size is k / (n + 1) on average.
    largest = max(hashes.values()) / HASHES
    return Names(names, round((kept - 1) / largest), False)


def _smallest(batches: Iterable[pa.RecordBatch], kept: int) -> dict[object, int]:
    """At most ``kept`` names with their hashes, the smallest first."""
    found: dict[object, int] = {}
    limit = HASHES
    for batch in batches:
        names = pc.unique(batch.column(0)).drop_null().to_pylist()
        found |= {name: h for name in names if (h := stable_hash(str(name))) < limit}
        if len(found) >= 2 * kept:
            found = _first(found, kept)
            limit = max(found.values())
    return _first(found, kept)


def _first(hashes: dict[object, int], kept: int) -> dict[object, int]:
    return dict(sorted(hashes.items(), key=itemgetter(1))[:kept])
