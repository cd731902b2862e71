//! Early stopping: training ends when the validation error no longer falls, and the weights with the least error are
//! kept.

use elman_nn::Params;

use super::rnn::RnnRef;
use crate::error::Result;

/// Evaluations in a training that is not stopped early.
const EVALUATIONS: u64 = 20;
/// Least number of optimizer steps between two evaluations.
const MIN_UPDATES: u64 = 10;

/// Rule of early stopping.
pub(super) struct StoppingRule<'a> {
    /// Patience: training ends after so many evaluations in a row without improvement.
    pub(super) patience: u64,
    /// Validation error of a network; lower is better.
    pub(super) error: &'a (dyn Fn(RnnRef<'_>) -> Result<f64> + Sync),
}

/// State of early stopping in one training.
pub(super) struct EarlyStopping<'a> {
    early: &'a StoppingRule<'a>,
    every: u64,
    steps: u64,
    best: Option<Best>,
}

/// Weights with the least validation error so far.
pub(super) struct Best {
    error: f64,
    pub(super) step: u64,
    pub(super) params: Params<f32>,
}

impl<'a> EarlyStopping<'a> {
    /// Early stopping for a training of so many optimizer steps.
    pub(super) fn new(early: &'a StoppingRule<'a>, steps: u64) -> Self {
        Self { early, every: (steps / EVALUATIONS).max(MIN_UPDATES), steps, best: None }
    }

    /// Whether training continues after optimizer step `step`.
    pub(super) fn goes_on(&mut self, step: u64, net: RnnRef<'_>) -> Result<bool> {
        if !step.is_multiple_of(self.every) && step != self.steps {
            return Ok(true);
        }
        let error = (self.early.error)(net)?;
        // NaN counts as the worst error.
        let error = if error.is_nan() { f64::INFINITY } else { error };
        match &mut self.best {
            Some(best) if error < best.error => {
                (best.error, best.step) = (error, step);
                best.params.copy_from(net.params);
            }
            Some(best) => {
                // After a rollback, the step can be before the best one.
                let waited = step.saturating_sub(best.step) / self.every;
                return Ok(waited < self.early.patience);
            }
            None => self.best = Some(Best { error, step, params: net.params.clone() }),
        }
        Ok(true)
    }

    /// Weights with the least validation error; `None` without an evaluation.
    pub(super) fn best(self) -> Option<Best> {
        self.best
    }
}
