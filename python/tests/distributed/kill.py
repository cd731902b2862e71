"""Kill a worker in the middle of a partition, and compare with a serial run, bit for bit.

usage: python python/tests/distributed/kill.py dask|ray|spark [--series 20000] [--workers 2]
           [--times 3] [--partitions 20] [--model pretrained]

Each task writes a file with its process id before its work, and another one after it. The killer
stops a process (`SIGSTOP`) whose first file is there, and kills it (`kill -9`) only if the second
one is not: the process was inside the partition. The exit code is 0 if every run was killed in this
way and its files have the bytes of the serial run. A model of a sample (`--model`) forecasts.

Dask and Spark listen on 127.0.0.1. Ray listens on the address of the machine, except in a network
namespace without any: `unshare --net sh -c "ip link set lo up; python … kill.py ray"`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import synthetic
from clusters import ENGINES, cluster

from elman.distributed import Config, Outcome, Report, run, train_on_sample
from elman.distributed.job import Job, attempt
from elman.distributed.partitions import Partition


def marked(markers: Path) -> Callable[[Job, Partition], Outcome]:
    """The task of a partition that says in files when its work begins and ends."""

    def task(job: Job, partition: Partition) -> Outcome:
        name = f"{partition.number}-{os.getpid()}-{uuid.uuid4().hex}"
        (markers / f"start-{name}").touch()
        outcome = attempt(job, partition)
        (markers / f"end-{name}").touch()
        return outcome

    return task


@dataclass
class Killer(threading.Thread):
    """Kills one worker in the middle of a partition, when `after` partitions are done."""

    markers: Path
    after: int
    killed: str | None = field(default=None, init=False)
    seconds: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Looks for a process inside a partition until one is killed."""
        started = time.perf_counter()
        while self.killed is None and not self.ended.is_set():
            time.sleep(0.01)
            if len(list(self.markers.glob("end-*"))) < self.after:
                continue
            for start in sorted(self.markers.glob("start-*")):
                if self._kill(start.name.removeprefix("start-")):
                    self.seconds = time.perf_counter() - started
                    break

    def _kill(self, name: str) -> bool:
        end = self.markers / f"end-{name}"
        if end.exists():
            return False
        pid = int(name.split("-")[1])
        try:
            os.kill(pid, signal.SIGSTOP)
            # The process is stopped: the file cannot appear between this look and the kill.
            if end.exists():
                os.kill(pid, signal.SIGCONT)
                return False
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.killed = name
        return True


def contents(report: Report) -> dict[str, bytes]:
    """Name and bytes of each file of forecasts."""
    return {Path(path).name: Path(path).read_bytes() for path in report.paths}


def one_kill(
    engine: str, workers: int, data: Path, config: Config, partitions: int, after: int
) -> tuple[Report, dict[str, object]]:
    """A run in which a worker is killed, and what was seen.

    Raises:
        SystemExit: no worker was killed inside a partition, or its partition did not run again.
    """
    with tempfile.TemporaryDirectory() as directory, cluster(engine, workers) as runner:
        markers = Path(directory, "markers")
        markers.mkdir()
        killer = Killer(markers, after)
        killer.start()
        report = run(
            data,
            Path(directory, "out"),
            config,
            engine=runner,
            partitions=partitions,
            task=marked(markers),
        )
        killer.ended.set()
        killer.join()
        if killer.killed is None:
            sys.exit("no worker was killed inside a partition")
        if (markers / f"end-{killer.killed}").exists():
            sys.exit(f"the partition of the killed process ended: {killer.killed}")
        number, pid, _ = killer.killed.split("-")
        others = [m.name.split("-")[2] for m in markers.glob(f"start-{number}-*")]
        if [one for one in others if one != pid] == []:
            sys.exit(f"partition {number} did not run again")
        starts = len(list(markers.glob("start-*")))
        seen = {
            "killed_pid": int(pid),
            "partition": int(number),
            "after_s": round(killer.seconds, 2),
        }
        seen |= {
            "started_again": starts - len(report.outcomes),
            "seconds": round(report.seconds, 2),
        }
        return report, seen | {"files": contents(report)}


def main() -> None:
    """Reads the arguments, runs, compares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("--series", type=int, default=20000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--partitions", type=int, default=20)
    parser.add_argument("--model", default="pretrained")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory, "data.parquet")
        synthetic.write(data, given.series)
        saved = Path(directory, "model.safetensors")
        config = train_on_sample(data, saved, Config(14, model=given.model), series=100)
        serial = run(data, Path(directory, "serial"), config, partitions=given.partitions)
        expected = contents(serial)
        size = sum(map(len, expected.values()))
        print(
            json.dumps(
                {
                    "engine": "serial",
                    "series": serial.series,
                    "seconds": round(serial.seconds, 2),
                    "bytes": size,
                }
            )
        )
        for turn in range(given.times):
            _, seen = one_kill(
                given.engine, given.workers, data, config, given.partitions, after=1 + 3 * turn
            )
            equal = seen.pop("files") == expected
            print(
                json.dumps(
                    {"engine": given.engine, "turn": turn + 1, **seen, "equal_to_serial": equal}
                ),
                flush=True,
            )
            if not equal:
                sys.exit(f"the results of {given.engine} differ from those of the serial run")


if __name__ == "__main__":
    main()
