//! The training loop, for every source of windows.

mod checkpoint;
mod config;
mod event;
mod live;
mod online;
mod shard;
mod state;

use std::fmt;
use std::ops::ControlFlow;

use elman_math::{Aligned, Isa, Real, Stream, Team, zeros};

use crate::clip::{clip_norm, norm};
use crate::error::Error;
use crate::losses::{Loss, Predicts};
use crate::model::{Model, ModelConfig};
use crate::optim::Optimizer;
use crate::params::Params;
use crate::part::{Weights, partition};
use crate::schedules::Schedule;
use crate::state::State;
use crate::tape::Packing;
use crate::windows::{Batch, Windows};

use self::shard::{Shard, Task};

pub use checkpoint::{Mark, Training};
pub use config::TrainConfig;
pub use event::Event;
pub use online::{OnlineTrainer, SavedOnlineTrainer};
pub use state::{Best, TrainerState};

/// The most halvings of the learning rate before training ends with an error.
pub const MAX_HALVINGS: u32 = 5;

/// Floating-point operations per optimizer step from which on several threads are faster.
const MIN_FLOP_TO_SHARE: f64 = 2e6;

/// Evaluates weights on a validation set.
pub trait Validator<T: Real>: Send {
    /// The validation loss of `params`; lower is better.
    ///
    /// # Errors
    /// The errors of a forward pass.
    fn loss(&mut self, model: &Model<T>, params: &Params<T>) -> Result<f64, Error>;
}

/// The training of a model.
pub struct Trainer<'w, T: Real> {
    config: TrainConfig,
    model: Model<T>,
    loss: Loss<T>,
    windows: Box<dyn Windows<T> + 'w>,
    validator: Option<Box<dyn Validator<T> + 'w>>,
    /// The current state.
    current: TrainerState<T>,
    /// The last good state: the one before the last optimizer step whose loss and gradient were finite.
    last_good: TrainerState<T>,
    best: Best<T>,
    history: Vec<f64>,
    lr_scale: f64,
    halvings: u32,
    // Working memory, not part of the state.
    team: Team,
    shards: Vec<Shard<T>>,
    packing: Packing<T>,
    grads: Params<T>,
    before: State<T>,
    batch: Batch<T>,
    output: Aligned<T>,
}

impl<T: Real> fmt::Debug for Trainer<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer")
            .field("config", &self.config)
            .field("step", &self.current.step)
            .finish_non_exhaustive()
    }
}

impl<'w, T: Real> Trainer<'w, T> {
    /// Sets up the training of `model` on `windows`, from the weights `params`.
    ///
    /// # Errors
    /// Unknown names, settings out of range, invalid levels of the loss, or a model whose sizes do not fit the windows.
    pub fn new(
        config: TrainConfig,
        model: Model<T>,
        params: Params<T>,
        windows: Box<dyn Windows<T> + 'w>,
    ) -> Result<Self, Error> {
        let among = model.config().output_size / windows.target_size().max(1);
        let loss = Loss::new(&config.loss, &config.quantiles)?.among(among).with_isa(model.isa());
        config.check()?;
        let window = windows.window();
        model.check_window(window.steps, window.batch)?;
        check_sizes(&config, model.config(), &*windows, &loss)?;
        let current = TrainerState {
            step: 0,
            optimizer: Optimizer::new(config.optimizer.clone(), model.layout())?,
            schedule: Schedule::new(config.schedule.clone())?,
            state: model.zero_state(window.batch),
            noise: Stream::new(config.seed, "dropout"),
            params,
        };
        Ok(Self {
            loss,
            last_good: current.clone(),
            best: Best { loss: f64::INFINITY, step: 0, params: current.params.clone() },
            history: Vec::with_capacity(config.max_steps.min(1 << 20) as usize),
            lr_scale: 1.0,
            halvings: 0,
            team: Team::new(1),
            shards: shards(&model, &*windows),
            packing: model.packing(),
            grads: Params::zeros(model.layout()),
            before: model.zero_state(window.batch),
            batch: Batch::new(&*windows),
            output: zeros(window.rows() * model.outputs_in_training()),
            config,
            model,
            windows,
            validator: None,
            current,
        })
    }

    /// Evaluates on a validation set; early stopping and the best weights depend on its loss.
    pub fn with_validator(mut self, validator: Box<dyn Validator<T> + 'w>) -> Self {
        self.validator = Some(validator);
        self
    }

    /// Uses up to `threads` threads, including the calling one. The partition of the lanes does not depend on
    /// the number of threads, so that it does not change any bit of the results.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.team = Team::new(threads.clamp(1, self.shards.len()));
        self
    }

    /// Selects another instruction set of this machine; the last bits of all results depend on the
    /// instruction set.
    pub fn with_isa(mut self, isa: Isa) -> Self {
        self.model = self.model.with_isa(isa);
        self.loss = self.loss.with_isa(isa);
        self.shards = shards(&self.model, &*self.windows);
        self.packing = self.model.packing();
        self
    }

    /// The recommended number of threads, at most `most`: one for optimizer steps so small that sharing
    /// them costs more than it saves (the measurement: `docs/performance.md`).
    pub fn recommended_threads(&self, most: usize) -> usize {
        let window = self.windows.window();
        // Each weight is used once in the forward and twice in the backward pass, by a multiplication and an addition.
        let flop = 6.0 * (window.rows() * self.model.layout().count()) as f64;
        if flop < MIN_FLOP_TO_SHARE { 1 } else { most.clamp(1, self.shards.len()) }
    }

    /// The number of threads in use.
    pub fn threads(&self) -> usize {
        self.team.members()
    }

    /// Does one optimizer step, or rolls back, or reports that training is finished. Allocates nothing for a
    /// step without evaluation (the history grows beyond 2²⁰ steps).
    ///
    /// # Errors
    /// [`Error::Diverged`] if the loss is not finite after [`MAX_HALVINGS`] halvings; the best weights
    /// are still in [`best`](Trainer::best).
    pub fn advance(&mut self) -> Result<Event, Error> {
        let is_last = self.current.step >= self.config.max_steps;
        if is_last || self.out_of_patience() {
            return if self.last_update_is_good()? {
                Ok(Event::Finished { early: !is_last })
            } else {
                self.go_back()
            };
        }
        self.before.copy_from(&self.current.state);
        let noise_before = self.current.noise.clone();
        let (loss, grad_norm) = self.gradient()?;
        if !(loss.is_finite() && grad_norm.is_finite()) {
            return self.go_back();
        }
        let rate = self.update(noise_before);
        self.history.push(loss);
        let step = self.current.step;
        let due = step.is_multiple_of(self.config.val_every) || step == self.config.max_steps;
        let evaluation = if due { Some(self.evaluate()?) } else { None };
        if evaluation.is_some_and(|loss| !loss.is_finite()) {
            return self.go_back();
        }
        Ok(Event::Step { step, loss, grad_norm, rate, evaluation })
    }

    /// Runs training to its end and passes every event to `observer`, which can stop the run after any event.
    ///
    /// # Errors
    /// As [`advance`](Trainer::advance).
    pub fn run(
        &mut self,
        mut observer: impl FnMut(&Self, Event) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        loop {
            let event = self.advance()?;
            let goes_on = observer(self, event);
            if goes_on.is_break() || matches!(event, Event::Finished { .. }) {
                return Ok(());
            }
        }
    }

    /// Computes the loss of the next window and the norm of its gradient; the gradient, clipped, is left in
    /// `grads`.
    fn gradient(&mut self) -> Result<(f64, f64), Error> {
        let TrainerState { step, params, state, noise, .. } = &mut self.current;
        self.windows.fill(*step, &mut self.batch);
        for (stream, &fresh) in self.batch.fresh.iter().enumerate() {
            if fresh || !self.config.carry {
                state.reset_stream(stream);
            }
        }
        let known = self.batch.known();
        let width = self.model.outputs_in_training();
        self.output.resize(self.batch.steps() * self.batch.fresh.len() * width, T::ZERO);
        let isa = self.model.isa();
        self.model.pack_forward(params, &mut self.packing);
        self.model.pack_backward(params, &mut self.packing, false);
        let task = Task {
            weights: Weights { model: &self.model, params, packing: &self.packing },
            loss: &self.loss,
            batch: &self.batch,
            known,
            state,
            noise: Some(noise.bits()),
        };
        self.team.for_each(&mut self.shards, |shard| shard.gradient(&task));
        let mut loss = 0.0;
        for (index, shard) in self.shards.iter_mut().enumerate() {
            std::mem::replace(&mut shard.outcome, Ok(()))?;
            shard.part.gather(state, &mut self.output);
            loss += shard.loss;
            match index {
                0 => std::mem::swap(&mut self.grads, &mut shard.grads),
                _ => self.grads.add(isa, &shard.grads),
            }
        }
        let norm = match self.config.clip {
            Some(max_norm) => clip_norm(isa, &mut self.grads, max_norm),
            None => norm(isa, &self.grads),
        };
        Ok((loss, norm))
    }

    /// Does one optimizer step: the old `current` becomes `last_good`, and `current` the new state. Returns the learning
    /// rate. `before` has the hidden state before the window, `noise_before` the RNG stream.
    fn update(&mut self, noise_before: Stream) -> f64 {
        std::mem::swap(&mut self.current, &mut self.last_good);
        let Self { current, last_good, before, .. } = self;
        let factor = last_good.schedule.factor(last_good.step, self.config.max_steps);
        let rate = self.config.learning_rate * factor * self.lr_scale;
        let from = (&last_good.params, &last_good.optimizer);
        current.optimizer.step_from(self.model.isa(), from, &mut current.params, &self.grads, rate);
        current.step = last_good.step + 1;
        current.schedule.progress.clone_from(&last_good.schedule.progress);
        current.noise.clone_from(&last_good.noise);
        last_good.noise = noise_before;
        std::mem::swap(&mut current.state, &mut last_good.state);
        std::mem::swap(&mut last_good.state, before);
        rate
    }

    /// Whether the weights after the last optimizer step still give a finite loss. No further step would
    /// detect it, so the last window is evaluated once more, from the hidden state before it.
    fn last_update_is_good(&mut self) -> Result<bool, Error> {
        if self.current.step == 0 {
            return Ok(true);
        }
        self.windows.fill(self.current.step - 1, &mut self.batch);
        self.model.pack_forward(&self.current.params, &mut self.packing);
        let params = &self.current.params;
        let task = Task {
            weights: Weights { model: &self.model, params, packing: &self.packing },
            loss: &self.loss,
            batch: &self.batch,
            known: self.batch.known(),
            state: &self.last_good.state,
            noise: None,
        };
        self.team.for_each(&mut self.shards, |shard| shard.loss_head(&task));
        let mut loss = 0.0;
        for shard in &mut self.shards {
            std::mem::replace(&mut shard.outcome, Ok(()))?;
            loss += shard.loss;
        }
        Ok(loss.is_finite())
    }

    /// Whether early stopping is due. Counted in optimizer steps, so that rolled back evaluations do not count.
    fn out_of_patience(&self) -> bool {
        let since =
            (self.current.step - self.best.step.min(self.current.step)) / self.config.val_every;
        self.config.patience.is_some_and(|patience| since >= patience)
    }

    fn go_back(&mut self) -> Result<Event, Error> {
        let from = self.current.step;
        self.current.copy_from(&self.last_good);
        self.history.truncate(self.current.step as usize);
        if self.halvings == MAX_HALVINGS {
            if self.best.loss.is_infinite() {
                self.best.params.copy_from(&self.last_good.params);
            }
            return Err(Error::Diverged { step: from, halvings: self.halvings });
        }
        self.halvings += 1;
        self.lr_scale *= 0.5;
        Ok(Event::RolledBack { from, to: self.current.step, lr_scale: self.lr_scale })
    }

    fn evaluate(&mut self) -> Result<f64, Error> {
        let loss = match &mut self.validator {
            Some(validator) => validator.loss(&self.model, &self.current.params)?,
            None => {
                let recent = self.config.val_every.min(self.current.step) as usize;
                let losses = &self.history[self.history.len() - recent..];
                losses.iter().sum::<f64>() / recent as f64
            }
        };
        if !loss.is_finite() {
            return Ok(loss);
        }
        self.current.schedule.observe(loss);
        if loss < self.best.loss {
            self.best.loss = loss;
            self.best.step = self.current.step;
            // Without a validator the loss is that of the weights before the last optimizer step.
            let judged = match self.validator {
                Some(_) => &self.current.params,
                None => &self.last_good.params,
            };
            self.best.params.copy_from(judged);
        }
        Ok(loss)
    }

    /// Replaces the current weights by the best ones of all evaluations.
    pub fn restore_best(&mut self) {
        if self.best.loss.is_finite() {
            self.current.params.copy_from(&self.best.params);
        }
    }

    /// The model and its weights, at the end of training.
    pub fn into_parts(self) -> (Model<T>, Params<T>) {
        (self.model, self.current.params)
    }

    /// The settings.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// The loss, which also computes points and quantiles from the model's outputs.
    pub fn loss(&self) -> &Loss<T> {
        &self.loss
    }

    /// The model in training.
    pub fn model(&self) -> &Model<T> {
        &self.model
    }

    /// The current weights.
    pub fn params(&self) -> &Params<T> {
        &self.current.params
    }

    /// The hidden state after the last window.
    pub fn state(&self) -> &State<T> {
        &self.current.state
    }

    /// The number of optimizer steps done.
    pub fn step(&self) -> u64 {
        self.current.step
    }

    /// The best evaluation so far, with its weights.
    pub fn best(&self) -> &Best<T> {
        &self.best
    }

    /// The training loss of every optimizer step so far.
    pub fn history(&self) -> &[f64] {
        &self.history
    }

    /// The window of the last optimizer step.
    pub fn batch(&self) -> &Batch<T> {
        &self.batch
    }

    /// The model's output `[T, B, K]` on that window; each target has as many adjacent values as the loss has
    /// [outputs](Loss::outputs_per_target). For a model with cutoffs it is `[T, B, 1]`: the loss of each row.
    pub fn output(&self) -> &[T] {
        &self.output
    }

    /// The gradient of the last optimizer step, clipped.
    pub fn grads(&self) -> &Params<T> {
        &self.grads
    }
}

/// Checks that the sizes of a model fit the windows and the loss.
fn check_sizes<T: Real>(
    config: &TrainConfig,
    model: &ModelConfig,
    windows: &dyn Windows<T>,
    loss: &Loss<T>,
) -> Result<(), Error> {
    let ModelConfig { input_size, output_size, ref cutoffs, .. } = *model;
    let refused = |name, got, must_be| Err(Error::Setting { name, got, must_be });
    if input_size != windows.input_size() {
        let got = format!("{input_size}, where the data has {}", windows.input_size());
        return refused("input_size", got, "the size of the data");
    }
    if !cutoffs.is_empty() && loss.entry().predicts() != Predicts::Classes {
        let got = format!("{cutoffs:?} with the loss `{}`", config.loss);
        return refused("cutoffs", got, "empty but for the loss `cross-entropy`");
    }
    if !cutoffs.is_empty() && windows.target_size() != 1 {
        let got = format!("{cutoffs:?} with {} targets a step", windows.target_size());
        return refused("cutoffs", got, "empty but for one target a step");
    }
    let needed = windows.target_size() * loss.outputs_per_target();
    if output_size != needed {
        let got = format!("{output_size}, where data and loss need {needed}");
        let must_be = "the values to predict times the outputs of the loss for each";
        return refused("output_size", got, must_be);
    }
    Ok(())
}

/// Partitions a batch into shards.
fn shards<T: Real>(model: &Model<T>, windows: &dyn Windows<T>) -> Vec<Shard<T>> {
    let streams = partition(model.config(), windows.window().batch);
    streams.map(|streams| Shard::new(model, windows, streams)).collect()
}
