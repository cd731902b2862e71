"""A global model.

Trained on a sample of the series on one machine, saved, and sent to the workers as its file.
"""

from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.dataset as ds

from elman.errors import ElmanError, OptionError
from elman.parameters import whole

from .config import Config
from .names import series_names
from .readable import readable
from .series import new_forecaster
from .source import DataSet, Source, data_set
from .wording import next_step_of, of_sample


def train_on_sample(
    source: Source, path: str | os.PathLike[str], config: Config, *, series: int = 1000
) -> Config:
    """Train one model for all series on a random sample of them, and save the model.

    The result is the configuration by which the model forecasts every series. All threads of this
    machine train. A warning counts series of the sample that cannot be read, or have another
    frequency than most: the model is trained on the others.

    Parameters
    ----------
    source
        The data, as for ``run``; rows in any order.
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
    OptionError
        A configuration with a saved model.
    DataError
        Data that cannot be read; a sample that cannot be trained on.
    """
    if config.has_model:
        raise OptionError(
            "a model is trained, and the configuration has a saved model already",
            "leave out `model_file` and `model_bytes`",
        )
    sample = training_sample(data_set(source), config, whole(series, "series"))
    try:
        fitted = new_forecaster(config, scope="global", threads=None).fit(sample)
    except ElmanError as error:
        raise type(error)(f"the sample: {of_sample(error)}", next_step_of(error)) from error
    fitted.save(path)
    return config.with_model(os.fspath(path))


def training_sample(data: DataSet, config: Config, series: int) -> pa.Table:
    """The rows of a random sample of the series, sorted, without series that cannot be read.

    Raises
    ------
    DataError
        Data without a series; a column that they do not have; no series that can be read.
    """
    return readable(sampled(data, config, sampled_names(data, config, series)), config)


def sampled(data: DataSet, config: Config, names: pa.Array) -> pa.Table:
    """The rows of the series with these names, with the columns that a forecast reads."""
    return data.dataset(config).to_table(filter=ds.field(config.id_col).isin(names))


def sampled_names(data: DataSet, config: Config, series: int) -> pa.Array:
    """Names of ``series`` series: a random sample that every run repeats.

    Raises
    ------
    DataError
        Data without a series.
    """
    return series_names(data, config, series).smallest[:series]
