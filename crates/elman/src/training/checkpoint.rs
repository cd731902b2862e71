//! Checkpoints of a training run, from which it resumes with the same bits.

use std::path::Path;

use elman_nn::file::ModelFile;
use elman_nn::{TrainConfig, Trainer};

use super::prepared::Prepared;
use super::run::TrainingRun;
use super::sine::sine;
use crate::data::Series;
use crate::error::{Error, Result};
use crate::select::{ModelKind, Provenance, TrainingRecord, fingerprint};

/// Most losses in a file: training may have millions of optimizer steps, and the file has to stay small.
const MAX_LOSSES: usize = 1000;

impl TrainingRun {
    /// Writes a checkpoint; [`resume`](TrainingRun::resume) continues from it with the same bits.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn write_checkpoint(&self, path: &Path) -> Result<()> {
        let about = serde_json::json!({ "kind": ModelKind::Rnn, "training": self.record() });
        Ok(self.trainer.write_checkpoint(path, about)?)
    }

    pub(super) fn record(&self) -> TrainingRecord {
        TrainingRecord {
            settings: self.prepared.settings.clone(),
            source: self.source.clone(),
            losses: thinned(self.trainer.history()),
        }
    }

    /// Resumes from a checkpoint. `panel` are the series of the training, read again, if it was trained on any;
    /// `steps`, if given, is the new total number of optimizer steps.
    ///
    /// # Errors
    /// A file that is not a checkpoint; series that have changed since.
    pub fn resume(
        file: &ModelFile<f32>,
        panel: Option<Vec<Series>>,
        steps: Option<u64>,
    ) -> Result<Self> {
        let TrainingRecord { settings, source, .. } = record_of(file)?;
        let refused = |reason: String, help: &str| Error::Model {
            path: file.path().display().to_string(),
            reason,
            help: help.to_owned(),
        };
        let panel = match (&source, panel) {
            (Provenance::Sine { values }, None) => {
                vec![sine(settings.seq_length.unwrap_or(20), *values)]
            }
            (Provenance::Sine { .. }, Some(_)) => {
                let help = "leave the data file out";
                return Err(refused("this training is on the sine wave".to_owned(), help));
            }
            (Provenance::File { path, .. }, None) => {
                return Err(refused(format!("this training is on `{path}`"), "name the file"));
            }
            (Provenance::Program { .. }, None) => {
                let help = "pass the series to `TrainingRun::resume`";
                return Err(refused("this training is on series of a program".to_owned(), help));
            }
            (Provenance::File { fingerprint: before, .. }, Some(panel))
            | (Provenance::Program { fingerprint: before }, Some(panel)) => {
                if *before != fingerprint(&panel) {
                    let reason = "the data have changed since the training began".to_owned();
                    let help = "give the unchanged data, or start a new training";
                    return Err(refused(reason, help));
                }
                panel
            }
        };
        let mut prepared = Prepared::of(&panel, settings)?;
        let trainer = Trainer::resume(file, Box::new(prepared.batches.clone()), steps)?;
        let TrainConfig { loss, quantiles, .. } = prepared.settings.train.clone();
        prepared.settings.train = TrainConfig { loss, quantiles, ..trainer.config().clone() };
        prepared.network.max_steps = trainer.config().max_steps;
        Ok(Self::with(panel, source, prepared, trainer))
    }

    /// The provenance of the training data of a checkpoint, without resuming it.
    ///
    /// # Errors
    /// A file of another kind.
    pub fn source_of(file: &ModelFile<f32>) -> Result<Provenance> {
        Ok(record_of(file)?.source)
    }
}

/// The record of the training of a checkpoint, or of a model.
pub(crate) fn record_of(file: &ModelFile<f32>) -> Result<TrainingRecord> {
    let path = || file.path().display().to_string();
    let about = &file.document.about;
    let record = about.get("training").or_else(|| about.get("forecaster")?.get("training"));
    let Some(record) = record else {
        let (reason, help) = match ModelKind::of(file) {
            ModelKind::Text => (
                "a character model, but the checkpoint of a forecasting model is needed",
                "generate text: `elman text sample MODEL`",
            ),
            _ => (
                "a model of `elman forecast --save`, but the checkpoint of a training is needed",
                "forecast with it: `elman forecast MODEL DATA --horizon N`",
            ),
        };
        let [reason, help] = [reason, help].map(str::to_owned);
        return Err(Error::Model { path: path(), reason, help });
    };
    let damaged = |e: String| Error::Model {
        path: path(),
        reason: format!("its `about` is damaged: {e}"),
        help: String::new(),
    };
    let record: TrainingRecord =
        serde_json::from_value(record.clone()).map_err(|e| damaged(e.to_string()))?;
    record.check().map_err(|e| damaged(e.to_string()))?;
    Ok(record)
}

/// Thins the losses evenly to at most [`MAX_LOSSES`], the last loss included.
fn thinned(losses: &[f64]) -> Vec<(u64, f64)> {
    let every = losses.len().div_ceil(MAX_LOSSES).max(1);
    let steps = (1_u64..).zip(losses.iter().copied());
    steps.filter(|(step, _)| (losses.len() as u64 - step).is_multiple_of(every as u64)).collect()
}
