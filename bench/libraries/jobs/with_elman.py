"""elman, with its defaults: it finds frequency and season in the data, and reads the file itself, in `fit`."""

import elman

#: Model, and the column of its forecasts.
MODELS = {"auto": (elman.AutoForecaster, "elman"), "pretrained": (elman.Pretrained, "pretrained")}


class Forecaster:
    def __init__(self, model, task):
        kind, self.column = MODELS[model]
        self.model = kind(h=task["h"], threads=task["threads"])

    def read(self, path):
        return path

    def fit(self, data):
        self.model.fit(data)

    def predict(self):
        forecast = self.model.predict().to_dict()
        found = {}
        for name, value in zip(forecast["unique_id"], forecast[self.column]):
            found.setdefault(name, []).append(value)
        return found
