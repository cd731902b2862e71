//! A shard of the lanes of a batch, with everything that its forward pass needs: the work of one
//! thread.
//!
//! The partition of a batch depends on the sizes alone, never on the number of threads.

use std::ops::Range;

use elman_math::{Aligned, Real, Stream, zeros};

use crate::error::Error;
use crate::layers::Window;
use crate::model::{Model, ModelConfig};
use crate::params::Params;
use crate::state::State;
use crate::tape::{Packing, Tape};

/// The most shards of a batch.
const MAX_PARTS: usize = 8;

/// Partitions `batch` lanes into shards.
///
/// Each shard reads all weights at every time step. Small weights stay in the level 1 cache, so that
/// few lanes per shard are enough; large weights come from slower memory, and need many lanes per shard.
pub(crate) fn partition(config: &ModelConfig, batch: usize) -> impl Iterator<Item = Range<usize>> {
    let streams_a_part = match config.hidden_size {
        ..=32 => 4,
        33..=128 => 16,
        _ => 32,
    };
    let parts = (batch / streams_a_part).clamp(1, MAX_PARTS);
    (0..parts).map(move |part| part * batch / parts..(part + 1) * batch / parts)
}

/// Copies some lanes out of a tensor `[T, B, ·]`; `all` has its T and B.
pub(crate) fn take<T: Copy>(streams: &Range<usize>, all: Window, from: &[T], to: &mut [T]) {
    let width = from.len() / all.rows();
    let rows = from.chunks_exact(all.batch * width);
    for (to, from) in to.chunks_exact_mut(streams.len() * width).zip(rows) {
        to.copy_from_slice(&from[streams.start * width..streams.end * width]);
    }
}

/// The weights, with their packed copies.
pub(crate) struct Weights<'a, T: Real> {
    pub(crate) model: &'a Model<T>,
    pub(crate) params: &'a Params<T>,
    pub(crate) packing: &'a Packing<T>,
}

/// One shard.
pub(crate) struct Part<T> {
    pub(crate) streams: Range<usize>,
    pub(crate) x: Aligned<T>,
    pub(crate) tape: Tape<T>,
    /// The hidden state after the window.
    state: State<T>,
}

impl<T: Real> Part<T> {
    pub(crate) fn new(model: &Model<T>, steps: usize, streams: Range<usize>) -> Self {
        let window = Window { steps, batch: streams.len() };
        Self::on(model, model.tape_without_weights(window), streams)
    }

    /// A shard whose output is the loss of the actual classes, where that is cheaper.
    pub(crate) fn computing_loss(model: &Model<T>, steps: usize, streams: Range<usize>) -> Self {
        let window = Window { steps, batch: streams.len() };
        let tape = model.loss_tape_without_weights(window);
        Self::on(model, tape.unwrap_or_else(|| model.tape_without_weights(window)), streams)
    }

    fn on(model: &Model<T>, tape: Tape<T>, streams: Range<usize>) -> Self {
        let window = tape.window();
        Self {
            x: zeros(window.rows() * model.config().input_size),
            state: model.zero_state(window.batch),
            tape,
            streams,
        }
    }

    /// Resizes the shard for a window of `steps` time steps, at most as many as it was made for.
    pub(crate) fn set_steps(&mut self, model: &Model<T>, steps: usize) {
        self.tape.set_steps(steps);
        self.x.resize(self.tape.window().rows() * model.config().input_size, T::ZERO);
    }

    /// T, and B of the state of all lanes.
    pub(crate) fn all(&self, state: &State<T>) -> Window {
        Window { steps: self.tape.window().steps, batch: state.shape()[1] }
    }

    /// Runs the lanes of this shard of `x` `[T, B, I]` through the model from their hidden state in `state`. The
    /// new hidden state is kept for [`gather`](Part::gather). `noise` is the seed of dropout in training.
    pub(crate) fn forward(
        &mut self,
        weights: &Weights<'_, T>,
        x: &[T],
        state: &State<T>,
        noise: Option<u64>,
    ) -> Result<(), Error> {
        take(&self.streams, self.all(state), x, &mut self.x);
        self.state.take_streams(state, self.streams.start);
        let mut noise =
            noise.map(|seed| Stream::new(seed.wrapping_add(self.streams.start as u64), "dropout"));
        let Weights { model, params, packing } = weights;
        let Self { x, state, tape, .. } = self;
        model.forward_on(params, packing, x, state, tape, noise.as_mut())
    }

    /// Writes this shard's lanes of the hidden state and of the output `[T, B, K]`.
    pub(crate) fn gather(&self, state: &mut State<T>, output: &mut [T]) {
        self.state.put_streams(state, self.streams.start);
        let width = self.tape.output().len() / self.tape.window().rows();
        let row = self.streams.len() * width;
        let to = output.chunks_exact_mut(state.shape()[1] * width);
        for (to, from) in to.zip(self.tape.output().chunks_exact(row)) {
            to[self.streams.start * width..][..row].copy_from_slice(from);
        }
    }
}
