"""Tasks of an engine, their outcomes, and the engines by name."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, TypeVar

from elman.errors import ElmanError, OptionError

from .display import Display
from .outcome import Outcome

ENGINES = {"serial": "Serial", "dask": "Dask", "ray": "Ray", "spark": "Spark"}

# The next step where a process does not see the files of another one.
SHARED = "give a directory `out` that this process and all workers have under the same path"

# The next step after an error of the data that has none of its own.
IN_DATA = "change the data or the configuration: the same call fails again"


class Part(Protocol):
    """Work of one task: a partition, or some trials of a search."""

    @property
    def number(self) -> int:
        """Number of the task, from 0."""


JobT = TypeVar("JobT")
PartT = TypeVar("PartT", bound=Part)


class Engine(Protocol):
    """Runs a task for each part on the workers of a cluster, or in this process."""

    workers: int

    def outcomes(
        self, task: Callable[[JobT, PartT], Outcome], job: JobT, parts: Sequence[PartT]
    ) -> Iterator[Outcome]:
        """Run ``task`` for each part. Gives outcomes as they come."""


def engine_of(engine: str | Engine) -> Engine:
    """The engine with this name, on the cluster of this process; or the engine itself.

    Raises
    ------
    OptionError
        An unknown name; a package that is not installed; no cluster.
    """
    if not isinstance(engine, str):
        return engine
    if engine not in ENGINES:
        raise OptionError(f"`engine` is {engine!r}: one of {', '.join(ENGINES)} is needed")
    try:
        module = importlib.import_module(f".{engine}", __package__)
    except ModuleNotFoundError as missing:
        raise OptionError(
            f"the engine {engine} needs the package {missing.name}",
            f'pip install "elman[{engine}]"',
        ) from missing
    made: Engine = getattr(module, ENGINES[engine])()
    return made


def collected(
    engine: Engine,
    task: Callable[[JobT, PartT], Outcome],
    job: JobT,
    parts: Sequence[PartT],
    display: Display,
) -> list[Outcome]:
    """The outcomes of all parts. ``display`` shows each as it comes.

    A part without an outcome has failed, and so has one whose file this process does not see.
    """
    found: list[Outcome] = []
    outcomes = engine.outcomes(task, job, parts)
    with display, ExitStack() as ended:
        # An exception keeps the frame of this function, and with it an engine that has not ended.
        if isinstance(outcomes, Generator):
            ended.callback(outcomes.close)
        display.begin(len(parts))
        for outcome in outcomes:
            found.append(_looked_for(outcome))
            display.show(found[-1], len(found), len(parts))
    known = {outcome.number for outcome in found}
    lost = [part.number for part in parts if part.number not in known]
    error = "the engine returned no outcome of the task"
    return [*found, *(Outcome(number, error=error) for number in lost)]


def _looked_for(outcome: Outcome) -> Outcome:
    """The outcome, or a failure if its file is not there as its worker has written it."""
    if outcome.path is None:
        return outcome
    try:
        size = Path(outcome.path).stat().st_size
    except OSError:
        error = f"{outcome.path} is not on storage that this process sees"
        return Outcome(outcome.number, error=error, help=SHARED)
    if size == outcome.bytes:
        return outcome
    error = f"{outcome.path} has {size:,} bytes here, and its worker wrote {outcome.bytes:,}"
    return Outcome(outcome.number, error=error, help=SHARED)


def without_raising(work: Callable[[], Outcome], number: int, retries: int) -> Outcome:
    """The outcome of ``work``, also if it raises: a task that fails does not end the others.

    After an error of the machine, such as a full disk, the work is tried again ``retries`` times.
    """
    for left in range(retries, -1, -1):
        try:
            return work()
        except ElmanError as error:
            place = f" ({error.place})" if error.place else ""
            return Outcome(number, error=f"{error.message}{place}", help=error.help or IN_DATA)
        except Exception as error:
            if left == 0:
                where = traceback.format_exc(limit=-2)
                return Outcome(number, error=f"{type(error).__name__}: {error}\n{where}")
    raise AssertionError("the last attempt returns")
