"""The series of a sample that a forecaster can read together."""

from __future__ import annotations

import warnings
from collections import Counter

import pyarrow as pa

from elman.errors import DataError, ElmanError

from .config import Config
from .partition import series_of, sorted_by_series
from .series import new_forecaster
from .wording import next_step_of, of_series


def readable(sample: pa.Table, config: Config) -> pa.Table:
    """The sample sorted by series and date, without series that end a training.

    These are series that a run lists as failed, such as one with a date twice, and series with
    another frequency than most of the sample. A warning counts them.

    Raises
    ------
    DataError
        No series that can be read.
    """
    sample = sorted_by_series(sample, config)
    if _is_readable(sample, config):
        return sample
    frequencies, errors = _frequencies(sample, config)
    if not frequencies:
        name, first = next(iter(errors.items()))
        raise DataError(
            f"none of {len(errors)} series of the sample can be read; the first, `{name}`: "
            f"{of_series(first)}",
            next_step_of(first),
        )
    most = Counter(frequencies.values()).most_common(1)[0][0]
    for name, frequency in frequencies.items():
        if frequency != most:
            errors[name] = DataError(f"its dates are {frequency}, and those of most are {most}")
    _warn(errors, len(errors) + sum(one == most for one in frequencies.values()))
    left_out = {str(name) for name in errors}
    return pa.concat_tables(
        rows for name, rows in series_of(sample, config) if str(name) not in left_out
    ).combine_chunks()


def _is_readable(sample: pa.Table, config: Config) -> bool:
    try:
        new_forecaster(config, scope="global", threads=1)._read(sample, "df")
    except ElmanError:
        return False
    return True


def _frequencies(sample: pa.Table, config: Config) -> tuple[dict[str, str], dict[str, ElmanError]]:
    """The frequency of each series that can be read alone, and the errors of the others."""
    forecaster = new_forecaster(config, scope="global", threads=1)
    frequencies: dict[str, str] = {}
    errors: dict[str, ElmanError] = {}
    for name, rows in series_of(sample, config):
        try:
            panel = forecaster._read(rows, "df").panel
        except ElmanError as error:
            errors[str(name)] = error
        else:
            frequencies[str(name)] = panel.found.partition(",")[0]
    return frequencies, errors


def _warn(errors: dict[str, ElmanError], of: int) -> None:
    name, first = next(iter(errors.items()))
    verb = "is" if len(errors) == 1 else "are"
    warnings.warn(
        f"{len(errors):,} of {of:,} series of the sample {verb} left out of the training; "
        f"the first, `{name}`: {of_series(first)}",
        # The caller of `train_on_sample` or `tune`.
        stacklevel=5,
    )
