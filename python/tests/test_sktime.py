"""The forecaster of sktime: sktime's own checks, and the numbers of the engine."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sktime")
np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

from sktime.datasets import load_airline  # noqa: E402
from sktime.utils._testing.hierarchical import _make_hierarchical  # noqa: E402

from elman import AutoForecaster  # noqa: E402
from elman.errors import DataError, ElmanError, OptionError  # noqa: E402
from elman.sktime import ElmanForecaster  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


@pytest.mark.slow
def test_the_checks_of_sktime_pass() -> None:
    from sktime.utils.estimator_checks import check_estimator

    results = check_estimator(ElmanForecaster, raise_exceptions=False, verbose=False)
    failed = {name: result for name, result in results.items() if result != "PASSED"}
    assert len(results) > 500
    assert failed == {}


def test_the_numbers_are_those_of_the_engine() -> None:
    y = load_airline()
    forecast = ElmanForecaster(model="theta").fit(y, fh=[1, 2, 12]).predict()
    frame = pd.DataFrame({"ds": y.index.to_timestamp(), "y": y.to_numpy()})
    expected = AutoForecaster(12, model="theta").fit_predict(frame)["theta"]
    assert forecast.tolist() == expected.iloc[[0, 1, 11]].tolist()
    assert forecast.index.tolist() == [
        pd.Period(date, "M") for date in ("1961-01", "1961-02", "1961-12")
    ]


def test_intervals_of_any_coverage_surround_the_forecast() -> None:
    forecaster = ElmanForecaster(model="theta").fit(load_airline(), fh=[1, 2, 3])
    intervals = forecaster.predict_interval(coverage=[0.5, 0.95, 0.9])
    lower, upper = (intervals.xs(side, axis=1, level=2) for side in ("lower", "upper"))
    widths = (upper - lower).to_numpy()
    assert (widths[:, 0] < widths[:, 2]).all()
    assert (widths[:, 2] < widths[:, 1]).all()
    quantiles = forecaster.predict_quantiles(alpha=[0.05, 0.5, 0.95])
    assert quantiles.iloc[:, 1].tolist() == forecaster.predict().tolist()
    assert quantiles.iloc[:, 0].tolist() == lower.iloc[:, 2].tolist()


def test_an_update_without_training_reads_the_new_values() -> None:
    y = load_airline()
    forecaster = ElmanForecaster(model="theta").fit(y[:-24], fh=[1, 2, 3])
    before = forecaster.predict()
    model = forecaster.forecaster_
    forecaster.update(y[-24:], update_params=False)
    assert forecaster.forecaster_ is model
    after = forecaster.predict()
    assert after.index[0] == before.index[0] + 24
    assert abs(after.mean() / before.mean() - 1) > 0.02
    trained = ElmanForecaster(model="theta").fit(y[:-24], fh=[1, 2, 3]).update(y[-24:])
    assert trained.forecaster_ is not model


def test_series_of_a_hierarchy_share_one_forecaster() -> None:
    y = _make_hierarchical(min_timepoints=30, max_timepoints=36, random_state=1, same_cutoff=False)
    forecaster = ElmanForecaster(cell="gru", hidden_size=4, max_steps=10).fit(y, fh=[1, 2])
    forecast = forecaster.predict()
    assert isinstance(forecaster.forecaster_, AutoForecaster)
    assert forecast.index.names == y.index.names
    assert len(forecast) == 2 * len(y.index.droplevel(-1).unique())
    assert forecast.notna().all().all()


def test_known_covariates_are_used() -> None:
    random = np.random.default_rng(3)
    index = pd.period_range("2010-01", periods=132, freq="M")
    x = pd.DataFrame({"price": random.normal(size=132)}, index=index)
    y = 10 + 5 * x["price"] + 0.1 * pd.Series(random.normal(size=132), index=index)
    forecaster = ElmanForecaster(model="network", season=[], seed=1)
    forecast = forecaster.fit(y[:120], X=x[:120], fh=np.arange(1, 13)).predict(X=x[120:])
    assert (forecast - y[120:]).abs().mean() < 0.5 * (y[120:] - y[:120].mean()).abs().mean()
    with pytest.raises(ElmanError):
        forecaster.predict(X=x[:120])


def test_missing_values_are_masked() -> None:
    y = load_airline()
    y.iloc[[10, 50, 51]] = np.nan
    assert ElmanForecaster(model="theta").fit(y, fh=[1]).predict().notna().all()


def test_a_wrong_parameter_is_named() -> None:
    with pytest.raises(ElmanError, match="nothing"):
        ElmanForecaster(model="nothing").fit(load_airline(), fh=[1])


def test_a_pipeline_of_sktime_transforms_the_values() -> None:
    from sktime.forecasting.compose import TransformedTargetForecaster
    from sktime.transformations.series.detrend import Detrender

    pipeline = TransformedTargetForecaster(
        [("trend", Detrender()), ("elman", ElmanForecaster("theta"))]
    )
    forecast: Any = pipeline.fit(load_airline(), fh=[1, 2, 3]).predict()
    assert (forecast > 350).all()


def panel(**series: Any) -> Any:
    """Panel of series of pandas."""
    return pd.concat({name: pd.DataFrame({"y": values}) for name, values in series.items()})


def test_a_series_that_ends_earlier_is_forecast_at_the_times_of_the_horizon() -> None:
    line = pd.Series(np.arange(60.0), index=pd.period_range("2015-01", periods=60, freq="M"))
    # No series has values from 2019-03 to 2019-09.
    y = panel(early=line[:50], late=line.drop(line.index[50:57]))
    forecast = ElmanForecaster(model="drift", season=[]).fit(y, fh=[1, 2]).predict()
    assert forecast["y"].to_numpy() == pytest.approx([60, 61, 60, 61])
    dates = panel(early=line[:50].to_timestamp(), late=line[57:].to_timestamp())
    with pytest.raises(OptionError, match="frequency of the dates is not found"):
        ElmanForecaster(model="drift", season=[]).fit(dates, fh=[1, 2])
    forecaster = ElmanForecaster(model="drift", season=[], freq="MS").fit(dates, fh=[1, 2])
    assert forecaster.predict()["y"].to_numpy() == pytest.approx([60, 61, 60, 61])


@pytest.mark.parametrize(("freq", "of_dates"), [("D", "D"), ("W", "W-WED"), ("h", "h")])
def test_dates_may_be_absent_with_their_frequency(freq: str, of_dates: str) -> None:
    index = pd.date_range("2020-01-01", periods=60, freq=of_dates)
    y = pd.Series(np.arange(60.0), index=index).drop(index[[10, 30]])
    forecast = ElmanForecaster(model="drift", season=[], freq=freq).fit(y, fh=[1, 2]).predict()
    assert forecast.to_numpy() == pytest.approx([60, 61])
    after = pd.date_range(index[-1], periods=3, freq=of_dates)[1:]
    assert forecast.index.tolist() == after.tolist()


def test_two_dates_with_a_frequency_are_forecast() -> None:
    y = pd.Series([1.0, 2.0], index=pd.date_range("2020-01-01", periods=2, freq="MS"))
    forecast = ElmanForecaster(model="naive", season=[]).fit(y, fh=[2]).predict()
    assert forecast.to_dict() == {pd.Timestamp("2020-04-01"): 2.0}


def test_a_horizon_of_times_between_the_time_steps_is_refused() -> None:
    y = pd.Series(np.arange(60.0), index=pd.RangeIndex(0, 420, 7))
    forecaster = ElmanForecaster(model="drift", season=[]).fit(y, fh=[1])
    with pytest.raises(DataError, match=r"the horizon has the time 414, .* leads to 420"):
        forecaster.predict()


def test_covariates_of_a_series_that_ends_earlier_are_used() -> None:
    random = np.random.default_rng(3)
    index = pd.period_range("2010-01", periods=132, freq="M")
    price = pd.Series(random.normal(size=132), index=index)
    y = 10 + 5 * price + 0.1 * pd.Series(random.normal(size=132), index=index)
    known, prices = panel(early=y[:110], late=y[:120]), panel(early=price, late=price)
    x = prices.rename(columns={"y": "price"})
    forecaster = ElmanForecaster(model="network", season=[], max_steps=200)
    forecaster.fit(known, X=x.loc[known.index], fh=np.arange(1, 13))
    forecast = forecaster.predict(X=x.drop(known.index))["y"]
    actual = y[120:].to_numpy()
    for name in ("early", "late"):
        error = np.abs(forecast[name].to_numpy() - actual).mean()
        assert error < 0.5 * np.abs(actual - y[:120].mean()).mean()
