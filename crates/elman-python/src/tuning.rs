//! Search of hyperparameters.

use crate::errors::option;
use crate::interrupt;
use crate::options::{ForecastOptions, parse};
use crate::panel::Panel;
use elman::select::Tuning;
use pyo3::prelude::*;

/// Searches the hyperparameters of networks for a panel; `options` and the result are JSON documents.
#[pyfunction]
pub fn tune(
    py: Python<'_>,
    panel: &Panel,
    options: &str,
    trials: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let settings = parse::<ForecastOptions>(options)?.forecaster();
    let series = &panel.loaded.series;
    let tuning = interrupt::run(py, progress.as_ref(), |run| {
        Tuning::run(series, &settings, trials, &[], &|_| (), run)
    })?;
    serde_json::to_string(&tuning).map_err(|error| option(&error.to_string(), "report the call"))
}
