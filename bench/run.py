"""Ours and theirs in turns: one benchmark of every workload, written to one folder.

usage: python3 bench/run.py --elman target/release/elman --out bench/runs/DATE-machine

Needs only Python itself; the Python peers run under `--python`, the Rust peers lie in `--rust-peers`. See
bench/README.md for what is measured and how to set the peers up.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import platform
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent

WORKLOADS = {
    "W1": "the lesson: RNN I1 H32 L1 T20 B1",
    "W2": "small: GRU I1 H32 L1 T50 B8",
    "W3": "medium: LSTM I8 H64 L2 T50 B32",
    "W4": "large: LSTM I32 H256 L2 T100 B64",
    "W5": "XL: LSTM I32 H512 L2 T100 B64",
    "I1": "stream: LSTM I1 H64 L1 B1, one step a call",
    "I2": "forward: LSTM I8 H64 L2 T50 B256",
}
# The same for `elman train`: cell, hidden size, layers, input size, steps of a window, batch.
TRAIN = {
    "W1": ("rnn", 32, 1, 1, 20, 1),
    "W2": ("gru", 32, 1, 1, 50, 8),
    "W3": ("lstm", 64, 2, 8, 50, 32),
    "W4": ("lstm", 256, 2, 32, 100, 64),
    "W5": ("lstm", 512, 2, 32, 100, 64),
}
TRAINING = tuple(TRAIN)
FORWARD = ("I1", "I2")
EVERY = TRAINING + FORWARD
UNITS = {name: "us/step" for name in EVERY} | {"I2": "samples/s"}
RATES = ("I2",)  # more is better

# What two curves may differ by, relatively. Sums of f32 products in another order differ by about 1e-7 of themselves, and
# Adam's first steps, g/|g| of each gradient, make more of it at each step: 1e-5 was the most seen in 20 steps between
# elman, PyTorch, JAX and candle. Burn's Adam takes 1 - 0.999 in f32, which is off by 5e-5 and moved a loss of W4 by 2e-4:
# hence more for the two large networks. A wrong gate, a state not carried or another epsilon is off by far more.
TOLERANCE = {"W4": 2e-3, "W5": 2e-3}
USUAL_TOLERANCE = 1e-4
CURVE = 20

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
        # A step of W4 or W5 takes so long that what a call costs is nothing.
        Program("jax", "many", jax, ("W1", "W2", "W3")),
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
    variables |= dict(env)
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
    key = "samples_per_s" if workload in RATES else "us_per_step"
    rows = [row for row in document["results"] if row.get("workload", workload) == workload]
    rows = [row for row in rows if row.get("threads", threads) == threads] or rows
    return float(rows[0][key]), str(rows[0].get("isa", ""))


def our_curve(args, workload, weights):
    """The first losses of `elman train` from the same weights."""
    cell, hidden, layers, inputs, steps, batch = TRAIN[workload]
    with tempfile.TemporaryDirectory() as room:
        command = [args.elman, "train", "--cell", cell, "--hidden-size", hidden, "--num-layers", layers]
        command += ["--input-size", inputs, "--seq-length", steps, "--batch-size", batch, "--lr", "0.001"]
        command += ["--steps", CURVE, "--init", weights / f"{workload}.safetensors", "--json"]
        document = run([str(word) for word in command + ["--save", f"{room}/m.safetensors"]], 1)
    return [row["loss"] for row in document["history"]][:CURVE]


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
    return apart, len(curve) == len(reference) and apart <= TOLERANCE.get(workload, USUAL_TOLERANCE)


def check_curves(args, everything, chosen, weights, log):
    """Runs everybody for 20 steps from the same weights; rows of (workload, program, difference, verdict)."""
    rows, broken = [], set()
    for workload in chosen:
        reference, whose = None, None
        if workload in TRAINING:
            try:
                reference, whose = our_curve(args, workload, weights), "elman"
            except (RuntimeError, OSError, KeyError, ValueError) as error:
                log(f"{workload} elman train: {error}")
                rows.append((workload, "elman", None, "failed"))
        for program in everything[1:]:
            if workload not in program.workloads:
                continue
            try:
                curve = peer_run(program, workload, 1, weights, 0, CURVE)["curve"]
            except (RuntimeError, OSError, KeyError, ValueError, subprocess.TimeoutExpired) as error:
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


def measure(args, everything, chosen, threads_list, weights, broken, log):
    """Every turn of every workload: rows of raw.csv, and what failed."""
    rows, failures = [], []
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
                    except Exception as error:  # whatever a program does, the others' figures are kept
                        dead.add(program.name)
                        failures.append(f"{workload}, {threads} threads, {program.name}: {error}")
                        log(failures[-1])
                        continue
                    rows.append((turn, workload, program.peer, variant, version, threads, value, UNITS[workload]))
                    log(f"{workload} {threads}T turn {turn} {program.name}: {value:.4g} {UNITS[workload]}")
                if workload == "W1" and threads == threads_list[0] and "elman" not in dead:
                    try:
                        row = (turn, "lesson", "elman", "whole program", args.version, 1, whole_lesson(args), "ms")
                        rows.append(row)
                    except (RuntimeError, OSError, ValueError) as error:
                        failures.append(f"the whole lesson: {error}")
    return rows, failures


def ratios(rows):
    """{(workload, threads): {(program, variant): (median, best, ratio, version)}}; the ratio is their time over ours,
    of each turn, then the median."""
    table = {}
    for turn, workload, program, variant, version, threads, value, _ in rows:
        group = table.setdefault((workload, threads), {})
        group.setdefault((program, variant), {"version": version, "turns": {}})["turns"][turn] = value
    out = {}
    for (workload, threads), group in table.items():
        ours = next((entry["turns"] for (program, _), entry in group.items() if program == "elman"), {})
        out[workload, threads] = {}
        for key, entry in group.items():
            values = entry["turns"]
            each = [ours[t] / v if workload in RATES else v / ours[t] for t, v in values.items() if t in ours]
            best = max(values.values()) if workload in RATES else min(values.values())
            ratio = statistics.median(each) if each and key[0] != "elman" else None
            out[workload, threads][key] = (statistics.median(values.values()), best, ratio, entry["version"])
    return out


def figure(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def summary(rows, curves):
    """summary.md: first the best of each peer, then everything, then the curves."""
    table = ratios([row for row in rows if row[1] != "lesson"])
    peers = list(dict.fromkeys(key[0] for group in table.values() for key in group if key[0] != "elman"))
    out = ["# Summary", "", "Written by `bench/run.py`. Times as long as elman's, the best variant of each peer: above 1 elman is",
           "faster, below 1 the peer. Each ratio is taken within a turn; this is the median over the turns.", ""]
    out += ["| workload | threads | elman | " + " | ".join(peers) + " |", "|---|---|---" + "|---" * len(peers) + "|"]
    for (workload, threads), group in table.items():
        ours = next((entry for key, entry in group.items() if key[0] == "elman"), None)
        cells = []
        for peer in peers:
            known = [entry[2] for key, entry in group.items() if key[0] == peer and entry[2] is not None]
            cells.append(f"{figure(min(known))}x" if known else "-")
        mine = f"{figure(ours[0])} {UNITS[workload]}" if ours else "-"
        out.append(f"| {workload} {WORKLOADS[workload]} | {threads} | {mine} | " + " | ".join(cells) + " |")
    for (workload, threads), group in table.items():
        best = "most" if workload in RATES else "least"
        out += ["", f"## {workload} {WORKLOADS[workload]}; {threads} thread{'s' * (threads > 1)}, {UNITS[workload]}", ""]
        out += [f"| program | variant | version | median | {best} | elman is … times as fast |", "|---|---|---|---|---|---|"]
        order = sorted(group.items(), key=lambda item: -item[1][0] if workload in RATES else item[1][0])
        for (program, variant), (median, least, ratio, version) in order:
            out.append(f"| {program} | {variant} | {version} | {figure(median)} | {figure(least)} | {figure(ratio)} |")
    lesson = [row[6] for row in rows if row[1] == "lesson"]
    if lesson:
        out += ["", "The whole default `elman train`, from the start of the process to the model saved: "
                f"median {statistics.median(lesson):.1f} ms, least {min(lesson):.1f} ms."]
    out += ["", "## The same curve from the same weights", "",
            f"The first {CURVE} losses (of I1 the first {CURVE} predictions, of I2 the last prediction of {CURVE} streams), one thread. "
            f"Allowed: {USUAL_TOLERANCE:g} relative;", f"for {' and '.join(TOLERANCE)} {max(TOLERANCE.values()):g}. "
            "Why: see `bench/README.md`.", "", "| workload | program | largest difference | |", "|---|---|---|---|"]
    for workload, program, apart, verdict in curves:
        out.append(f"| {workload} | {program} | {'-' if apart is None else f'{apart:.1e}'} | {verdict} |")
    return "\n".join(out) + "\n"


def cpu_info():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine(), set()
    fields = [line.split(":", 1) for line in text.splitlines() if ":" in line]
    find = lambda *names: next((value.strip() for name, value in fields if name.strip() in names), "")
    return find("model name") or platform.machine(), set(find("flags", "Features").split())


def memory_gib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def busy_seconds():
    """Processor seconds so far: of the whole machine, and those stolen by the host; None where unknown."""
    try:
        numbers = [int(word) for word in open("/proc/stat").readline().split()[1:]]
    except OSError:
        return None
    tick = os.sysconf("SC_CLK_TCK")
    return sum(numbers[:3] + numbers[5:7]) / tick, numbers[7] / tick


def others(before, after, started, ended):
    """What ran beside: the share of all processors' time used by neither us nor our programs, and stolen by the host."""
    if before is None:
        return "not known"
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    mine = sum(use.ru_utime + use.ru_stime for use in usage)
    whole = (ended - started).total_seconds() * os.cpu_count()
    beside = max(0.0, after[0] - before[0] - mine)
    return f"{beside / whole:.1%} of the processors' time; stolen by the host {(after[1] - before[1]) / whole:.1%}"


def readme(args, facts):
    model, flags = cpu_info()
    sets = [name for name in ("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "asimd") if name in flags]
    pinned = "with taskset to as many processors as threads" if shutil.which("taskset") else "nowhere: no taskset here"
    out = [f"# {facts['started']:%Y-%m-%d}, {model}", "", "Written by `bench/run.py`; what it measures is in `bench/README.md`, the figures in `summary.md`, every turn in `raw.csv`.",
           "", "```", facts["command"], "```", "", "| | |", "|---|---|", f"| processor | {model}, {os.cpu_count()} cores |",
           f"| instruction sets | {', '.join(sets) or 'not known'} |", f"| memory | {memory_gib():.0f} GiB |",
           f"| system | {platform.system()} {platform.release()}, {platform.machine()} |",
           f"| load average before, after | {facts['before']:.2f}, {facts['after']:.2f}{' (forced: above what is allowed)' if facts['forced'] else ''} |",
           f"| others during the run | {facts['others']} |",
           f"| began, took | {facts['started']:%Y-%m-%d %H:%M} UTC, {(facts['ended'] - facts['started']).total_seconds() / 60:.0f} min |",
           f"| turns, seconds | {args.turns} turns, {args.seconds:g} s of each program in each |", f"| programs are bound | {pinned} |",
           f"| instruction set held | {facts['held']} |", f"| Python | {facts['python']} |"]
    out += [f"| {program} | {version} |" for program, version in facts["versions"].items()]
    wrong = [f"{w} {p}: {verdict}" for w, p, _, verdict in facts["curves"] if verdict.startswith("NOT")]
    out += ["", "Curves that differ by more than is allowed: " + ("; ".join(wrong) if wrong else "none") + "."]
    if facts["failures"]:
        out += ["", "What failed:", ""] + [f"- {' '.join(line.split())}" for line in facts["failures"]]
    return "\n".join(out) + "\n"


def public(text):
    """Without this machine's folders."""
    for folder in (str(HERE.parent) + "/", str(pathlib.Path.home()) + "/", tempfile.gettempdir() + "/"):
        text = text.replace(folder, "")
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
    threads_list = [int(word) for word in args.threads.split(",")]
    before = os.getloadavg()[0]
    if before > 0.5 and not args.force:
        raise SystemExit(f"the load average is {before:.2f}: wait until it is below 0.5, or give --force, which is recorded")
    log = lambda text: print(text, file=sys.stderr, flush=True)
    everything = programs(args)
    if not args.rust_peers and any(p.peer in ("candle", "burn", "rust-lstm") for p in everything):
        log("no --rust-peers: candle, Burn and rust-lstm are left out")
        everything = [p for p in everything if p.peer not in ("candle", "burn", "rust-lstm")]
    args.version = subprocess.run([args.elman, "--version"], capture_output=True, text=True).stdout.strip().removeprefix("elman ")
    started, busy = datetime.datetime.now(datetime.timezone.utc), busy_seconds()
    with tempfile.TemporaryDirectory() as room:
        weights = pathlib.Path(room)
        subprocess.run([args.python, str(HERE / "peers" / "weights.py"), room], check=True)
        curves, broken = check_curves(args, everything, chosen, weights, log)
        rows, failures = measure(args, everything, chosen, threads_list, weights, broken, log)
    ended = datetime.datetime.now(datetime.timezone.utc)
    failures = [f"{w}, {p}: no curve" for w, p, _, verdict in curves if verdict == "failed"] + failures
    python = subprocess.run([args.python, "--version"], capture_output=True, text=True).stdout.split()[-1]
    facts = {
        "command": public(shlex.join(["python3", *sys.argv])), "before": before, "after": os.getloadavg()[0],
        "forced": before > 0.5, "others": others(busy, busy_seconds(), started, ended), "started": started,
        "ended": ended, "versions": {row[2]: row[4] for row in rows}, "curves": curves, "python": python,
        "held": f"{args.isa}: elman, {', '.join(HELD.get(args.isa, {})) or 'no peer'}" if args.isa else "none: each its best",
        "failures": [public(line) for line in failures],
    }
    args.out.mkdir(parents=True, exist_ok=True)
    with open(args.out / "raw.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["turn", "workload", "program", "variant", "version", "threads", "value", "unit"])
        writer.writerows([*row[:6], f"{row[6]:.6g}", row[7]] for row in rows)
    (args.out / "summary.md").write_text(summary(rows, curves))
    (args.out / "README.md").write_text(readme(args, facts))
    log(f"written: {args.out}")
    if any(verdict.startswith("NOT") for *_, verdict in curves) or not any(row[2] == "elman" for row in rows):
        raise SystemExit("a curve differs or elman did not run: see the README written")


if __name__ == "__main__":
    main()
