//! Training that a page starts, stops and rewinds.

use elman_nn::Trainer;
use elman_nn::error::Error;
use elman_nn::train::{Event, TrainerState};

/// Optimizer steps after which training ends. The trainer keeps the loss of each step: 8 MB.
pub(crate) const MAX_STEPS: u64 = 1 << 20;

/// Optimizer steps between two states to return to.
const GOOD_EVERY: u64 = 100;

/// Windows of the running mean of the loss.
const MEAN_OF: f64 = 50.0;

/// How a call of [`Training::step`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Training can continue.
    Running,
    /// The loss is not finite, or far above that of an untrained network.
    Diverged,
    /// All optimizer steps are done.
    Finished,
}

/// Losses that decide whether a training goes well.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// A window with a loss above has diverged.
    pub(crate) diverged: f64,
    /// A training with a running mean above has diverged.
    pub(crate) diverged_mean: f64,
    /// A running mean below is that of a state worth returning to.
    pub(crate) good: f64,
}

/// A state to return to.
#[derive(Debug, Clone)]
struct Good {
    state: TrainerState<f32>,
    mean_loss: f64,
    learning_rate: f64,
}

/// A network in training, and states to return to.
#[derive(Debug)]
pub(crate) struct Training {
    pub(crate) trainer: Trainer<'static, f32>,
    limits: Limits,
    /// Two states to return to, the older first.
    good: [Good; 2],
    /// The running mean of the loss; NaN before an optimizer step.
    mean_loss: f64,
    loss: f64,
    grad_norm: f64,
    rate: f64,
}

impl Training {
    pub(crate) fn new(trainer: Trainer<'static, f32>, limits: Limits) -> Self {
        let untrained = Good {
            state: trainer.snapshot(),
            mean_loss: f64::INFINITY,
            learning_rate: trainer.config().learning_rate,
        };
        let good = [untrained.clone(), untrained];
        let unknown = f64::NAN;
        let (mean_loss, loss, grad_norm, rate) = (unknown, unknown, unknown, unknown);
        Self { trainer, limits, good, mean_loss, loss, grad_norm, rate }
    }

    /// Does up to `count` optimizer steps; fewer if training diverges or ends.
    ///
    /// # Errors
    /// The errors of [`Trainer::advance`], except that a loss that stays infinite is [`Status::Diverged`].
    pub(crate) fn step(&mut self, count: usize) -> Result<Status, Error> {
        let (mut sum, mut done) = (0.0, 0);
        let mut status = Status::Running;
        while done < count && status == Status::Running {
            status = match self.trainer.advance() {
                Ok(Event::Step { step, loss, grad_norm, rate, .. }) => {
                    (sum, done) = (sum + loss, done + 1);
                    (self.grad_norm, self.rate) = (grad_norm, rate);
                    self.take(loss);
                    self.keep_if_good(step);
                    let Limits { diverged, diverged_mean, .. } = self.limits;
                    let is_far = loss > diverged || self.mean_loss > diverged_mean;
                    if is_far { Status::Diverged } else { Status::Running }
                }
                Ok(Event::RolledBack { .. }) | Err(Error::Diverged { .. }) => Status::Diverged,
                Ok(Event::Finished { .. }) => Status::Finished,
                Err(error) => return Err(error),
            };
        }
        if done > 0 {
            self.loss = sum / done as f64;
        }
        Ok(status)
    }

    /// Takes the loss of one window into the running mean.
    fn take(&mut self, loss: f64) {
        match self.mean_loss.is_nan() {
            true => self.mean_loss = loss,
            false => self.mean_loss += (loss - self.mean_loss) / MEAN_OF,
        }
    }

    /// Keeps a state to return to. After the learning rate was raised, only a state with a lower loss is kept: a network
    /// whose units are all saturated has no large loss, and cannot be trained on.
    fn keep_if_good(&mut self, step: u64) {
        let learning_rate = self.trainer.config().learning_rate;
        let [_, newest] = &self.good;
        let is_better = learning_rate <= newest.learning_rate || self.mean_loss < newest.mean_loss;
        if step.is_multiple_of(GOOD_EVERY) && self.mean_loss < self.limits.good && is_better {
            self.good.swap(0, 1);
            let (state, mean_loss) = (self.trainer.snapshot(), self.mean_loss);
            self.good[1] = Good { state, mean_loss, learning_rate };
        }
    }

    /// Returns to the older of two good states, at least [`GOOD_EVERY`] optimizer steps back or untrained.
    pub(crate) fn rewind(&mut self) {
        self.trainer.restore(&self.good[0].state);
        self.good[1] = self.good[0].clone();
        self.mean_loss = f64::NAN;
        self.loss = f64::NAN;
        self.grad_norm = f64::NAN;
    }

    /// Continues from the weights that a training left after `step` optimizer steps. The optimizer starts anew.
    ///
    /// # Errors
    /// Weights of another number, or weights that are not finite.
    pub(crate) fn set_weights(&mut self, weights: &[f32], step: u64) -> Result<(), Error> {
        let mut state = self.trainer.snapshot();
        let values = state.params.values_mut();
        if weights.len() != values.len() || !weights.iter().all(|weight| weight.is_finite()) {
            let got = format!("{} weights", weights.len());
            let must_be = "finite, and as many as those of the network";
            return Err(Error::Setting { name: "weights", got, must_be });
        }
        values.copy_from_slice(weights);
        state.step = step;
        self.trainer.restore(&state);
        for good in &mut self.good {
            good.state.clone_from(&state);
        }
        Ok(())
    }

    /// The mean training loss of the last call of [`step`](Training::step); NaN before.
    pub(crate) fn loss(&self) -> f64 {
        self.loss
    }

    /// The norm of the gradient of the last optimizer step; NaN before.
    pub(crate) fn grad_norm(&self) -> f64 {
        self.grad_norm
    }

    /// The learning rate of the last optimizer step, with the factor of the schedule; NaN before.
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    /// The number of weights.
    pub(crate) fn parameters(&self) -> usize {
        self.trainer.model().layout().count()
    }
}

/// Checks a size against the range of `name`: larger networks train too slowly in a page to be watched.
///
/// # Errors
/// A size out of its range.
pub(crate) fn check_size(
    (name, most, must_be): (&'static str, usize, &'static str),
    size: usize,
) -> Result<(), Error> {
    if (1..=most).contains(&size) {
        return Ok(());
    }
    Err(Error::Setting { name, got: size.to_string(), must_be })
}
