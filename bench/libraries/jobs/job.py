"""One forecast by one library, in a process of its own: the seconds of each part as JSON, the forecasts as CSV.

usage: python job.py MODULE MODEL DATA.csv TASK OUT.csv

TASK is a JSON document: h, season, freq, threads; `latency`, the number of further forecasts of which each is timed;
`started`, when this process was started. The class `Forecaster` of the module has `read`, `fit` and `predict`; `predict`
returns the forecasts of each series.
"""

import csv
import importlib
import json
import resource
import statistics
import sys
import time


KINDS = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def timed(call, *arguments):
    start = time.perf_counter()
    result = call(*arguments)
    return time.perf_counter() - start, result


def main():
    module, model, path, task, out = sys.argv[1:]
    task = json.loads(task)
    document = {}
    document["import_s"], library = timed(importlib.import_module, module)
    forecaster = library.Forecaster(model, task)
    document["read_s"], data = timed(forecaster.read, path)
    document["fit_s"], _ = timed(forecaster.fit, data)
    document["predict_s"], forecasts = timed(forecaster.predict)
    with open(out, "w", newline="") as file:
        csv.writer(file).writerows([name, *map(float, values)] for name, values in forecasts.items())
    document |= {"whole_s": time.time() - task["started"], "processor_s": used(), "peak_mb": peak_mb()}
    if task["latency"]:
        again = [timed(forecaster.predict)[0] for _ in range(task["latency"])]
        document["latency_ms"] = 1000 * statistics.median(again)
    print(json.dumps(document))


def used():
    """Processor seconds so far, of this process and of those that it started."""
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, KINDS))


def peak_mb():
    """The most memory of this process and of the largest one that it started."""
    return sum(resource.getrusage(kind).ru_maxrss for kind in KINDS) / 1024


main()
