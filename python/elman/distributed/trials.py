"""The trials of a search, shared by its tasks, and their scores together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Seeds are numbers of 64 bits.
SEEDS = 2**64


@dataclass(frozen=True)
class Share:
    """Trials of one task: trial 0 with the defaults, and those from ``after + 1`` on.

    Parameters
    ----------
    number
        Number of the task, from 0.
    after
        Random trials of the tasks before.
    trials
        Number of trials, with the defaults.
    """

    number: int
    after: int
    trials: int

    def seed(self, seed: int) -> int:
        """Seed of the task in a search with this ``seed``.

        Trial ``n`` of ``elman.tune`` is drawn by the seed plus ``n``: the random trials of the task
        are the same as trials ``after + 1``, ``after + 2``, … of ``elman.tune`` with ``seed``.
        """
        return (seed + self.after) % SEEDS


def shares(trials: int, tasks: int) -> list[Share]:
    """The trials in ``tasks`` shares of about the same size."""
    edges = [number * (trials - 1) // tasks for number in range(tasks + 1)]
    return [
        Share(number, first, last - first + 1)
        for number, (first, last) in enumerate(pairwise(edges))
    ]


def renumbered(report: dict[str, Any], share: Share) -> dict[str, Any]:
    """The report of a share, with the numbers that its trials have in the whole search."""
    renamed = {
        name: [
            {**one, "trial": one["trial"] + share.after if one["trial"] else 0}
            for one in report[name]
        ]
        for name in ("ranking", "diverged")
    }
    return {**report, **renamed}


def merged(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The report of the whole search, from those of all tasks.

    Trials of a higher rung come first. The defaults have the score of the first task.
    """
    ranking = sorted(_trials(reports, "ranking"), key=_place)
    diverged = sorted(_trials(reports, "diverged"), key=lambda one: int(one["round"]))
    best = next(report for report in reports if ranking[0] in report["ranking"])
    return {
        **{name: best[name] for name in ("seasons", "preprocessing", "forecasts")},
        "ranking": ranking,
        "diverged": diverged,
        "tasks": [_task(report) for report in reports],
    }


def _trials(reports: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [
        one
        for number, report in enumerate(reports)
        for one in report[name]
        if number == 0 or one["trial"] != 0
    ]


def _place(one: dict[str, Any]) -> tuple[int, float, int]:
    return -one["round"], one["score"], one["trial"]


def _task(report: dict[str, Any]) -> dict[str, Any]:
    scored = [*report["ranking"], *report["diverged"]]
    return {
        "seed": report["seed"],
        "trials": sorted(one["trial"] for one in scored),
        "preprocessing": report["preprocessing"],
        "defaults": next(one["score"] for one in scored if one["trial"] == 0),
    }
