//! Recurrent network for a panel.

use std::fmt;
use std::ops::{ControlFlow, Range};

use elman_nn::layers::Window;
use elman_nn::losses::Loss;
use elman_nn::schedules::ScheduleConfig;
use elman_nn::train::Event;
use elman_nn::{Model, Params, Runner, TrainConfig, Trainer};

use super::config::RnnConfig;
use super::early_stopping::{StoppingRule, ValidationError};
use super::persistence;
use super::predictions::Predictions;
use crate::data::{Forecasts, HistoryView};
use crate::error::{Error, Result};
use crate::features::EncodedSeries;

/// Trained network for a panel.
pub struct RnnModel {
    /// Configuration of the training.
    pub settings: RnnConfig,
    model: Model<f32>,
    params: Params<f32>,
}

impl fmt::Debug for RnnModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RnnModel").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl RnnModel {
    /// Trains on the history of `panel`, from the weights `from` of the same layout, or from random ones. Training ends
    /// after the last optimizer step, after the step `stop` of the settings, or by `early` stopping. `after_step` is
    /// called after every optimizer step.
    ///
    /// # Errors
    /// Settings out of range, or training that diverges.
    pub(crate) fn train(
        panel: &[HistoryView<'_>],
        mut settings: RnnConfig,
        from: Option<&Params<f32>>,
        early: Option<&StoppingRule<'_>>,
        after_step: &dyn Fn() -> ControlFlow<()>,
    ) -> Result<Self> {
        let series = settings.encoded(panel);
        let longest = series.iter().map(EncodedSeries::known).max().unwrap_or(1);
        let model = settings.model()?;
        let mut params = model.initial_params(settings.seed);
        match from {
            Some(from) => params.copy_from(from),
            None => settings.begin(&mut params),
        }
        // Series without a target cannot be trained on.
        settings.max_steps = if longest > 1 { settings.max_steps } else { 0 };
        let steps = settings.max_steps;
        let window = Window { steps: settings.seq_length, batch: settings.batch_size };
        let batches = settings.batches(series, window, 1);
        let config = train_config(&settings, early);
        let mut trainer = Trainer::new(config, model, params, Box::new(batches))?;
        if let Some(rule) = early {
            let validator = ValidationError { rule, settings: settings.clone() };
            trainer = trainer.with_validator(Box::new(validator));
        }
        advance_to_end(&mut trainer, settings.stop, after_step)?;
        if early.is_some() {
            let best = trainer.best().step;
            settings.stop = (best < steps).then_some(best);
            trainer.restore_best();
        }
        let (model, params) = trainer.into_parts();
        Ok(Self { settings, model, params })
    }

    /// Network with these weights.
    pub(crate) fn with(settings: RnnConfig, model: Model<f32>, params: Params<f32>) -> Self {
        Self { settings, model, params }
    }

    /// Optimizer steps that the network was trained for, with those of model selection.
    pub(crate) fn updates(&self) -> u64 {
        self.settings.start + self.settings.stop.unwrap_or(self.settings.max_steps)
    }

    /// Share of the planned optimizer steps that were trained.
    pub(crate) fn share(&self) -> f64 {
        let planned = self.settings.start + self.settings.max_steps;
        self.updates() as f64 / planned.max(1) as f64
    }

    /// Whether the network gives prediction intervals: if it is trained, and outputs a distribution.
    pub(crate) fn has_own_intervals(&self) -> bool {
        !self.settings.is_untrained() && self.settings.output.is_distribution()
    }

    /// Network without weights.
    pub fn model(&self) -> &Model<f32> {
        &self.model
    }

    /// Weights.
    pub fn params(&self) -> &Params<f32> {
        &self.params
    }

    /// As [`RnnRef::predictions`].
    pub(crate) fn predictions(
        &self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        quantiles: &[f64],
    ) -> Result<Predictions> {
        Ok(self.as_ref().predictions(panel, origins, quantiles)?)
    }

    /// As [`RnnRef::forecasts`].
    pub(crate) fn forecasts(
        &self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
    ) -> Result<Forecasts> {
        Ok(self.as_ref().forecasts(panel, origins)?)
    }

    pub(crate) fn as_ref(&self) -> RnnRef<'_> {
        let Self { settings, model, params } = self;
        RnnRef { settings, model, params }
    }
}

/// Configuration of the training of a network.
fn train_config(settings: &RnnConfig, early: Option<&StoppingRule<'_>>) -> TrainConfig {
    let steps = settings.max_steps;
    TrainConfig {
        max_steps: steps,
        learning_rate: settings.learning_rate,
        loss: settings.output.loss.clone(),
        quantiles: settings.output.quantiles.clone(),
        schedule: ScheduleConfig {
            name: "cosine".to_owned(),
            warmup: steps / 50,
            ..ScheduleConfig::default()
        },
        clip: Some(1.0),
        carry: settings.carry,
        val_every: early.map_or(steps.max(1), |_| StoppingRule::every(steps)),
        patience: early.map(|early| early.patience),
        seed: settings.seed,
        ..TrainConfig::default()
    }
}

/// Trains to the end, or to optimizer step `stop`.
fn advance_to_end(
    trainer: &mut Trainer<'_, f32>,
    stop: Option<u64>,
    after_step: &dyn Fn() -> ControlFlow<()>,
) -> Result<()> {
    loop {
        let step = match trainer.advance()? {
            Event::Step { step, .. } => step,
            Event::RolledBack { .. } => continue,
            Event::Finished { .. } => return Ok(()),
        };
        if after_step().is_break() {
            return Err(Error::Cancelled);
        }
        if stop == Some(step) {
            return Ok(());
        }
    }
}

/// Borrowed network, which can also be in training.
#[derive(Clone, Copy)]
pub(crate) struct RnnRef<'a> {
    pub(crate) settings: &'a RnnConfig,
    pub(crate) model: &'a Model<f32>,
    pub(crate) params: &'a Params<f32>,
}

impl RnnRef<'_> {
    /// Forecasts the `horizon` values after the first `origin` values, for each series of `panel` and each of its
    /// `origins`, followed by as many values for each of `quantiles`, between 0 and 1. One forward pass over each
    /// series serves all its origins. Units and season come from the history alone; later values are only inputs. An
    /// untrained network returns the persistence or drift forecast, without quantiles.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub(crate) fn predictions(
        self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        quantiles: &[f64],
    ) -> std::result::Result<Predictions, elman_nn::Error> {
        let horizon = self.settings.horizon;
        if self.settings.is_untrained() {
            let points = persistence::forecasts(self.settings, panel, origins);
            return Ok(Predictions::points(horizon, points));
        }
        let loss = self.settings.output.loss()?;
        let encoded = self.settings.encoded(panel);
        let RnnConfig { batch_size, seq_length, carry, .. } = *self.settings;
        let mut order: Vec<usize> = (0..encoded.len()).collect();
        order.sort_by_key(|s| last(&origins[*s]));
        let mut predictions = Predictions::empty(horizon, origins);
        // A window longer than the longest history would waste memory.
        let longest = order.last().map_or(1, |s| last(&origins[*s]).max(1));
        let mut runner = Runner::new(self.model, seq_length.min(longest), batch_size, 1)?;
        let mut x = Vec::new();
        for group in order.chunks(batch_size) {
            let steps = group.iter().map(|s| last(&origins[*s])).max().unwrap_or(0);
            runner.reset();
            for start in (0..steps).step_by(seq_length) {
                let steps = start..steps.min(start + seq_length);
                let window = SeriesWindow { encoded: &encoded, origins, group, steps };
                if !carry {
                    runner.reset();
                }
                window.write_inputs(self.settings, &mut x);
                let outputs = runner.run(self.model, self.params, &x)?;
                window.append(self.settings, &loss, outputs, quantiles, &mut predictions);
            }
        }
        Ok(predictions)
    }

    /// As [`predictions`](RnnRef::predictions), without quantiles.
    pub(crate) fn forecasts(
        self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
    ) -> std::result::Result<Forecasts, elman_nn::Error> {
        Ok(self.predictions(panel, origins, &[])?.into_forecasts())
    }
}

/// The last of the origins of a series: its values from there on are not needed.
fn last(origins: &[usize]) -> usize {
    origins.iter().copied().max().unwrap_or(0)
}

/// Window of time steps of a group of series, which are the lanes of a batch.
struct SeriesWindow<'a> {
    encoded: &'a [EncodedSeries],
    origins: &'a [Vec<usize>],
    group: &'a [usize],
    steps: Range<usize>,
}

impl SeriesWindow<'_> {
    /// Writes the inputs; they are 0 after the last origin of a series, and in lanes without one.
    fn write_inputs(&self, settings: &RnnConfig, x: &mut Vec<f32>) {
        let RnnConfig { preprocessing, horizon, batch_size, .. } = settings;
        let inputs = settings.inputs();
        x.clear();
        x.resize(self.steps.len() * batch_size * inputs, 0.0);
        for (row, x) in x.chunks_exact_mut(inputs).enumerate() {
            let t = self.steps.start + row / batch_size;
            let series = self.group.get(row % batch_size);
            if let Some(s) = series.filter(|s| t < last(&self.origins[**s])) {
                self.encoded[*s].write_inputs(preprocessing, *horizon, t, x);
            }
        }
    }

    /// Appends the predictions at the origins in the window, from the `outputs` of its time steps.
    fn append(
        &self,
        settings: &RnnConfig,
        loss: &Loss<f32>,
        outputs: &[f32],
        quantiles: &[f64],
        predictions: &mut Predictions,
    ) {
        let size = settings.horizon * loss.outputs_per_target();
        for (lane, s) in self.group.iter().enumerate() {
            for (origin, to) in self.origins[*s].iter().zip(&mut predictions.values[*s]) {
                let Some(t) = origin.checked_sub(1).filter(|t| self.steps.contains(t)) else {
                    continue;
                };
                let row = (t - self.steps.start) * settings.batch_size + lane;
                let inverse = |k: usize, o: f64| self.encoded[*s].inverse(t, k, o);
                append_values(loss, &outputs[row * size..][..size], quantiles, inverse, to);
            }
        }
    }
}

/// Appends the forecast from the outputs of one time step: the points of the horizon, then as many values for each of
/// `quantiles`. `inverse` gives the value `k` steps ahead (k from 1).
pub(super) fn append_values(
    loss: &Loss<f32>,
    outputs: &[f32],
    quantiles: &[f64],
    inverse: impl Fn(usize, f64) -> f64,
    to: &mut Vec<f64>,
) {
    let steps = || outputs.chunks_exact(loss.outputs_per_target()).zip(1..);
    to.extend(steps().map(|(o, k)| inverse(k, loss.point(o))));
    for p in quantiles {
        let bound = |o: &[f32]| loss.quantile(o, *p).unwrap_or(f64::NAN);
        to.extend(steps().map(|(o, k)| inverse(k, bound(o))));
    }
}
