#!/usr/bin/env python3
"""Runs `elman forecast DATA --horizon H`, defaults only, on public sets and scores what it writes.

  accuracy.py --elman target/release/elman --data DATA [--scorer score_m4.py] [--sets Yearly,NN5] [--out DIR]
  accuracy.py --elman target/release/elman --data DATA --backtests

DATA holds m4/, nn5/ and cif2016/ as CSV in the M4 competition's layout: FREQ-train.csv.gz is the history,
FREQ-test.csv.gz what came after it. The errors are computed here, by the definitions of the M4 organisers'
own program; with --scorer, an independent program that takes a forecasts file scores M4 once more.
Needs Python alone; the scorer may need more.
"""
import argparse, csv, gzip, io, json, os, subprocess, sys, tempfile, time

# name: folder, history, horizon, period of MASE, sMAPE and MASE of Naive2
SETS = {
    "Yearly": ("m4", "Yearly", 6, 1, (16.342, 3.974)),
    "Quarterly": ("m4", "Quarterly", 8, 4, (11.363, 1.298)),
    "Monthly-subset": ("m4", "Monthly-subset", 18, 12, (24.901, 1.139)),
    "Weekly": ("m4", "Weekly", 13, 1, (9.161, 2.777)),
    "Hourly": ("m4", "Hourly", 48, 24, (18.383, 2.395)),
    "NN5": ("nn5", "Daily", 56, 7, None),
    "CIF": ("cif2016", None, 12, 12, None),
}


# Single series and small panels, gone back in: file, horizon, windows, step, further options.
BACK = [
    ("monthly/airline-passengers.csv", 12, 24, 1, []),
    ("monthly/co2-mauna-loa.csv", 12, 48, 1, ["--target", "CO2"]),
    ("sunspots/monthly-1749-1983.csv", 12, 48, 6, []),
    ("energy/taylor-half-hourly.csv", 48, 14, 48, []),
    *[(f"stocks/{s}.csv", 5, 100, 5, ["--target", "Close", "--missing", "drop"])
      for s in "AAPL AMZN GE IBM JNJ JPM KO MSFT WMT XOM".split()],
    ("exchange/exchange_rate.txt.gz", 10, 100, 10, ["--wide"]),
]


def backtests(args):
    print("| file | horizon | cutoffs | network | seasonal naive | damped | ets | theta | naive | MAE over naive's | in the 80 % band | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for path, horizon, windows, step, options in BACK:
        command = [args.elman, "backtest", os.path.join(args.data, path), "--horizon", str(horizon), "--json",
                   "--n-windows", str(windows), "--step-size", str(step), "--seed", str(args.seed), *options, *args.option]
        start = time.perf_counter()
        said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        seconds = time.perf_counter() - start
        m = said["metrics"]
        mase = " | ".join(f"{m[name]['mase']:.3f}" for name in ("elman", "seasonal_naive", "damped", "ets", "theta", "naive"))
        ratio = m["elman"]["mae"] / m["naive"]["mae"]
        print(f"| {path} | {horizon} | {windows} every {step} | {mase} | {ratio:.3f} | {100 * said['coverage'][0]:.0f} % | {seconds:.1f} |", flush=True)
    ett(args)


def ett(args):
    """ETTh1 by the protocol of the long-horizon papers: hours 0 to 11,519 known, every window of the next 2,880."""
    lines = lines_of(os.path.join(args.data, "energy/ETTh1.csv.gz"))[:14401]
    rows = list(csv.DictReader(lines))
    unit = {}
    for column in [c for c in rows[0] if c != "date"]:
        values = [float(row[column]) for row in rows[:8640]]
        mean = sum(values) / len(values)
        unit[column] = (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5
    with tempfile.TemporaryDirectory() as room:
        file, out = os.path.join(room, "etth1.csv"), os.path.join(room, "out.csv")
        with open(file, "w") as f:
            f.write("\n".join(lines) + "\n")
        command = [args.elman, "backtest", file, "--wide", "--horizon", "96", "--n-windows", "2785", "--out", out, "--quiet"]
        start = time.perf_counter()
        subprocess.run(command + args.option, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        squares = sizes = n = 0
        with open(out) as f:
            for row in csv.DictReader(f):
                error = (float(row["y"]) - float(row["elman"])) / unit[row["unique_id"]]
                squares, sizes, n = squares + error * error, sizes + abs(error), n + 1
    print(f"\nETTh1, 7 columns, horizon 96, {n} values: MSE {squares / n:.4f}, MAE {sizes / n:.4f}, {seconds:.0f} s")


def lines_of(path):
    return gzip.open(path, "rt").read().splitlines()


def series_of(lines):
    rows = csv.reader(lines[1:])
    return {row[0]: [float(c) for c in row[1:] if c not in ("", "NA")] for row in rows}


def files_of(name, data, room):
    """The history as a file for the program, and history and future as numbers."""
    folder, stem, *_ = SETS[name]
    folder = os.path.join(data, folder)
    if stem:
        train = os.path.join(folder, stem + "-train.csv.gz")
        future = series_of(lines_of(os.path.join(folder, stem + "-test.csv.gz")))
        return train, series_of(lines_of(train)), future
    # CIF's two horizons are one set: one file, and the shorter series are scored on their first steps.
    parts = {p: [lines_of(f"{folder}/Monthly-{h}-{p}.csv.gz") for h in ("h12", "h6")] for p in ("train", "test")}
    width = max(len(line.split(",")) for part in parts["train"] for line in part)
    lines = [",".join(f"V{i + 1}" for i in range(width))] + [l for part in parts["train"] for l in part[1:]]
    train = os.path.join(room, "cif.csv")
    with open(train, "w") as f:
        f.write("\n".join(lines) + "\n")
    future = {k: v for part in parts["test"] for k, v in series_of(part).items()}
    return train, series_of(lines), future


def peak_of(child):
    """Waits for the end; the most memory of the program in MB, looked at often."""
    peak = 0
    while child.poll() is None:
        try:
            with open(f"/proc/{child.pid}/status") as status:
                peak = max([peak] + [int(l.split()[1]) for l in status if l.startswith("VmHWM")])
        except OSError:
            pass
        time.sleep(0.005)
    return peak / 1024


def scored(history, future, rows, m):
    smape = modified = mase = msis = 0.0
    scaled = 0
    inside = {80: 0, 95: 0}
    points = 0
    for name, ys in future.items():
        past, said = history[name], rows[name][: len(ys)]
        errors = [abs(y - float(r["elman"])) for y, r in zip(ys, said)]
        sizes = [abs(y) + abs(float(r["elman"])) for y, r in zip(ys, said)]
        smape += sum(200 * e / s for e, s in zip(errors, sizes) if e) / len(ys)
        modified += sum(200 * e / max(s + 0.1, 0.6) for e, s in zip(errors, sizes)) / len(ys)
        steps = [abs(a - b) for a, b in zip(past[m:], past)]
        if sum(steps) > 0:
            scale = sum(steps) / len(steps)
            mase += sum(errors) / len(ys) / scale
            scaled += 1
            width = 0.0
            for y, r in zip(ys, said):
                low, high = float(r["elman-lo-95"]), float(r["elman-hi-95"])
                width += high - low + 40 * max(low - y, 0) + 40 * max(y - high, 0)
            msis += width / len(ys) / scale
        for level in inside:
            inside[level] += sum(
                float(r[f"elman-lo-{level}"]) <= y <= float(r[f"elman-hi-{level}"]) for y, r in zip(ys, said)
            )
        points += len(ys)
    n = len(future)
    return {
        "smape": smape / n, "modified": modified / n, "mase": mase / scaled, "msis": msis / scaled,
        "coverage": {level: 100 * count / points for level, count in inside.items()},
    }


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--elman", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--scorer", help="an independent scorer for M4: SCORER FORECASTS.csv --data DIR --freq F")
    p.add_argument("--sets", default=",".join(SETS))
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--option", action="append", default=[], help="a further option of the program: --option=--no-carry")
    p.add_argument("--backtests", action="store_true", help="go back in single series and small panels instead")
    p.add_argument("--out", help="a folder for the forecasts and the scores")
    args = p.parse_args()
    extra = args.option
    if args.backtests:
        return backtests(args)
    with tempfile.TemporaryDirectory() as room:
        out = args.out or room
        os.makedirs(out, exist_ok=True)
        print("| set | series | sMAPE | MASE | OWA | in the 80 % band | in the 95 % band | MSIS | seconds | peak MB |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        results = {}
        for name in args.sets.split(","):
            _, _, horizon, m, naive2 = SETS[name]
            train, history, future = files_of(name, args.data, room)
            table = os.path.join(room, name + ".csv")
            command = [args.elman, "forecast", train, "--horizon", str(horizon), "--out", table, "--seed", str(args.seed)]
            start = time.perf_counter()
            with open(os.path.join(room, "notes"), "w+") as said:
                child = subprocess.Popen(command + extra, stderr=said)
                peak = peak_of(child)
                seconds = time.perf_counter() - start
                said.seek(0)
                notes = said.read()
            if child.returncode:
                sys.exit(f"{' '.join(command + extra)}\n{notes}")
            rows = {}
            with open(table) as f:
                for row in csv.DictReader(f):
                    rows.setdefault(row["unique_id"], []).append(row)
            score = scored(history, future, rows, m)
            score.update(series=len(future), seconds=seconds, peak_mb=peak, notes=notes)
            smape = score["smape"] if naive2 else score["modified"]
            if naive2:
                score["owa"] = (score["smape"] / naive2[0] + score["mase"] / naive2[1]) / 2
            results[name] = score
            owa = f"{score['owa']:.4f}" if naive2 else "-"
            label = name if naive2 else name + (", modified sMAPE" if name == "NN5" else "")
            smape = score["modified"] if name == "NN5" else score["smape"]
            print(
                f"| {label} | {score['series']} | {smape:.3f} | {score['mase']:.3f} | {owa} | "
                f"{score['coverage'][80]:.1f} % | {score['coverage'][95]:.1f} % | {score['msis']:.2f} | "
                f"{seconds:.1f} | {score['peak_mb']:.0f} |",
                flush=True,
            )
            if args.scorer and naive2:
                other = os.path.join(room, "other.csv")
                with open(other, "w") as f:
                    f.write("unique_id,step,y_hat\n")
                    for series, said in rows.items():
                        for k, row in enumerate(said):
                            f.write(f"{series},{k + 1},{row['elman']}\n")
                data = os.path.join(args.data, "m4")
                report = os.path.join(room, "report.json")
                done = subprocess.run(
                    [sys.executable, args.scorer, other, "--data", data, "--freq", name, "--json", report],
                    capture_output=True, text=True,
                )
                score["scorer"] = json.load(open(report)) if os.path.exists(report) else done.stdout + done.stderr
        with open(os.path.join(out, "scores.json"), "w") as f:
            json.dump(results, f, indent=1)


if __name__ == "__main__":
    main()
