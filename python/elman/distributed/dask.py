"""Partitions as tasks of a Dask cluster (``pip install "elman[dask]"``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from distributed import Client, as_completed

from elman.errors import OptionError

from .outcome import Outcome
from .tasks import JobT, PartT


class Dask:
    """Partitions as tasks of a Dask cluster.

    A task whose worker dies runs again on another worker, up to Dask's
    ``distributed.scheduler.allowed-failures``. Only an ``Outcome`` stays on a worker, until this
    process has it: Dask runs a finished task again if the worker with its result dies.

    Parameters
    ----------
    client
        The cluster; by default the client of this process.
    """

    def __init__(self, client: Client | None = None) -> None:
        try:
            self.client = client or Client.current()  # type: ignore[no-untyped-call, unused-ignore]
        except ValueError:
            raise OptionError(
                "no Dask cluster is known",
                "give one: `Dask(Client(address))`; on this machine `Dask(Client(n_workers=2))`",
            ) from None
        self.workers = max(1, sum(self.client.nthreads().values()))

    def outcomes(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Iterator[Outcome]:
        """Run ``task`` for each part. Gives outcomes as they come.

        Tasks that have not begun are cancelled when the iterator is closed. A worker ends the task
        that it is at.
        """
        # Not scattered: Dask names scattered data by their content, and forgets them while a second
        # run with the same job begins.
        numbers = {self.client.submit(task, job, part, pure=False): part.number for part in parts}
        try:
            for future in as_completed(list(numbers)):  # type: ignore[no-untyped-call, unused-ignore]
                yield _outcome(future, numbers.pop(future))
                future.release()
        finally:
            if numbers:
                self.client.cancel(list(numbers))


def _outcome(future: Any, number: int) -> Outcome:
    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    error = future.exception() if future.status == "error" else None
    return Outcome(number, error=str(error or f"the task is {future.status}"))
