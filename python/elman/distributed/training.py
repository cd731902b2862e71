"""A global model.

Trained on a sample of the series on one machine, saved, and sent to the workers as its file.
"""

from __future__ import annotations

import heapq
import os

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from elman.errors import DataError
from elman.parameters import whole

from .config import Config
from .hashing import stable_hash
from .series import new_forecaster
from .source import DataSet, Source, data_set


def train_on_sample(
    source: Source, path: str | os.PathLike[str], config: Config, *, series: int = 1000
) -> Config:
    """Train one model for all series on a random sample of them, and save the model.

    The result is the configuration by which the model forecasts every series. All threads of this
    machine train.

    Parameters
    ----------
    source
        The data, as for ``run``.
    path
        File of the model (``.safetensors``).
    config
        The configuration of the training. ``model="pretrained"`` trains nothing: the sample then
        decides the frequency and the seasonal periods, and the forecasts take less time than
        without a saved model.
    series
        Size of the sample. The same data have the same sample in every run.

    Raises
    ------
    DataError
        Data that cannot be read; a sample that cannot be trained on.
    """
    sample = sampled(data_set(source), config, whole(series, "series"))
    new_forecaster(config, scope="global", threads=None).fit(sample).save(path)
    return config.with_model(os.fspath(path))


def sampled(data: DataSet, config: Config, series: int) -> pa.Table:
    """The rows of a random sample of the series, with the columns that a training reads.

    Raises
    ------
    DataError
        Data without a series; a column that they do not have.
    """
    names = sampled_names(data, config, series)
    return data.dataset(config).to_table(filter=ds.field(config.id_col).isin(names))


def sampled_names(data: DataSet, config: Config, series: int) -> pa.Array:
    """Names of the ``series`` series with the smallest hashes.

    A random sample that every run repeats. The column of the names is read once.

    Raises
    ------
    DataError
        Data without a series.
    """
    smallest: dict[object, int] = {}
    kind = pa.null()
    for batch in data.dataset(config).scanner(columns=[config.id_col]).to_batches():
        unique = pc.unique(batch[config.id_col]).drop_null()
        kind = unique.type
        hashed = {name: stable_hash(str(name)) for name in unique.to_pylist()}
        both = smallest | hashed
        smallest = dict(heapq.nsmallest(series, both.items(), key=lambda one: one[1]))
    if not smallest:
        raise DataError("the data have no series")
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.array(sorted(smallest, key=str), kind)
