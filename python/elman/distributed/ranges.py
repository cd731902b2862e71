"""Partitions of a data set whose series are in order.

Ranges of names, from the statistics of its row groups.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from .partitions import Bound, Partition

# Rows read for each row of the data set, at most. Beyond, the data set is written by partition.
MAX_READ = 2.0

# Least share of the partitions that are wanted: with fewer, workers would have nothing to do.
MIN_PARTITIONS = 0.5


@dataclass(frozen=True)
class RowGroup:
    """Names and rows of a row group of ``file``, and whether rows have no name."""

    file: str
    lowest: str | int
    highest: str | int
    rows: int
    has_nameless: bool = False


def row_groups(files: Sequence[str], id_col: str) -> list[RowGroup] | None:
    """The row groups of Parquet files.

    None if a file has no statistics of the names, or row groups without a name.
    """
    found = []
    for file in files:
        metadata = pq.read_metadata(file)
        if id_col not in metadata.schema.names:
            return None
        column = metadata.schema.names.index(id_col)
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            statistics = group.column(column).statistics
            if (
                statistics is None
                or not statistics.has_min_max
                or not isinstance(statistics.min, (str, int))
            ):
                return None
            nameless = not statistics.has_null_count or statistics.null_count > 0
            lowest, highest = statistics.min, statistics.max
            found.append(RowGroup(file, lowest, highest, group.num_rows, nameless))
    return found


def by_range(groups: Sequence[RowGroup], partitions: int) -> list[Partition] | None:
    """At most ``partitions`` partitions with about the same number of rows.

    None if there are too few row groups for them, or if the series are not in order, so that
    partitions would read the same row groups again and again.
    """
    cuts = _cuts(groups, partitions)
    if len(cuts) + 1 < MIN_PARTITIONS * partitions:
        return None
    members: list[list[RowGroup]] = [[] for _ in range(len(cuts) + 1)]
    may_read = MAX_READ * sum(group.rows for group in groups)
    for group in groups:
        first, last = bisect_right(cuts, group.lowest), bisect_right(cuts, group.highest)
        may_read -= (last - first + 1) * group.rows
        if may_read < 0:
            return None
        for number in range(first, last + 1):
            members[number].append(group)
        # The first partition lists the rows without a name.
        if group.has_nameless and first > 0:
            members[0].append(group)
    edges: list[Bound] = [None, *cuts, None]
    return [
        _partition(number, inside, *edges[number : number + 2])
        for number, inside in enumerate(members)
    ]


def _partition(number: int, groups: Sequence[RowGroup], lower: Bound, upper: Bound) -> Partition:
    files = tuple(sorted({group.file for group in groups}))
    return Partition(number, files, lower, upper, sum(group.rows for group in groups))


def _cuts(groups: Sequence[RowGroup], partitions: int) -> list[str | int]:
    """Names at which partitions begin: lowest names of row groups, after equal numbers of rows."""
    ordered = sorted(groups, key=lambda group: group.lowest)
    total = sum(group.rows for group in ordered)
    cuts: list[str | int] = []
    before = 0
    for group in ordered:
        is_new = group.lowest != (cuts[-1] if cuts else ordered[0].lowest)
        if is_new and before * partitions >= (len(cuts) + 1) * total:
            cuts.append(group.lowest)
        before += group.rows
    return cuts
