"""A large file of daily series, such as docs/accuracy.md speaks of: each has a level, a trend, a week, noise and its own length.

usage: python3 bench/large.py OUT.csv[.gz] [SERIES]

100,000 series, the default, are 75 million rows and 2.1 GB of CSV. Needs nothing but Python.
"""

import datetime
import gzip
import math
import random
import sys


def main():
    path, number = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    draw = random.Random(1)
    first = datetime.date(2020, 1, 1)
    dates = [str(first + datetime.timedelta(days=day)) for day in range(900)]
    week = [1 + 0.3 * math.sin(2 * math.pi * day / 7) for day in range(7)]
    noise = [draw.gauss(1, 0.05) for _ in range(9973)]
    opened = gzip.open(path, "wt", compresslevel=1) if path.endswith(".gz") else open(path, "w")
    with opened as out:
        out.write("unique_id,ds,y\n")
        for s in range(number):
            level, trend = math.exp(draw.uniform(2, 8)), draw.uniform(-0.0005, 0.001)
            length, at = draw.randrange(600, 900), draw.randrange(len(noise))
            rows = (
                f"s{s:06},{dates[t]},{level * (1 + trend * t) * week[t % 7] * noise[(at + t) % len(noise)]:.3f}\n"
                for t in range(length)
            )
            out.write("".join(rows))


main()
