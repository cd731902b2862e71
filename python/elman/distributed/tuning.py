"""Search of hyperparameters: each task trains some of the trials on the same sample of series."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import elman
from elman.errors import ElmanError, OptionError
from elman.model_options import can_be_searched
from elman.parameters import whole
from elman.tuning import Tuning

from .config import Config
from .display import Display, Progress
from .hashing import content_hash
from .outcome import Outcome
from .output import results_directory, write_atomically, write_parquet
from .series import new_forecaster
from .source import Source, data_set
from .tasks import Engine, collected, engine_of, without_raising
from .training import training_sample
from .trials import Share, merged, renumbered, shares

# Trials of a task by default. Each task chooses the preprocessing first, which takes the time of
# some trials.
TRIALS_OF_TASK = 16

# More series could have more than four million values: networks are then trained on a random part
# of them, by the seed, and the tasks would not validate on the same values.
MAX_SERIES = 3900

# The next step after an error of the machine.
AGAIN = "call it again with the same arguments: only tasks without a file run"


@dataclass(frozen=True)
class Search:
    """Values that all tasks of a search share.

    Parameters
    ----------
    config
        The configuration.
    sample
        Parquet file of the sample, which every worker can read; its name has its hash.
    out
        Directory of the results, which every worker can write.
    retries
        How often a task is tried again after an error of the machine.
    """

    config: Config
    sample: str
    out: str
    retries: int

    def path(self, share: Share) -> Path:
        """File of the scores of a share, named by everything that they depend on."""
        parts = (Path(self.sample).name, self.config.fingerprint(), share.after, share.trials)
        digest = hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()
        return Path(self.out, f"trials-{share.number:06}-{digest[:16]}.json")


class SearchError(ElmanError):
    """Some tasks of a search have no result: ``failed`` has their outcomes."""

    def __init__(self, failed: Sequence[Outcome], tasks: int) -> None:
        super().__init__(
            f"{len(failed)} of {tasks} tasks of the search failed; the first: {failed[0].error}",
            failed[0].help or AGAIN,
        )
        self.failed = tuple(failed)
        self.tasks = tasks

    def __reduce__(self) -> tuple[type[SearchError], tuple[tuple[Outcome, ...], int]]:  # type: ignore[override]
        return type(self), (self.failed, self.tasks)


def tune(
    source: Source,
    out: str | Path,
    config: Config,
    *,
    trials: int = 32,
    tasks: int | None = None,
    series: int = 1000,
    engine: str | Engine = "serial",
    retries: int = 1,
    progress: Progress = None,
) -> Tuning:
    """Search hyperparameters of one model for all series, on a random sample of them.

    The trials are those of ``elman.tune`` with the same seed. Each task has some of them, and the
    defaults: it is a search of its own, with successive halving and another random seed of the
    networks. The best trial of all has the lowest validation error, on the same values for all
    tasks. One task gives the scores of ``elman.tune`` on the sample, bit for bit.

    A search that was interrupted continues when it is called again with the same arguments: tasks
    whose file is in ``out`` do not run again.

    Parameters
    ----------
    source
        The data, as for ``run``.
    out
        Directory of the sample and the scores, on storage that this process and all workers see
        under the same path.
    config
        The configuration of the training, with the seed.
    trials
        Number of trials; the first one has the defaults.
    tasks
        How many; by default one for 16 trials. The scores depend on the number of tasks, and
        neither on the engine nor on its workers.
    series
        Size of the sample, as for ``train_on_sample``; at most 3,900.
    engine, retries, progress
        As for ``run``.

    Returns
    -------
    Tuning
        As of ``elman.tune``. ``report["tasks"]`` has the seed, the trials, the preprocessing and
        the score of the defaults of each task. ``config.with_options(**tuning.best_params)`` is the
        configuration with the best hyperparameters, for ``train_on_sample``.

    Raises
    ------
    OptionError
        A number that is not possible; a model that is not trained.
    DataError
        Data that cannot be read; no path of a directory.
    SearchError
        Tasks without a result. The scores of the others are written.
    """
    _check(config)
    count = whole(trials, "trials", 2, 65535)
    wanted = -(-count // TRIALS_OF_TASK) if tasks is None else tasks
    parts = shares(count, whole(wanted, "tasks", 1, count - 1))
    tries = whole(retries, "retries", 0)
    directory = results_directory(out)
    display = Display(progress, "tasks")
    runner = engine_of(engine)
    # The data are read here once, so that bad ones fail before any task.
    sample = training_sample(data_set(source), config, whole(series, "series", 1, MAX_SERIES))
    path = _written_sample(sample, directory)
    search = Search(config, str(path), str(path.parent), tries)
    outcomes = collected(runner, search_share, search, parts, display)
    failed = [outcome for outcome in outcomes if outcome.path is None]
    if failed:
        raise SearchError(sorted(failed, key=lambda outcome: outcome.number), len(parts))
    report = merged([json.loads(search.path(share).read_text()) for share in parts])
    return Tuning(report, {**_parameters(config), "threads": None, "progress": None})


def _check(config: Config) -> None:
    if config.has_model:
        raise OptionError(
            "a search trains networks, and the configuration has a saved model", "leave it out"
        )
    can_be_searched(_parameters(config))


def _written_sample(sample: pa.Table, out: Path) -> Path:
    """File of the sample, which the tasks read."""
    path = out / f"sample-{content_hash(sample)[:16]}.parquet"
    try:
        is_there = pq.read_table(path).equals(sample)
    # pyarrow raises a ValueError for a damaged file.
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        write_parquet(path, sample)
    return path


def search_share(search: Search, share: Share) -> Outcome:
    """Train the trials of a share and write their scores. Never raises."""
    return without_raising(partial(_search_share, search, share), share.number, search.retries)


def _search_share(search: Search, share: Share) -> Outcome:
    started = time.perf_counter()
    path = search.path(share)
    skipped = _is_written(path)
    if not skipped:
        content = json.dumps(_scores(search, share), indent=1).encode()
        write_atomically(path, lambda file: file.write(content))
    return Outcome(
        share.number,
        path=str(path),
        bytes=path.stat().st_size,
        seconds=time.perf_counter() - started,
        skipped=skipped,
    )


def _is_written(path: Path) -> bool:
    """Whether the scores of a share are there, and not damaged."""
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _scores(search: Search, share: Share) -> dict[str, Any]:
    """The report of ``elman.tune`` for a share, with the seed and the numbers of all trials."""
    config = replace(search.config, seed=share.seed(search.config.seed))
    sample = pq.read_table(search.sample)
    report = elman.tune(sample, trials=share.trials, **_parameters(config)).report
    return renumbered(report, share) | {"seed": config.seed}


def _parameters(config: Config) -> dict[str, Any]:
    return new_forecaster(config, scope="global", threads=1).get_params()
