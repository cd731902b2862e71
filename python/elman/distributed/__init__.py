"""Forecasts past one machine.

Partitions of a data set, on Dask, Ray, Spark, or one after the other.

``fit_predict_partition`` is a pure function of a table and a configuration. ``run`` calls it for
each partition of a data set on an engine, writes the results as Parquet files, and returns a
report. ``tune`` searches the hyperparameters of a global model, trials on every worker. pyarrow is
needed (``elman[distributed]``).
"""

from __future__ import annotations

try:
    import pyarrow as _pyarrow  # noqa: F401
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        'elman.distributed needs pyarrow: pip install "elman[distributed]"'
    ) from missing

from .config import Config
from .estimate import Estimate, estimate
from .notes import notes_of
from .outcome import Outcome
from .partition import fit_predict_partition, split_failures
from .report import PartitionError, Report
from .run import run
from .serial import Serial
from .tasks import Engine
from .training import train_on_sample
from .tuning import SearchError, tune

__all__ = [
    "Config",
    "Engine",
    "Estimate",
    "Outcome",
    "PartitionError",
    "Report",
    "SearchError",
    "Serial",
    "estimate",
    "fit_predict_partition",
    "notes_of",
    "run",
    "split_failures",
    "train_on_sample",
    "tune",
]
