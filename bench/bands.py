"""How good forecasts of series alone are, and how much their bands hold: one command a series, a random part of public sets.

usage: python3 bench/bands.py ELMAN DATA [SEED [OPTION …]]

DATA holds m4/, nn5/ and cif2016/ as bench/accuracy.py wants them; options are those of `elman forecast`. Prints sMAPE and
MASE, the share of values within the 80 and 95 % bands and MSIS, the mean over series. Needs nothing but Python.
"""

import csv
import gzip
import io
import os
import random
import subprocess
import sys
import tempfile

# Set, horizon, season, series drawn.
SETS = [
    ("m4/Yearly", 6, 1, 30),
    ("m4/Quarterly", 8, 4, 30),
    ("m4/Monthly-subset", 18, 12, 30),
    ("m4/Weekly", 13, 1, 30),
    ("m4/Hourly", 48, 24, 12),
    ("nn5/Daily", 56, 7, 15),
    ("cif2016/Monthly-h12", 12, 12, 20),
]


def series(path):
    with gzip.open(path, "rt") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: [float(cell) for cell in row[1:] if cell not in ("", "NA")] for row in rows}


def forecast(elman, file, horizon, season):
    command = [elman, "forecast", file, "--horizon", str(horizon), "--quiet"]
    command += ["--season", str(season)] if season > 1 else []
    command += sys.argv[4:]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return list(csv.DictReader(io.StringIO(out)))


def scores(rows, past, future, season):
    """sMAPE, MASE, shares within both bands, and MSIS of the wider."""
    season = season if len(past) > season else 1
    steps = [abs(a - b) for a, b in zip(past[season:], past)]
    smape = error = inside80 = inside95 = interval = 0.0
    for row, y in zip(rows, future):
        low80, high80, low, high = (float(row[f"elman-{end}"]) for end in ("lo-80", "hi-80", "lo-95", "hi-95"))
        said = float(row["elman"])
        smape += 200 * abs(y - said) / (abs(y) + abs(said) or 1)
        error += abs(y - said)
        inside80 += low80 <= y <= high80
        inside95 += low <= y <= high
        interval += high - low + 40 * (max(0, low - y) + max(0, y - high))
    n = len(future)
    unit = sum(steps) / len(steps) or 1
    return smape / n, error / n / unit, 100 * inside80 / n, 100 * inside95 / n, interval / n / unit


def line(name, rows):
    smape, mase, inside80, inside95, msis = (sum(column) / len(rows) for column in zip(*rows))
    print(f"| {name} | {len(rows)} | {smape:.2f} | {mase:.3f} | {inside80:.1f} % | {inside95:.1f} % | {msis:.2f} |", flush=True)


def main():
    elman, data = sys.argv[1:3]
    draw = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
    print("| set | series | sMAPE | MASE | in the 80 % band | in the 95 % band | MSIS |\n|---|---|---|---|---|---|---|")
    every = []
    with tempfile.TemporaryDirectory() as room:
        file = os.path.join(room, "series.csv")
        for name, horizon, season, number in SETS:
            past, future = (series(os.path.join(data, f"{name}-{part}.csv.gz")) for part in ("train", "test"))
            rows = []
            for key in draw.sample(sorted(past), number):
                with open(file, "w") as out:
                    out.write("\n".join(["y", *map(repr, past[key])]) + "\n")
                rows.append(scores(forecast(elman, file, horizon, season), past[key], future[key], season))
            line(name, rows)
            every += rows
    line("all", every)


main()
