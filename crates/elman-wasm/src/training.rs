//! Training that a page starts, stops and rewinds.

use elman_nn::Trainer;
use elman_nn::error::Error;
use elman_nn::train::{Event, TrainerState};

/// Optimizer steps after which training ends. The trainer keeps the loss of each step: 8 MB.
pub(crate) const MAX_STEPS: u64 = 1 << 20;

/// Optimizer steps between two states to return to.
const GOOD_EVERY: u64 = 100;

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

/// Losses of a window that decide whether a training goes well.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Above, training counts as diverged.
    pub(crate) diverged: f64,
    /// Below, a state is worth returning to.
    pub(crate) good: f64,
}

/// A network in training, and states to return to.
#[derive(Debug)]
pub(crate) struct Training {
    pub(crate) trainer: Trainer<'static, f32>,
    limits: Limits,
    /// Two states to return to, the older first.
    good: [TrainerState<f32>; 2],
    loss: f64,
    grad_norm: f64,
    rate: f64,
}

impl Training {
    pub(crate) fn new(trainer: Trainer<'static, f32>, limits: Limits) -> Self {
        let good = [trainer.snapshot(), trainer.snapshot()];
        Self { trainer, limits, good, loss: f64::NAN, grad_norm: f64::NAN, rate: f64::NAN }
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
                    self.keep_if_good(step, loss);
                    if loss > self.limits.diverged { Status::Diverged } else { Status::Running }
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

    fn keep_if_good(&mut self, step: u64, loss: f64) {
        if step.is_multiple_of(GOOD_EVERY) && loss < self.limits.good {
            self.good.swap(0, 1);
            self.good[1] = self.trainer.snapshot();
        }
    }

    /// Returns to the older of two good states, at least [`GOOD_EVERY`] optimizer steps back or untrained.
    pub(crate) fn rewind(&mut self) {
        self.trainer.restore(&self.good[0]);
        self.good[1] = self.good[0].clone();
        self.loss = f64::NAN;
        self.grad_norm = f64::NAN;
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
