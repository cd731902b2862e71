"""Ours and theirs in turns: one benchmark of every workload, written to one folder.

usage: python3 bench/run.py --elman target/release/elman --out bench/runs/DATE-machine

Needs only Python itself; the Python peers run under `--python`, the Rust peers lie in `--rust-peers`. See
bench/README.md for what is measured and how to set the peers up.
"""

import argparse
import csv
import datetime
import json
import math
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "peers"))

import report  # noqa: E402
from workloads import CURVE, WORKLOADS, unit  # noqa: E402

TRAINING = tuple(name for name, w in WORKLOADS.items() if w.task == "train")
FORWARD = tuple(name for name, w in WORKLOADS.items() if w.task != "train")
EVERY = TRAINING + FORWARD

# glibc gives large blocks back to the system and takes them again at every step; this keeps them. (The threshold for
# mmap cannot be set above 32 MiB, so mmap is turned off as well.)
MALLOC = {
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TOP_PAD_": str(512 << 20),
}
# Settings of other people's experiments that would slow a peer down, or speed it up, behind our back.
UNWANTED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "XLA_FLAGS", "LD_PRELOAD", *MALLOC)

# What holds a peer to the instruction set that `--isa` holds elman to. The others offer nothing of the kind.
HELD = {
    "avx2": {
        "torch": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"},
        "jax": {"XLA_FLAGS": "--xla_cpu_max_isa=AVX2"},
    }
}

# What a program that does not run, does not answer or answers nonsense raises here.
FAILURES = (RuntimeError, OSError, KeyError, IndexError, TypeError, ValueError, subprocess.SubprocessError)


@dataclass
class Program:
    """One way to run one peer, or ours."""

    peer: str
    variant: str
    command: list
    workloads: tuple = EVERY
    env: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"{self.peer} {self.variant}".strip()


def programs(args):
    """Everything that can be run, ours first."""
    python = lambda peer: [args.python, str(HERE / "peers" / f"{peer}_peer.py")]
    rust = lambda peer: [str(pathlib.Path(args.rust_peers or ".") / f"{peer}-peer")]
    torch, jax, onnx = python("torch"), python("jax"), python("onnx")
    table = [
        Program("torch", "default", torch, TRAINING + ("I2",)),
        Program("torch", "fused", torch, TRAINING),
        Program("torch", "fused malloc", torch, TRAINING, MALLOC),
        Program("torch", "course", torch, ("W1",)),
        Program("torch", "default malloc", torch, ("I2",), MALLOC),
        Program("torch", "lstm", torch, ("I1",)),
        Program("torch", "cell", torch, ("I1",)),
        Program("jax", "one", jax),
        Program("jax", "many", jax, TRAINING),
        Program("onnx", "bound", onnx, FORWARD),
        Program("onnx", "plain", onnx, FORWARD),
        # Tuned malloc helps these by 2 to 30 % (W3, I2), so they always have it; `hoisted` takes twice the time of
        # `steps` from W3 on, so it runs on the small networks only.
        Program("candle", "steps", rust("candle"), EVERY, MALLOC),
        Program("candle", "hoisted", rust("candle"), ("W1", "W2"), MALLOC),
        Program("burn", "steps", rust("burn"), EVERY, MALLOC),
        Program("burn", "hoisted", rust("burn"), ("W1", "W2"), MALLOC),
        Program("rust-lstm", "f64", rust("rust-lstm"), EVERY[1:], MALLOC),
    ]
    for program in table:
        program.env = program.env | HELD.get(args.isa, {}).get(program.peer, {})
    wanted = [name for name in args.peers.split(",") if name]
    known = {program.peer for program in table}
    for name in wanted:
        if name not in known:
            raise SystemExit(f"no peer `{name}`; there are {', '.join(sorted(known))}")
    return [Program("elman", args.isa or "", [args.elman])] + [p for p in table if p.peer in wanted]


def cores(threads):
    """The processors to run on: the last ones allowed, since the first serves most interrupts."""
    return sorted(os.sched_getaffinity(0))[-threads:] if hasattr(os, "sched_getaffinity") else None


def run(command, threads, env=(), timeout=1800):
    """Runs one program on as many processors as it has threads and returns its JSON."""
    variables = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        variables[name] = str(threads)
    variables |= {"RUST_BACKTRACE": "0"} | dict(env)
    if cores(threads) and shutil.which("taskset"):
        command = ["taskset", "-c", ",".join(map(str, cores(threads))), *command]
    done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(command)}: exit {done.returncode}: {done.stderr.strip()[-400:]}")
    return json.loads(done.stdout[done.stdout.index("{") :])


def peer_run(program, workload, threads, weights, seconds, curve):
    command = [*program.command, "--workload", workload, "--threads", str(threads), "--seconds", str(seconds)]
    command += ["--curve", str(curve), "--weights", str(weights / f"{workload}.safetensors")]
    variant = program.variant.removesuffix(" malloc")
    return run([*command, "--variant", variant], threads, program.env)


def our_run(program, workload, threads, args):
    """`elman bench`: the value and the instruction set it chose."""
    command = [*program.command, "bench", "--workload", workload, "--threads", str(threads), "--runs", "3"]
    command += ["--seconds", str(args.seconds / 3), "--json"] + (["--isa", args.isa] if args.isa else [])
    document = run(command, threads)
    key = "samples_per_s" if unit(workload) == "samples/s" else "us_per_step"
    rows = [row for row in document["results"] if row.get("workload", workload) == workload]
    rows = [row for row in rows if row.get("threads", threads) == threads] or rows
    return float(rows[0][key]), str(rows[0].get("isa", ""))


def our_curve(args, workload, weights):
    """The first losses of `elman bench` from the same weights."""
    command = [args.elman, "bench", "--workload", workload, "--runs", "1", "--seconds", "0.001", "--json"]
    command += ["--curve", CURVE, "--init", weights / f"{workload}.safetensors"]
    document = run([str(word) for word in command], 1)
    return document["results"][0]["curve"]


def whole_lesson(args):
    """The whole default `elman train`, from the start of the process to the model saved, in milliseconds."""
    with tempfile.TemporaryDirectory() as room:
        before = datetime.datetime.now()
        run([args.elman, "train", "--json", "--save", f"{room}/m.safetensors"], 1)
        return (datetime.datetime.now() - before).total_seconds() * 1e3


def difference(workload, curve, reference):
    """The largest relative difference of two curves, and whether it is within what is allowed."""
    # Outputs (I1, I2) pass through zero, so they are compared with their largest.
    scale = max(abs(value) for value in reference)
    base = lambda value: scale if workload in FORWARD else abs(value)
    apart = max(abs(theirs - ours) / base(ours) for ours, theirs in zip(reference, curve))
    if not all(math.isfinite(value) for value in [*curve, *reference]):
        apart = math.inf
    return apart, len(curve) == len(reference) and apart <= report.allowed(workload)


def check_curves(args, everything, chosen, weights, log):
    """Runs everybody for 20 steps from the same weights; rows of (workload, program, difference, verdict)."""
    rows, broken = [], set()
    for workload in chosen:
        reference, whose = None, None
        if workload in TRAINING:
            try:
                reference, whose = our_curve(args, workload, weights), "elman"
            except FAILURES as error:
                log(f"{workload} elman bench: {error}")
                rows.append((workload, "elman", None, "failed"))
        for program in everything[1:]:
            if workload not in program.workloads:
                continue
            try:
                curve = peer_run(program, workload, 1, weights, 0, CURVE)["curve"]
            except FAILURES as error:
                log(f"{workload} {program.name}: {error}")
                rows.append((workload, program.name, None, "failed"))
                broken.add((workload, program.name))
                continue
            if not curve:
                rows.append((workload, program.name, None, "not the same network"))
            elif reference is None:
                reference, whose = curve, program.name
                rows.append((workload, program.name, None, "the reference"))
            else:
                apart, good = difference(workload, curve, reference)
                rows.append((workload, program.name, apart, f"as {whose}" if good else f"NOT as {whose}"))
            log(f"curve {workload} {program.name}: {rows[-1][3]}")
    return rows, broken


def measure(args, everything, chosen, threads_list, weights, broken, keep, log):
    """Every turn of every workload, each row of raw.csv given to `keep`; returns what failed."""
    failures = []
    for workload in chosen:
        for threads in threads_list:
            runners = [p for p in everything if workload in p.workloads and (workload, p.name) not in broken]
            dead = set()
            for turn in range(args.turns):
                first = turn % len(runners)
                for program in runners[first:] + runners[:first]:
                    if program.name in dead:
                        continue
                    try:
                        if program.peer == "elman":
                            value, variant = our_run(program, workload, threads, args)
                            version = args.version
                        else:
                            line = peer_run(program, workload, threads, weights, args.seconds, 0)
                            value = line.get("us_per_step", line.get("samples_per_s"))
                            variant, version = program.variant, line["version"]
                    except FAILURES as error:
                        dead.add(program.name)
                        failures.append(f"{workload}, threads {threads}, {program.name}: {error}")
                        log(failures[-1])
                        continue
                    keep((turn, workload, program.peer, variant, version, threads, value, unit(workload)))
                    log(f"{workload} {threads}T turn {turn} {program.name}: {value:.4g} {unit(workload)}")
                if workload == "W1" and threads == threads_list[0] and "elman" not in dead:
                    try:
                        keep((turn, "lesson", "elman", "whole program", args.version, 1, whole_lesson(args), "ms"))
                    except FAILURES as error:
                        failures.append(f"the whole lesson: {error}")
    return failures


def said(command):
    """What a program prints, or nothing."""
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def public(text, args):
    """Without this machine's folders."""
    outside = [pathlib.Path(args.elman).parent, pathlib.Path(args.python).parent, args.rust_peers or HERE]
    for folder in (*outside, HERE.parent, pathlib.Path.home(), tempfile.gettempdir()):
        text = text.replace(f"{folder}/", "") if os.path.isabs(folder) else text
    return text


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--elman", required=True, help="the program, built with --release")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the folder to write: bench/runs/DATE-machine")
    parser.add_argument("--workloads", default=",".join(EVERY))
    parser.add_argument("--threads", default="1", help="one or more numbers, such as 1,2")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each program in each turn")
    parser.add_argument("--peers", default="torch,jax,onnx,candle,burn,rust-lstm")
    parser.add_argument("--python", default=sys.executable, help="a Python with bench/peers/requirements.txt")
    parser.add_argument("--rust-peers", help="the folder with candle-peer, burn-peer, rust-lstm-peer")
    parser.add_argument("--isa", help="hold elman to one instruction set; `avx2` holds PyTorch and JAX as well")
    parser.add_argument("--force", action="store_true", help="run although the machine is loaded; this is recorded")
    args = parser.parse_args()
    args.elman = str(pathlib.Path(args.elman).resolve())
    return args


def main():
    args = arguments()
    chosen = args.workloads.split(",")
    for name in chosen:
        if name not in WORKLOADS:
            raise SystemExit(f"no workload `{name}`; there are {', '.join(WORKLOADS)}")
    if not pathlib.Path(args.elman).is_file():
        raise SystemExit(f"no program {args.elman}: build it with `cargo build --release`")
    threads_list = [int(word) for word in args.threads.split(",")]
    before = os.getloadavg()[0]
    if before > 0.5 and not args.force:
        raise SystemExit(
            f"the load average is {before:.2f}: wait until it is below 0.5, or give --force, which is recorded"
        )
    log = lambda text: print(text, file=sys.stderr, flush=True)
    everything = programs(args)
    if not args.rust_peers and any(p.peer in ("candle", "burn", "rust-lstm") for p in everything):
        log("no --rust-peers: candle, Burn and rust-lstm are left out")
        everything = [p for p in everything if p.peer not in ("candle", "burn", "rust-lstm")]
    args.version = said([args.elman, "--version"]).removeprefix("elman ")
    started, busy = datetime.datetime.now(datetime.timezone.utc), report.busy_seconds()
    args.out.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory() as room, open(args.out / "raw.csv", "w", newline="", buffering=1) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["turn", "workload", "program", "variant", "version", "threads", "value", "unit"])

        def keep(row):
            rows.append(row)
            writer.writerow([*row[:6], f"{row[6]:.6g}", row[7]])

        weights = pathlib.Path(room)
        subprocess.run([args.python, str(HERE / "peers" / "weights.py"), room], check=True)
        curves, broken = check_curves(args, everything, chosen, weights, log)
        failures = measure(args, everything, chosen, threads_list, weights, broken, keep, log)
    ended = datetime.datetime.now(datetime.timezone.utc)
    failures = [f"{w}, {p}: no curve" for w, p, _, verdict in curves if verdict == "failed"] + failures
    facts = {
        "command": public(shlex.join(["python3", *sys.argv]), args),
        "before": before,
        "after": os.getloadavg()[0],
        "forced": before > 0.5,
        "others": report.others(busy, report.busy_seconds(), started, ended),
        "started": started,
        "ended": ended,
        "versions": {row[2]: row[4] for row in rows},
        "curves": curves,
        "commit": said(["git", "-C", str(HERE), "describe", "--always", "--dirty"]) or "not known",
        "python": said([args.python, "--version"]).removeprefix("Python "),
        "held": (
            f"{args.isa}: elman, {', '.join(HELD.get(args.isa, {})) or 'no peer'}"
            if args.isa
            else "none: each its best"
        ),
        "failures": [public(line, args) for line in failures],
    }
    (args.out / "summary.md").write_text(report.summary(rows, curves))
    (args.out / "README.md").write_text(report.readme(args, facts))
    log(f"written: {args.out}")
    ours = any(row[2] == "elman" for row in rows) and not any(p == "elman" for _, p, _, _ in curves)
    if any(verdict.startswith("NOT") for *_, verdict in curves) or not ours:
        raise SystemExit("a curve differs or elman did not run: see the README written")


if __name__ == "__main__":
    main()
