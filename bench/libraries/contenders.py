"""The libraries, and the models of each that forecast."""

from dataclasses import dataclass, field

#: Library: what `pip install` is told, and what the first lines of a program import. elman's wheel is given by an option.
LIBRARIES = {
    "elman": (None, "import elman; elman.AutoForecaster"),
    "statsforecast": (
        "statsforecast==2.1.1",
        "import pandas; from statsforecast import StatsForecast; from statsforecast.models import AutoETS, AutoTheta",
    ),
    "prophet": ("prophet==1.5.0", "import pandas; from prophet import Prophet"),
    "neuralforecast": (
        "neuralforecast==3.3.0",
        "import pandas; from neuralforecast import NeuralForecast; from neuralforecast.models import LSTM",
    ),
    "darts": (
        "darts==0.48.1",
        "import pandas; from darts import TimeSeries; from darts.models import ExponentialSmoothing",
    ),
    "darts-torch": (
        "darts[torch]==0.48.1",
        "import pandas; from darts import TimeSeries; from darts.models import RNNModel",
    ),
}


@dataclass
class Contender:
    library: str
    module: str
    #: Name of the model, as the module knows it.
    model: str
    #: Where the settings come from.
    settings: str
    #: Data sets, and how many of their series are forecast; None for all.
    series: dict = field(default_factory=lambda: {"airline": None, "weekly": None, "daily": None})
    #: Data sets that are forecast in the first turn only, because they take minutes.
    once: tuple = ()

    @property
    def name(self):
        return f"{self.library} {self.model}"


CONTENDERS = [
    Contender("elman", "with_elman", "auto", "`AutoForecaster(h)`, the defaults"),
    Contender("elman", "with_elman", "pretrained", "`Pretrained(h)`, the defaults"),
    Contender("statsforecast", "with_statsforecast", "AutoETS", "the defaults, season 12, 1, 7",
              {"airline": None, "weekly": None, "daily": 200}),
    Contender("statsforecast", "with_statsforecast", "AutoTheta", "the defaults, season 12, 1, 7",
              {"airline": None, "weekly": None, "daily": 200}, ("weekly",)),
    Contender("neuralforecast", "with_neuralforecast", "LSTM", "the LSTM of its quick start: input 2h, 500 steps, 64 units"),
    Contender("darts", "with_darts", "ExponentialSmoothing", "the model of its quick start, the defaults",
              {"airline": None, "weekly": None, "daily": 100}, ("weekly",)),
    Contender("darts-torch", "with_darts_torch", "RNNModel",
              "the LSTM of its example on AirPassengers: 20 units, 300 epochs, year and month as covariates",
              {"airline": None}),
    Contender("prophet", "with_prophet", "Prophet", "the defaults",
              {"airline": None, "weekly": None, "daily": 100}, ("weekly",)),
]  # fmt: skip
