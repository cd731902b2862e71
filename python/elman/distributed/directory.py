"""The directory of a run: the run that its files belong to, and the partitions of that run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq

from elman.errors import DataError

from .config import Config
from .job import RUN
from .output import remove_others, write_atomically
from .partitions import Partition
from .source import DataSet

RECORD = "run.json"
REPORT = "report.json"
INPUT = "input"

# Directories with a file for each partition.
RESULTS = ("forecasts", "errors", "notes")


@dataclass(frozen=True)
class Run:
    """A run as its record has it.

    Parameters
    ----------
    identity
        Fingerprints of the configuration and of the data, and the number of partitions that was
        wanted.
    partitions
        The partitions.
    """

    identity: Mapping[str, str | int]
    partitions: tuple[Partition, ...] = ()

    @property
    def wanted(self) -> int:
        """The number of partitions that was wanted."""
        return int(self.identity["partitions"])

    @property
    def id(self) -> str:
        """SHA-256 of the identity, as hexadecimal digits."""
        content = json.dumps(dict(self.identity), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def to_json(self) -> str:
        """One JSON document, from which ``from_json`` makes the same run."""
        partitions = [asdict(partition) for partition in self.partitions]
        return json.dumps({"run": dict(self.identity), "partitions": partitions})

    @classmethod
    def from_json(cls, text: str) -> Run:
        """The run of a JSON document.

        Raises
        ------
        ValueError, LookupError, TypeError
            Another document.
        """
        known = json.loads(text)
        partitions = (
            Partition(**{**one, "files": tuple(one["files"])}) for one in known["partitions"]
        )
        identity = {name: known["run"][name] for name in ("config", "data", "partitions")}
        return cls(identity, tuple(partitions))


def known_run(directory: Path) -> Run | None:
    """The run whose results are in the directory; none in a new one.

    Raises
    ------
    DataError
        A damaged record.
    """
    path = directory / RECORD
    if not path.exists():
        return None
    try:
        return Run.from_json(path.read_text())
    except (ValueError, LookupError, TypeError) as error:
        raise DataError(
            f"{path} is damaged: {error}", "give another directory, or `overwrite=True`"
        ) from error


def new_run(data: DataSet, config: Config, wanted: int) -> Run:
    """The run of these arguments, without partitions."""
    return Run({"config": config.fingerprint(), "data": data.identity(), "partitions": wanted})


def begun(run: Run, data: DataSet, directory: Path, config: Config) -> Run:
    """The run with its partitions, in a directory without results.

    Results of another run are removed, so that a reader never gets those of two.

    Raises
    ------
    DataError
        A column that the data do not have.
    """
    # The data are checked before any result is removed.
    data.schema(config)
    # A directory without a record begins anew, whenever this process ends. From now on, tasks of
    # another run write no file.
    (directory / RECORD).unlink(missing_ok=True)
    (directory / REPORT).unlink(missing_ok=True)
    _write(directory / RUN, run.id)
    for results in RESULTS:
        remove_others(directory / results, set())
    return _recorded(run, data, directory, config)


def continued(run: Run, known: Run, data: DataSet, directory: Path, config: Config) -> Run:
    """The run that was interrupted, with its partitions. Their rows are written again if needed.

    Raises
    ------
    DataError
        Results of another run.
    """
    if known.identity != run.identity:
        other = [name for name, value in run.identity.items() if known.identity[name] != value]
        raise DataError(
            f"{directory} has the results of another run: its {', '.join(other)} differ",
            "give another directory, or `overwrite=True`",
        )
    _write(directory / RUN, run.id)
    source = set(data.files)
    if all(source.issuperset(one.files) or _is_whole(one) for one in known.partitions):
        return known
    return _recorded(run, data, directory, config)


def _recorded(run: Run, data: DataSet, directory: Path, config: Config) -> Run:
    partitions = data.partitions(run.wanted, directory / INPUT, config)
    found = Run(run.identity, tuple(partitions))
    _write(directory / RECORD, found.to_json())
    return found


def _is_whole(partition: Partition) -> bool:
    """Whether the rows of a partition that a run has written are there."""
    try:
        rows = sum(int(pq.read_metadata(file).num_rows) for file in partition.files)
    # pyarrow raises a ValueError for a damaged file.
    except (OSError, ValueError):
        return False
    return rows == partition.rows


def _write(path: Path, text: str) -> None:
    write_atomically(path, lambda file: file.write(text.encode()))
