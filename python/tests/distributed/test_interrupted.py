"""A run that is interrupted, by Ctrl-C or by an error of `progress`, ends its tasks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest
from clusters import cluster
from test_engines import MODULES

from elman.distributed import Config, Outcome, Serial, run
from elman.distributed.job import Job, attempt
from elman.distributed.partitions import Partition
from elman.errors import ElmanError

CONFIG = Config(7, model="theta")

# Seconds of a slow task: far longer than a test.
SLOW = 60.0


def interrupt(outcome: Outcome, done: int, of: int) -> NoReturn:
    raise KeyboardInterrupt


def first_waits_for_the_second(job: Job, partition: Partition) -> Outcome:
    """Partition 0 is done when another one is at work, which takes a minute."""
    if partition.number == 0:
        while not list(Path(job.out).glob("begun-*")):
            time.sleep(0.05)
    else:
        Path(job.out, f"begun-{partition.number}-{os.getpid()}").touch()
        time.sleep(SLOW)
    return attempt(job, partition)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def at_work(out: Path) -> list[int]:
    """Processes that have begun a slow partition."""
    return [int(path.name.split("-")[2]) for path in out.glob("begun-*")]


def test_processes_of_this_machine_end(file: Path, tmp_path: Path) -> None:
    started = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        run(
            file,
            tmp_path / "out",
            CONFIG,
            partitions=3,
            engine=Serial(2),
            progress=interrupt,
            task=first_waits_for_the_second,
        )
    assert time.perf_counter() - started < SLOW / 2
    begun = at_work(tmp_path / "out")
    assert len(begun) >= 1
    assert not any(is_alive(process) for process in begun)


def test_tasks_of_ray_end(file: Path, tmp_path: Path) -> None:
    pytest.importorskip(MODULES["ray"], reason='needs pip install "elman[ray]"')
    from ray import cloudpickle

    # The workers cannot import this file.
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    out = tmp_path / "out"
    with cluster("ray", 2) as engine:
        with pytest.raises(KeyboardInterrupt):
            run(
                file,
                out,
                CONFIG,
                partitions=3,
                engine=engine,
                progress=interrupt,
                task=first_waits_for_the_second,
            )
        begun = at_work(out)
        assert len(begun) >= 1
        for _ in range(100):
            if not any(is_alive(process) for process in begun):
                break
            time.sleep(0.1)
        assert not any(is_alive(process) for process in begun)
        assert at_work(out) == begun


def test_tasks_of_dask_that_have_not_begun_are_cancelled(file: Path, tmp_path: Path) -> None:
    pytest.importorskip(MODULES["dask"], reason='needs pip install "elman[dask]"')
    out = tmp_path / "out"

    def slowly(job: Job, partition: Partition) -> Outcome:
        if partition.number:
            Path(job.out, f"begun-{partition.number}-{os.getpid()}").touch()
            time.sleep(2)
        return attempt(job, partition)

    with cluster("dask", 1) as engine:
        with pytest.raises(KeyboardInterrupt) as raised:
            run(file, out, CONFIG, partitions=3, engine=engine, progress=interrupt, task=slowly)
        time.sleep(5)
        # The exception keeps the frames of the run, as that of a notebook does.
        assert raised.traceback
        assert len(at_work(out)) <= 1


def test_tasks_of_spark_end(file: Path, tmp_path: Path) -> None:
    pytest.importorskip(MODULES["spark"], reason='needs pip install "elman[spark]"')
    out = tmp_path / "out"

    def slowly(job: Job, partition: Partition) -> Outcome:
        Path(job.out, f"begun-{partition.number}-{os.getpid()}").touch()
        time.sleep(6)
        return attempt(job, partition)

    def ctrl_c() -> None:
        while not at_work(out):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    handler = signal.getsignal(signal.SIGINT)
    try:
        with cluster("spark", 1) as engine:
            threading.Thread(target=ctrl_c, daemon=True).start()
            with pytest.raises(KeyboardInterrupt):
                run(file, out, CONFIG, partitions=3, engine=engine, task=slowly)
            time.sleep(10)
    finally:
        # A session of Spark replaces it.
        signal.signal(signal.SIGINT, handler)
    assert len(at_work(out)) == 1
    assert not (out / "forecasts").exists()


GUARDLESS = """
import sys
sys.path[:0] = {path!r}
from elman.distributed import Config, Serial, run
run({file!r}, {out!r}, Config(7, model="theta"), partitions=3, engine=Serial(2))
"""


@pytest.mark.parametrize("is_file", [True, False])
def test_a_program_without_a_guard_gets_the_guard_as_next_step(
    file: Path, tmp_path: Path, is_file: bool
) -> None:
    code = GUARDLESS.format(path=sys.path, file=str(file), out=str(tmp_path / "out"))
    script = tmp_path / "script.py"
    script.write_text(code)
    done = subprocess.run(
        [sys.executable, *([str(script)] if is_file else [])],
        input=None if is_file else code,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "a new process ended before its first task" in done.stderr
    assert 'if __name__ == "__main__":' in done.stderr.split("a new process ended")[-1]


def test_the_error_of_a_progress_function_is_raised(file: Path, tmp_path: Path) -> None:
    def fails(outcome: Outcome, done: int, of: int) -> NoReturn:
        raise ElmanError("on purpose")

    with pytest.raises(ElmanError, match="on purpose"):
        run(file, tmp_path, CONFIG, partitions=3, engine=Serial(2), progress=fails)
    assert run(file, tmp_path, CONFIG, partitions=3).series == 300
