//! Early stopping: training ends when the error on values that it does not see falls no more, and the weights of
//! the least error stay.

use elman_nn::Params;

use super::net::NetRef;
use crate::error::Result;

/// Evaluations in a training that goes on to its end.
const EVALUATIONS: u64 = 20;
/// Updates between two evaluations, at least.
const LEAST_UPDATES: u64 = 10;

/// When training is stopped.
pub(super) struct Early<'a> {
    /// After so many evaluations in a row that are no better.
    pub(super) patience: u64,
    /// The error of a network; lower is better.
    pub(super) error: &'a (dyn Fn(NetRef<'_>) -> Result<f64> + Sync),
}

/// One training, watched.
pub(super) struct Watch<'a> {
    early: &'a Early<'a>,
    every: u64,
    steps: u64,
    best: Option<Best>,
}

/// Weights at their best.
pub(super) struct Best {
    error: f64,
    pub(super) step: u64,
    pub(super) params: Params<f32>,
}

impl<'a> Watch<'a> {
    /// A training of so many updates.
    pub(super) fn new(early: &'a Early<'a>, steps: u64) -> Self {
        Self { early, every: (steps / EVALUATIONS).max(LEAST_UPDATES), steps, best: None }
    }

    /// Whether training goes on after update `step`.
    pub(super) fn goes_on(&mut self, step: u64, net: NetRef<'_>) -> Result<bool> {
        if !step.is_multiple_of(self.every) && step != self.steps {
            return Ok(true);
        }
        let error = (self.early.error)(net)?;
        // What is no number is worse than any.
        let error = if error.is_nan() { f64::INFINITY } else { error };
        match &mut self.best {
            Some(best) if error < best.error => {
                (best.error, best.step) = (error, step);
                best.params.copy_from(net.params);
            }
            Some(best) => {
                // Training that went back may be before it.
                let waited = step.saturating_sub(best.step) / self.every;
                return Ok(waited < self.early.patience);
            }
            None => self.best = Some(Best { error, step, params: net.params.clone() }),
        }
        Ok(true)
    }

    /// The weights of the least error; none if none were judged.
    pub(super) fn best(self) -> Option<Best> {
        self.best
    }
}
