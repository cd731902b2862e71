"""Forecasts in Python by elman and by other libraries: install, import, fit, predict, in one run and in turns.

usage: python bench/python.py --wheel elman.whl --data DATA --out bench/runs/DATE-MACHINE-python [--venvs DIR --reuse]

Makes a virtual environment for each library, installs, and measures sizes and seconds. Then every model forecasts the
airline passengers, M4 Weekly and 10,000 synthetic daily series, each in a process of its own; the order moves on by one
from turn to turn. Needs Python 3.12 and the network; --reuse takes the environments of an earlier run from --venvs.
What is compared, and what is unfair about it, is in bench/README.md.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import shlex
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "peers"), str(HERE / "libraries")]
import environments  # noqa: E402
import errors  # noqa: E402
import report  # noqa: E402
import sets  # noqa: E402
import summary  # noqa: E402
from contenders import CONTENDERS, LIBRARIES  # noqa: E402
from run import run, said  # noqa: E402

THREADS = 2
#: Further forecasts of the airline passengers, each of which is timed.
LATENCY = 20
#: Series whose errors are compared: those that every model forecasts.
COMPARED = {"airline": 1, "weekly": 359, "daily": 100}
#: Columns of raw.csv and of imports.csv.
RAW = "turn set model series import_s read_s fit_s predict_s whole_s processor_s latency_ms peak_mb compared smape mase owa".split()
IMPORTS = ["turn", "library", "cold_s", "warm_s"]
#: Environment variables of every process: no graphics card, no progress bars.
VARIABLES = {"CUDA_VISIBLE_DEVICES": "", "PYTHONWARNINGS": "ignore", "TQDM_DISABLE": "1"}


def log(text):
    print(text, file=sys.stderr, flush=True)


def install(args):
    """Records of the installations; elman is installed anew each time, because its wheel changes."""
    wheels = args.venvs / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    records = {}
    for name, (requirement, _) in chosen_libraries(args).items():
        reuse = args.reuse and requirement is not None
        record = environments.prepare(requirement or str(args.wheel), args.venvs / name, wheels, reuse)
        megabytes = record["installed_bytes"] / 1e6
        log(f"install {name}: {len(record['packages'])} packages, {megabytes:.0f} MB, {record['install_s']:.1f} s")
        records[name] = record
    return records


def chosen_libraries(args):
    wanted = [c.library for c in args.contenders]
    return {name: of for name, of in LIBRARIES.items() if name in wanted}


def import_seconds(environment, statement):
    """Seconds of the imports in a new process: with the files read from the disk, and once more from the page cache."""
    end = "print(json.dumps(dict(seconds=time.perf_counter() - start)))"
    program = f"import json, time; start = time.perf_counter(); {statement}; {end}"
    command = [str(environments.python_of(environment)), "-c", program]
    environments.evict(environment)
    return [run(command, THREADS, VARIABLES)["seconds"] for _ in range(2)]


def forecast(args, contender, data, path, room):
    """One job: its seconds, memory and errors, as a row of raw.csv without the turn."""
    out = pathlib.Path(room) / "forecasts.csv"
    task = {"h": data.h, "season": data.season, "freq": data.freq, "threads": THREADS}
    task |= {"latency": LATENCY if data.name == "airline" else 0, "started": time.time()}
    python = environments.python_of(args.venvs / contender.library)
    command = [python, HERE / "libraries" / "jobs" / "job.py", contender.module, contender.model, path, json.dumps(task), out]
    document = run([str(part) for part in command], THREADS, {**VARIABLES, "TMPDIR": room}, timeout=3600)
    forecasts = {row[0]: [float(cell) for cell in row[1:]] for row in csv.reader(open(out))}
    compared = [name for name in data.future if name in forecasts][: COMPARED[data.name]]
    return {
        "set": data.name,
        "model": contender.name,
        "series": len(forecasts),
        "compared": len(compared),
        **document,
        **errors.evaluate(data, forecasts, compared),
    }


def first(path, count, room):
    """A file with the first series of a data file."""
    if count is None:
        return path
    shorter = pathlib.Path(room) / f"{path.stem}-{count}.csv"
    if not shorter.exists():
        with open(path) as file, open(shorter, "w") as out:
            out.write(next(file))
            names = set()
            for line in file:
                names.add(line.partition(",")[0])
                if len(names) > count:
                    break
                out.write(line)
    return shorter


def turns(args, room, keep):
    """All jobs, in turns; returns the failures."""
    failures = []
    for name in args.sets:
        data = sets.SETS[name](args.data)
        path = pathlib.Path(room) / f"{name}.csv"
        data.write(path)
        entered = [c for c in args.contenders if name in c.series]
        for turn in range(args.turns if name == "airline" else args.turns_of_panels):
            order = entered[turn % len(entered) :] + entered[: turn % len(entered)]
            for contender in order:
                if turn and name in contender.once:
                    continue
                try:
                    row = forecast(args, contender, data, first(path, contender.series[name], room), room)
                except (RuntimeError, ValueError) as error:
                    failures.append(f"{name}, {contender.name}: {str(error).splitlines()[-1]}")
                    log(failures[-1])
                    continue
                keep({"turn": turn, **row})
                seconds = row["read_s"] + row["fit_s"] + row["predict_s"]
                log(f"{name} turn {turn} {contender.name}: {seconds:.3g} s, MASE {row['mase']:.3f}")
    return failures


def imports(args, keep):
    libraries = list(chosen_libraries(args).items())
    for turn in range(args.turns):
        for name, (_, statement) in libraries[turn % len(libraries) :] + libraries[: turn % len(libraries)]:
            cold, warm = import_seconds(args.venvs / name, statement)
            keep({"turn": turn, "library": name, "cold_s": cold, "warm_s": warm})
            log(f"import turn {turn} {name}: cold {cold:.3g} s, warm {warm:.3g} s")


def table(path, columns):
    """A CSV file that is written row by row, and the rows."""
    rows = []
    file = open(path, "w", newline="", buffering=1)
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()

    def keep(row):
        rows.append(row)
        writer.writerow({name: f"{cell:.6g}" if isinstance(cell, float) else cell for name, cell in row.items()})

    return rows, keep


def without_folder(argument):
    """An argument of the command, without this machine's folders."""
    return pathlib.Path(argument).name if os.path.isabs(argument) else argument


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", required=True, type=pathlib.Path, help="elman's wheel")
    parser.add_argument("--data", required=True, type=pathlib.Path, help="folder with monthly/ and m4/")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the folder to write: bench/runs/DATE-machine-python")
    parser.add_argument("--venvs", type=pathlib.Path, help="folder of the environments; by default a temporary one")
    parser.add_argument("--reuse", action="store_true", help="take the environments that are in --venvs")
    parser.add_argument("--turns", type=int, default=3, help="of the imports and of the airline passengers")
    parser.add_argument("--turns-of-panels", type=int, default=2, help="of M4 Weekly and of the daily series")
    parser.add_argument("--sets", default=",".join(sets.SETS))
    parser.add_argument("--libraries", default=",".join(LIBRARIES))
    parser.add_argument("--force", action="store_true", help="run although the machine is loaded; this is recorded")
    args = parser.parse_args()
    args.sets = args.sets.split(",")
    args.contenders = [c for c in CONTENDERS if c.library in args.libraries.split(",")]
    return args


def main():
    args = arguments()
    before = os.getloadavg()[0]
    if before > 0.5 and not args.force:
        raise SystemExit(f"the load average is {before:.2f}: wait until it is below 0.5, or give --force, which is recorded")
    started, busy = datetime.datetime.now(datetime.timezone.utc), report.busy_seconds()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as room:
        args.venvs = (args.venvs or pathlib.Path(room) / "venvs").resolve()
        installed = install(args)
        (args.out / "installed.json").write_text(json.dumps(installed, indent=1) + "\n")
        imported, keep_import = table(args.out / "imports.csv", IMPORTS)
        imports(args, keep_import)
        rows, keep = table(args.out / "raw.csv", RAW)
        failures = turns(args, room, keep)
    ended = datetime.datetime.now(datetime.timezone.utc)
    facts = {
        "command": shlex.join(["python3", "bench/python.py", *map(without_folder, sys.argv[1:])]),
        "before": before,
        "after": os.getloadavg()[0],
        "others": report.others(busy, report.busy_seconds(), started, ended),
        "started": started,
        "ended": ended,
        "commit": said(["git", "-C", str(HERE), "describe", "--always", "--dirty"]) or "not known",
        "failures": failures,
    }
    (args.out / "summary.md").write_text(summary.document(facts, installed, imported, rows))
    log(f"written: {args.out}")


if __name__ == "__main__":
    main()
