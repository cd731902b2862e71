//! A training run of one network.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use elman_nn::file::{ModelFile, TensorFile};
use elman_nn::layers::Window;
use elman_nn::train::Event;
use elman_nn::{Isa, TrainConfig, Trainer};

use super::sine::{sine, values_for};
use super::split::Split;
use super::test_set::TestSet;
use crate::data::{History, HistoryView, Series};
use crate::error::{Error, Result};
use crate::features::{CovariateDims, CovariateSchema};
use crate::io::read::ReadOptions;
use crate::metrics::diverged::has_diverged;
use crate::models::rnn::batches::PanelBatches;
use crate::models::rnn::{RnnConfig, RnnModel, ValidationLoss};
use crate::season;
use crate::select::{
    Ensemble, FittedForecaster, ModelKind, Provenance, RecentValues, RnnForecaster, TrainedOn,
    TrainingRecord, candidate_periods, check, fingerprint, recent_values,
};
use crate::transforms::TargetTransform;

/// Most losses in a file: training may have millions of optimizer steps, and the file has to stay small.
const MAX_LOSSES: usize = 1000;
/// Most lanes of a training by default: of one series, and of a panel.
const MAX_LANES: usize = 16;
const MAX_LANES_OF_PANEL: usize = 64;
/// Sequence length by default: two seasons, or 20 time steps, up to 100.
const SEQ_LENGTHS: std::ops::RangeInclusive<usize> = 20..=100;
/// Windows of a lane by default, so that the hidden state is carried over several of them.
const MIN_WINDOWS: usize = 8;

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
    settings: RnnForecaster,
    source: Provenance,
    pub(super) series: Vec<Series>,
    notes: Vec<String>,
    encoding: CovariateSchema,
    pub(super) splits: Vec<Split>,
    network: RnnConfig,
    pub(super) batches: PanelBatches,
    pub(super) trainer: Trainer<'static, f32>,
    /// Threads of the evaluation on the test set.
    threads: usize,
}

impl fmt::Debug for TrainingRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingRun").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Data of a training, encoded, before the trainer exists.
struct Prepared {
    settings: RnnForecaster,
    notes: Vec<String>,
    encoding: CovariateSchema,
    splits: Vec<Split>,
    network: RnnConfig,
    batches: PanelBatches,
    /// Batches whose targets are the validation sets, if there is one.
    validation: Option<PanelBatches>,
}

impl Prepared {
    /// Splits and encodes `panel`. Units and seasonal periods come from the training set.
    fn of(panel: &[Series], mut settings: RnnForecaster) -> Result<Self> {
        check(panel, settings.horizon)?;
        settings.check()?;
        let encoding = CovariateSchema::of(panel, settings.calendar, settings.horizon)?;
        let asked = settings.seasons.clone().unwrap_or_default();
        let held_back = settings.holdout.unwrap_or_else(|| {
            let longest = panel.iter().map(Series::len).max().unwrap_or(0);
            longest / 5 + settings.horizon
        });
        let forecasts = settings.forecasts(&asked, 1);
        forecasts.check_choices(panel)?;
        let RecentValues { histories, notes } =
            recent_values(panel, &encoding, &forecasts, 0, held_back)?;
        check_domain(&histories, settings.preprocessing(false).transform)?;
        let splits = Split::of(&histories, &settings)?;
        let training: Vec<HistoryView<'_>> =
            histories.iter().zip(&splits).map(|(y, split)| y.up_to(split.fit_end)).collect();
        if settings.seasons.is_none() {
            let known: Vec<&[f64]> = training.iter().map(|y| y.filled()).collect();
            settings.seasons =
                Some(season::common_periods(&known, candidate_periods(panel).as_deref()));
        }
        let seasons = settings.seasons.clone().unwrap_or_default();
        derive_sizes(&mut settings, &training);
        let network = settings.network(&seasons, encoding.covariate_dims(panel));
        settings.model = network.config()?;
        let (window, lanes) = lanes(&settings, &training)?;
        let encoded = network.encoded(&training);
        let validation = splits.iter().any(Split::has_validation).then(|| {
            let targets = |(series, split): (&_, &Split)| {
                crate::features::EncodedSeries::clone(series)
                    .with_targets(split.fit_end..split.cutoff)
            };
            let series: Vec<_> = encoded.iter().zip(&splits).map(targets).collect();
            let batch = series.len().min(MAX_LANES_OF_PANEL);
            network.batches(series, Window { batch, ..window }, 1)
        });
        let batches = network.batches(encoded, window, lanes);
        Ok(Self { settings, notes, encoding, splits, network, batches, validation })
    }
}

/// Refuses values that have no transformed value.
fn check_domain(histories: &[History<'_>], transform: TargetTransform) -> Result<()> {
    for History { name, values, .. } in histories {
        let bad = |y: &&f64| !y.is_nan() && !transform.domain.contains(**y);
        if let Some(y) = values.iter().find(bad) {
            return Err(Error::Data {
                reason: format!(
                    "series `{name}` has the value {y}, which the transform `{}` does not allow",
                    transform.name
                ),
                help: "choose another `--transform`; `mean_scale` allows all values".to_owned(),
            });
        }
    }
    Ok(())
}

/// Windows of the training, and the lanes that each series is cut into.
///
/// # Errors
/// More lanes, or more lags, than time steps to train on.
fn lanes(settings: &RnnForecaster, training: &[HistoryView<'_>]) -> Result<(Window, usize)> {
    let [steps, batch] = [settings.seq_length, settings.batch_size].map(|n| n.unwrap_or(1));
    let targets = || training.iter().map(|y| y.cutoff.saturating_sub(1));
    let (all, longest) = (targets().sum::<usize>(), targets().max().unwrap_or(0));
    let refuse =
        |reason: String, help: &str| Err(Error::Forecast { reason, help: help.to_owned() });
    if settings.lags >= longest {
        let reason =
            format!("{} lags need more time steps to train on: there are {longest}", settings.lags);
        return refuse(reason, "choose fewer `--lags`");
    }
    if batch > all {
        let reason =
            format!("{batch} lanes need as many time steps to train on, and there are {all}");
        return refuse(reason, "choose a smaller `--batch-size`");
    }
    let lanes = (batch / training.len()).max(1);
    // Windows of equal length: a short one at the end of a lane would be an optimizer step on a few values.
    let lane = longest.div_ceil(lanes).max(1);
    let steps = lane.div_ceil(lane.div_ceil(steps));
    Ok((Window { steps, batch }, lanes))
}

/// Derives sequence length and batch size, where they are not given, from the season and the lengths of the series.
fn derive_sizes(settings: &mut RnnForecaster, training: &[HistoryView<'_>]) {
    let longest = training.iter().map(|y| y.cutoff).max().unwrap_or(0);
    let values: usize = training.iter().map(|y| y.cutoff).sum();
    let season = settings.seasons.iter().flatten().next().copied().unwrap_or(10);
    let seq_length = *settings.seq_length.get_or_insert_with(|| {
        let two_seasons = (2 * season).clamp(*SEQ_LENGTHS.start(), *SEQ_LENGTHS.end());
        two_seasons.min(longest / 4).max(1)
    });
    let most = if training.len() > 1 { MAX_LANES_OF_PANEL } else { MAX_LANES };
    settings.batch_size.get_or_insert((values / (MIN_WINDOWS * seq_length)).clamp(1, most));
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
        let source = Provenance::Program { fingerprint: fingerprint(&panel) };
        Self::start(panel, source, settings, None)
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

    fn with(
        series: Vec<Series>,
        source: Provenance,
        prepared: Prepared,
        mut trainer: Trainer<'static, f32>,
    ) -> Self {
        let Prepared { settings, notes, encoding, splits, network, batches, validation } = prepared;
        if let Some(validation) = validation {
            let loss = trainer.loss().clone();
            let validator = ValidationLoss::new(validation, loss, network.carry);
            trainer = trainer.with_validator(Box::new(validator));
        }
        let threads = 1;
        Self {
            settings,
            source,
            series,
            notes,
            encoding,
            splits,
            network,
            batches,
            trainer,
            threads,
        }
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
        self.network.isa = Some(isa);
        self
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
                    let reason = "the data are not those that training began with".to_owned();
                    let help = "give the unchanged data, or begin a new training on these";
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
    pub fn run(&mut self, mut observer: impl FnMut(&Self, Event) -> ControlFlow<()>) -> Result<()> {
        loop {
            let event = self.advance()?;
            let goes_on = observer(self, event);
            if goes_on.is_break() || matches!(event, Event::Finished { .. }) {
                return Ok(());
            }
        }
    }

    /// The settings, with the values that were derived from the data.
    pub fn settings(&self) -> &RnnForecaster {
        &self.settings
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
        &self.notes
    }

    /// Whether the data are the sine wave of the lesson.
    pub fn is_lesson(&self) -> bool {
        matches!(self.source, Provenance::Sine { .. })
    }

    /// The index of the first value of the test set of a series; `None` without a test set.
    pub fn cutoff(&self, series: usize) -> Option<usize> {
        let Split { cutoff, len, .. } = self.splits[series];
        (cutoff < len).then(|| self.series[series].len() - len + cutoff)
    }

    /// Whether a part of the series is a validation set for early stopping.
    pub fn has_validation(&self) -> bool {
        self.splits.iter().any(Split::has_validation)
    }

    /// The loss of the naive forecast on the window of the last optimizer step; `None` for a distribution.
    pub fn baseline_loss(&self) -> Option<f64> {
        let batch = self.trainer.batch();
        let RnnConfig { preprocessing, horizon, .. } = &self.network;
        if self.trainer.loss().outputs_per_target() != 1 {
            return None;
        }
        let last = |row: &[f32]| match preprocessing.differences {
            0 => row[preprocessing.lags - 1],
            _ => 0.0,
        };
        let rows = batch.x.chunks_exact(self.network.inputs());
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

    /// Writes a checkpoint; [`resume`](TrainingRun::resume) continues from it with the same bits.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn write_checkpoint(&self, path: &Path) -> Result<()> {
        let about = serde_json::json!({ "kind": ModelKind::Rnn, "training": self.record() });
        Ok(self.trainer.write_checkpoint(path, about)?)
    }

    fn record(&self) -> TrainingRecord {
        TrainingRecord {
            settings: self.settings.clone(),
            source: self.source.clone(),
            losses: thinned(self.trainer.history()),
        }
    }

    /// Ends the training: takes the best weights if there was early stopping, compares the network with the baselines on
    /// the test set, calibrates its prediction intervals there, and updates the hidden state with the whole series.
    ///
    /// # Errors
    /// Predictions that are not finite.
    pub fn into_fitted(mut self) -> Result<FittedForecaster> {
        if self.settings.train.patience.is_some() {
            self.trainer.restore_best();
        }
        self.fitted()
    }

    /// As [`into_fitted`](TrainingRun::into_fitted) after training diverged: with the best weights of all evaluations.
    ///
    /// # Errors
    /// As [`into_fitted`](TrainingRun::into_fitted).
    pub fn into_fitted_with_best(mut self) -> Result<FittedForecaster> {
        self.trainer.restore_best();
        self.fitted()
    }

    fn fitted(self) -> Result<FittedForecaster> {
        let record = self.record();
        let Self { settings, series, encoding, splits, mut network, trainer, threads, .. } = self;
        let updates = trainer.step();
        network.stop = (updates < network.max_steps).then_some(updates);
        let (model, params) = trainer.into_parts();
        let net = RnnModel::with(network, model, params);
        let forecasts = settings.forecasts(&net.settings.seasons, threads);
        // The values of the test set are never outliers.
        let held_back = splits.iter().map(|split| split.len - split.cutoff).max().unwrap_or(0);
        let recent = recent_values(&series, &encoding, &forecasts, 0, held_back)?;
        let panel: Vec<HistoryView<'_>> = recent.histories.iter().map(History::full).collect();
        let levels = &settings.levels;
        let test = TestSet { net: &net, panel: &panel, splits: &splits, levels, threads };
        let (mut selection, conformal) = test.evaluate()?;
        selection.covariates = encoding.names();
        let has_covariates = net.settings.covariate_dims != CovariateDims::default();
        let ensemble = Ensemble { nets: vec![net], conformal, selection };
        let mut fitted = FittedForecaster::with(vec![ensemble], Vec::new(), forecasts, encoding);
        if let ([series], false) = (&series[..], has_covariates) {
            fitted.remember(series)?;
        }
        let training = series
            .iter()
            .zip(&splits)
            .map(|(series, split)| series.head(series.len() - split.len + split.fit_end));
        fitted.trained_on = TrainedOn::of(&training.collect::<Vec<_>>());
        fitted.training = Some(record);
        Ok(fitted)
    }
}

/// The record of the training of a checkpoint, or of a model.
fn record_of(file: &ModelFile<f32>) -> Result<TrainingRecord> {
    let path = || file.path().display().to_string();
    let about = &file.document.about;
    let record = about.get("training").or_else(|| about.get("forecaster")?.get("training"));
    let Some(record) = record else {
        let (reason, help) = match ModelKind::of(file) {
            ModelKind::Text => (
                "a model of text, and the checkpoint of a forecaster is wanted",
                "let it write: `elman text sample MODEL`",
            ),
            _ => (
                "a model with model selection, and the checkpoint of a training is wanted",
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
