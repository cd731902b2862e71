//! A training run of one network.

use std::fmt;
use std::ops::ControlFlow;

use elman_nn::file::TensorFile;
use elman_nn::train::Event;
use elman_nn::{Isa, TrainConfig, Trainer};

use super::prepared::Prepared;
use super::sine::{sine, values_for};
use super::split::Split;
use crate::data::Series;
use crate::error::Result;
use crate::io::read::ReadOptions;
use crate::metrics::diverged::has_diverged;
use crate::models::rnn::{RnnConfig, ValidationLoss};
use crate::select::{Provenance, RnnForecaster, fingerprint};

/// A training run on series, or on the sine wave of the lesson.
///
/// ```
/// use elman::{RnnForecaster, TrainingRun};
///
/// let mut lesson = TrainingRun::lesson(RnnForecaster::lesson(), None)?;
/// lesson.run(|_, _| std::ops::ControlFlow::Continue(()))?;
/// let fitted = lesson.into_fitted()?;
/// assert_eq!(fitted.continued()?.forecast_ahead(40)?.values.len(), 40);
/// # Ok::<(), elman::Error>(())
/// ```
pub struct TrainingRun {
    pub(super) source: Provenance,
    pub(super) series: Vec<Series>,
    pub(super) prepared: Prepared,
    pub(super) trainer: Trainer<'static, f32>,
    /// Threads of the evaluation on the test set.
    pub(super) threads: usize,
}

impl fmt::Debug for TrainingRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingRun")
            .field("settings", &self.prepared.settings)
            .finish_non_exhaustive()
    }
}

impl TrainingRun {
    /// A training run on the sine wave of the lesson. `weights`, if given, are the initial weights.
    ///
    /// # Errors
    /// Settings out of range.
    pub fn lesson(settings: RnnForecaster, weights: Option<&TensorFile>) -> Result<Self> {
        let values = values_for(&settings);
        let series = sine(settings.seq_length.unwrap_or(20), values);
        Self::start(vec![series], Provenance::Sine { values }, settings, weights)
    }

    /// A training run on series of a program.
    ///
    /// # Errors
    /// Settings out of range; no series, or series that are too short.
    pub fn new(panel: Vec<Series>, settings: RnnForecaster) -> Result<Self> {
        Self::with_weights(panel, settings, None)
    }

    /// As [`new`](TrainingRun::new), from the initial weights `weights`, if given.
    ///
    /// # Errors
    /// As [`new`](TrainingRun::new); weights that do not fit.
    pub fn with_weights(
        panel: Vec<Series>,
        settings: RnnForecaster,
        weights: Option<&TensorFile>,
    ) -> Result<Self> {
        let source = Provenance::Program { fingerprint: fingerprint(&panel) };
        Self::start(panel, source, settings, weights)
    }

    /// A training run on series that were read from the file `path`. `weights`, if given, are the initial weights.
    ///
    /// # Errors
    /// As [`new`](TrainingRun::new).
    pub fn on_file(
        panel: Vec<Series>,
        (path, options): (String, ReadOptions),
        settings: RnnForecaster,
        weights: Option<&TensorFile>,
    ) -> Result<Self> {
        let fingerprint = fingerprint(&panel);
        let source = Provenance::File { path, options: Box::new(options), fingerprint };
        Self::start(panel, source, settings, weights)
    }

    fn start(
        panel: Vec<Series>,
        source: Provenance,
        settings: RnnForecaster,
        weights: Option<&TensorFile>,
    ) -> Result<Self> {
        let prepared = Prepared::of(&panel, settings)?;
        let Prepared { settings, network, batches, .. } = &prepared;
        let model = network.model()?;
        let params = match weights {
            Some(file) => file.weights(&model)?,
            None => {
                let mut params = model.initial_params(network.seed);
                // Differences of 0 are the naive forecast.
                if settings.differences > 0 {
                    network.begin(&mut params);
                }
                params
            }
        };
        let output = &network.output;
        let config = TrainConfig {
            loss: output.loss.clone(),
            quantiles: output.quantiles.clone(),
            ..settings.train.clone()
        };
        let trainer = Trainer::new(config, model, params, Box::new(batches.clone()))?;
        Ok(Self::with(panel, source, prepared, trainer))
    }

    pub(super) fn with(
        series: Vec<Series>,
        source: Provenance,
        prepared: Prepared,
        trainer: Trainer<'static, f32>,
    ) -> Self {
        Self { source, series, prepared, trainer, threads: 1 }.validated()
    }

    /// With a validator, if there is a validation set.
    fn validated(mut self) -> Self {
        if let Some(validation) = self.prepared.validation.clone() {
            let (loss, carry) = (self.trainer.loss().clone(), self.prepared.network.carry);
            let validator = ValidationLoss::new(validation, loss, carry);
            self.trainer = self.trainer.with_validator(Box::new(validator));
        }
        self
    }

    /// Uses `threads` threads, or, if `None`, the recommended number, at most `most`.
    /// The number of threads does not change any bit of the results.
    pub fn with_threads(mut self, threads: Option<usize>, most: usize) -> Self {
        self.threads = threads.unwrap_or(most);
        let threads = threads.unwrap_or_else(|| self.trainer.recommended_threads(most));
        self.trainer = self.trainer.with_threads(threads);
        self
    }

    /// Selects another instruction set of this machine: see [`Isa`].
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.trainer = self.trainer.with_isa(isa);
        self.prepared.network.isa = Some(isa);
        self.validated()
    }

    /// Does one optimizer step, or rolls back, or finishes; see [`Trainer::advance`].
    ///
    /// # Errors
    /// As [`Trainer::advance`].
    pub fn advance(&mut self) -> Result<Event> {
        Ok(self.trainer.advance()?)
    }

    /// Runs training to its end and passes every event to `observer`, which can stop the run after any event.
    ///
    /// # Errors
    /// As [`advance`](TrainingRun::advance).
    pub fn run(
        &mut self,
        observer: impl FnMut(&Trainer<'static, f32>, Event) -> ControlFlow<()>,
    ) -> Result<()> {
        Ok(self.trainer.run(observer)?)
    }

    /// The settings, with the values that were derived from the data.
    pub fn settings(&self) -> &RnnForecaster {
        &self.prepared.settings
    }

    /// The provenance of the training data.
    pub fn source(&self) -> &Provenance {
        &self.source
    }

    /// The trainer: optimizer step, history, weights, hidden state.
    pub fn trainer(&self) -> &Trainer<'static, f32> {
        &self.trainer
    }

    /// The training series.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// Notes about values that were left out, in sentences.
    pub fn notes(&self) -> &[String] {
        &self.prepared.notes
    }

    /// Whether the data are the sine wave of the lesson.
    pub fn is_lesson(&self) -> bool {
        matches!(self.source, Provenance::Sine { .. })
    }

    /// The index of the first value of the test set of a series; `None` without a test set.
    pub fn cutoff(&self, series: usize) -> Option<usize> {
        let Split { cutoff, len, .. } = self.prepared.splits[series];
        (cutoff < len).then(|| self.series[series].len() - len + cutoff)
    }

    /// Whether a part of the series is a validation set for early stopping.
    pub fn has_validation(&self) -> bool {
        self.prepared.splits.iter().any(Split::has_validation)
    }

    /// The loss of the naive forecast on the window of the last optimizer step; `None` for a distribution.
    pub fn baseline_loss(&self) -> Option<f64> {
        let batch = self.trainer.batch();
        let RnnConfig { preprocessing, horizon, .. } = &self.prepared.network;
        if self.trainer.loss().outputs_per_target() != 1 {
            return None;
        }
        let last = |row: &[f32]| match preprocessing.differences {
            0 => row[preprocessing.lags - 1],
            _ => 0.0,
        };
        let rows = batch.x.chunks_exact(self.prepared.network.inputs());
        let naive = rows.flat_map(|row| std::iter::repeat_n(last(row), *horizon));
        Some(self.loss_of(&naive.collect::<Vec<_>>()))
    }

    /// Whether training diverged: the final loss is far above the first one, and far above the losses of the naive
    /// forecast and of outputs of 0 on the window of the last optimizer step. With early stopping the best weights are kept
    /// all the same.
    pub fn has_diverged(&self) -> bool {
        let zeros = self.loss_of(&vec![0.0; self.trainer.output().len()]);
        let simple = match self.baseline_loss() {
            Some(naive) => naive.max(zeros),
            // The logarithm of a density can be near 0, and below.
            None => zeros.abs().max(1.0),
        };
        has_diverged(self.trainer.history(), simple)
    }

    /// The loss of `outputs` on the window of the last optimizer step.
    fn loss_of(&self, outputs: &[f32]) -> f64 {
        let target = &self.trainer.batch().target;
        let known = target.iter().filter(|target| !target.is_nan()).count().max(1);
        let mut unused = vec![0.0; outputs.len()];
        self.trainer.loss().share(outputs, target, known, &mut unused)
    }
}
