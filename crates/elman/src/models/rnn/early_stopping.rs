//! Early stopping of the training of a candidate: it ends when the validation error no longer falls, and the weights with
//! the least error are kept.

use elman_nn::train::Validator;
use elman_nn::{Error, Model, Params};

use super::config::RnnConfig;
use super::model::RnnRef;

/// Evaluations in a training that is not stopped early.
const EVALUATIONS: u64 = 20;
/// Least number of optimizer steps between two evaluations.
const MIN_UPDATES: u64 = 10;

/// Rule of early stopping.
pub(crate) struct StoppingRule<'a> {
    /// Patience: training ends after so many evaluations in a row without improvement.
    pub(crate) patience: u64,
    /// Validation error of a network; lower is better.
    pub(crate) error: &'a (dyn Fn(RnnRef<'_>) -> Result<f64, Error> + Sync),
}

impl StoppingRule<'_> {
    /// Optimizer steps between two evaluations, in a training of `steps` optimizer steps.
    pub(super) fn every(steps: u64) -> u64 {
        (steps / EVALUATIONS).max(MIN_UPDATES)
    }
}

/// Validation error of the network with these settings.
pub(super) struct ValidationError<'a> {
    pub(super) rule: &'a StoppingRule<'a>,
    pub(super) settings: RnnConfig,
}

impl Validator<f32> for ValidationError<'_> {
    fn loss(&mut self, model: &Model<f32>, params: &Params<f32>) -> Result<f64, Error> {
        let error = (self.rule.error)(RnnRef { settings: &self.settings, model, params })?;
        // A forecast that is not finite is the worst, and no reason to roll the training back.
        Ok(if error.is_finite() { error } else { f64::MAX })
    }
}
