"""Errors and coverage of streams whose data drift, with and without online training.

usage: python3 bench/stream.py ELMAN DATA OUT [SET …]

Trains a network on the first part of each series (`elman train --horizon 1`), streams the rest with `elman stream`, and writes
the summaries to OUT/stream.json and a picture of the mean absolute error over time to OUT/SET.svg. The constants of the
intervals and of the online training were chosen by hand before the first of these runs. Needs nothing but Python.
"""

import csv
import gzip
import io
import json
import math
import os
import random
import subprocess
import sys
import tempfile

# Set: file, time column, target, values for training, values streamed at most.
SETS = {
    "pjme": ("energy/PJME-hourly.csv.gz", "Datetime", "PJME_MW", 17520, 43800),
    "etth1": ("energy/ETTh1.csv.gz", "date", "OT", 8640, None),
    "bike": ("energy/bike-sharing-hourly.csv.gz", None, "cnt", 4000, None),
    "sp500": ("stocks/sp500-daily.csv", "date", "close", 1500, None),
    "melbourne": ("temperature/melbourne-daily-min.csv", None, None, 1000, None),
}


TITLES = {"level": "A sine wave whose level and size change", "season": "A sine wave whose period and size change"}


def rows(path, time, target):
    """Dates, or numbers of rows, and values, in the order of the dates."""
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
    with opened as file:
        table = list(csv.DictReader(file))
    names = list(table[0])
    target = target or names[1]
    found = {row[time] if time else str(i + 1): row[target] for i, row in enumerate(table)}
    return sorted(found.items()) if time else list(found.items())


def changed(kind):
    """A sine wave whose level, or whose season, changes in the middle."""
    noise = random.Random(7)
    for t in range(6000):
        late = t >= 3000
        period = 36 if kind == "season" and late else 24
        level = 8.0 if kind == "level" and late else 0.0
        size = 2.0 if late else 1.0
        yield str(t + 1), repr(level + size * math.sin(2 * math.pi * t / period) + noise.gauss(0, 0.05))


def table(pairs):
    return "ds,y\n" + "".join(f"{ds},{y}\n" for ds, y in pairs)


def stream(elman, model, pairs, options):
    """Summary and absolute errors of the forecasts one step ahead."""
    with tempfile.NamedTemporaryFile(suffix=".json") as summary:
        command = [elman, "stream", model, "--quiet", "--summary", summary.name, *options]
        out = subprocess.run(command, input=table(pairs), capture_output=True, text=True, check=True).stdout
        with open(summary.name) as file:
            said = json.load(file)["summary"]
    forecasts = [float(row["elman"]) for row in csv.DictReader(io.StringIO(out))]
    truth = [float(y) for _, y in pairs[1:]]
    return said, [abs(f - y) for f, y in zip(forecasts, truth)]


def picture(path, title, curves, unit):
    """Mean absolute error over time, in windows of a hundredth of the stream, as SVG."""
    width, height, left, top = 720, 260, 60, 40
    span = max(1, len(curves[0][1]) // 100)
    smooth = [(name, color, [sum(e[i : i + span]) / span for i in range(0, len(e) - span + 1, span)]) for name, e, color in curves]
    most = max(max(y) for _, _, y in smooth) * 1.05
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 70}" font-family="sans-serif" font-size="13">']
    lines.append(f'<rect width="{width}" height="{height + 70}" fill="white"/><text x="{left}" y="22" font-size="15">{title}</text>')
    for share in (0, 0.5, 1):
        y = top + height * (1 - share / 1.05)
        lines.append(f'<line x1="{left}" x2="{width - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        lines.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{most / 1.05 * share:.3g}</text>')
    for place, (name, color, y) in enumerate(smooth):
        step = (width - 20 - left) / max(1, len(y) - 1)
        points = " ".join(f"{left + i * step:.1f},{top + height * (1 - v / most):.1f}" for i, v in enumerate(y))
        dash = ' stroke-dasharray="6 4"' if place else ""
        lines.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')
        x = left + 210 * place
        lines.append(f'<line x1="{x}" x2="{x + 26}" y1="{height + 58}" y2="{height + 58}" stroke="{color}" stroke-width="2"{dash}/>')
        lines.append(f'<text x="{x + 32}" y="{height + 62}">{name}</text>')
    lines.append(f'<text x="{width - 20}" y="{height + 62}" text-anchor="end" fill="#444">{unit}</text></svg>')
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


def main():
    elman, data, out = sys.argv[1:4]
    os.makedirs(out, exist_ok=True)
    results = {}
    for name in sys.argv[4:] or ["level", "season", *SETS]:
        if name in SETS:
            file, time, target, known, most = SETS[name]
            pairs = rows(os.path.join(data, file), time, target)
            options = []
        else:
            pairs, known, most = list(changed(name)), 2000, None
            # A network of values, which a change of the level leaves behind.
            options = ["--differences", "0"]
        pairs = pairs[: known + most] if most else pairs
        with tempfile.TemporaryDirectory() as folder:
            path, model = os.path.join(folder, "known.csv"), os.path.join(folder, "model.safetensors")
            with open(path, "w") as file:
                file.write(table(pairs[:known]))
            command = [elman, "train", path, "--save", model, "--quiet", *options]
            subprocess.run(command, capture_output=True, check=True)
            plain, errors = stream(elman, model, pairs[known:], [])
            learned, errors_learned = stream(elman, model, pairs[known:], ["--learn"])
        results[name] = {"trained_on": known, "streamed": len(pairs) - known, "plain": plain, "learn": learned}
        curves = [("without online training", errors, "#0072b2"), ("with --learn", errors_learned, "#d55e00")]
        picture(os.path.join(out, f"{name}.svg"), f"{TITLES.get(name, name)}: mean absolute error one step ahead", curves, "time →")
        for kind in ("plain", "learn"):
            first = results[name][kind]["errors"][0]
            covered = ", ".join(f"{c['level']:g} % {c['coverage']:.1f} %" for c in first["coverage"])
            print(f"{name:10} {kind:6} MAE {first['mae']:.4g}, last value {first['naive_mae']:.4g}; coverage {covered}", flush=True)
    with open(os.path.join(out, "stream.json"), "w") as file:
        json.dump(results, file, indent=1)


main()
