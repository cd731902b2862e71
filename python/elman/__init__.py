"""Forecasting with recurrent networks that remember, and with honest comparisons.

>>> import elman
>>> sales = {"ds": list(range(1, 121)), "y": [float(t % 12) for t in range(120)]}
>>> forecast = elman.AutoForecaster(h=12, level=[80, 95]).fit(sales).predict()
>>> sorted(forecast)
['ds', 'elman', 'elman-hi-80', 'elman-hi-95', 'elman-lo-80', 'elman-lo-95', 'unique_id']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elman._elman import Table, __version__
    from elman.backtest import Backtest
    from elman.base import Forecaster
    from elman.errors import ElmanError
    from elman.forecaster import AutoForecaster, Pretrained, load
    from elman.online import Online
    from elman.rnn import RnnForecaster
    from elman.tuning import Tuning, tune

#: Public names, and the module of each: a module is imported with the first use of its name.
_NAMES = {
    "AutoForecaster": "forecaster",
    "Backtest": "backtest",
    "ElmanError": "errors",
    "Forecaster": "base",
    "Online": "online",
    "Pretrained": "forecaster",
    "RnnForecaster": "rnn",
    "Table": "_elman",
    "Tuning": "tuning",
    "__version__": "_elman",
    "load": "forecaster",
    "tune": "tuning",
}
#: Public modules, imported with their first use.
_MODULES = ("distributed", "errors", "nn", "text")

__all__ = [
    "AutoForecaster",
    "Backtest",
    "ElmanError",
    "Forecaster",
    "Online",
    "Pretrained",
    "RnnForecaster",
    "Table",
    "Tuning",
    "__version__",
    "load",
    "tune",
]


if not TYPE_CHECKING:  # A type checker would accept any name.

    def __getattr__(name: str) -> Any:
        if name in _NAMES:
            value = getattr(import_module(f"elman.{_NAMES[name]}"), name)
            globals()[name] = value
            return value
        if name in _MODULES:
            return import_module(f"elman.{name}")
        raise AttributeError(f"module 'elman' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_NAMES, *_MODULES})
