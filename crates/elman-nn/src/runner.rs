//! A trained model that reads a sequence: the one forward pass over time of forecasts, evaluations and generated text.

use std::fmt;

use elman_math::{Aligned, Real, Team, zeros};

use crate::error::{Error, Shape};
use crate::layers::Window;
use crate::model::Model;
use crate::params::Params;
use crate::part::{Part, Weights, partition};
use crate::state::State;
use crate::tape::Packing;

/// The hidden state of some lanes, which is carried from window to window, and the working memory to run a model.
///
/// The lanes are partitioned: each shard stays in the caches of the core that computes it, so that this is faster than
/// [`Model::forward`] for many lanes, even on one thread.
pub struct Runner<T: Real> {
    most_steps: usize,
    batch: usize,
    state: State<T>,
    team: Team,
    packing: Packing<T>,
    parts: Vec<(Part<T>, Result<(), Error>)>,
    output: Aligned<T>,
}

impl<T: Real> fmt::Debug for Runner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("steps", &self.most_steps)
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}

impl<T: Real> Runner<T> {
    /// For windows of up to `steps` time steps in `batch` lanes, on up to `threads` threads, which do not change any bit
    /// of the results. The hidden state is zero.
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
            most_steps: steps,
            batch,
            state: model.zero_state(batch),
            team: Team::new(threads.clamp(1, parts.len())),
            packing: model.packing(),
            output: zeros(steps * batch * model.config().output_size),
            parts,
        })
    }

    /// Starts from another hidden state, `[L, B, H]`.
    pub fn with_state(mut self, state: State<T>) -> Self {
        self.state = state;
        self
    }

    /// The number of threads in use.
    pub fn threads(&self) -> usize {
        self.team.members()
    }

    /// The hidden state after the last window, `[L, B, H]`.
    pub fn state(&self) -> &State<T> {
        &self.state
    }

    /// Exchanges the hidden state `[L, B, H]` with `state`, so that one runner serves the states of many series.
    pub fn swap_state(&mut self, state: &mut State<T>) {
        std::mem::swap(&mut self.state, state);
    }

    /// Copies the hidden state `[L, 1, H]` of one series into `lane`.
    pub fn set_lane(&mut self, lane: usize, state: &State<T>) {
        state.put_streams(&mut self.state, lane);
    }

    /// Copies the hidden state of `lane` to `state`, `[L, 1, H]`.
    pub fn copy_lane(&self, lane: usize, state: &mut State<T>) {
        state.take_streams(&self.state, lane);
    }

    /// Sets the hidden state of all lanes to zero.
    pub fn reset(&mut self) {
        self.state.reset();
    }

    /// Runs a window `x` `[T, B, I]` through the model, and replaces the hidden state by that at the end of the window.
    /// Returns the output `[T, B, K]`. Allocates nothing.
    ///
    /// # Errors
    /// [`Error::Shape`] if `x` is not from 1 to `steps` time steps long, or the hidden state does not fit.
    pub fn run(&mut self, model: &Model<T>, params: &Params<T>, x: &[T]) -> Result<&[T], Error> {
        let Self { most_steps, batch, .. } = *self;
        let row = batch * model.config().input_size;
        let steps = (x.len() / row).clamp(1, most_steps);
        Shape([('T', steps), ('B', batch), ('I', model.config().input_size)]).check("x", x)?;
        model.check_state(Window { steps, batch }, &self.state)?;
        model.pack_forward(params, &mut self.packing);
        let weights = Weights { model, params, packing: &self.packing };
        let before = &self.state;
        self.team.for_each(&mut self.parts, |(part, outcome)| {
            part.set_steps(model, steps);
            *outcome = part.forward(&weights, x, before, None);
        });
        let output = &mut self.output[..steps * batch * model.config().output_size];
        for (part, outcome) in &mut self.parts {
            std::mem::replace(outcome, Ok(()))?;
            part.gather(&mut self.state, output);
        }
        Ok(output)
    }
}
