//! A training run of a forecaster.

use std::fmt;
use std::path::Path;

use elman_nn::file::{ModelFile, TensorFile};
use elman_nn::train::Event;
use elman_nn::windows::{Batch, Sine, Windows};
use elman_nn::{Isa, Model, Runner, State, Trainer};

use super::about::{ModelMetadata, Provenance, RecentHistory};
use super::scores::Scores;
use super::settings::SeriesConfig;
use super::task::{Prepared, Task};
use super::trained::StatefulForecaster;
use super::walk::Walk;
use crate::data::calendar::FutureIndex;
use crate::data::hash::fingerprint_of as fingerprint;
use crate::data::{Series, TimeAxis};
use crate::error::{Error, Result};
use crate::metrics::diverged::has_diverged;
use crate::report::Axis;
use crate::transforms::scalers::FittedScaler;

/// Decimals of a position in radians.
const RADIAN_DECIMALS: usize = 4;

/// A training run, on the sine wave of the lesson or on a series.
///
/// ```
/// use elman::{TrainingRun, SeriesConfig};
///
/// let mut lesson = TrainingRun::lesson(SeriesConfig::lesson(), None)?;
/// lesson.run(|_, _| std::ops::ControlFlow::Continue(()))?;
/// let trained = lesson.into_fitted()?;
/// assert_eq!(trained.forecast(40)?.values.len(), 40);
/// # Ok::<(), elman::Error>(())
/// ```
pub struct TrainingRun {
    settings: SeriesConfig,
    task: Task,
    trainer: Trainer<'static, f32>,
}

impl fmt::Debug for TrainingRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingRun").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// One lane of the window of the last optimizer step, in the data's units, for a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowView {
    /// The axis of the x values.
    pub axis: Axis,
    /// The inputs of the network.
    pub input: Vec<(f64, f64)>,
    /// The predictions of the network, at the positions of their targets.
    pub prediction: Vec<(f64, f64)>,
    /// The actual values.
    pub target: Vec<(f64, f64)>,
}

impl TrainingRun {
    /// A training run on the sine wave of the lesson. `weights`, if given, are the initial weights.
    ///
    /// # Errors
    /// Settings out of range.
    pub fn lesson(settings: SeriesConfig, weights: Option<&TensorFile>) -> Result<Self> {
        let model = model_of(&settings)?;
        let SeriesConfig { seq_length, batch_size, .. } = settings;
        let task = Task::Sine(Sine::new(seq_length, batch_size, settings.model.input_size));
        Self::start(settings, model, task, weights)
    }

    /// A training run on a series of a program. `weights`, if given, are the initial weights.
    ///
    /// # Errors
    /// Settings out of range; too few values for the settings.
    pub fn new(
        series: Series,
        settings: SeriesConfig,
        weights: Option<&TensorFile>,
    ) -> Result<Self> {
        let source = Provenance::Program { fingerprint: fingerprint(&series.values) };
        Self::on_source(series, source, settings, weights)
    }

    /// A training run on a series that was read from a file.
    ///
    /// # Errors
    /// As [`new`](TrainingRun::new).
    pub fn on_file(
        series: Series,
        (path, options): (String, crate::io::read::ReadOptions),
        settings: SeriesConfig,
        weights: Option<&TensorFile>,
    ) -> Result<Self> {
        let fingerprint = fingerprint(&series.values);
        let source = Provenance::File { path, options: Box::new(options), fingerprint };
        Self::on_source(series, source, settings, weights)
    }

    fn on_source(
        series: Series,
        source: Provenance,
        settings: SeriesConfig,
        weights: Option<&TensorFile>,
    ) -> Result<Self> {
        let model = model_of(&settings)?;
        let prepared = Prepared::new(series, source, &settings)?;
        Self::start(settings, model, Task::Series(Box::new(prepared)), weights)
    }

    fn start(
        settings: SeriesConfig,
        model: Model<f32>,
        task: Task,
        weights: Option<&TensorFile>,
    ) -> Result<Self> {
        let params = match weights {
            Some(file) => file.weights(&model)?,
            None => model.initial_params(settings.train.seed),
        };
        let windows = task.windows();
        let trainer = Trainer::new(settings.train.clone(), model, params, windows)?;
        Ok(Self { settings, task, trainer }.with_validator())
    }

    /// Uses `threads` threads, or, if `None`, the recommended number, at most `most`.
    /// The number of threads does not change any bit of the results.
    pub fn with_threads(mut self, threads: Option<usize>, most: usize) -> Self {
        let threads = threads.unwrap_or_else(|| self.trainer.recommended_threads(most));
        self.trainer = self.trainer.with_threads(threads);
        self
    }

    /// Selects another instruction set of this machine: see [`Isa`].
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.trainer = self.trainer.with_isa(isa);
        self
    }

    fn with_validator(mut self) -> Self {
        if let Task::Series(prepared) = &self.task
            && let Some(validator) = prepared.validator(self.trainer.loss())
        {
            self.trainer = self.trainer.with_validator(validator);
        }
        self
    }

    /// Resumes from a checkpoint. `series` is the training series, read again, if it was trained on one;
    /// `steps`, if given, is the new total number of optimizer steps.
    ///
    /// # Errors
    /// A file that is not a checkpoint; a series that has changed since.
    pub fn resume(
        file: &ModelFile<f32>,
        series: Option<Series>,
        steps: Option<u64>,
    ) -> Result<Self> {
        let about = ModelMetadata::of(file)?;
        let refused = |reason: String, help: &str| Error::Model {
            path: file.path().display().to_string(),
            reason,
            help: help.to_owned(),
        };
        let task = match (about.source, series) {
            (Provenance::Sine, None) => {
                let SeriesConfig { seq_length, batch_size, model, .. } = &about.settings;
                Task::Sine(Sine::new(*seq_length, *batch_size, model.input_size))
            }
            (Provenance::Sine, Some(_)) => {
                let help = "leave the data file out";
                return Err(refused("this training is on the sine wave".to_owned(), help));
            }
            (Provenance::File { path, .. }, None) => {
                return Err(refused(format!("this training is on `{path}`"), "name the file"));
            }
            (Provenance::Program { .. }, None) => {
                let help = "pass the series to `Session::resume`";
                return Err(refused("this training is on a series of a program".to_owned(), help));
            }
            (source, Some(series)) => {
                let (Provenance::File { fingerprint: before, .. }
                | Provenance::Program { fingerprint: before }) = &source
                else {
                    unreachable!("the sine has been dealt with");
                };
                if *before != fingerprint(&series.values) {
                    let reason = "the data are not those that training began with".to_owned();
                    let help = "give the unchanged data, or begin a new training on these";
                    return Err(refused(reason, help));
                }
                Task::Series(Box::new(Prepared::new(series, source, &about.settings)?))
            }
        };
        let trainer = Trainer::resume(file, task.windows(), steps)?;
        let mut settings = about.settings;
        settings.train = trainer.config().clone();
        Ok(Self { settings, task, trainer }.with_validator())
    }

    /// The provenance of the training data of a checkpoint, without resuming it.
    ///
    /// # Errors
    /// A file of a text model or of a model of a panel.
    pub fn source_of(file: &ModelFile<f32>) -> Result<Provenance> {
        Ok(ModelMetadata::of(file)?.source)
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
        mut observer: impl FnMut(&Self, Event) -> std::ops::ControlFlow<()>,
    ) -> Result<()> {
        loop {
            let event = self.advance()?;
            let goes_on = observer(self, event);
            if goes_on.is_break() || matches!(event, Event::Finished { .. }) {
                return Ok(());
            }
        }
    }

    /// The settings, with the values that were detected in the data.
    pub fn settings(&self) -> &SeriesConfig {
        &self.settings
    }

    /// The provenance of the training data.
    pub fn source(&self) -> &Provenance {
        match &self.task {
            Task::Sine(_) => &Provenance::Sine,
            Task::Series(prepared) => &prepared.source,
        }
    }

    /// The trainer: optimizer step, history, weights, hidden state.
    pub fn trainer(&self) -> &Trainer<'static, f32> {
        &self.trainer
    }

    /// The training series; `None` for the sine wave.
    pub fn series(&self) -> Option<&Series> {
        match &self.task {
            Task::Sine(_) => None,
            Task::Series(prepared) => Some(&prepared.series),
        }
    }

    /// The seasonal period in time steps, if there is one.
    pub fn season(&self) -> Option<usize> {
        match &self.task {
            Task::Sine(_) => None,
            Task::Series(prepared) => prepared.season,
        }
    }

    /// The index of the first value of the test set; `None` for the sine wave.
    pub fn cut(&self) -> Option<usize> {
        match &self.task {
            Task::Sine(_) => None,
            Task::Series(prepared) => Some(prepared.cut),
        }
    }

    /// Whether a part of the series is a validation set for early stopping.
    pub fn has_validation(&self) -> bool {
        matches!(&self.task, Task::Series(prepared) if prepared.fit_end < prepared.cut)
    }

    /// The loss of the naive forecast on the window of the last optimizer step.
    pub fn baseline_loss(&self) -> f64 {
        let batch = self.trainer.batch();
        let last: Vec<f32> = match &self.task {
            // A change of zero, scaled as the inputs.
            Task::Series(prepared) if prepared.differencing.differences > 0 => {
                vec![prepared.differencing.scaler.transform(0.0) as f32; batch.target.len()]
            }
            _ => batch.x.iter().copied().step_by(self.settings.model.input_size).collect(),
        };
        self.loss_of(&last)
    }

    /// Whether training diverged: the final loss is far above the first one, and far above the losses of the naive
    /// forecast and of predicting 0, the center of the scaled values, on the window of the last optimizer step. With
    /// early stopping the best weights are kept all the same.
    pub fn has_diverged(&self) -> bool {
        let zeros = vec![0.0; self.trainer.batch().target.len()];
        let simple = self.baseline_loss().max(self.loss_of(&zeros));
        has_diverged(self.trainer.history(), simple)
    }

    /// The loss of `predictions` on the window of the last optimizer step.
    fn loss_of(&self, predictions: &[f32]) -> f64 {
        let mut unused = vec![0.0; predictions.len()];
        self.trainer.loss().mean(predictions, &self.trainer.batch().target, &mut unused)
    }

    /// The first lane of the window of the last optimizer step.
    pub fn window(&self) -> WindowView {
        // The last window has the number of the last optimizer step.
        let number = self.trainer.step().saturating_sub(1);
        let streams = self.settings.batch_size;
        let outputs = self.trainer.output().iter().copied().step_by(streams);
        let steps = self.settings.seq_length;
        match &self.task {
            Task::Sine(sine) => {
                let time = |step| sine.time(number, 0, step);
                let wave = |step| (time(step), time(step).sin());
                WindowView {
                    axis: Axis::Numbers,
                    input: (0..steps).map(wave).collect(),
                    prediction: (1..).zip(outputs).map(|(i, y)| (time(i), f64::from(y))).collect(),
                    target: (1..=steps).map(wave).collect(),
                }
            }
            Task::Series(prepared) => {
                let Prepared { series, differencing, streams, .. } = &**prepared;
                let first = streams.position(number, 0, 0) + differencing.differences;
                let known = |i| (series.position(i), series.values[i]);
                let predicted = |(i, output): (usize, f32)| {
                    (series.position(i + 1), differencing.inverse(series.values[i], output))
                };
                WindowView {
                    axis: axis_of(&series.time),
                    input: (first..first + steps).map(known).collect(),
                    prediction: (first..).zip(outputs).map(predicted).collect(),
                    target: (first + 1..=first + steps).map(known).collect(),
                }
            }
        }
    }

    /// Writes a checkpoint; [`resume`](TrainingRun::resume) continues from it with the same bits.
    ///
    /// # Errors
    /// A file that cannot be written; an existing file is then unchanged.
    pub fn write_checkpoint(&self, path: &Path) -> Result<()> {
        let about = serde_json::to_value(self.about(None)).map_err(|e| Error::Model {
            path: path.display().to_string(),
            reason: e.to_string(),
            help: String::new(),
        })?;
        Ok(self.trainer.write_checkpoint(path, None, about)?)
    }

    /// Ends the training: takes the best weights if there was early stopping, updates the hidden
    /// state with the whole series, and computes the errors on the test set.
    ///
    /// # Errors
    /// Predictions that are not finite.
    pub fn into_fitted(mut self) -> Result<StatefulForecaster> {
        if self.settings.train.patience.is_some() {
            self.trainer.restore_best();
        }
        self.trained()
    }

    /// As [`into_fitted`](TrainingRun::into_fitted) after training diverged: with the best weights of all evaluations.
    ///
    /// # Errors
    /// As [`into_fitted`](TrainingRun::into_fitted).
    pub fn into_fitted_with_best(mut self) -> Result<StatefulForecaster> {
        self.trainer.restore_best();
        self.trained()
    }

    fn trained(self) -> Result<StatefulForecaster> {
        let (memory, scores) = match &self.task {
            Task::Sine(sine) => (self.memory_on(sine)?, None),
            Task::Series(prepared) => {
                let model = self.trainer.model();
                let inputs = &prepared.shown[..prepared.shown.len() - 1];
                let mut walk = Walk::new(model, model.zero_state(1))?;
                let outputs = walk.over(model, self.trainer.params(), inputs)?;
                let memory = walk.into_state();
                let values = &prepared.series.values;
                let last = &values[prepared.differencing.differences..];
                let predictions: Vec<f64> = last
                    .iter()
                    .zip(&outputs)
                    .map(|(&v, &o)| prepared.differencing.inverse(v, o))
                    .collect();
                let scores = Scores::measure(values, &predictions, prepared.cut, prepared.season)?;
                (memory, Some((scores, predictions)))
            }
        };
        let (scores, predictions) = scores.unzip();
        let about = self.about(scores);
        let (model, params) = self.trainer.into_parts();
        Ok(StatefulForecaster {
            model,
            params,
            memory,
            about,
            predictions: predictions.unwrap_or_default(),
        })
    }

    /// The hidden state of the current weights at the end of the last window. It is recomputed from zeros over the
    /// windows before it, unless the current weights are those at the end of training.
    fn memory_on(&self, sine: &Sine) -> Result<State<f32>> {
        const WINDOWS: u64 = 20;
        let (model, end) = (self.trainer.model(), self.trainer.step());
        let SeriesConfig { seq_length, batch_size, .. } = self.settings;
        if self.trainer.best().step == end || self.settings.train.patience.is_none() {
            return Ok(self.trainer.state().stream(0));
        }
        let mut runner = Runner::new(model, seq_length, batch_size, 1)?;
        let mut batch = Batch::new(sine);
        for number in end.saturating_sub(WINDOWS)..end {
            sine.fill(number, &mut batch);
            runner.run(model, self.trainer.params(), &batch.x)?;
        }
        Ok(runner.state().stream(0))
    }

    fn about(&self, scores: Option<Scores>) -> ModelMetadata {
        let (series, source, scaler, clock, tail) = match &self.task {
            Task::Sine(sine) => {
                let step = sine.time(0, 0, 1);
                let last = sine.time(self.trainer.step(), 0, 0);
                let clock = FutureIndex::Numbers { last, step, decimals: RADIAN_DECIMALS };
                let mut tail = RecentHistory::default();
                for back in (0..RecentHistory::LEN).rev() {
                    let time = last - back as f64 * step;
                    tail.push(time, time.sin());
                }
                ("sine".to_owned(), Provenance::Sine, FittedScaler::None, clock, tail)
            }
            Task::Series(prepared) => {
                let series = &prepared.series;
                let mut tail = RecentHistory::default();
                for i in series.len().saturating_sub(RecentHistory::LEN)..series.len() {
                    tail.push(series.position(i), series.values[i]);
                }
                let Prepared { source, differencing, .. } = &**prepared;
                (series.name.clone(), source.clone(), differencing.scaler, series.clock(), tail)
            }
        };
        ModelMetadata {
            settings: self.settings.clone(),
            source,
            series,
            scaler,
            season: self.season(),
            clock,
            tail,
            scores,
            losses: thinned(self.trainer.history()),
        }
    }
}

/// Thins the losses evenly to at most [`ModelMetadata::MAX_LOSSES`], the last loss included.
fn thinned(losses: &[f64]) -> Vec<(u64, f64)> {
    let every = losses.len().div_ceil(ModelMetadata::MAX_LOSSES).max(1);
    let steps = (1_u64..).zip(losses.iter().copied());
    steps.filter(|(step, _)| (losses.len() as u64 - step).is_multiple_of(every as u64)).collect()
}

/// Builds the model of `settings` and checks its windows.
fn model_of(settings: &SeriesConfig) -> Result<Model<f32>> {
    let model = Model::new(settings.model.clone())?;
    model.check_window(settings.seq_length, settings.batch_size)?;
    Ok(model)
}

/// The chart axis of a time axis.
pub(super) fn axis_of(time: &TimeAxis) -> Axis {
    match time {
        TimeAxis::Steps { .. } => Axis::Steps,
        TimeAxis::Numbers(_) => Axis::Numbers,
        TimeAxis::Dates(_) => Axis::Dates,
    }
}
