//! Fitted forecaster: forecasts, report and model file.

use crate::errors::{guarded, raised, worded};
use crate::in_memory;
use crate::interrupt;
use crate::network::Network;
use crate::online::Online;
use crate::options::{ForecastOptions, parse, threads};
use crate::panel::Panel;
use crate::table::Table;
use elman::FittedForecaster;
use elman::data::calendar::NamedFrequency;
use elman::export::{self, OnnxOptions};
use elman::io::read::{Missing, ReadOptions};
use elman::io::write::{self, Columns};
use elman::metrics::Claim;
use elman::nn::file::ModelFile;
use elman::nn::registry::Entry;
use elman::select::{Forecast, SelectionReport, too_short};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Value, json};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A name, and the bytes of a file.
type Named = (String, Vec<u8>);

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
        let forecast =
            interrupt::run(py, None, |run| self.fitted.predict_ahead_in(series, h, run))?;
        let columns = self.columns(&forecast);
        Ok((panel.table(&columns, forecast.rows(series))?, in_python(&forecast.notes)))
    }

    /// Whether it is the forecaster of one network, without model selection.
    #[getter]
    fn is_of_one_network(&self) -> bool {
        self.fitted.training().is_some()
    }

    /// Whether the forecaster has the hidden state after the last value of its series.
    #[getter]
    fn has_state(&self) -> bool {
        self.fitted.memory().is_some()
    }

    /// Forecasts `h` values from the hidden state, without the data. `panel` has the types of the data, if it is known.
    /// Returns the table and the notes.
    fn predict_continued(
        &self,
        py: Python<'_>,
        h: usize,
        panel: Option<&Panel>,
    ) -> PyResult<(Table, Vec<String>)> {
        let forecast = interrupt::run(py, None, |run| self.fitted.predict_continued_in(h, run))?;
        let columns = self.columns(&forecast);
        let recent: Vec<_> =
            self.fitted.memory().map(|memory| memory.recent.clone()).into_iter().collect();
        let table = match panel {
            Some(panel) => panel.table(&columns, forecast.rows(&recent))?,
            None => {
                let (schema, batches) = write::batches(&columns, forecast.rows(&recent))?;
                Table { schema, batches }
            }
        };
        Ok((table, in_python(&forecast.notes)))
    }

    /// The forecaster with its hidden state updated with the new values of a panel of one series, and one sentence.
    fn updated(&self, py: Python<'_>, panel: &Panel) -> PyResult<(Self, String)> {
        let series = panel.series(None)?;
        let (fitted, updated) = py.detach(|| {
            let mut fitted = self.copy()?;
            let updated = guarded(|| fitted.update(series))?;
            PyResult::Ok((fitted, updated))
        })?;
        Ok((Self::of(fitted, self.options.clone()), updated.to_string()))
    }

    /// Starts an online forecaster from the hidden state.
    fn continued(&self, py: Python<'_>) -> PyResult<Online> {
        Online::continued(py, &self.fitted)
    }

    /// Losses of the training of one network, by optimizer step; 1,000 of them at most.
    fn losses(&self) -> Vec<(u64, f64)> {
        self.fitted.training().map(|training| training.losses.clone()).unwrap_or_default()
    }

    /// The forecaster with other levels, or on another number of threads.
    #[pyo3(signature = (levels=None, threads=None))]
    fn with_options(
        &self,
        py: Python<'_>,
        levels: Option<Vec<f64>>,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let mut fitted = py.detach(|| self.copy())?;
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
        report(&self.fitted.selection, self.fitted.settings.horizon).to_string()
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
        if let (Value::Object(all), Value::Object(of_reading)) = (&mut parameters, reading(options))
        {
            all.extend(of_reading);
        }
        parameters.to_string()
    }

    /// The trained networks: those of all series, or those of each series in order.
    fn networks(&self) -> Vec<Network> {
        Network::all(&self.fitted)
    }

    /// Starts an online forecaster after the last value of a series.
    fn online(&self, py: Python<'_>, panel: &Panel, unique_id: Option<&str>) -> PyResult<Online> {
        Online::start(py, &self.fitted, panel.series(unique_id)?)
    }

    /// Continues an online forecaster from the bytes of its state.
    fn resume_online(&self, py: Python<'_>, unique_id: &str, state: &[u8]) -> PyResult<Online> {
        Online::resume(py, &self.fitted, unique_id, state)
    }

    /// ONNX models of the trained networks: for each its name, empty for the only one, and its bytes; and notes.
    fn to_onnx(&self, py: Python<'_>, network_only: bool) -> PyResult<(Vec<Named>, Vec<String>)> {
        let exported = py.detach(|| {
            guarded(|| {
                let bytes = self.fitted.to_bytes(in_memory(), &self.options)?;
                let file = ModelFile::from_reader(&bytes[..], in_memory())?;
                export::onnx(&file, &OnnxOptions { network_only })
            })
        })?;
        let models = exported.models.into_iter().map(|model| (model.network, model.bytes));
        Ok((models.collect(), in_python(&exported.notes)))
    }

    /// Writes the model file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| guarded(|| self.fitted.save(&path, &self.options)))
    }

    /// Bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = || guarded(|| self.fitted.to_bytes(in_memory(), &self.options));
        Ok(PyBytes::new(py, &py.detach(bytes)?))
    }

    /// Reads a model file.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Self::read(py, || Ok(ModelFile::read(&path)?))
    }

    /// Reads a model file from bytes.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        Self::read(py, || Ok(ModelFile::from_reader(bytes, in_memory())?))
    }
}

impl Fitted {
    /// A fitted forecaster whose data were read with these options.
    pub fn of(fitted: FittedForecaster, options: Arc<ReadOptions>) -> Self {
        Self { fitted: Arc::new(fitted), options }
    }

    fn read(
        py: Python<'_>,
        file: impl FnOnce() -> elman::Result<ModelFile<f32>> + Send,
    ) -> PyResult<Self> {
        let read = || guarded(|| FittedForecaster::from_file(&file()?));
        let (fitted, options) = py.detach(read)?;
        Ok(Self { fitted: Arc::new(fitted), options: Arc::new(options) })
    }

    /// A copy, by its model file.
    fn copy(&self) -> PyResult<FittedForecaster> {
        guarded(|| {
            let bytes = self.fitted.to_bytes(in_memory(), &self.options)?;
            let file = ModelFile::from_reader(&bytes[..], in_memory())?;
            Ok(FittedForecaster::from_file(&file)?.0)
        })
    }

    fn columns(&self, forecast: &Forecast) -> Columns {
        let name = forecast.selection.model.column(true).to_owned();
        Columns { name, ..Columns::with(&forecast.levels) }
    }
}

/// Notes in the words of Python.
pub fn in_python(notes: &[String]) -> Vec<String> {
    notes.iter().map(|note| worded(note)).collect()
}

/// The comparison with the best baseline in one sentence, without the word "note".
pub fn sentence(claim: &Claim) -> String {
    let sentence = claim.sentence();
    worded(sentence.strip_prefix("note: ").unwrap_or(&sentence))
}

/// Report of model selection for this horizon: the keys of `elman forecast --json`.
pub fn report(selection: &SelectionReport, horizon: usize) -> Value {
    let claim = selection.claim();
    let is_selected = !selection.candidate_scores.is_empty();
    let unknown = || is_selected.then(|| too_short(selection, horizon));
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
        "sentence": claim.as_ref().map(sentence).or_else(unknown),
        "levels": selection.levels,
        "coverage": selection.coverage,
        "optimizer_steps": selection.updates,
        "model": selection.model.name(),
        "composition": selection.composition(),
        "fine_tuning": selection.fine_tuning,
    })
}

/// Parameters of the reader of data that are not those of default. A frequency with a day of its own, such as `W-SAT`, is left out:
/// its name is not kept.
fn reading(options: &ReadOptions) -> Value {
    let usual = ReadOptions { missing: Missing::Mask, ..ReadOptions::default() };
    let mut all = serde_json::Map::new();
    let (own, usual) = (json!(options), json!(usual));
    let names = [
        "missing",
        "missing_dates",
        "duplicates",
        "sort",
        "date_order",
        "decimal",
        "missing_values",
        "sheet",
        "tz",
        "wide",
    ];
    for name in names.into_iter().filter(|name| own[name] != usual[name]) {
        all.insert(name.to_owned(), own[name].clone());
    }
    let frequency = options.freq.map(|frequency| frequency.to_string());
    let named = frequency.as_deref().and_then(|name| name.parse::<NamedFrequency>().ok());
    let is_whole = named.is_some_and(|named| {
        (Some(named.frequency), named.anchor, named.periods)
            == (options.freq, options.freq_anchor, options.freq_periods)
    });
    if let Some(frequency) = frequency.filter(|_| is_whole) {
        all.insert("freq".to_owned(), json!(frequency));
        if options.agg.is_some() {
            all.insert("agg".to_owned(), own["agg"].clone());
        }
    }
    Value::Object(all)
}
