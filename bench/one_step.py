"""Held-out errors one step ahead of plain `elman train FILE`, beside the baselines, as a table.

usage: python3 bench/one_step.py ELMAN DATA_FOLDER [option ...]

Needs only Python. ELMAN is the program; options are passed on to `elman train`.
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


def main():
    elman, folder, *options = sys.argv[1:]
    print("| series | values | season | network | last value | last season | mean so far | network / best | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as room:
        for name, path, how in FILES:
            command = [elman, "train", f"{folder}/{path}", "--json", "--quiet", "--save", f"{room}/m.safetensors"]
            done = subprocess.run(command + how + options, capture_output=True, text=True)
            if done.returncode:
                print(f"| {name} | {done.stderr.strip()} |")
                continue
            run = json.loads(done.stdout)
            mae = {row["name"]: row["mae"] for row in run["scores"]["held_out"]}
            ours = mae.pop("elman")
            print(
                f"| {name} | {run['values']:,} | {run['season'] or '-'} | {ours:.4g} | {mae['naive']:.4g} "
                f"| {mae.get('seasonal_naive', float('nan')):.4g} | {mae['mean']:.4g} | {ours / min(mae.values()):.2f} "
                f"| {run['seconds']:.1f} |".replace("nan", "-")
            )


main()
