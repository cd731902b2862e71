"""Small clusters on 127.0.0.1 of this machine, for tests and measurements."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from elman.distributed import Engine

ENGINES = ("dask", "ray", "spark")


@contextmanager
def cluster(name: str, workers: int) -> Iterator[Engine]:
    """The engine `name` with so many workers, one thread each; ended afterwards."""
    with {"dask": _dask, "ray": _ray, "spark": _spark}[name](workers) as engine:
        yield engine


@contextmanager
def _dask(workers: int) -> Iterator[Engine]:
    import dask
    from distributed import Client, LocalCluster

    from elman.distributed.dask import Dask

    # A busy machine needs longer than Dask's 30 s to start a worker.
    dask.config.set({"distributed.comm.timeouts.connect": "120s"})
    local = LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with local, Client(local) as client:
        client.wait_for_workers(workers, timeout=120)
        yield Dask(client)


@contextmanager
def _ray(workers: int) -> Iterator[Engine]:
    import ray

    from elman.distributed.ray import Ray

    os.environ["RAY_DEDUP_LOGS"] = "0"
    ray.init(
        num_cpus=workers, include_dashboard=False, _node_ip_address="127.0.0.1", log_to_driver=False
    )
    try:
        yield Ray()
    finally:
        ray.shutdown()


@contextmanager
def _spark(workers: int) -> Iterator[Engine]:
    from pyspark.sql import SparkSession

    from elman.distributed.spark import Spark

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master(f"local[{workers},4]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    session = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    try:
        yield Spark(session)
    finally:
        session.stop()
