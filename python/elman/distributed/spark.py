"""Partitions as tasks of a Spark cluster (``pip install "elman[spark]"``)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence

import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession

from elman.errors import OptionError
from elman.parameters import whole

from .outcome import Outcome
from .tasks import JobT, PartT

# Parts of a wave for each worker: each task carries the parts of its wave, and the next
# wave waits for the last task of the one before.
WAVE = 50


class Spark:
    """Partitions as tasks of a Spark cluster. The executors need Python with elman and pyarrow.

    Spark runs a task again whose worker died, up to ``spark.task.maxFailures``; on one machine only
    with the master ``local[N,failures]``.

    Parameters
    ----------
    session
        The session; by default the active one.
    workers
        Cores of the cluster: they decide on the default number of partitions, and on the size of a
        wave. By default the default parallelism of the session.
    """

    def __init__(self, session: SparkSession | None = None, workers: int | None = None) -> None:
        session = session or SparkSession.getActiveSession()
        if session is None:
            raise OptionError(
                "no Spark session is active",
                "give one: `Spark(SparkSession.builder.getOrCreate())`",
            )
        self.session = session
        cores = max(1, session.sparkContext.defaultParallelism) if workers is None else workers
        self.workers = whole(cores, "workers")
        self.wave = WAVE * self.workers

    def outcomes(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Iterator[Outcome]:
        """Run ``task`` for each part, a Spark task each. Gives the outcomes of each wave."""
        for first in range(0, len(parts), self.wave):
            yield from self._wave(task, job, parts[first : first + self.wave])

    def _wave(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Iterator[Outcome]:
        def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                places = batch["id"].to_pylist()
                outcomes = [task(job, parts[place]).to_json() for place in places]
                yield pa.RecordBatch.from_pydict({"outcome": outcomes})

        places = self.session.range(0, len(parts), 1, len(parts))
        for row in self._collected(places.mapInArrow(run, "outcome string")):
            yield Outcome(**json.loads(row.outcome))

    def _collected(self, outcomes: DataFrame) -> list[Row]:
        """The rows of a query, which Ctrl-C cancels.

        The handler of PySpark calls Spark while this process waits for its answer, and fails.
        """
        context, tag = self.session.sparkContext, f"elman-{uuid.uuid4().hex}"
        context.addJobTag(tag)
        try:
            rows: list[Row] = outcomes.collect()
            return rows
        except KeyboardInterrupt:
            context.cancelJobsWithTag(tag)
            raise
        finally:
            context.removeJobTag(tag)
