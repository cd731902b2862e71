"""Forecasts merge into Nixtla's `evaluate` and `plot_series`; scripts run with other imports."""

from __future__ import annotations

from typing import Any

import pytest

from elman import AutoForecaster
from elman.errors import ElmanError, OptionError
from elman.nixtla import (
    AutoETS,
    Elman,
    ElmanForecast,
    Naive,
    Pretrained,
    SeasonalNaive,
    Theta,
)

pd = pytest.importorskip("pandas")
pytest.importorskip("utilsforecast")
from utilsforecast.evaluation import evaluate  # noqa: E402
from utilsforecast.losses import mae, mase, quantile_loss, scaled_crps  # noqa: E402
from utilsforecast.plotting import plot_series  # noqa: E402


def test_forecasts_are_evaluated_against_actual_values(shops: Any) -> None:
    train = shops[shops["ds"] < "2020-01-01"]
    test = shops[shops["ds"] >= "2020-01-01"]
    forecast = AutoForecaster(12, model="theta", level=[80]).fit(train).predict()
    merged = test.merge(forecast, on=["unique_id", "ds"], how="left")
    assert not merged.isna().any().any()
    scores = evaluate(merged, metrics=[mae], models=["theta"])
    expected = (merged["y"] - merged["theta"]).abs().groupby(merged["unique_id"]).mean()
    assert scores.set_index("unique_id")["theta"].to_dict() == pytest.approx(expected.to_dict())


def test_cross_validation_is_evaluated_with_its_intervals(shops: Any) -> None:
    windows = AutoForecaster(6, model="theta").cross_validation(shops, n_windows=2, step_size=6)
    scores = evaluate(
        windows, metrics=[mae, mase_of_year(), scaled_crps, quantile_loss], train_df=shops,
        models=["theta"], level=[80, 95],
    )  # fmt: skip
    assert set(scores["cutoff"].unique()) == set(windows["cutoff"].unique())
    assert scores["theta"].notna().all()
    coverage = windows["y"].between(windows["theta-lo-95"], windows["theta-hi-95"]).mean()
    assert coverage > 0.5


def mase_of_year() -> Any:
    from functools import partial

    return partial(mase, seasonality=12)


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_forecasts_are_plotted_beside_the_data(shops: Any, kind: str, tmp_path: Any) -> None:
    pytest.importorskip("matplotlib")
    if kind == "polars":
        pytest.importorskip("polars")
        shops = pytest.importorskip("polars").from_pandas(shops)
    forecaster = ElmanForecast(models=[Theta(12), SeasonalNaive(12)], freq="MS")
    forecast = forecaster.forecast(df=shops, h=12, level=[80])
    figure = plot_series(shops, forecast, level=[80])
    lines = {line.get_label() for axis in figure.axes for line in axis.lines}
    assert {"y", "Theta", "SeasonalNaive"} <= lines
    figure.savefig(tmp_path / "plot.png")


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_script_of_statsforecast_runs(shops: Any, kind: str) -> None:
    if kind == "polars":
        pytest.importorskip("polars")
        shops = pytest.importorskip("polars").from_pandas(shops)
    sf = ElmanForecast(
        models=[AutoETS(season_length=12), Theta(season_length=12, alias="theta"), Naive()],
        freq="MS",
        n_jobs=-1,
    )
    windows = sf.cross_validation(df=shops, h=6, n_windows=2, step_size=6, level=[90])
    assert list(windows.columns) == [
        "unique_id", "ds", "cutoff", "y",
        "AutoETS", "AutoETS-lo-90", "AutoETS-hi-90",
        "theta", "theta-lo-90", "theta-hi-90",
        "Naive", "Naive-lo-90", "Naive-hi-90",
    ]  # fmt: skip
    assert len(windows) == 2 * 2 * 6
    scores = evaluate(windows, metrics=[mae], models=["AutoETS", "theta", "Naive"])
    of = {name: sum(scores[name]) for name in ("AutoETS", "Naive")}
    assert of["AutoETS"] < of["Naive"]

    forecast = sf.fit(df=shops).predict(h=3)
    assert list(forecast.columns) == ["unique_id", "ds", "AutoETS", "theta", "Naive"]
    assert len(forecast) == 6


def test_each_model_has_the_numbers_of_its_forecaster(shops: Any) -> None:
    together = ElmanForecast([Theta(12), Naive(), Pretrained()], "MS").forecast(
        6, shops, level=[80]
    )
    alone = AutoForecaster(6, model="theta", season=[12], level=[80]).fit_predict(shops)
    assert together["Theta-hi-80"].tolist() == alone["theta-hi-80"].tolist()
    pretrained = AutoForecaster(6, model="pretrained").fit_predict(shops)
    assert together["pretrained"].tolist() == pretrained["pretrained"].tolist()


def test_covariates_of_the_future_are_used(shops: Any) -> None:
    history = shops.assign(price=[float(t % 5) for t in range(len(shops))])
    future = AutoForecaster(6, model="naive").fit_predict(shops)[["unique_id", "ds"]]
    future = future.assign(price=1.0)
    models = [Elman(max_steps=5, hidden_size=4), Naive()]
    forecast = ElmanForecast(models, "MS").forecast(df=history, h=6, X_df=future)
    assert forecast[["elman", "Naive"]].notna().all().all()


def test_other_names_of_the_columns(shops: Any) -> None:
    renamed = shops.rename(columns={"unique_id": "shop", "ds": "month", "y": "sold"})
    forecast = ElmanForecast([Naive()], "MS").forecast(
        df=renamed, h=2, id_col="shop", time_col="month", target_col="sold"
    )
    assert list(forecast.columns) == ["shop", "month", "Naive"]


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([], "no model"),
        ([Naive(), Naive()], "two models are called `Naive`"),
        (["AutoETS"], "no model of elman"),
        ([Naive(alias="N"), SeasonalNaive(12, alias="N-lo-80")], "`N-lo-80` has the name of a"),
        ([Elman(alias=5)], "`alias` is 5"),  # type: ignore[arg-type]
    ],
)
def test_wrong_models_are_refused(models: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        ElmanForecast(models, "MS")


def test_a_model_with_the_name_of_another_column_is_refused(shops: Any) -> None:
    for alias in ("unique_id", "ds"):
        with pytest.raises(OptionError, match=f"two columns .* are called `{alias}`"):
            ElmanForecast([Naive(alias=alias)], "MS").forecast(df=shops, h=2)
    for alias in ("cutoff", "y"):
        with pytest.raises(OptionError, match=f"two columns .* are called `{alias}`"):
            ElmanForecast([Naive(alias=alias)], "MS").cross_validation(df=shops, h=2)
    renamed = shops.rename(columns={"y": "cutoff"})
    with pytest.raises(OptionError, match=r"two columns .* are called `cutoff`"):
        ElmanForecast([Naive()], "MS").cross_validation(df=renamed, h=2, target_col="cutoff")


@pytest.mark.parametrize("freq", ["MS", "1mo", "monthly"])
def test_a_frequency_of_pandas_or_polars(shops: Any, freq: str) -> None:
    expected = ElmanForecast([Naive()], pd.offsets.MonthBegin()).forecast(df=shops, h=2)
    assert ElmanForecast([Naive()], freq).forecast(df=shops, h=2).equals(expected)


@pytest.mark.parametrize(
    ("freq", "step", "message"),
    [
        (1, None, "`freq` is 1, and the times are dates"),
        ("1m", None, "`freq` says every minute"),
        ("MS", 1, "`freq` is 'MS', and the times are numbers"),
        (1, 7, "`freq` is 1, and the times have steps of 7"),
    ],
)
def test_a_frequency_that_the_times_do_not_have_is_refused(
    shops: Any, freq: Any, step: int | None, message: str
) -> None:
    if step is not None:
        shops = shops.assign(ds=shops.groupby("unique_id").cumcount() * step)
    with pytest.raises(ElmanError, match=message):
        ElmanForecast([Naive()], freq).forecast(df=shops, h=2)
    right = "MS" if step is None else step
    forecast = ElmanForecast([Naive()], right).forecast(df=shops, h=2)
    if step is not None:
        assert forecast["ds"].tolist() == [72 * step, 73 * step] * 2


@pytest.mark.parametrize("freq", [None, 0, 1.5, True])
def test_what_is_no_frequency_is_refused(freq: Any) -> None:
    with pytest.raises(OptionError, match="`freq` is"):
        ElmanForecast([Naive()], freq)
