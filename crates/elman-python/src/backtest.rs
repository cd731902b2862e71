//! Rolling-origin evaluation.

use crate::fitted::{Fitted, in_python, report, sentence};
use crate::interrupt;
use crate::options::{ForecastOptions, parse};
use crate::panel::Panel;
use crate::table::Table;
use elman::FittedForecaster;
use elman::backtest::{Backtest, BacktestSettings, ModelScores};
use elman::metrics::Metric;
use elman::nn::registry::Entry;
use pyo3::prelude::*;
use serde_json::{Map, Value, json};

/// Evaluates forecasts at earlier cutoffs. Returns the forecasts, and the report as a JSON document.
#[pyfunction]
#[pyo3(signature = (panel, options, n_windows, step_size, refit, progress=None))]
pub fn backtest(
    py: Python<'_>,
    panel: &Panel,
    options: &str,
    n_windows: usize,
    step_size: usize,
    refit: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Table, String)> {
    let forecaster = parse::<ForecastOptions>(options)?.forecaster();
    let horizon = forecaster.horizon;
    let settings = BacktestSettings { forecaster, n_windows, step_size, refit };
    let series = &panel.loaded.series;
    let backtest =
        interrupt::run(py, progress.as_ref(), |run| Backtest::run(series, &settings, run))?;
    present(panel, &backtest, horizon)
}

/// As [`backtest`], by a fitted forecaster, without training.
#[pyfunction]
pub fn backtest_fitted(
    py: Python<'_>,
    fitted: &Fitted,
    panel: &Panel,
    n_windows: usize,
    step_size: usize,
) -> PyResult<(Table, String)> {
    let series = &panel.loaded.series;
    let fitted = &fitted.fitted;
    let backtest =
        interrupt::run(py, None, |_| Backtest::of_fitted(fitted, series, n_windows, step_size))?;
    present(panel, &backtest, fitted.settings.horizon)
}

/// As [`backtest_fitted`], by a forecaster for each cutoff, oldest first.
#[pyfunction]
pub fn backtest_refitted(
    py: Python<'_>,
    fitted: Vec<PyRef<'_, Fitted>>,
    panel: &Panel,
    step_size: usize,
) -> PyResult<(Table, String)> {
    let fitted: Vec<&FittedForecaster> =
        fitted.iter().map(|fitted| fitted.fitted.as_ref()).collect();
    let series = &panel.loaded.series;
    let backtest = interrupt::run(py, None, |_| Backtest::of_refitted(&fitted, series, step_size))?;
    let horizon = fitted.first().map_or(0, |fitted| fitted.settings.horizon);
    present(panel, &backtest, horizon)
}

fn present(panel: &Panel, backtest: &Backtest, horizon: usize) -> PyResult<(Table, String)> {
    let table = panel.table(&backtest.columns(), backtest.rows(&panel.loaded.series))?;
    let by_series = backtest.by_series.iter().map(|(name, models)| {
        let models: Vec<Value> = models.iter().map(scores).collect();
        json!({ "unique_id": name, "scores": models })
    });
    let document = json!({
        "scores": backtest.scores.iter().map(scores).collect::<Vec<_>>(),
        "by_series": by_series.collect::<Vec<_>>(),
        "coverage": backtest.coverage,
        "levels": backtest.selection.levels,
        "msis": backtest.msis,
        "crps": backtest.crps.map(|crps| crps.mean),
        "sentence": backtest.claim().as_ref().map(sentence),
        "notes": in_python(&backtest.notes),
        "selection": report(&backtest.selection, horizon),
    });
    Ok((table, document.to_string()))
}

fn scores(model: &ModelScores) -> Value {
    let names = Metric::ALL.iter().map(|metric| metric.name().to_owned());
    let mut scores: Map<String, Value> =
        names.zip(model.metrics.iter().map(|score| json!(score))).collect();
    scores.insert("owa".to_owned(), json!(model.owa));
    scores.insert("model".to_owned(), json!(model.name));
    Value::Object(scores)
}
