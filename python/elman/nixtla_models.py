"""Models of `elman.nixtla.ElmanForecast`: options of a forecaster under an alias."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from elman.errors import OptionError
from elman.parameters import whole


class Model:
    """Options of `elman.AutoForecaster`, and the column of its forecasts.

    Parameters
    ----------
    alias : str
        Column of the forecasts.
    options
        Parameters of `elman.AutoForecaster`, such as ``cell="lstm"``.
    """

    #: Whether the model uses covariates.
    takes_exog = False

    def __init__(self, alias: str, **options: Any) -> None:
        self.alias = alias
        self.options = options

    def __repr__(self) -> str:
        return self.alias


class Elman(Model):
    """Model selection over networks, pretrained network and statistical models."""

    takes_exog = True

    def __init__(self, alias: str = "elman", **options: Any) -> None:
        super().__init__(alias, **options)


class Pretrained(Model):
    """Pretrained network, without training."""

    def __init__(self, alias: str = "pretrained", **options: Any) -> None:
        super().__init__(alias, **{"model": "pretrained", **options})


class _Statistical(Model):
    """Statistical model of the engine."""

    model: str

    def __init__(self, alias: str | None = None) -> None:
        super().__init__(alias or type(self).__name__, model=self.model)


class _Seasonal(_Statistical):
    """Statistical model with a seasonal period, in time steps; 1 for none."""

    def __init__(self, season_length: int = 1, alias: str | None = None) -> None:
        super().__init__(alias)
        period = whole(season_length, "season_length")
        self.options["season"] = [period] if period > 1 else []


class AutoETS(_Seasonal):
    """Exponential smoothing, its components by AICc."""

    model = "ets"


class AutoTheta(_Seasonal):
    """Theta method, seasonally adjusted where a test finds a season."""

    model = "theta"


class Theta(AutoTheta):
    """Theta method, seasonally adjusted where a test finds a season."""


class DampedTrend(_Seasonal):
    """Exponential smoothing with a damped trend."""

    model = "damped"


class SeasonalNaive(_Seasonal):
    """Last value of the same season."""

    model = "seasonal_naive"


class Naive(_Statistical):
    """Last value."""

    model = "naive"


class RandomWalkWithDrift(_Statistical):
    """Last value, and the mean difference for each step ahead."""

    model = "drift"


class HistoricAverage(_Statistical):
    """Mean of all values."""

    model = "mean"


class CrostonSBA(_Statistical):
    """Croston's method for intermittent demand, with the correction of Syntetos and Boylan."""

    model = "croston"


class TSB(_Statistical):
    """Method of Teunter, Syntetos and Babai for intermittent demand."""

    model = "tsb"


def checked(models: Sequence[Model]) -> list[Model]:
    """The models, if there are some, all of elman, with unlike aliases.

    Raises
    ------
    OptionError
        Other models, or none; an alias that is no text, or the column of another model.
    """
    if isinstance(models, Model) or not isinstance(models, Iterable):
        raise OptionError(f"`models` is {models!r}", "give a list, as `models=[Naive()]`")
    models = list(models)
    for model in models:
        if not isinstance(model, Model):
            found = type(model).__module__ + "." + type(model).__qualname__
            raise OptionError(
                f"{found} is no model of elman", "import the models from `elman.nixtla`, too"
            )
        if not isinstance(model.alias, str):
            raise OptionError(f"`alias` is {model.alias!r}", "give the name of a column")
    aliases = [model.alias for model in models]
    twice = [alias for alias in aliases if aliases.count(alias) > 1]
    if twice:
        raise OptionError(f"two models are called `{twice[0]}`", "give one of them another `alias`")
    bounds = tuple(f"{alias}-{side}-" for alias in aliases for side in ("lo", "hi"))
    of_bound = [alias for alias in aliases if alias.startswith(bounds)]
    if of_bound:
        raise OptionError(
            f"the model `{of_bound[0]}` has the name of a bound of another model",
            "give it another `alias`",
        )
    if not aliases:
        raise OptionError("there is no model", "give one or more, as `models=[Elman()]`")
    return models
