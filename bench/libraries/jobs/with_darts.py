"""Darts: the exponential smoothing of its quick start, with the defaults; series one after the other."""

import pandas
from darts import TimeSeries
from darts.models import ExponentialSmoothing


class Forecaster:
    def __init__(self, _model, task):
        self.h, self.freq = task["h"], task["freq"]

    def read(self, path):
        return pandas.read_csv(path, parse_dates=["ds"])

    def fit(self, data):
        series = TimeSeries.from_group_dataframe(data, "unique_id", "ds", "y", freq=self.freq, drop_group_cols="unique_id")
        names = list(dict.fromkeys(data["unique_id"]))
        self.models = {name: ExponentialSmoothing().fit(one) for name, one in zip(names, series)}

    def predict(self):
        return {name: list(model.predict(self.h).values()[:, 0]) for name, model in self.models.items()}
