"""Prophet with its defaults, one series after the other, as it has no panels."""

import logging

import pandas
from prophet import Prophet

logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
logging.getLogger("prophet").setLevel(logging.ERROR)


class Forecaster:
    def __init__(self, _model, task):
        self.h, self.freq = task["h"], task["freq"]

    def read(self, path):
        return pandas.read_csv(path, parse_dates=["ds"])

    def fit(self, data):
        self.models = {name: Prophet().fit(series) for name, series in data.groupby("unique_id")}

    def predict(self):
        return {name: self.of_series(model) for name, model in self.models.items()}

    def of_series(self, model):
        future = model.make_future_dataframe(periods=self.h, freq=self.freq, include_history=False)
        return list(model.predict(future)["yhat"])
