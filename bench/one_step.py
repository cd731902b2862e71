"""MASE on the test set of plain `elman train FILE`, beside the baselines, as a table.

usage: python3 bench/one_step.py ELMAN DATA_FOLDER [option ...]

The forecasts are one step ahead, with `--horizon` in the options as many steps ahead. "network / best" is the MASE of the
network divided by that of the best of the eight baselines. Needs only Python. ELMAN is the program; options are passed on
to `elman train`.
"""

import json
import subprocess
import sys
import tempfile

FILES = [
    ("airline passengers", "monthly/airline-passengers.csv", []),
    ("CO2, Mauna Loa", "monthly/co2-mauna-loa.csv", ["--target", "CO2"]),
    ("car sales", "monthly/car-sales.csv", []),
    ("shampoo sales", "monthly/shampoo.csv", []),
    ("sunspots", "sunspots/monthly-1749-1983.csv", []),
    ("world temperature", "temperature/global-monthly.csv", ["--id-col", "Source", "--series", "GISTEMP"]),
    ("Melbourne, daily minimum", "temperature/melbourne-daily-min.csv", []),
    ("female births", "daily/female-births.csv", []),
    ("electricity, half-hourly", "energy/taylor-half-hourly.csv", []),
    ("ETTh1, oil temperature", "energy/ETTh1.csv.gz", ["--target", "OT"]),
    ("PJM load, hourly", "energy/PJME-hourly.csv.gz", ["--sort", "--duplicates", "mean"]),
    ("Apple, close", "stocks/AAPL.csv", ["--target", "Close"]),
    ("S&P 500, monthly", "stocks/sp500-monthly.csv", ["--target", "SP500"]),
]


def figure(value, digits=".3f"):
    """A number, or a dash where there is none."""
    return "-" if value is None else format(value, digits)


def main():
    elman, folder, *options = sys.argv[1:]
    print("| series | values | season | network | naive | seasonal naive | best baseline | network / best | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as room:
        for name, path, how in FILES:
            command = [elman, "train", f"{folder}/{path}", "--json", "--quiet", "--save", f"{room}/m.safetensors"]
            done = subprocess.run(command + how + options, capture_output=True, text=True)
            if done.returncode:
                print(f"| {name} | {done.stderr.strip()} |")
                continue
            run = json.loads(done.stdout)
            mase = {row["name"]: row["mase"] for row in run["scores"]}
            ours = mase.pop("elman", None)
            known = {baseline: error for baseline, error in mase.items() if error is not None}
            best = min(known, key=known.get, default=None)
            ratio = ours / known[best] if best and ours is not None and known[best] > 0 else None
            seasons = ", ".join(map(str, run["seasons"]))
            # Without a season, the seasonal naive forecast is the naive forecast.
            seasonal = mase.get("seasonal_naive") if seasons else None
            print(
                f"| {name} | {run['values']:,} | {seasons or '-'} | {figure(ours)} | {figure(mase.get('naive'))} "
                f"| {figure(seasonal)} | {figure(known.get(best))}{f', {best}' if best else ''} | {figure(ratio, '.2f')} "
                f"| {run['seconds']:.1f} |"
            )


main()
