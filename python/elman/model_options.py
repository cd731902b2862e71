"""Options of networks: refused, as the program does, for a model that trains no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elman.errors import OptionError
from elman.parameters import plain

#: Models that train no network from random weights.
WITHOUT_NETWORK = (
    "pretrained", "fine-tuned", "theta", "ets", "damped", "naive", "seasonal_naive", "naive2",
    "mean", "drift", "croston", "tsb",
)  # fmt: skip
#: Parameters that change only networks.
OF_NETWORKS = (
    "cell", "hidden_size", "num_layers", "dilations", "residual", "learning_rate", "max_steps",
    "patience", "seq_length", "carry", "likelihood", "loss", "scaler", "decomposition",
)  # fmt: skip
#: Values that change nothing.
_DEFAULTS: Mapping[str, Any] = {"dilations": [], "residual": False, "carry": True}
#: Hyperparameters that a search varies from trial to trial.
_SEARCHED = ("cell", "hidden_size", "seq_length", "learning_rate")


def fits(values: Mapping[str, Any]) -> None:
    """Refuse an option of networks for a model without a network; `values` are the parameters.

    Raises
    ------
    OptionError
        Such an option.
    """
    model = values["model"]
    if not _is_without_network(model):
        return
    # The fine-tuning of the pretrained network has optimizer steps, too.
    allowed = ("max_steps",) if model == "fine-tuned" else ()
    for name in OF_NETWORKS:
        if name not in allowed and _is_given(name, plain(values[name])):
            raise OptionError(
                f"`{name}` is an option of networks, and the model `{model}` trains none",
                f'leave out `{name}`, or choose `model="network"`',
            )


def can_be_searched(values: Mapping[str, Any]) -> None:
    """Refuse parameters of which a search of hyperparameters has no use.

    Raises
    ------
    OptionError
        A model without a network; a hyperparameter that the search varies.
    """
    if _is_without_network(values["model"]):
        raise OptionError(
            f"a search trains networks, and the model `{values['model']}` trains none",
            'leave out `model`, or choose `model="network"`',
        )
    for name in _SEARCHED:
        if values[name] is not None:
            raise OptionError(
                f"a search varies `{name}`, and does not keep a value of it",
                f"leave out `{name}`; `AutoForecaster({name}={values[name]!r})` trains with it",
            )


def _is_without_network(model: object) -> bool:
    return isinstance(model, str) and model in WITHOUT_NETWORK


def _is_given(name: str, value: object) -> bool:
    """Whether a value, which may be any object, changes the networks."""
    is_default = isinstance(value, (bool, list)) and value == _DEFAULTS.get(name)
    return value is not None and not is_default
