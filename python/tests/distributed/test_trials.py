"""The trials of a search in shares, and their scores together."""

from __future__ import annotations

from typing import Any

import pytest

from elman.distributed.trials import Share, merged, renumbered, shares


def scored(*rows: tuple[int, int, float | None]) -> list[dict[str, Any]]:
    return [{"trial": trial, "round": rung, "score": score} for trial, rung, score in rows]


def report(
    seed: int, ranking: list[dict[str, Any]], diverged: list[dict[str, Any]]
) -> dict[str, Any]:
    found = {"seasons": [7], "preprocessing": {"lags": seed}, "forecasts": 10, "seed": seed}
    return found | {"ranking": ranking, "diverged": diverged}


@pytest.mark.parametrize(("trials", "tasks"), [(2, 1), (9, 3), (10, 3), (32, 5), (6, 5)])
def test_shares_have_each_random_trial_once(trials: int, tasks: int) -> None:
    found = shares(trials, tasks)
    numbers = [share.after + n for share in found for n in range(1, share.trials)]
    assert numbers == list(range(1, trials))
    assert [share.number for share in found] == list(range(tasks))
    sizes = {share.trials for share in found}
    assert min(sizes) >= 2
    assert max(sizes) - min(sizes) <= 1


def test_the_defaults_keep_their_number_and_the_seed_has_64_bits() -> None:
    share = Share(1, after=4, trials=3)
    found = renumbered({"ranking": scored((2, 2, 0.5), (0, 2, 1.0)), "diverged": []}, share)
    assert [one["trial"] for one in found["ranking"]] == [6, 0]
    assert share.seed(2**64 - 2) == 2


def test_the_best_trial_has_the_highest_rung_and_then_the_lowest_score() -> None:
    first = report(1, scored((1, 2, 0.9), (0, 2, 1.0)), scored((2, 0, None)))
    second = report(3, scored((4, 2, 0.8), (0, 2, 0.7), (3, 0, 0.1)), scored((5, 1, None)))
    found = merged([first, second])
    assert [one["trial"] for one in found["ranking"]] == [4, 1, 0, 3]
    assert [one["trial"] for one in found["diverged"]] == [2, 5]
    assert found["preprocessing"] == {"lags": 3}
    assert [task["defaults"] for task in found["tasks"]] == [1.0, 0.7]
    assert [task["trials"] for task in found["tasks"]] == [[0, 1, 2], [0, 3, 4, 5]]


def test_defaults_that_diverged_in_the_first_task_have_no_score_of_another() -> None:
    first = report(1, scored((1, 2, 0.9)), scored((0, 0, None)))
    second = report(2, scored((0, 2, 0.7), (2, 0, 0.8)), [])
    found = merged([first, second])
    assert [one["trial"] for one in found["ranking"]] == [1, 2]
    assert [one["trial"] for one in found["diverged"]] == [0]
