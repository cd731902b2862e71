"""The data sets: a CSV file with the columns unique_id, ds and y of the known values, and the values that came after.

`airline` and `weekly` are public (M4's Weekly series have no dates here, so that they get the same weeks as one another, the
last of them in January 2016). `daily` is synthetic, from a fixed seed: 10,000 series of 182 days, each a random walk of the
logarithm with a weekly pattern and noise of its own. No library, nor elman's pretrained network, has seen it.
"""

import csv
import datetime
import gzip
import math
import random
from dataclasses import dataclass, field


@dataclass
class Set:
    name: str
    title: str
    h: int
    #: Seasonal period that the libraries are given, and that of the MASE.
    season: int
    mase_period: int
    #: Frequency in pandas' words.
    freq: str
    past: dict = field(default_factory=dict)
    future: dict = field(default_factory=dict)
    #: Dates of each series, oldest first.
    dates: dict = field(default_factory=dict)

    def write(self, path):
        with open(path, "w") as file:
            file.write("unique_id,ds,y\n")
            for name, values in self.past.items():
                file.writelines(f"{name},{ds},{y!r}\n" for ds, y in zip(self.dates[name], values))


def wide(path):
    """Series of a file in the layout of the M4 competition."""
    rows = csv.reader(gzip.open(path, "rt").read().splitlines()[1:])
    return {row[0]: [float(cell) for cell in row[1:] if cell not in ("", "NA")] for row in rows}


def days_before(last, count, step):
    return [(last - datetime.timedelta(days=step * back)).isoformat() for back in reversed(range(count))]


def airline(data):
    found = Set("airline", "AirPassengers, 132 months", 12, 12, 12, "MS")
    rows = list(csv.reader(open(data / "monthly/airline-passengers.csv")))[1:]
    values = [float(row[1]) for row in rows]
    found.past["airline"], found.future["airline"] = values[:-12], values[-12:]
    found.dates["airline"] = [f"{row[0]}-01" for row in rows[:-12]]
    return found


def weekly(data):
    found = Set("weekly", "M4 Weekly, 359 series", 13, 1, 1, "W-SUN")
    found.past = wide(data / "m4/Weekly-train.csv.gz")
    found.future = wide(data / "m4/Weekly-test.csv.gz")
    last = datetime.date(2016, 1, 3)
    found.dates = {name: days_before(last, len(values), 7) for name, values in found.past.items()}
    return found


def daily(_data):
    found = Set("daily", "10,000 synthetic daily series of 182 days", 14, 7, 7, "D")
    generator = random.Random(1)
    dates = days_before(datetime.date(2025, 6, 29), 182, 1)
    for number in range(10_000):
        values = daily_series(generator, 182 + 14)
        name = f"series_{number:05}"
        found.past[name], found.future[name], found.dates[name] = values[:-14], values[-14:], dates
    return found


def daily_series(generator, count):
    """A random walk of the logarithm, with drift, a weekly pattern and noise, of a random size each."""
    level = generator.gauss(4.0, 1.0)
    drift = generator.gauss(0.0, 0.001)
    walk, noise, swing = (generator.uniform(low, high) for low, high in ((0.0, 0.03), (0.02, 0.2), (0.0, 0.4)))
    pattern = [swing * generator.gauss(0.0, 1.0) for _ in range(7)]
    values = []
    for day in range(count):
        level += drift + walk * generator.gauss(0.0, 1.0)
        values.append(round(math.exp(level + pattern[day % 7] + noise * generator.gauss(0.0, 1.0)), 3))
    return values


SETS = {"airline": airline, "weekly": weekly, "daily": daily}
