"""Partitions on this machine: one after the other, or in several processes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from elman.errors import OptionError
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
        1 runs in this process. More begin by importing the program, whose file calls ``run`` under
        ``if __name__ == "__main__":``.
    """

    def __init__(self, processes: int = 1) -> None:
        self.workers = whole(processes, "processes")

    def outcomes(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Iterator[Outcome]:
        """Run ``task`` for each part. Gives outcomes as they come.

        The processes end when the iterator is closed, also in the middle of a task.

        Raises
        ------
        OptionError
            Processes that cannot start.
        """
        if self.workers == 1:
            yield from (task(job, part) for part in parts)
            return
        left = {part.number: part for part in parts}
        for _ in range(1 + NEW_POOLS):
            with closing(self._pool(task, job, list(left.values()))) as found:
                for outcome in found:
                    del left[outcome.number]
                    yield outcome
            if not left:
                return
        for number in left:
            yield Outcome(number, error="a process ended before the task was done, several times")

    def _pool(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Generator[Outcome, None, None]:
        # A forked process would have the locks of the threads of this one, and not the threads.
        context = get_context("spawn")
        started, (theirs, ours) = context.Event(), context.Pipe(duplex=False)
        pool = ProcessPoolExecutor(self.workers, context, _start, (started, theirs))
        try:
            pending: set[Future[Outcome]] = set()
            # A process that ends now breaks the pool: the parts left get a new one.
            with suppress(BrokenProcessPool):
                for part in parts:
                    pending.add(pool.submit(task, job, part))
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        _check_started(started)
            pool.shutdown()
        finally:
            ours.close()
            pool.shutdown(cancel_futures=True)


def _start(started: Event, parent: Connection) -> None:
    """Begin a process: it ends when its parent does, or closes its end of the pipe."""
    # Ctrl-C in a terminal reaches every process: the parent ends its own.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    started.set()


def _end_with(parent: Connection) -> None:
    with suppress(EOFError, OSError):
        parent.recv()
    # In the middle of a task, too: a file is written whole or not at all.
    os._exit(1)


def _check_started(started: Event) -> None:
    """Refuse a program that a new process cannot import.

    Raises
    ------
    OptionError
        No process has started.
    """
    if not started.is_set():
        raise OptionError(
            "a new process ended before its first task, because it cannot import this program",
            'write the program into a file, with the call under `if __name__ == "__main__":`',
        ) from None
