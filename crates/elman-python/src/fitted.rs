//! Fitted forecaster: forecasts, report and model file.

use crate::errors::{guarded, raised};
use crate::interrupt;
use crate::online::Online;
use crate::options::{ForecastOptions, parse, threads};
use crate::panel::Panel;
use crate::table::Table;
use elman::FittedForecaster;
use elman::io::read::ReadOptions;
use elman::io::write::Columns;
use elman::nn::file::ModelFile;
use elman::nn::registry::Entry;
use elman::select::{Forecast, SelectionReport};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Value, json};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Fitted forecaster.
#[pyclass(frozen, module = "elman._elman")]
pub struct Fitted {
    pub fitted: Arc<FittedForecaster>,
    options: Arc<ReadOptions>,
}

/// Selects and trains the models of a panel; `options` is a JSON document.
#[pyfunction]
pub fn fit(
    py: Python<'_>,
    panel: &Panel,
    options: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Fitted> {
    let forecaster = parse::<ForecastOptions>(options)?.forecaster();
    let series = &panel.loaded.series;
    let fitted = interrupt::run(py, progress.as_ref(), |run| forecaster.fit_with(series, run))?;
    Ok(Fitted { fitted: Arc::new(fitted), options: panel.options.clone() })
}

impl fmt::Debug for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fitted").field("fitted", &self.fitted).finish_non_exhaustive()
    }
}

#[pymethods]
impl Fitted {
    /// Forecasts `h` values after each series of a panel. Returns the table and the notes.
    fn predict(&self, py: Python<'_>, panel: &Panel, h: usize) -> PyResult<(Table, Vec<String>)> {
        let series = &panel.loaded.series;
        let forecast = interrupt::run(py, None, |_| self.fitted.predict_ahead(series, h))?;
        let columns = self.columns(&forecast);
        Ok((panel.table(&columns, forecast.rows(series))?, forecast.notes))
    }

    /// The forecaster with other levels, or on another number of threads.
    #[pyo3(signature = (levels=None, threads=None))]
    fn with_options(&self, levels: Option<Vec<f64>>, threads: Option<usize>) -> PyResult<Self> {
        let mut fitted = self.copy()?;
        if let Some(levels) = levels {
            fitted = fitted.with_levels(levels).map_err(|error| raised(&error))?;
        }
        fitted.settings.threads = self::threads(threads);
        Ok(Self { fitted: Arc::new(fitted), options: self.options.clone() })
    }

    /// Horizon of the training, in time steps.
    #[getter]
    fn horizon(&self) -> usize {
        self.fitted.settings.horizon
    }

    /// Report of model selection, as a JSON document.
    fn report(&self) -> String {
        report(&self.fitted.selection).to_string()
    }

    /// Parameters of the training that a forecast needs, as a JSON document.
    fn parameters(&self) -> String {
        let (settings, options) = (&self.fitted.settings, &self.options);
        let mut parameters = json!({
            "level": settings.levels,
            "seed": settings.seed,
            "calendar": settings.calendar,
            "futr_exog": options.futr_exog,
            "hist_exog": options.hist_exog,
            "static_exog": options.static_exog,
        });
        let columns = [
            ("id_col", &options.id_col),
            ("time_col", &options.time_col),
            ("target_col", &options.target),
        ];
        for (name, column) in columns {
            if let Some(column) = column.as_deref().filter(|column| *column != "none") {
                parameters[name] = json!(column);
            }
        }
        parameters.to_string()
    }

    /// Starts an online forecaster after the last value of a series.
    fn online(&self, panel: &Panel, unique_id: Option<&str>) -> PyResult<Online> {
        Online::start(&self.fitted, panel.series(unique_id)?)
    }

    /// Continues an online forecaster from the bytes of its state.
    fn resume_online(&self, unique_id: &str, state: &[u8]) -> PyResult<Online> {
        Online::resume(&self.fitted, unique_id, state)
    }

    /// Writes the model file.
    fn save(&self, path: PathBuf) -> PyResult<()> {
        guarded(|| self.fitted.save(&path, &self.options))
    }

    /// Bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let path = Path::new("model.safetensors");
        Ok(PyBytes::new(py, &guarded(|| self.fitted.to_bytes(path, &self.options))?))
    }

    /// Reads a model file.
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Self> {
        Self::read(guarded(|| Ok(ModelFile::read(&path)?))?)
    }

    /// Reads a model file from bytes.
    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> PyResult<Self> {
        let path = Path::new("model.safetensors");
        Self::read(guarded(|| Ok(ModelFile::from_reader(bytes, path)?))?)
    }
}

impl Fitted {
    fn read(file: ModelFile<f32>) -> PyResult<Self> {
        let (fitted, options) = guarded(|| FittedForecaster::from_file(&file))?;
        Ok(Self { fitted: Arc::new(fitted), options: Arc::new(options) })
    }

    /// A copy, by its model file.
    fn copy(&self) -> PyResult<FittedForecaster> {
        let path = Path::new("model.safetensors");
        guarded(|| {
            let bytes = self.fitted.to_bytes(path, &self.options)?;
            Ok(FittedForecaster::from_file(&ModelFile::from_reader(&bytes[..], path)?)?.0)
        })
    }

    fn columns(&self, forecast: &Forecast) -> Columns {
        let name = forecast.selection.model.column(true).to_owned();
        Columns { name, ..Columns::with(&forecast.levels) }
    }
}

/// Report of model selection: the keys of `elman forecast --json`.
pub fn report(selection: &SelectionReport) -> Value {
    let claim = selection.claim();
    json!({
        "seasons": selection.seasons,
        "transform": selection.transform,
        "covariates": selection.covariates,
        "validation_steps": selection.held_out,
        "validation_forecasts": selection.forecasts,
        "candidates": selection.candidate_scores,
        "scores": selection.scores,
        "best_baseline": selection.best_baseline,
        "claim": claim,
        "sentence": claim.as_ref().map(|claim| claim.sentence()),
        "levels": selection.levels,
        "coverage": selection.coverage,
        "optimizer_steps": selection.updates,
        "model": selection.model.name(),
        "composition": selection.composition(),
        "fine_tuning": selection.fine_tuning,
    })
}
