"""What bench/run.py writes: summary.md and README.md of a run, and what it knows of the machine."""

import os
import pathlib
import platform
import resource
import shutil
import statistics

from workloads import CURVE, described, unit

# What two curves may differ by, relatively. Sums of f32 products in another order differ by about 1e-7 of themselves,
# and Adam's first steps, g/|g| of each gradient, make more of it at each step: 1.3e-5 was the most in 20 steps
# between elman, PyTorch, JAX, candle and rust-lstm. Burn's Adam takes 1 - 0.999 in f32, which is off by 5e-5 and moved
# a loss of W4 by 2e-4, of W5 by 5e-4: hence more for the two large networks.
TOLERANCE = {"W4": 2e-3, "W5": 2e-3}
USUAL_TOLERANCE = 1e-4


def allowed(workload):
    return TOLERANCE.get(workload, USUAL_TOLERANCE)


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
            each = [
                ours[t] / v if unit(workload) == "samples/s" else v / ours[t] for t, v in values.items() if t in ours
            ]
            best = max(values.values()) if unit(workload) == "samples/s" else min(values.values())
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
    out = [
        "# Summary",
        "",
        "Written by `bench/run.py`. Times as long as elman's, the best variant of each peer: above 1 elman is",
        "faster, below 1 the peer. Each ratio is taken within a turn; this is the median over the turns.",
        "",
    ]
    out += ["| workload | threads | elman | " + " | ".join(peers) + " |", "|---|---|---" + "|---" * len(peers) + "|"]
    for (workload, threads), group in table.items():
        ours = next((entry for key, entry in group.items() if key[0] == "elman"), None)
        cells = []
        for peer in peers:
            known = [entry[2] for key, entry in group.items() if key[0] == peer and entry[2] is not None]
            cells.append(f"{figure(min(known))}x" if known else "-")
        mine = f"{figure(ours[0])} {unit(workload)}" if ours else "-"
        out.append(f"| {described(workload)} | {threads} | {mine} | " + " | ".join(cells) + " |")
    for (workload, threads), group in table.items():
        best = "most" if unit(workload) == "samples/s" else "least"
        out += ["", f"## {described(workload)}; {threads} thread{'s' * (threads > 1)}, {unit(workload)}", ""]
        out += [
            f"| program | variant | version | median | {best} | elman is … times as fast |",
            "|---|---|---|---|---|---|",
        ]
        order = sorted(group.items(), key=lambda item: -item[1][0] if unit(workload) == "samples/s" else item[1][0])
        for (program, variant), (median, least, ratio, version) in order:
            out.append(f"| {program} | {variant} | {version} | {figure(median)} | {figure(least)} | {figure(ratio)} |")
    lesson = [row[6] for row in rows if row[1] == "lesson"]
    if lesson:
        out += [
            "",
            "The whole default `elman train`, from the start of the process to the model saved: "
            f"median {statistics.median(lesson):.1f} ms, least {min(lesson):.1f} ms.",
        ]
    out += [
        "",
        "## The same curve from the same weights",
        "",
        f"The first {CURVE} losses (of I1 the first {CURVE} predictions, of I2 the last prediction of {CURVE} streams),",
        f"on one thread. Allowed: {USUAL_TOLERANCE:g} relative,",
        f"for {' and '.join(TOLERANCE)} {max(TOLERANCE.values()):g}. Why: see `bench/README.md`.",
        "",
        "| workload | program | largest difference | |",
        "|---|---|---|---|",
    ]
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
    """What ran beside: the share of all processors' time used by neither us nor our programs, and stolen."""
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
    forced = " (forced: above what is allowed)" if facts["forced"] else ""
    minutes = (facts["ended"] - facts["started"]).total_seconds() / 60
    out = [
        f"# {facts['started']:%Y-%m-%d}, {model}",
        "",
        "Written by `bench/run.py`. What it measures is in `bench/README.md`, the figures in `summary.md`, every turn",
        "in `raw.csv`.",
        "",
        "```",
        facts["command"],
        "```",
        "",
        "| | |",
        "|---|---|",
        f"| processor | {model}, {os.cpu_count()} cores |",
        f"| instruction sets | {', '.join(sets) or 'not known'} |",
        f"| memory | {memory_gib():.0f} GiB |",
        f"| system | {platform.system()} {platform.release()}, {platform.machine()} |",
        f"| load average before, after | {facts['before']:.2f}, {facts['after']:.2f}{forced} |",
        f"| others during the run | {facts['others']} |",
        f"| began, took | {facts['started']:%Y-%m-%d %H:%M} UTC, {minutes:.0f} min |",
        f"| turns, seconds | {args.turns} turns, {args.seconds:g} s of each program in each |",
        f"| programs are bound | {pinned} |",
        f"| instruction set held | {facts['held']} |",
        f"| commit of this tree | {facts['commit']} |",
        f"| Python | {facts['python']} |",
    ]
    out += [f"| {program} | {version} |" for program, version in facts["versions"].items()]
    wrong = [f"{w} {p}: {verdict}" for w, p, _, verdict in facts["curves"] if verdict.startswith("NOT")]
    out += ["", "Curves that differ by more than is allowed: " + ("; ".join(wrong) if wrong else "none") + "."]
    if facts["failures"]:
        out += ["", "What failed:", ""] + [f"- {' '.join(line.split())}" for line in facts["failures"]]
    return "\n".join(out) + "\n"
