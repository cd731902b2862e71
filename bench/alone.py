#!/usr/bin/env python3
"""Forecasts each series of a public set alone: one file a series, and scores the values that came after.

  alone.py --elman target/release/elman --data DATA [--sets Yearly,NN5] [--series 200] [--skip 0] [--last N]
           [--model auto] [--peers] [--prophet]

For each series, `elman backtest FILE --horizon H --n-windows 1` forecasts the last H values from those before, beside the
baselines. The series are drawn at random by a fixed seed; --skip leaves out the first of the draw, so that series that chose
a setting are not those that test it; --last cuts the history to its last N values. The OWA divides the mean sMAPE and the
mean MASE by those of Naive2; the MASE has the seasonal period that elman detects. MASE / naive is the geometric mean over the
series of the MASE divided by that of the last value. Needs Python alone; --peers also runs AutoETS, AutoTheta and AutoARIMA
of statsforecast on the same series, and their mean, with the seasonal period of the frequency (pip install statsforecast);
--prophet runs Prophet with its defaults (pip install prophet).
"""
import argparse, concurrent.futures, csv, datetime, gzip, json, math, os, random, subprocess, tempfile, time

# name: file, frequency of the dates, horizon
PERIODS = {"year": 1, "quarter": 4, "month": 12, "week": 1, "day": 7, "hour": 24}
SETS = {
    "Yearly": ("m4/Yearly", "year", 6),
    "Quarterly": ("m4/Quarterly", "quarter", 8),
    "Monthly-subset": ("m4/Monthly-subset", "month", 18),
    "Weekly": ("m4/Weekly", "week", 13),
    "Hourly": ("m4/Hourly", "hour", 48),
    "NN5": ("nn5/Daily", "day", 56),
    "CIF": ("cif2016/Monthly-h12", "month", 12),
}


def series_of(path):
    rows = csv.reader(gzip.open(path, "rt").read().splitlines()[1:])
    return {row[0]: [float(c) for c in row[1:] if c not in ("", "NA")] for row in rows}


def date(frequency, t):
    """The date of time step t."""
    if frequency == "year":
        return f"{1200 + t:04}"
    if frequency == "quarter":
        return f"{1900 + t // 4}Q{t % 4 + 1}"
    if frequency == "month":
        return f"{1900 + t // 12}-{t % 12 + 1:02}"
    hours = {"week": 168, "day": 24, "hour": 1}[frequency]
    moment = datetime.datetime(1980, 1, 1) + datetime.timedelta(hours=hours * t)
    return moment.strftime("%Y-%m-%d %H:%M" if frequency == "hour" else "%Y-%m-%d")


def alone(elman, room, number, values, frequency, horizon, model):
    """The report of one series."""
    file = os.path.join(room, f"{number}.csv")
    with open(file, "w") as f:
        f.write("ds,y\n" + "".join(f"{date(frequency, t)},{y}\n" for t, y in enumerate(values)))
    command = [elman, "backtest", file, "--horizon", str(horizon), "--n-windows", "1", "--json", "--quiet"]
    if model != "auto":
        command += ["--model", model]
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    return (json.loads(done.stdout) if done.returncode == 0 else None), time.perf_counter() - start


def peers(all_values, frequency, horizon):
    """(sMAPE, absolute error) of each series by each model of statsforecast, and by their mean; and seconds a series."""
    import numpy, warnings
    from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

    warnings.filterwarnings("ignore")
    m = PERIODS[frequency]
    models = {"AutoETS": AutoETS, "AutoTheta": AutoTheta, "AutoARIMA": AutoARIMA}
    errors = {name: [] for name in [*models, "mean of the three"]}
    start = time.perf_counter()
    for values in all_values:
        past, future = numpy.array(values[:-horizon]), numpy.array(values[-horizon:])
        made = []
        for name, model in models.items():
            try:
                made.append(model(season_length=m if len(past) > 2 * m else 1).forecast(y=past, h=horizon)["mean"])
            except Exception:
                made.append(numpy.repeat(past[-1], horizon))
        for name, forecast in zip(errors, [*made, numpy.mean(made, axis=0)]):
            error = numpy.abs(forecast - future)
            errors[name].append((float(numpy.mean(200 * error / (numpy.abs(forecast) + numpy.abs(future)))), float(numpy.mean(error))))
    return errors, (time.perf_counter() - start) / len(all_values)


def prophet(all_values, frequency, horizon):
    """(sMAPE, absolute error) of each series by Prophet with its defaults, and seconds a series."""
    import logging, numpy, pandas
    from prophet import Prophet

    logging.getLogger("cmdstanpy").disabled = True
    unit = {"year": "YS", "quarter": "QS", "month": "MS", "week": "7D", "day": "D", "hour": "h"}[frequency]
    errors = []
    start = time.perf_counter()
    for values in all_values:
        # Dates of pandas end in 2262.
        values = values[-500 - horizon:] if frequency == "year" else values
        ds = pandas.date_range("1700-01-01" if frequency == "year" else "1900-01-01", periods=len(values), freq=unit)
        known = pandas.DataFrame({"ds": ds, "y": values})[:-horizon]
        forecast = Prophet().fit(known).predict(pandas.DataFrame({"ds": ds[-horizon:]}))["yhat"].to_numpy()
        future = numpy.array(values[-horizon:])
        error = numpy.abs(forecast - future)
        errors.append((float(numpy.mean(200 * error / (numpy.abs(forecast) + numpy.abs(future)))), float(numpy.mean(error))))
    return {"Prophet": errors}, (time.perf_counter() - start) / len(all_values)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--elman", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--sets", default=",".join(SETS))
    p.add_argument("--series", type=int, default=200)
    p.add_argument("--skip", type=int, default=0)
    p.add_argument("--last", type=int, default=0)
    p.add_argument("--model", default="auto")
    p.add_argument("--peers", action="store_true")
    p.add_argument("--prophet", action="store_true")
    args = p.parse_args()
    models = ["elman", "theta", "damped", "ets", "naive"]
    print("| set | series | " + " | ".join(models) + " | elman / theta | MASE / naive | 80 % | 95 % | MSIS | seconds each |")
    print("|---|---|" + "---|" * (len(models) + 6))
    for name in args.sets.split(","):
        stem, frequency, horizon = SETS[name]
        past, future = (series_of(os.path.join(args.data, f"{stem}-{part}.csv.gz")) for part in ("train", "test"))
        ids = sorted(past)
        random.Random(1).shuffle(ids)
        ids = ids[args.skip:args.skip + args.series]
        if not ids:
            print(f"| {name} | 0: it has {len(past)} series |")
            continue
        with tempfile.TemporaryDirectory() as room, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            values = [past[i][-args.last:] + future[i][:horizon] for i in ids]
            run = lambda n: alone(args.elman, room, n, values[n], frequency, horizon, args.model)
            runs = list(pool.map(run, range(len(ids))))
        reports = [report for report, _ in runs if report]
        means = {}
        for report in reports:
            for model, errors in report["metrics"].items():
                means.setdefault(model, []).append((errors["smape"], errors["mase"]))
        mean = lambda pairs, k: sum(p[k] for p in pairs if p[k] is not None) / max(1, sum(p[k] is not None for p in pairs))
        owa = {m: sum(mean(means[m], k) / mean(means["naive2"], k) for k in (0, 1)) / 2 for m in models}
        inside = [[r["coverage"][level] for r in reports if r["coverage"] and r["coverage"][level] is not None] for level in (0, 1)]
        inside = [f"{100 * sum(c) / len(c):.1f} %" if c else "-" for c in inside]
        cells = [f"{owa[m]:.3f}" for m in models] + [f"{owa['elman'] / owa['theta']:.3f}"] + inside
        ratios = [r["metrics"]["elman"]["mase"] / r["metrics"]["naive"]["mase"] for r in reports
                  if r["metrics"]["naive"]["mase"] and r["metrics"]["elman"]["mase"]]
        cells.insert(len(models) + 1, f"{math.exp(sum(map(math.log, ratios)) / len(ratios)):.3f}")
        msis = [r["msis"] for r in reports if r["msis"] is not None]
        cells.append(f"{sum(msis) / len(msis):.2f}" if msis else "-")
        seconds = sum(s for _, s in runs) / len(runs)
        for run_peers in [peers] * args.peers + [prophet] * args.prophet:
            errors, peer_seconds = run_peers(values, frequency, horizon)
            scale = [r["metrics"]["naive2"]["mae"] / r["metrics"]["naive2"]["mase"] if r and r["metrics"]["naive2"]["mase"] else None
                     for r, _ in runs]
            naive2 = [mean(means["naive2"], k) for k in (0, 1)]
            for peer, pairs in errors.items():
                scaled = [(s, e / u) for (s, e), u in zip(pairs, scale) if u]
                peer_owa = sum(mean(scaled, k) / naive2[k] for k in (0, 1)) / 2
                print(f"| {name} | {peer} | OWA {peer_owa:.3f} | elman / {peer}: {owa['elman'] / peer_owa:.3f} | {peer_seconds:.2f} s for {len(errors) - 1 or 1} |")
        print(f"| {name} | {len(reports)} of {len(ids)} | " + " | ".join(cells) + f" | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
