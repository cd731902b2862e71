//! Forward passes over many lanes of a batch, partitioned over a team of threads.

use elman_math::{Aligned, Real, Team, zeros};

use crate::error::{Error, Shape};
use crate::layers::Window;
use crate::model::Model;
use crate::params::Params;
use crate::part::{Part, Weights, partition};
use crate::state::State;
use crate::tape::Packing;

/// The working memory of forward passes of one model over windows of one size. Each shard of the
/// lanes stays in the caches of the core that computes it, so that this is faster than
/// [`Model::forward`] for many lanes, even on one thread.
pub struct Inference<T: Real> {
    window: Window,
    team: Team,
    packing: Packing<T>,
    parts: Vec<(Part<T>, Result<(), Error>)>,
    output: Aligned<T>,
}

impl<T: Real> Inference<T> {
    /// For windows of `steps` time steps in `batch` lanes, on up to `threads` threads. The number of
    /// threads does not change any bit of the results.
    ///
    /// # Errors
    /// As [`Model::check_window`].
    pub fn new(
        model: &Model<T>,
        steps: usize,
        batch: usize,
        threads: usize,
    ) -> Result<Self, Error> {
        model.check_window(steps, batch)?;
        let parts: Vec<_> = partition(model.config(), batch)
            .map(|streams| (Part::new(model, steps, streams), Ok(())))
            .collect();
        Ok(Self {
            window: Window { steps, batch },
            team: Team::new(threads.clamp(1, parts.len())),
            packing: model.packing(),
            output: zeros(steps * batch * model.config().output_size),
            parts,
        })
    }

    /// The number of threads in use.
    pub fn threads(&self) -> usize {
        self.team.members()
    }

    /// Runs `x` `[T, B, I]` through the model from the hidden state in `state`, and replaces it by the
    /// hidden state at the end of the window. Returns the output `[T, B, K]`.
    ///
    /// # Errors
    /// [`Error::Shape`] if `x` or `state` do not fit.
    pub fn run(
        &mut self,
        model: &Model<T>,
        params: &Params<T>,
        x: &[T],
        state: &mut State<T>,
    ) -> Result<&[T], Error> {
        let Window { steps, batch } = self.window;
        let size = [('T', steps), ('B', batch), ('I', model.config().input_size)];
        Shape(size).check("x", x)?;
        model.check_state(self.window, state)?;
        model.pack_forward(params, &mut self.packing);
        let weights = Weights { model, params, packing: &self.packing };
        let before = &*state;
        self.team.for_each(&mut self.parts, |(part, outcome)| {
            *outcome = part.forward(&weights, x, before, None);
        });
        for (part, outcome) in &mut self.parts {
            std::mem::replace(outcome, Ok(()))?;
            part.gather(state, &mut self.output);
        }
        Ok(&self.output)
    }
}
