"""Forecast of one series: by a saved model, or by models of its own."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa

import elman
from elman._elman import Fitted
from elman.errors import ElmanError, OptionError
from elman.wording import in_python

from .checked import COVARIATES
from .config import Config
from .result_names import BASELINES


def series_result(
    rows: pa.Table, config: Config, model: elman.AutoForecaster | None
) -> tuple[pa.Table, list[str]]:
    """Forecast or evaluation of the series with these rows, on one thread, and its notes.

    By the saved model ``model`` of the configuration; ``None`` of a configuration without one.

    Raises
    ------
    ElmanError
        A series that cannot be forecast, such as one with two values on a date.
    """
    if config.task == "cross_validation":
        return _evaluated(rows, config, model)
    if model is not None:
        return _renamed(model.predict(rows, h=config.h), config), model.notes_
    forecaster = new_forecaster(config, scope="local", threads=1)
    return _renamed(forecaster.fit_predict(rows), config), forecaster.notes_


def _renamed(forecast: pa.Table, config: Config) -> pa.Table:
    """A forecast whose columns have the same names for every model."""
    name, _, point, *bounds = forecast.column_names
    bounds = [f"elman{bound.removeprefix(point)}" for bound in bounds]
    return forecast.rename_columns([name, config.time_col, "elman", *bounds])


def new_forecaster(config: Config, scope: str, threads: int | None) -> elman.AutoForecaster:
    """Forecaster with the options of the configuration, not fitted."""
    return elman.AutoForecaster(
        config.h,
        level=config.level,
        model=config.model,
        scope=scope,
        seed=config.seed,
        threads=threads,
        progress=False,
        id_col=config.id_col,
        time_col=config.time_col,
        target_col=config.target_col,
        **config.options,
    )


def saved_model(config: Config) -> elman.AutoForecaster | None:
    """Saved model of the configuration, if it has one. A process decodes the same bytes once.

    The file is read at each call: a file that was written again is another model.

    Raises
    ------
    ElmanError
        A damaged file; a model with other covariates.
    """
    if not config.has_model:
        return None
    content = config.model_content()
    try:
        decoded = _decoded(content)
    except ElmanError as error:
        place = error.place or config.model_file or "`model_bytes`"
        message = error.message.removeprefix("model.safetensors: ")
        raise type(error)(message, error.help, place) from error
    model = decoded.with_level(config.level)
    for name in COVARIATES:
        trained, given = list(getattr(model, name)), list(config.options.get(name, ()))
        if given != trained:
            raise OptionError(
                f"`{name}` is {given}, and the saved model was trained with {trained}",
                f'give `options={{"{name}": {trained}}}`',
            )
    columns = {name: getattr(config, name) for name in ("id_col", "time_col", "target_col")}
    return model.set_params(**columns, **config.options)


@lru_cache(maxsize=2)
def _decoded(content: bytes) -> elman.AutoForecaster:
    # A forecaster of one network would continue its own series, and not that of the rows.
    model = elman.AutoForecaster.of_fitted(Fitted.from_bytes(content))
    return model.set_params(threads=1)


def _evaluated(
    rows: pa.Table, config: Config, model: elman.AutoForecaster | None
) -> tuple[pa.Table, list[str]]:
    windows = config.n_windows, config.step_size
    forecaster = model or new_forecaster(config, scope="local", threads=1)
    data = forecaster._read(rows, "df")
    if model is not None:
        backtest = model._evaluated(data, *windows)
    else:
        backtest = forecaster._backtest(data, *windows, config.refit)
    notes = [*map(in_python, data.panel.notes), *backtest.notes]
    return _with_baselines(backtest.forecasts, config), notes


def _with_baselines(found: pa.Table, config: Config) -> pa.Table:
    """An evaluation whose columns have the same names for every model."""
    name, _, cutoff, _, point, *others = found.column_names
    ours = [f"elman{bound.removeprefix(point)}" for bound in others if _is_bound(bound, point)]
    baselines = [column for column in others if not _is_bound(column, point)]
    shared = [name, config.time_col, cutoff, config.target_col]
    renamed = found.rename_columns([*shared, "elman", *ours, *baselines])
    # The forecast of a model that is a baseline is in the column of the baseline, too.
    return renamed.append_column(point, found[point]) if point in BASELINES else renamed


def _is_bound(column: str, point: str) -> bool:
    """Whether a column is a bound of a prediction interval of the forecast `point`."""
    return column.startswith((f"{point}-lo-", f"{point}-hi-"))
