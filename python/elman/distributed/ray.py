"""Partitions as tasks of a Ray cluster (``pip install "elman[ray]"``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import ray

from elman.errors import OptionError

from .outcome import Outcome
from .tasks import JobT, PartT

# Tasks of a worker that Ray knows at a time: ``ray.wait`` looks at each of them.
IN_FLIGHT = 4

# Seconds in which the workers of cancelled tasks end.
ENDING = 10


class Ray:
    """Partitions as tasks of a Ray cluster, one core each.

    Parameters
    ----------
    max_retries
        How often a task runs again after its worker died.
    """

    def __init__(self, max_retries: int = 3) -> None:
        if not ray.is_initialized():
            raise OptionError(
                "this process has no connection to a Ray cluster",
                "call `ray.init(address)` before, or `ray.init()` for this machine",
            )
        self.max_retries = max_retries
        self.workers = max(1, int(ray.cluster_resources().get("CPU", 1)))  # type: ignore[no-untyped-call, unused-ignore]

    def outcomes(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Iterator[Outcome]:
        """Run ``task`` for each part. Gives outcomes as they come.

        The tasks end when the iterator is closed.
        """
        remote = ray.remote(num_cpus=1, max_retries=self.max_retries)(task)
        job_there = ray.put(job)
        left = iter(parts)
        pending: dict[ray.ObjectRef, int] = {}
        try:
            while True:
                for part in islice(left, IN_FLIGHT * self.workers - len(pending)):
                    pending[remote.remote(job_there, part)] = part.number
                if not pending:
                    return
                waiting = list(pending)
                ray.wait(waiting, num_returns=1)
                done, _ = ray.wait(waiting, num_returns=len(waiting), timeout=0)
                for one in done:
                    yield _outcome(one, pending.pop(one))
        finally:
            _cancel(list(pending))


def _cancel(tasks: list[ray.ObjectRef]) -> None:
    """End tasks, also in the middle of their work: a file is written whole or not at all."""
    for task in tasks:
        ray.cancel(task, force=True)
    if tasks:
        ray.wait(tasks, num_returns=len(tasks), timeout=ENDING)


def _outcome(done: ray.ObjectRef, number: int) -> Outcome:
    try:
        outcome: Outcome = ray.get(done)
        return outcome
    except ray.exceptions.RayError as error:
        return Outcome(number, error=str(error))
