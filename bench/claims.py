#!/usr/bin/env python3
"""Compares the improvement that `elman forecast` reports for a series with the true one.

  claims.py --elman target/release/elman --data DATA [--sets Yearly,Weekly] [--series 300] [--skip 500]

Each series of a public set is forecast alone, with defaults. The report has the validation error of the forecast and that of a
baseline (`claim` in the JSON document); the true errors of both are those on the values that came after. Printed are geometric
means over the series of the error of elman divided by that of the baseline: as reported, and true; over all series, and over
those with a verdict (ten independent forecasts or more). Needs Python alone.
"""
import argparse, concurrent.futures, json, math, os, random, subprocess, tempfile

from alone import SETS, date, series_of


def ratios(elman, room, number, past, future, frequency):
    """(reported, true, whether there is a verdict) of one series; None without a claim."""
    file = os.path.join(room, f"{number}.csv")
    with open(file, "w") as f:
        f.write("ds,y\n" + "".join(f"{date(frequency, t)},{y}\n" for t, y in enumerate(past)))
    command = [elman, "forecast", file, "--horizon", str(len(future)), "--json", "--quiet"]
    report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    claim = report["claim"]
    if not claim:
        return None
    error = lambda column: sum(abs(row[column] - y) for row, y in zip(report["forecast"], future))
    pair = error("elman"), error(claim["baseline"])
    reported = claim["error"], claim["baseline_error"]
    if min(*pair, *reported) <= 0:
        return None
    return reported[0] / reported[1], pair[0] / pair[1], claim["verdict"] != "too_few"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--elman", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--sets", default=",".join(SETS))
    p.add_argument("--series", type=int, default=300)
    p.add_argument("--skip", type=int, default=500)
    args = p.parse_args()
    print("| set | series | reported | true | with a verdict | reported | true |")
    print("|---|---|---|---|---|---|---|")
    for name in args.sets.split(","):
        stem, frequency, horizon = SETS[name]
        past, future = (series_of(os.path.join(args.data, f"{stem}-{part}.csv.gz")) for part in ("train", "test"))
        ids = sorted(past)
        random.Random(1).shuffle(ids)
        ids = ids[args.skip:args.skip + args.series] or ids[:args.series]
        with tempfile.TemporaryDirectory() as room, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            run = lambda n: ratios(args.elman, room, n, past[ids[n]], future[ids[n]][:horizon], frequency)
            known = [r for r in pool.map(run, range(len(ids))) if r]
        cells = []
        for part in (known, [r for r in known if r[2]]):
            means = [f"{math.exp(sum(math.log(r[k]) for r in part) / len(part)):.3f}" if part else "-" for k in (0, 1)]
            cells += [str(len(part)), *means]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
