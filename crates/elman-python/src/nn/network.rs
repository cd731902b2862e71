//! A network with its weights and gradients, and the working memory of its passes.

use elman::nn::{Model, Params, Stream, Tape};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tapes that wait for the next pass, at most: training needs one, and an evaluation with windows of another size a second.
const MAX_TAPES: usize = 2;

/// Network, weights and gradients.
pub(super) struct Network {
    pub model: Model<f32>,
    weights: Mutex<Weights>,
    tapes: Mutex<Vec<Tape<f32>>>,
}

/// Weights, their gradients, and the random numbers of dropout.
pub(super) struct Weights {
    pub params: Params<f32>,
    pub grads: Params<f32>,
    /// Whether there are gradients that no optimizer step has used.
    pub is_due: bool,
    pub noise: Stream,
}

impl Network {
    /// A network with these weights; `seed` is that of dropout.
    pub fn new(model: Model<f32>, params: Params<f32>, seed: u64) -> Self {
        let grads = Params::zeros(model.layout());
        let noise = Stream::new(seed, "dropout");
        let weights = Mutex::new(Weights { params, grads, is_due: false, noise });
        Self { model, weights, tapes: Mutex::default() }
    }

    /// Weights and gradients.
    pub fn weights(&self) -> MutexGuard<'_, Weights> {
        self.weights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A tape for windows of `steps` time steps in `batch` lanes.
    pub fn tape(&self, steps: usize, batch: usize) -> Tape<f32> {
        let mut tapes = self.tapes.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |tape: &Tape<f32>| tape.window().steps == steps && tape.window().batch == batch;
        match tapes.iter().position(fits) {
            Some(found) => tapes.swap_remove(found),
            None => self.model.tape(steps, batch),
        }
    }

    /// Keeps a tape for the next pass.
    pub fn give_back(&self, tape: Tape<f32>) {
        let mut tapes = self.tapes.lock().unwrap_or_else(PoisonError::into_inner);
        tapes.insert(0, tape);
        tapes.truncate(MAX_TAPES);
    }
}

impl Weights {
    /// The gradients, to be added to: zeros after an optimizer step.
    pub fn grads_to_add_to(&mut self) -> (&Params<f32>, &mut Params<f32>) {
        if !self.is_due {
            self.grads.clear();
            self.is_due = true;
        }
        (&self.params, &mut self.grads)
    }
}
