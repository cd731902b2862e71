//! A training in progress.

use std::path::Path;

use elman_nn::file::{ModelFile, TensorFile};
use elman_nn::train::Event;
use elman_nn::windows::{Batch, Sine, Windows};
use elman_nn::{Isa, Model, State, Trainer};

use super::about::{About, Source, Tail, fingerprint};
use super::lens::Learn;
use super::scores::Scores;
use super::settings::Settings;
use super::task::{Prepared, Task};
use super::trained::Trained;
use super::walk::Walk;
use crate::calendar::Clock;
use crate::diverged::has_diverged;
use crate::error::{Error, Result};
use crate::report::Axis;
use crate::scalers::Fitted;
use crate::series::{Series, TimeAxis};

/// Decimals of a time in radians.
const RADIAN_DECIMALS: usize = 4;

/// A training in progress, on the sine wave or on a series.
///
/// ```
/// use elman::{Session, Settings};
///
/// let mut lesson = Session::lesson(Settings::lesson(), None)?;
/// lesson.run(|_, _| std::ops::ControlFlow::Continue(()))?;
/// let trained = lesson.finish()?;
/// assert_eq!(trained.forecast(40)?.values.len(), 40);
/// # Ok::<(), elman::Error>(())
/// ```
pub struct Session {
    settings: Settings,
    task: Task,
    trainer: Trainer<f32>,
}

/// One stream of the window of the last step, in the data's units, for a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowView {
    /// What lies along x.
    pub axis: Axis,
    /// What the network was shown.
    pub input: Vec<(f64, f64)>,
    /// What it said comes next, where it would come.
    pub prediction: Vec<(f64, f64)>,
    /// What came.
    pub target: Vec<(f64, f64)>,
}

impl Session {
    /// The lesson: a sine wave made on the fly. `weights`, if given, are the initial ones.
    ///
    /// # Errors
    /// Settings out of range.
    pub fn lesson(settings: Settings, weights: Option<Weights<'_>>) -> Result<Self> {
        let model = model_of(&settings)?;
        let Settings { seq_length, batch_size, .. } = settings;
        let task = Task::Sine(Sine::new(seq_length, batch_size, settings.model.input_size));
        Self::start(settings, model, task, weights)
    }

    /// Training on a series of a program. `weights`, if given, are the initial ones.
    ///
    /// # Errors
    /// Settings out of range; too few values for them.
    pub fn on_series(
        series: Series,
        settings: Settings,
        weights: Option<Weights<'_>>,
    ) -> Result<Self> {
        let source = Source::Program { fingerprint: fingerprint(&series.values) };
        Self::on_source(series, source, settings, weights)
    }

    /// Training on a series that was read from a file.
    ///
    /// # Errors
    /// As [`on_series`](Session::on_series).
    pub fn on_file(
        series: Series,
        (path, options): (String, crate::read::ReadOptions),
        settings: Settings,
        weights: Option<Weights<'_>>,
    ) -> Result<Self> {
        let fingerprint = fingerprint(&series.values);
        let source = Source::File { path, options: Box::new(options), fingerprint };
        Self::on_source(series, source, settings, weights)
    }

    fn on_source(
        series: Series,
        source: Source,
        settings: Settings,
        weights: Option<Weights<'_>>,
    ) -> Result<Self> {
        let model = model_of(&settings)?;
        let prepared = Prepared::new(series, source, &settings)?;
        Self::start(settings, model, Task::Series(Box::new(prepared)), weights)
    }

    fn start(
        settings: Settings,
        model: Model<f32>,
        task: Task,
        weights: Option<Weights<'_>>,
    ) -> Result<Self> {
        let params = match weights {
            Some(Weights(file)) => file.weights(&model)?,
            None => model.initial_params(settings.train.seed),
        };
        let windows = task.windows();
        let trainer = Trainer::new(settings.train.clone(), model, params, windows)?;
        Ok(Self { settings, task, trainer }.with_validator())
    }

    /// Works with `threads` threads, or, if `None`, with as many of `most` as are worth their while.
    /// Their number changes no bit of any result.
    pub fn with_threads(mut self, threads: Option<usize>, most: usize) -> Self {
        let threads = threads.unwrap_or_else(|| self.trainer.worthwhile_threads(most));
        self.trainer = self.trainer.with_threads(threads);
        self
    }

    /// Trains on another instruction set of this machine: see [`Isa`].
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.trainer = self.trainer.with_isa(isa);
        self
    }

    fn with_validator(mut self) -> Self {
        if let Task::Series(prepared) = &self.task
            && let Some(validator) = prepared.validator(self.trainer.model(), self.trainer.loss())
        {
            self.trainer = self.trainer.with_validator(validator);
        }
        self
    }

    /// Goes on from a checkpoint. `series` is the one it was trained on, if it was one, read again;
    /// `steps`, if given, is the new number of steps in all.
    ///
    /// # Errors
    /// A file that is no checkpoint; a series that has changed since.
    pub fn resume(
        file: &ModelFile<f32>,
        series: Option<Series>,
        steps: Option<u64>,
    ) -> Result<Self> {
        let about = About::of(file)?;
        let refused = |reason: String, help: &str| Error::Model {
            path: file.path().display().to_string(),
            reason,
            help: help.to_owned(),
        };
        let task = match (about.source, series) {
            (Source::Sine, None) => {
                let Settings { seq_length, batch_size, model, .. } = &about.settings;
                Task::Sine(Sine::new(*seq_length, *batch_size, model.input_size))
            }
            (Source::Sine, Some(_)) => {
                let help = "leave the data file out";
                return Err(refused("this training is on the sine wave".to_owned(), help));
            }
            (Source::File { path, .. }, None) => {
                return Err(refused(format!("this training is on `{path}`"), "name the file"));
            }
            (Source::Program { .. }, None) => {
                let help = "pass the series to `Session::resume`";
                return Err(refused("this training is on a series of a program".to_owned(), help));
            }
            (source, Some(series)) => {
                let (Source::File { fingerprint: before, .. }
                | Source::Program { fingerprint: before }) = &source
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

    /// What a checkpoint says it was trained on, without going on with it.
    ///
    /// # Errors
    /// A file of text or of a panel.
    pub fn source_of(file: &ModelFile<f32>) -> Result<Source> {
        Ok(About::of(file)?.source)
    }

    /// Does the next thing; see [`Trainer::advance`].
    ///
    /// # Errors
    /// See there.
    pub fn advance(&mut self) -> Result<Event> {
        Ok(self.trainer.advance()?)
    }

    /// Runs to the end, telling `observer` of every event; it can stop the run between two.
    ///
    /// # Errors
    /// As [`advance`](Session::advance).
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

    /// The settings, with what was found in the data filled in.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is trained on.
    pub fn source(&self) -> &Source {
        match &self.task {
            Task::Sine(_) => &Source::Sine,
            Task::Series(prepared) => &prepared.source,
        }
    }

    /// The trainer: step, history, weights, memory.
    pub fn trainer(&self) -> &Trainer<f32> {
        &self.trainer
    }

    /// The series in training; `None` for the sine wave.
    pub fn series(&self) -> Option<&Series> {
        match &self.task {
            Task::Sine(_) => None,
            Task::Series(prepared) => Some(&prepared.series),
        }
    }

    /// The length of the season, if there is one.
    pub fn season(&self) -> Option<usize> {
        match &self.task {
            Task::Sine(_) => None,
            Task::Series(prepared) => prepared.season,
        }
    }

    /// Where the held-out part of the series begins; `None` for the sine wave.
    pub fn cut(&self) -> Option<usize> {
        match &self.task {
            Task::Sine(_) => None,
            Task::Series(prepared) => Some(prepared.cut),
        }
    }

    /// Whether weights are judged on a part of the series that is not trained on.
    pub fn has_validation(&self) -> bool {
        matches!(&self.task, Task::Series(prepared) if prepared.fit_end < prepared.cut)
    }

    /// The loss on the window of the last step of repeating the last value.
    pub fn baseline_loss(&self) -> f64 {
        let batch = self.trainer.batch();
        let last: Vec<f32> = match &self.task {
            // No change, as the network would be shown it.
            Task::Series(prepared) if prepared.lens.learn == Learn::Changes => {
                vec![prepared.lens.scaler.transform(0.0) as f32; batch.target.len()]
            }
            _ => batch.x.iter().copied().step_by(self.settings.model.input_size).collect(),
        };
        self.loss_of(&last)
    }

    /// Whether the loss ends far above where it began, and far above that of repeating the last value and of
    /// predicting 0, the middle of what the network is shown, on the window of the last step. With early stopping the
    /// best weights are kept all the same.
    pub fn has_diverged(&self) -> bool {
        let zeros = vec![0.0; self.trainer.batch().target.len()];
        let simple = self.baseline_loss().max(self.loss_of(&zeros));
        has_diverged(self.trainer.history(), simple)
    }

    /// The loss of `predictions` on the window of the last step.
    fn loss_of(&self, predictions: &[f32]) -> f64 {
        let mut unused = vec![0.0; predictions.len()];
        self.trainer.loss().mean(predictions, &self.trainer.batch().target, &mut unused)
    }

    /// The first stream of the window of the last step.
    pub fn window(&self) -> WindowView {
        // The last window is that of the step before the next.
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
                let Prepared { series, lens, streams, .. } = &**prepared;
                let first = streams.position(number, 0, 0) + lens.learn.lost();
                let known = |i| (series.position(i), series.values[i]);
                let predicted = |(i, output): (usize, f32)| {
                    (series.position(i + 1), lens.value(series.values[i], output))
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

    /// Writes a checkpoint, from which [`resume`](Session::resume) goes on to the same bits.
    ///
    /// # Errors
    /// A file that cannot be written; an existing one is then as it was.
    pub fn write_checkpoint(&self, path: &Path) -> Result<()> {
        let about = serde_json::to_value(self.about(None)).map_err(|e| Error::Model {
            path: path.display().to_string(),
            reason: e.to_string(),
            help: String::new(),
        })?;
        Ok(self.trainer.write_checkpoint(path, None, about)?)
    }

    /// Ends the training: takes the best weights if there was a part for early stopping, walks the
    /// memory to the end of the series, and measures the errors on the held-out part.
    ///
    /// # Errors
    /// Predictions that are not finite.
    pub fn finish(mut self) -> Result<Trained> {
        if self.settings.train.patience.is_some() {
            self.trainer.restore_best();
        }
        self.trained()
    }

    /// As [`finish`](Session::finish) after training diverged: with the best weights seen.
    ///
    /// # Errors
    /// As there.
    pub fn finish_with_best(mut self) -> Result<Trained> {
        self.trainer.restore_best();
        self.trained()
    }

    fn trained(self) -> Result<Trained> {
        let (memory, scores) = match &self.task {
            Task::Sine(sine) => (self.memory_on(sine)?, None),
            Task::Series(prepared) => {
                let model = self.trainer.model();
                let mut memory = model.zero_state(1);
                let inputs = &prepared.shown[..prepared.shown.len() - 1];
                let outputs =
                    Walk::new(model).over(model, self.trainer.params(), &mut memory, inputs)?;
                let values = &prepared.series.values;
                let last = &values[prepared.lens.learn.lost()..];
                let predictions: Vec<f64> =
                    last.iter().zip(&outputs).map(|(&v, &o)| prepared.lens.value(v, o)).collect();
                let scores = Scores::measure(values, &predictions, prepared.cut, prepared.season)?;
                (memory, Some((scores, predictions)))
            }
        };
        let (scores, predictions) = scores.unzip();
        let about = self.about(scores);
        let (model, params) = self.trainer.into_parts();
        Ok(Trained { model, params, memory, about, predictions: predictions.unwrap_or_default() })
    }

    /// The memory of the present weights at the end of the last window: after a walk from nothing
    /// over the windows before it, since the weights may not be those that training ended with.
    fn memory_on(&self, sine: &Sine) -> Result<State<f32>> {
        const WINDOWS: u64 = 20;
        let (model, end) = (self.trainer.model(), self.trainer.step());
        let Settings { seq_length, batch_size, .. } = self.settings;
        if self.trainer.best().step == end || self.settings.train.patience.is_none() {
            return Ok(self.trainer.state().stream(0));
        }
        let mut state = model.zero_state(batch_size);
        let mut tape = model.tape(seq_length, batch_size);
        let mut batch = Batch::new(sine);
        for number in end.saturating_sub(WINDOWS)..end {
            sine.fill(number, &mut batch);
            model.forward(self.trainer.params(), &batch.x, &mut state, &mut tape, None)?;
        }
        Ok(state.stream(0))
    }

    fn about(&self, scores: Option<Scores>) -> About {
        let (series, source, scaler, clock, tail) = match &self.task {
            Task::Sine(sine) => {
                let step = sine.time(0, 0, 1);
                let last = sine.time(self.trainer.step(), 0, 0);
                let clock = Clock::Numbers { last, step, decimals: RADIAN_DECIMALS };
                let mut tail = Tail::default();
                for back in (0..Tail::LEN).rev() {
                    let time = last - back as f64 * step;
                    tail.push(time, time.sin());
                }
                ("sine".to_owned(), Source::Sine, Fitted::None, clock, tail)
            }
            Task::Series(prepared) => {
                let series = &prepared.series;
                let mut tail = Tail::default();
                for i in series.len().saturating_sub(Tail::LEN)..series.len() {
                    tail.push(series.position(i), series.values[i]);
                }
                let Prepared { source, lens, .. } = &**prepared;
                (series.name.clone(), source.clone(), lens.scaler, series.clock(), tail)
            }
        };
        About {
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

/// A file with initial weights under PyTorch's names.
pub struct Weights<'a>(pub &'a TensorFile);

/// At most [`About::MOST_LOSSES`] of the losses, evenly spread, the last among them.
fn thinned(losses: &[f64]) -> Vec<(u64, f64)> {
    let every = losses.len().div_ceil(About::MOST_LOSSES).max(1);
    let steps = (1_u64..).zip(losses.iter().copied());
    steps.filter(|(step, _)| (losses.len() as u64 - step).is_multiple_of(every as u64)).collect()
}

/// The model of `settings`, whose windows make sense for it.
fn model_of(settings: &Settings) -> Result<Model<f32>> {
    let model = Model::new(settings.model.clone())?;
    model.check_window(settings.seq_length, settings.batch_size)?;
    Ok(model)
}

/// How positions of this time axis are labelled.
pub(super) fn axis_of(time: &TimeAxis) -> Axis {
    match time {
        TimeAxis::Steps { .. } => Axis::Steps,
        TimeAxis::Numbers(_) => Axis::Numbers,
        TimeAxis::Dates(_) => Axis::Dates,
    }
}
