"""Partitions on this machine: one after the other, or in several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from elman.parameters import whole

from .outcome import Outcome
from .tasks import JobT, PartT

# A process that was killed ends the whole pool. Partitions that were not done get new pools.
NEW_POOLS = 3


class Serial:
    """The reference: the result of every other engine equals that of this one, bit for bit.

    Parameters
    ----------
    processes
        1 runs in this process.
    """

    def __init__(self, processes: int = 1) -> None:
        self.workers = whole(processes, "processes")

    def outcomes(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Iterator[Outcome]:
        """Run ``task`` for each part. Gives outcomes as they come."""
        if self.workers == 1:
            yield from (task(job, part) for part in parts)
            return
        left = {part.number: part for part in parts}
        for _ in range(1 + NEW_POOLS):
            for outcome in self._pool(task, job, list(left.values())):
                del left[outcome.number]
                yield outcome
            if not left:
                return
        for number in left:
            yield Outcome(number, error="a process ended before the task was done, several times")

    def _pool(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Iterator[Outcome]:
        # A forked process would have the locks of the threads of this one, and not the threads.
        with ProcessPoolExecutor(self.workers, mp_context=get_context("spawn")) as pool:
            pending: set[Future[Outcome]] = {pool.submit(task, job, part) for part in parts}
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        continue
