"""elman, with its defaults: it finds frequency and season in the data. No data frame library is installed."""

import csv

import elman

MODELS = {"auto": elman.AutoForecaster, "pretrained": elman.Pretrained}


class Forecaster:
    def __init__(self, model, task):
        self.model = MODELS[model](h=task["h"], threads=task["threads"])

    def read(self, path):
        with open(path) as file:
            names, *rows = csv.reader(file)
        columns = dict(zip(names, zip(*rows)))
        return {**columns, "y": [float(y) for y in columns["y"]]}

    def fit(self, data):
        self.model.fit(data)

    def predict(self):
        forecast = self.model.predict()
        found = {}
        for name, value in zip(forecast["unique_id"], forecast["elman"]):
            found.setdefault(name, []).append(value)
        return found
