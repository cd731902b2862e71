"""No cliffs: nanoseconds per thousand operations of a training step over many sizes, one thread.

usage: python3 bench/sweep.py ELMAN [--seconds S]

Prints, for each line of sizes, the time of a step divided by its floating-point operations, the largest ratio between
neighbours (sizes that differ by up to 15 %), and for T and B a straight line through time against size. Needs only Python.
"""

import argparse
import json
import subprocess

BASE = {"cell": "lstm", "input": 8, "hidden": 50, "layers": 2, "seq": 50, "batch": 20}
LINES = [
    ("hidden", [1, 2, 4, 7, 8, 12, 16, 17, 24, 31, 32, 33, 48, 50, 64, 65, 100, 128, 129, 200], BASE),
    ("hidden", [16, 17, 24, 31, 32, 33, 48, 50, 64, 65, 100, 128, 129, 200], {**BASE, "batch": 1, "layers": 1}),
    ("hidden", [16, 17, 32, 33, 50, 64, 100, 200], {**BASE, "cell": "gru", "batch": 3}),
    ("hidden", [16, 17, 32, 33, 50, 64, 100, 200], {**BASE, "cell": "rnn", "batch": 20}),
    ("batch", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20, 31, 32, 33, 64, 100], BASE),
    ("input", [1, 2, 3, 5, 8, 15, 16, 17, 24, 32, 33, 40], BASE),
    ("layers", [1, 2, 3, 4], BASE),
    ("seq", [10, 20, 50, 100, 300, 1000, 3000, 10000], {**BASE, "batch": 3, "layers": 1}),
]


def step(elman, sizes, seconds):
    command = [elman, "bench", "--threads", "1", "--runs", "3", "--seconds", str(seconds), "--json"]
    for name, value in sizes.items():
        command += [f"--{name}", str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)["results"][0]
    return result["min_us_per_step"], result["flop_per_step"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("elman")
    parser.add_argument("--seconds", type=float, default=0.3)
    args = parser.parse_args()
    for axis, values, base in LINES:
        fixed = " ".join(f"{k} {v}" for k, v in base.items() if k != axis)
        print(f"\n{axis} ({fixed})\n\n| {axis} | us a step | ns per kFLOP | to the one before |\n|---|---|---|---|")
        points, worst = [], 1.0
        for value in values:
            us, flop = step(args.elman, {**base, axis: value}, args.seconds)
            cost = us * 1e6 / flop
            change = ""
            if points:
                ratio = cost / before
                change = f"{ratio:.2f}"
                if value <= 1.15 * points[-1][0]:
                    worst = max(worst, ratio, 1 / ratio)
            print(f"| {value} | {us:.2f} | {cost:.1f} | {change} |", flush=True)
            points.append((value, us))
            before = cost
        if worst > 1.0:
            print(f"\nlargest ratio between neighbours: {worst:.2f}")
        if axis in ("seq", "batch"):
            slope = sum(x * y for x, y in points) / sum(x * x for x, _ in points)
            off = max(abs(y / (slope * x) - 1) for x, y in points if x >= 16)
            print(f"least squares through 0: {slope:.2f} us for each; largest deviation from {16} on: {100 * off:.0f} %")


main()
