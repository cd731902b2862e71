"""Tasks of Ray, with a Ray that runs each task when it is waited for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

pytest.importorskip("pyarrow", reason="elman.distributed needs pyarrow")

from elman.distributed import Outcome

WORKERS = 3


@dataclass(frozen=True)
class Part:
    number: int


class RayError(Exception):
    pass


class FakeRay(SimpleNamespace):
    """Runs the first task of each `wait`; keeps the number of tasks that it looked at."""

    def __init__(self) -> None:
        super().__init__(ObjectRef=object, exceptions=SimpleNamespace(RayError=RayError))
        self.tasks: dict[str, Callable[[], Outcome]] = {}
        self.done: set[str] = set()
        self.looked: list[int] = []
        self.cancelled: list[str] = []

    def is_initialized(self) -> bool:
        return True

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": WORKERS}

    def put(self, value: object) -> object:
        return value

    def remote(self, **options: object) -> Callable[[Callable[..., Outcome]], SimpleNamespace]:
        def of(task: Callable[..., Outcome]) -> SimpleNamespace:
            def submit(job: object, part: Part) -> str:
                name = f"task {part.number}"
                self.tasks[name] = lambda: task(job, part)
                return name

            return SimpleNamespace(remote=submit)

        return of

    def wait(
        self, tasks: list[str], num_returns: int, timeout: float | None = None
    ) -> tuple[list[str], list[str]]:
        self.looked.append(len(tasks))
        if timeout is None:
            self.done.add(tasks[-1])
        found = [task for task in tasks if task in self.done][:num_returns]
        return found, [task for task in tasks if task not in found]

    def cancel(self, task: str, force: bool) -> None:
        if force:
            self.cancelled.append(task)

    def get(self, task: str) -> Outcome:
        return self.tasks[task]()


def one(job: object, part: Part) -> Outcome:
    if part.number == 7:
        raise RayError("on purpose")
    return Outcome(part.number, path="there")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRay]:
    found = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", found)
    monkeypatch.delitem(sys.modules, "elman.distributed.ray", raising=False)
    yield found
    monkeypatch.delitem(sys.modules, "elman.distributed.ray")


def test_tasks_are_cancelled_when_no_more_outcomes_are_wanted(fake: FakeRay) -> None:
    from elman.distributed.ray import Ray

    outcomes = Ray().outcomes(one, "job", [Part(number) for number in range(5)])
    first = next(outcomes)
    assert isinstance(outcomes, Generator)
    outcomes.close()
    done = f"task {first.number}"
    assert sorted([*fake.cancelled, done]) == sorted(fake.tasks)


def test_each_part_has_its_outcome_and_few_tasks_wait(fake: FakeRay) -> None:
    from elman.distributed.ray import Ray

    outcomes = list(Ray().outcomes(one, "job", [Part(number) for number in range(500)]))
    assert sorted(outcome.number for outcome in outcomes) == list(range(500))
    assert [(bad.number, bad.error) for bad in outcomes if bad.path is None] == [(7, "on purpose")]
    assert max(fake.looked) <= 8 * WORKERS
    assert fake.cancelled == []
