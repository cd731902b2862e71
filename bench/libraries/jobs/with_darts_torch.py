"""Darts' RNNModel with the settings and covariates of its example on AirPassengers (an LSTM, 300 epochs)."""

import logging
import warnings

import pandas
from darts import TimeSeries
from darts.dataprocessing.transformers import Scaler
from darts.models import RNNModel
from darts.utils.timeseries_generation import datetime_attribute_timeseries

warnings.filterwarnings("ignore")
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)


class Forecaster:
    def __init__(self, _model, task):
        self.h, self.freq = task["h"], task["freq"]
        quiet = {"accelerator": "cpu", "enable_progress_bar": False, "enable_model_summary": False, "logger": False}
        settings = {"hidden_dim": 20, "dropout": 0, "batch_size": 16, "n_epochs": 300, "optimizer_kwargs": {"lr": 1e-3}}
        lengths = {"training_length": 20, "input_chunk_length": 14}
        self.model = RNNModel(model="LSTM", **settings, **lengths, random_state=42, pl_trainer_kwargs=quiet)

    def read(self, path):
        return pandas.read_csv(path, parse_dates=["ds"])

    def fit(self, data):
        self.name = data["unique_id"].iloc[0]
        series = TimeSeries.from_dataframe(data, "ds", "y", freq=self.freq)
        self.scaler = Scaler()
        dates = pandas.date_range(series.start_time(), freq=self.freq, periods=1000)
        year = Scaler().fit_transform(datetime_attribute_timeseries(dates, attribute="year"))
        self.covariates = year.stack(datetime_attribute_timeseries(year, attribute="month", one_hot=True))
        self.model.fit(self.scaler.fit_transform(series), future_covariates=self.covariates)

    def predict(self):
        forecast = self.model.predict(self.h, future_covariates=self.covariates)
        return {self.name: list(self.scaler.inverse_transform(forecast).values()[:, 0])}
