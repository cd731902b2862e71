"""The result of a run: paths, counts, errors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from elman.errors import DataError, ElmanError

from .notes import merged
from .outcome import Outcome

# The next step after an error of the machine.
AGAIN = "run again with the same arguments: only partitions without a result are forecast"

# Notes that are printed.
SHOWN = 2


@dataclass(frozen=True)
class Report:
    """The result of a run.

    Parameters
    ----------
    out
        Directory of the results.
    outcomes
        One for each partition, by number.
    seconds
        Time of the whole run.
    """

    out: str
    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def series(self) -> int:
        """Number of series."""
        return sum(outcome.series for outcome in self.outcomes)

    @property
    def failed(self) -> int:
        """Number of series that could not be forecast: ``errors`` lists them."""
        return sum(outcome.failed for outcome in self.outcomes)

    @property
    def notes(self) -> dict[str, int]:
        """Notes on the forecasts and the number of series with each of them, most frequent first.

        Notes that differ by numbers alone are one, with ``N`` in place of each number.
        """
        return merged(outcome.notes for outcome in self.outcomes)

    @property
    def paths(self) -> list[str]:
        """Files of the forecasts."""
        return [outcome.path for outcome in self.outcomes if outcome.path is not None]

    @property
    def failed_partitions(self) -> list[Outcome]:
        """Partitions without a result."""
        return [outcome for outcome in self.outcomes if outcome.path is None]

    def forecasts(self) -> pa.Table:
        """All forecasts, in the memory of this process.

        Raises
        ------
        DataError
            No partition has a result.
        """
        if not self.paths:
            raise DataError("no partition has a result", "the outcomes have the errors")
        return pa.concat_tables(
            [pq.read_table(path) for path in self.paths]
        ).replace_schema_metadata(None)

    def errors(self) -> pa.Table | None:
        """Name, error and help of each series that could not be forecast; none if there is none."""
        paths = [Path(self.out, "errors", Path(path).name) for path in self.paths]
        found = [pq.read_table(path) for path in paths if path.exists()]
        return pa.concat_tables(found) if found else None

    def to_json(self) -> str:
        """One JSON document: totals, notes, and the outcome of each partition."""
        totals = {"series": self.series, "failed": self.failed, "seconds": round(self.seconds, 3)}
        partitions = [asdict(outcome) for outcome in self.outcomes]
        return json.dumps(totals | {"notes": self.notes, "partitions": partitions}, indent=1)

    def __str__(self) -> str:
        """The counts, the most frequent notes, and the errors of partitions."""
        skipped = sum(outcome.skipped for outcome in self.outcomes)
        lines = [
            f"{self.series:,} series in {len(self.outcomes):,} partitions "
            f"({skipped:,} were there already), {self.seconds:.1f} s: {Path(self.out, 'forecasts')}"
        ]
        if self.failed:
            lines.append(
                f"{self.failed:,} series could not be forecast: {Path(self.out, 'errors')}"
            )
        notes = self.notes
        shown = list(notes.items())[:SHOWN]
        lines += [f"note on {series:,} series: {note}" for note, series in shown]
        if len(notes) > SHOWN:
            lines.append(f"further notes in `report.notes`: {len(notes) - SHOWN}")
        lines += [f"partition {bad.number} failed: {bad.error}" for bad in self.failed_partitions]
        return "\n".join(lines)


class PartitionError(ElmanError):
    """Some partitions have no result. The others are written, and ``report`` has them."""

    def __init__(self, report: Report) -> None:
        failed = report.failed_partitions
        super().__init__(
            f"{len(failed)} of {len(report.outcomes)} partitions failed; "
            f"the first: {failed[0].error}",
            failed[0].help or AGAIN,
        )
        self.report = report

    def __reduce__(self) -> tuple[type[PartitionError], tuple[Report]]:  # type: ignore[override]
        return type(self), (self.report,)


def total(out: str, outcomes: Sequence[Outcome], seconds: float) -> Report:
    """The report of a run, by number of partition."""
    return Report(out, tuple(sorted(outcomes, key=lambda outcome: outcome.number)), seconds)
