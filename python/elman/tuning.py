"""Search of hyperparameters."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from elman import model_options
from elman._elman import tune as run
from elman.forecaster import AutoForecaster
from elman.frames import Frame
from elman.parameters import whole
from elman.progress import Progress


class Trial(NamedTuple):
    """Trial of a search."""

    #: Number of the trial; 0 has the defaults.
    number: int
    #: Rung of successive halving that it reached, from 1 to 3.
    rung: int
    #: Hyperparameters, under the names of `AutoForecaster`.
    params: dict[str, Any]
    #: Validation error relative to the benchmark; infinite of a training that diverged.
    score: float


class Tuning:
    """Result of a search of hyperparameters.

    Attributes
    ----------
    trials : list of Trial
        Trials, the best first; those whose training diverged last.
    report : dict
        JSON document of the search: seasonal periods, preprocessing, validation forecasts.
    """

    def __init__(self, report: dict[str, Any], settings: dict[str, Any]) -> None:
        self.trials = [_trial(row) for row in (*report["ranking"], *report["diverged"])]
        self.report = report
        self._settings = settings

    @property
    def best_params(self) -> dict[str, Any]:
        """Hyperparameters of the best trial."""
        return dict(self.trials[0].params)

    @property
    def gain(self) -> float | None:
        """How much lower the error of the best trial is than that of the defaults, as a share.

        The error of the best of many trials is optimistic: expect less on new data. ``None`` if
        the training with the defaults diverged.
        """
        usual = next(trial for trial in self.trials if trial.number == 0)
        return None if usual.score == float("inf") else 1 - self.trials[0].score / usual.score

    def forecaster(self) -> AutoForecaster:
        """Forecaster with the best hyperparameters, to be fitted."""
        return AutoForecaster(**{**self._settings, **self.best_params})

    def __repr__(self) -> str:
        names = list(self.trials[0].params)
        lines = ["trial  rung   score  " + "  ".join(names)]
        for trial in self.trials:
            values = (f"{trial.params[name]:>{len(name)}}" for name in names)
            lines.append(
                f"{trial.number:5}  {trial.rung:4}  {trial.score:6.3f}  {'  '.join(values)}"
            )
        return "\n".join(lines)


def tune(df: Frame, h: int, trials: int = 32, **options: Any) -> Tuning:
    """Search cell, hidden size, sequence length, learning rate and optimizer steps.

    Random sampling with successive halving (Jamieson and Talwalkar, 2016), as ``elman tune``
    does.

    Parameters
    ----------
    df : data frame or path
        The data.
    h : int
        Forecast horizon, in time steps.
    trials : int
        Number of trials; the first one has the defaults.
    **options
        Parameters of `AutoForecaster`. `max_steps` is that of the first trial; the others have
        half to four times as many.

    Raises
    ------
    DataError
        Data that are too short for a validation set.
    OptionError
        A parameter that has no such value; a model without a network, a hyperparameter that is
        searched, local networks, or early stopping.
    """
    forecaster = AutoForecaster(h, **options)
    model_options.can_be_searched(forecaster.get_params())
    count = whole(trials, "trials", 2, 65535)
    panel = forecaster._read(df, "df").panel
    with Progress(forecaster.progress) as progress:
        report = run(panel, forecaster._options(), count, progress)
    return Tuning(json.loads(report), {"h": h, **options})


def _trial(row: dict[str, Any]) -> Trial:
    score = float("inf") if row["score"] is None else row["score"]
    return Trial(row["trial"], row["round"] + 1, row["hyperparameters"], score)
