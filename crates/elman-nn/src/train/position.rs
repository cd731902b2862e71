//! Where training stands: everything that the next step depends on.

use elman_math::{Real, Stream};

use crate::optim::Optimizer;
use crate::params::Params;
use crate::schedules::Schedule;
use crate::state::State;

/// Everything that decides how training goes on, but its settings and its data.
#[derive(Debug, Clone)]
pub struct Position<T: Real> {
    /// Steps done; also the number of the next window.
    pub step: u64,
    /// The weights.
    pub params: Params<T>,
    /// The optimiser with its moments.
    pub optimizer: Optimizer<T>,
    /// The schedule with what it remembers.
    pub schedule: Schedule,
    /// The carried memory.
    pub state: State<T>,
    /// The random stream of dropout.
    pub noise: Stream,
}

impl<T: Real> Position<T> {
    /// Takes over another position of the same training, without allocating.
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
    /// The step after which it was.
    pub step: u64,
    /// Its weights.
    pub params: Params<T>,
}
