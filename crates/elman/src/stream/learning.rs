//! Online training: after an observation, one optimizer step of truncated backpropagation over the last time steps of its
//! series, from the hidden state before them.
//!
//! All series of a stream train the same weights. Beside each series with these weights runs the series with the weights of the
//! model: where the trained weights forecast worse, training goes back to the weights of the model and halves the learning rate.

use std::collections::VecDeque;

use elman_nn::train::{OnlineTrainer, SavedOnlineTrainer};
use elman_nn::{Params, SavedState, State};
use serde::{Deserialize, Serialize};

use crate::data::ranges;
use crate::error::{Error, Result};
use crate::features::Encoded;
use crate::models::rnn::{RnnConfig, SeriesState};
use crate::select::{
    FittedForecaster, OnlineForecast, OnlineNetworks, OnlineState, SavedOnlineState,
};

/// Weight of a new error in the running means of the guard, number of errors before it decides, and the ratio to the error of
/// the model's weights from which on training goes back. Chosen by hand, not measured.
const GUARD_WEIGHT: f64 = 0.02;
const GUARD_AFTER: u64 = 50;
const GUARD_RATIO: f64 = 1.5;
/// Largest norm of a gradient.
const MAX_NORM: f64 = 1.0;

/// Online training of the network of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearnConfig {
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// One optimizer step after so many observations of a series.
    pub every: usize,
}

impl Default for LearnConfig {
    fn default() -> Self {
        Self { learning_rate: 1e-3, every: 1 }
    }
}

/// Online training of one network on all series of a stream.
pub(super) struct Learning<'m> {
    every: usize,
    trainer: OnlineTrainer<f32>,
    /// Weights of the model.
    model: &'m Params<f32>,
    seq_length: usize,
    /// The network with the weights of the model.
    untrained: OnlineNetworks<'m>,
    forecast: OnlineForecast,
    guard: Guard,
    steps: u64,
    rollbacks: u64,
    // Working memory: inputs and targets of a window.
    x: Vec<f32>,
    targets: Vec<f32>,
}

/// Running means of the absolute errors, in units of the series.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Guard {
    trained: f64,
    untrained: f64,
    count: u64,
}

impl Guard {
    fn add(&mut self, trained: f64, untrained: f64) {
        self.count += 1;
        let weight = GUARD_WEIGHT.max(1.0 / self.count as f64);
        self.trained += weight * (trained - self.trained);
        self.untrained += weight * (untrained - self.untrained);
    }

    fn is_worse(&self) -> bool {
        self.count >= GUARD_AFTER && self.trained > GUARD_RATIO * self.untrained
    }

    /// Whether the means are numbers that can be compared.
    fn is_finite(&self) -> bool {
        self.trained.is_finite() && self.untrained.is_finite()
    }
}

/// Saved online training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SavedLearning {
    trainer: SavedOnlineTrainer,
    guard: Guard,
    steps: u64,
    rollbacks: u64,
}

/// State of one series that online training needs.
#[derive(Debug, Clone, Default)]
pub(super) struct LearningState {
    /// The newest time steps, oldest first: one more than the window.
    rows: VecDeque<Row>,
    /// State with the weights of the model.
    untrained: Option<OnlineState>,
    /// Forecasts of the next value, with the trained weights and with those of the model.
    forecasts: Option<[f64; 2]>,
    observations: u64,
}

/// One time step of a series.
#[derive(Debug, Clone)]
struct Row {
    /// Inputs `[I]`.
    x: Vec<f32>,
    /// Hidden state `[L, 1, H]` before the time step.
    before: State<f32>,
    encoded: Encoded,
}

/// Saved state of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SavedLearningState {
    rows: Vec<(Vec<f32>, SavedState, Encoded)>,
    untrained: Option<SavedOnlineState>,
    forecasts: Option<[f64; 2]>,
    observations: u64,
}

impl<'m> Learning<'m> {
    /// # Errors
    /// A model without exactly one trained network; a learning rate or a number of observations that is not above 0.
    pub(super) fn new(fitted: &'m FittedForecaster, config: &LearnConfig) -> Result<Self> {
        let mut nets = fitted.nets();
        let net = match (nets.next(), nets.next()) {
            (Some(net), None) if can_learn(&net.settings) && fitted.names.is_empty() => net,
            _ => {
                return Err(Error::Forecast {
                    reason: "online training needs a model of one trained network, whose hidden state is carried"
                        .to_owned(),
                    help: "train one: `elman train DATA`, without `--no-carry`".to_owned(),
                });
            }
        };
        ranges::steps("every", config.every)?;
        let (model, loss) = (net.settings.model()?, net.settings.output.loss()?);
        let loss = loss.among(1).with_isa(model.isa());
        let (params, seq_length) = (net.params(), net.settings.seq_length);
        let rate = config.learning_rate;
        Ok(Self {
            every: config.every,
            trainer: OnlineTrainer::new(model, loss, params.clone(), seq_length, rate, MAX_NORM)?,
            model: params,
            seq_length,
            untrained: fitted.online_networks("")?,
            forecast: OnlineForecast::default(),
            guard: Guard::default(),
            steps: 0,
            rollbacks: 0,
            x: Vec::new(),
            targets: Vec::new(),
        })
    }

    /// Optimizer steps, and returns to the weights of the model.
    pub(super) fn counts(&self) -> [u64; 2] {
        [self.steps, self.rollbacks]
    }

    /// Updates the states of a series, `state` with the trained weights of `networks`, and trains.
    pub(super) fn update(
        &mut self,
        (state, own): (&mut OnlineState, &mut LearningState),
        (name, y): (&str, f64),
        networks: &mut OnlineNetworks<'m>,
    ) -> Result<()> {
        let untrained = own.untrained.get_or_insert_with(|| state.clone());
        // A series of equal values has no unit to compare errors by.
        let unit = untrained.unit();
        if let (Some([trained, frozen]), true) = (own.forecasts, unit > 0.0 && !y.is_nan()) {
            self.guard.add((y - trained).abs() / unit, (y - frozen).abs() / unit);
        }
        self.untrained.update(untrained, name, y)?;
        own.begin_row(state, self.seq_length);
        networks.update(state, name, y)?;
        own.end_row(networks, state, y);
        own.observations += 1;
        if own.observations.is_multiple_of(self.every as u64) {
            self.train(own, networks)?;
        }
        let untrained = own.untrained.as_ref().expect("just made");
        let is_finite = networks.forecast(state, name, 1, &mut self.forecast).is_ok();
        if !is_finite || self.guard.is_worse() {
            self.go_back(networks)?;
            state.clone_from(untrained);
            own.rows.clear();
            networks.forecast(state, name, 1, &mut self.forecast)?;
        }
        let trained = self.forecast.values[0];
        self.untrained.forecast(untrained, name, 1, &mut self.forecast)?;
        own.forecasts = Some([trained, self.forecast.values[0]]);
        Ok(())
    }

    /// Does one optimizer step on the newest time steps of a series.
    fn train(&mut self, own: &LearningState, networks: &mut OnlineNetworks<'m>) -> Result<()> {
        // The newest time step has no target yet.
        let Some(steps) = own.rows.len().checked_sub(1).filter(|steps| *steps > 0) else {
            return Ok(());
        };
        let horizon = networks.horizon();
        self.x.clear();
        self.targets.clear();
        for (t, row) in own.rows.iter().take(steps).enumerate() {
            self.x.extend_from_slice(&row.x);
            let later = (1..=horizon).map(|k| own.rows.get(t + k).map(|later| &later.encoded));
            self.targets.extend(later.map(|later| row.encoded.target(later)));
        }
        let before = self.trainer.updates();
        self.trainer.step(&self.x, &self.targets, &own.rows[0].before)?;
        self.steps += self.trainer.updates() - before;
        networks.set_params(Some(self.trainer.params()));
        Ok(())
    }

    /// Goes back to the weights of the model, with half the learning rate.
    fn go_back(&mut self, networks: &mut OnlineNetworks<'m>) -> Result<()> {
        let rate = (self.trainer.learning_rate() / 2.0).max(f64::MIN_POSITIVE);
        self.trainer.restart(self.model, rate)?;
        networks.set_params(None);
        self.guard = Guard::default();
        self.rollbacks += 1;
        Ok(())
    }

    pub(super) fn save(&self) -> SavedLearning {
        let Self { guard, steps, rollbacks, .. } = *self;
        SavedLearning { trainer: self.trainer.save(), guard, steps, rollbacks }
    }

    /// Continues from saved weights, which `networks` get, too.
    ///
    /// # Errors
    /// Weights of another network.
    pub(super) fn resume(
        &mut self,
        saved: &SavedLearning,
        networks: &mut OnlineNetworks<'m>,
    ) -> Result<()> {
        if !saved.guard.is_finite() {
            ranges::refuse("guard", "errors that are not finite", "finite")?;
        }
        self.trainer.resume(&saved.trainer)?;
        if self.trainer.updates() > 0 {
            networks.set_params(Some(self.trainer.params()));
        }
        (self.guard, self.steps, self.rollbacks) = (saved.guard, saved.steps, saved.rollbacks);
        Ok(())
    }

    /// Continues a series from its saved state.
    ///
    /// # Errors
    /// The state of another network.
    pub(super) fn resume_series(&self, saved: &SavedLearningState) -> Result<LearningState> {
        let other = || Error::Data {
            reason: "the state of online training is that of another network".to_owned(),
            help: String::new(),
        };
        let (model, inputs) = self.untrained.first();
        let row = |(x, before, encoded): &(Vec<f32>, SavedState, Encoded)| {
            let before = model.saved_state(before).filter(|_| x.len() == inputs);
            Ok(Row { x: x.clone(), before: before.ok_or_else(other)?, encoded: *encoded })
        };
        let SavedLearningState { rows, untrained, forecasts, observations } = saved;
        let untrained = untrained.as_ref().map(|saved| self.untrained.resume(saved));
        Ok(LearningState {
            rows: rows.iter().map(row).collect::<Result<_>>()?,
            untrained: untrained.transpose()?,
            forecasts: *forecasts,
            observations: *observations,
        })
    }
}

/// Whether a network can train on single windows: windows of a network that resets its hidden state begin where it does.
fn can_learn(settings: &RnnConfig) -> bool {
    !settings.is_untrained() && settings.carry
}

impl LearningState {
    /// Forecast of the next value with the weights of the model.
    pub(super) fn without_learning(&self) -> Option<f64> {
        self.forecasts.map(|[_, frozen]| frozen)
    }

    /// Keeps the hidden state before the next time step; the window has `seq_length` time steps.
    fn begin_row(&mut self, state: &OnlineState, seq_length: usize) {
        let Some(SeriesState::Network(network)) = state.only() else { return };
        let row = match self.rows.len() > seq_length {
            true => self.rows.pop_front(),
            false => None,
        };
        let row = match row {
            Some(mut row) => {
                row.before.copy_from(&network.hidden);
                row
            }
            None => {
                let before = network.hidden.clone();
                Row { x: Vec::new(), before, encoded: Encoded::default() }
            }
        };
        self.rows.push_back(row);
    }

    /// Keeps the inputs of the time step.
    fn end_row(&mut self, networks: &OnlineNetworks<'_>, state: &OnlineState, y: f64) {
        let (Some(row), Some(SeriesState::Network(network))) = (self.rows.back_mut(), state.only())
        else {
            return;
        };
        row.x.resize(networks.first().1, 0.0);
        network.cursor.write_inputs(&mut row.x);
        row.encoded = network.cursor.encoded(y);
    }

    pub(super) fn save(&self) -> SavedLearningState {
        let row = |row: &Row| (row.x.clone(), row.before.save(), row.encoded);
        SavedLearningState {
            rows: self.rows.iter().map(row).collect(),
            untrained: self.untrained.as_ref().map(OnlineState::save),
            forecasts: self.forecasts,
            observations: self.observations,
        }
    }

    /// Memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let row = |row: &Row| {
            let names = row.before.names().iter();
            let hidden: usize = names.filter_map(|n| row.before.tensor(n)).map(<[f32]>::len).sum();
            size_of::<Row>() + 4 * (hidden + row.x.capacity())
        };
        let untrained = self.untrained.as_ref().map_or(0, OnlineState::bytes);
        self.rows.iter().map(row).sum::<usize>() + untrained
    }
}
