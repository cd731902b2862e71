"""NeuralForecast's LSTM with the settings of its quick start."""

import pandas
from neuralforecast import NeuralForecast
from neuralforecast.models import LSTM

from frames import by_series


class Forecaster:
    def __init__(self, _model, task):
        h = task["h"]
        settings = {"max_steps": 500, "scaler_type": "standard", "encoder_hidden_size": 64, "decoder_hidden_size": 64}
        quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
        self.model = NeuralForecast(models=[LSTM(h=h, input_size=2 * h, **settings, **quiet)], freq=task["freq"])

    def read(self, path):
        return pandas.read_csv(path, parse_dates=["ds"])

    def fit(self, data):
        self.model.fit(df=data)

    def predict(self):
        return by_series(self.model.predict(), "LSTM")
