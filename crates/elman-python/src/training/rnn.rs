//! Training of a forecaster of one network.

use super::files::{Files, not_fewer, same};
use super::rnn_options::RnnOptions;
use super::run::{Ended, train};
use crate::errors::{guarded, raised};
use crate::fitted::Fitted;
use crate::interrupt;
use crate::options::{parse, threads};
use crate::panel::Panel;
use elman::TrainingRun;
use elman::nn::file::ModelFile;
use elman::select::RnnForecaster;
use pyo3::prelude::*;
use serde_json::json;

/// Trains a network on a panel, or continues a training; `options` and `files` are JSON documents. Returns the fitted
/// forecaster, the loss of each optimizer step, and notes.
#[pyfunction]
pub(super) fn fit_rnn(
    py: Python<'_>,
    panel: &Panel,
    options: &str,
    files: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Fitted, Vec<f64>, Vec<String>)> {
    let (options, files): (RnnOptions, _) = (parse(options)?, Files::parse(files)?);
    let mut run = match guarded(|| files.resumed())? {
        Some(checkpoint) => resumed(py, panel, &options, &checkpoint)?,
        None => begun(py, panel, &options, &files)?,
    };
    run = run.with_threads(options.threads, threads(None));
    let notes = run.notes().to_vec();
    let (fitted, ended) = interrupt::run(py, progress.as_ref(), move |context| {
        let ended = train(&mut run, &files, context)?;
        // A forecaster that is not used need not be finite.
        let fitted = if ended.has_diverged { None } else { Some(run.into_fitted()?) };
        Ok((fitted, ended))
    })?;
    let losses = Ended::losses(ended)?;
    let fitted = fitted.ok_or_else(|| raised(&elman::Error::Cancelled))?;
    Ok((Fitted::of(fitted, panel.options.clone()), losses, notes))
}

/// A new training.
fn begun(
    py: Python<'_>,
    panel: &Panel,
    options: &RnnOptions,
    files: &Files,
) -> PyResult<TrainingRun> {
    let settings = options.put_into(RnnForecaster::new(options.h))?;
    py.detach(|| {
        guarded(|| {
            let (series, weights) = (panel.loaded.series.clone(), files.weights()?);
            match &files.data {
                Some(path) => {
                    let source = (path.clone(), (*panel.options).clone());
                    TrainingRun::on_file(series, source, settings, weights.as_ref())
                }
                None => TrainingRun::with_weights(series, settings, weights.as_ref()),
            }
        })
    })
}

/// The training of a checkpoint.
fn resumed(
    py: Python<'_>,
    panel: &Panel,
    options: &RnnOptions,
    checkpoint: &ModelFile<f32>,
) -> PyResult<TrainingRun> {
    let run = py.detach(|| {
        let series = Some(panel.loaded.series.clone());
        guarded(|| TrainingRun::resume(checkpoint, series, options.training.max_steps))
    })?;
    let settings = run.settings();
    same(json!(settings), json!(options.put_into(settings.clone())?))?;
    not_fewer(options.training.max_steps, run.trainer().step())?;
    Ok(run)
}
