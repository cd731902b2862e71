"""summary.md of a run of bench/python.py."""

import os
import platform
import statistics

import report
from contenders import CONTENDERS


def middle(values, form="{:.3g}"):
    """Median, and the range where there are several values."""
    values = [v for v in values if v is not None]
    if not values:
        return "-"
    text = form.format(statistics.median(values))
    return text if len(values) == 1 else f"{text} ({form.format(min(values))}–{form.format(max(values))})"


def of(rows, **wanted):
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def libraries(installed, imported):
    out = [
        "| library | packages | download MB | installed MB | installation s (load average) | import s, files from the disk | from memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, record in installed.items():
        runs = of(imported, library=name)
        out.append(
            f"| {record['requirement']} | {len(record['packages'])} | {record['download_bytes'] / 1e6:.1f} | "
            f"{record['installed_bytes'] / 1e6:.1f} | "
            f"{record['install_s']:.1f} ({record['load_average']:.0f}) | "
            f"{middle([run['cold_s'] for run in runs])} | {middle([run['warm_s'] for run in runs])} |"
        )
    return out


def airline(rows):
    out = [
        "| model | start to forecast s | import s | fit s | predict s | one forecast more, ms | memory MB | MASE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for contender in CONTENDERS:
        runs = of(rows, set="airline", model=contender.name)
        if runs:
            columns = ("whole_s", "import_s", "fit_s", "predict_s", "latency_ms")
            cells = [middle([run.get(name) for run in runs]) for name in columns]
            cells += [middle([run["peak_mb"] for run in runs], "{:.0f}"), middle([run["mase"] for run in runs], "{:.3f}")]
            out.append(f"| {contender.name} | {' | '.join(cells)} |")
    return out


def panel(rows, name, count):
    """Seconds of reading, fit and predict; in proportion where only some of the series are forecast."""
    out = [
        "| model | series forecast | read, fit, predict s | for all, in proportion s | processor s | memory MB | series compared | sMAPE | MASE | OWA |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for contender in CONTENDERS:
        runs = of(rows, set=name, model=contender.name)
        if not runs:
            continue
        seconds = [run["read_s"] + run["fit_s"] + run["predict_s"] for run in runs]
        forecast = runs[0]["series"]
        in_proportion = middle([s * count / forecast for s in seconds]) if forecast < count else "-"
        cells = [str(forecast), middle(seconds), in_proportion, middle([run["processor_s"] for run in runs])]
        cells += [middle([run["peak_mb"] for run in runs], "{:.0f}"), str(runs[0]["compared"])]
        cells += [middle([run.get(error) for run in runs], "{:.3f}") for error in ("smape", "mase", "owa")]
        out.append(f"| {contender.name} | {' | '.join(cells)} |")
    return out


def facts_of(facts):
    model, _ = report.cpu_info()
    minutes = (facts["ended"] - facts["started"]).total_seconds() / 60
    return [
        "```",
        facts["command"],
        "```",
        "",
        f"{facts['started']:%Y-%m-%d %H:%M} UTC, {minutes:.0f} min; {model}, {os.cpu_count()} cores, "
        f"{report.memory_gib():.0f} GiB, {platform.system()} {platform.release()}; Python {platform.python_version()}; "
        f"tree {facts['commit']}. Load average before {facts['before']:.2f}, after {facts['after']:.2f}; "
        f"other programs during the run: {facts['others']}.",
        "",
        "Every model may use two threads or processes. Cells are medians, with the range in parentheses where there are "
        "several turns. Every run is in `raw.csv` and `imports.csv`, the packages in `installed.json`.",
        "",
    ]


def document(facts, installed, imported, rows):
    out = ["# Forecasts in Python: elman beside other libraries", "", *facts_of(facts)]
    out += ["## Libraries", "", *libraries(installed, imported), ""]
    if of(rows, set="airline"):
        out += ["## AirPassengers: the last 12 of 144 months", "", *airline(rows), ""]
    if of(rows, set="weekly"):
        out += ["## M4 Weekly: 359 series, horizon 13", "", *panel(rows, "weekly", 359), ""]
    if of(rows, set="daily"):
        out += ["## 10,000 synthetic daily series of 182 days, horizon 14", "", *panel(rows, "daily", 10_000), ""]
    out += ["## Settings", "", "| model | settings |", "|---|---|"]
    out += [f"| {contender.name} | {contender.settings} |" for contender in CONTENDERS]
    if facts["failures"]:
        out += ["", "## Failures", "", *[f"- {line}" for line in facts["failures"]]]
    return "\n".join(out) + "\n"
