//! The state of the trainer: everything that the next optimizer step depends on.

use elman_math::{Real, Stream};

use crate::optim::Optimizer;
use crate::params::Params;
use crate::schedules::Schedule;
use crate::state::State;

/// Everything that the rest of training depends on, except its settings and its data.
#[derive(Debug, Clone)]
pub struct TrainerState<T: Real> {
    /// Optimizer steps done; also the number of the next window.
    pub step: u64,
    /// The weights.
    pub params: Params<T>,
    /// The optimizer with its state.
    pub optimizer: Optimizer<T>,
    /// The schedule with its state.
    pub schedule: Schedule,
    /// The carried hidden state.
    pub state: State<T>,
    /// The RNG stream of dropout.
    pub noise: Stream,
}

impl<T: Real> TrainerState<T> {
    /// Copies another state of the same training, without allocating.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.step = other.step;
        self.params.copy_from(&other.params);
        self.optimizer.copy_from(&other.optimizer);
        self.schedule.progress.clone_from(&other.schedule.progress);
        self.state.copy_from(&other.state);
        self.noise.clone_from(&other.noise);
    }
}

/// The best evaluation so far.
#[derive(Debug, Clone)]
pub struct Best<T> {
    /// Its loss; infinite before the first evaluation.
    pub loss: f64,
    /// The optimizer step after which it was done.
    pub step: u64,
    /// Its weights.
    pub params: Params<T>,
}
