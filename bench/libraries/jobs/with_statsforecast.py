"""StatsForecast's automatic models, each with its defaults and the season of the data."""

import pandas
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, AutoTheta

from frames import by_series

MODELS = {"AutoETS": AutoETS, "AutoTheta": AutoTheta}


class Forecaster:
    def __init__(self, model, task):
        self.name, self.h = model, task["h"]
        models = [MODELS[model](season_length=task["season"])]
        self.model = StatsForecast(models=models, freq=task["freq"], n_jobs=task["threads"])

    def read(self, path):
        return pandas.read_csv(path, parse_dates=["ds"])

    def fit(self, data):
        self.model.fit(df=data)

    def predict(self):
        return by_series(self.model.predict(h=self.h), self.name)
