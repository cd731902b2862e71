//! A part of the streams, with everything that a pass over them needs: what one thread works on.
//!
//! How many shards there are depends on the sizes alone, never on the number of threads, and their
//! gradients are added in their order: the same bits for any number of threads.

use std::ops::Range;

use elman_math::{Aligned, Real, Stream, zeros};

use crate::error::Error;
use crate::layers::Window;
use crate::losses::LossEntry;
use crate::model::{Model, ModelConfig};
use crate::params::Params;
use crate::state::State;
use crate::tape::{Packing, Tape};
use crate::windows::{Batch, Windows};

/// The most shards of a batch.
const MOST_SHARDS: usize = 8;

/// How `batch` streams are dealt out.
///
/// A shard reads all weights for every time step. Small ones stay in the first-level cache, and
/// few streams are enough to be worth it; large ones come from far away, and want many.
pub(super) fn deal(config: &ModelConfig, batch: usize) -> impl Iterator<Item = Range<usize>> {
    let streams_a_shard = match config.hidden_size {
        ..=32 => 4,
        33..=128 => 16,
        _ => 32,
    };
    let shards = (batch / streams_a_shard).clamp(1, MOST_SHARDS);
    (0..shards).map(move |shard| shard * batch / shards..(shard + 1) * batch / shards)
}

/// What all shards are told.
pub(super) struct Task<'a, T: Real> {
    pub(super) model: &'a Model<T>,
    pub(super) loss: &'a LossEntry<T>,
    pub(super) params: &'a Params<T>,
    pub(super) packing: &'a Packing<T>,
    /// The window of all streams, and their memory before it.
    pub(super) batch: &'a Batch<T>,
    pub(super) state: &'a State<T>,
    /// The seed of dropout in this step, in training.
    pub(super) noise: Option<u64>,
}

/// One shard.
pub(super) struct Shard<T> {
    streams: Range<usize>,
    x: Aligned<T>,
    target: Aligned<T>,
    dpred: Aligned<T>,
    tape: Tape<T>,
    dstate: State<T>,
    /// The memory after the window.
    state: State<T>,
    /// The gradient of its share of the loss.
    pub(super) grads: Params<T>,
    /// Its share of the loss.
    pub(super) loss: f64,
    pub(super) outcome: Result<(), Error>,
}

impl<T: Real> Shard<T> {
    pub(super) fn new(model: &Model<T>, windows: &dyn Windows<T>, streams: Range<usize>) -> Self {
        let batch = streams.len();
        let window = Window { steps: windows.window().steps, batch };
        let ModelConfig { input_size, output_size, .. } = *model.config();
        Self {
            streams,
            x: zeros(window.rows() * input_size),
            target: zeros(window.rows() * windows.target_size()),
            dpred: zeros(window.rows() * output_size),
            tape: model.tape_without_weights(window),
            dstate: model.zero_state(batch),
            state: model.zero_state(batch),
            grads: Params::zeros(model.layout()),
            loss: 0.0,
            outcome: Ok(()),
        }
    }

    /// Loss and gradient of its streams.
    pub(super) fn gradient(&mut self, task: &Task<'_, T>) {
        self.outcome = self.forward(task).and_then(|()| self.backward(task));
    }

    /// The loss of its streams alone.
    pub(super) fn judge(&mut self, task: &Task<'_, T>) {
        self.outcome = self.forward(task);
    }

    fn forward(&mut self, task: &Task<'_, T>) -> Result<(), Error> {
        let all_streams = task.state.shape()[1];
        let rows = self.tape.window().steps * all_streams;
        for (to, from) in [(&mut self.x, &task.batch.x), (&mut self.target, &task.batch.target)] {
            let width = from.len() / rows;
            let (to, from) = (
                to.chunks_exact_mut(self.streams.len() * width),
                from.chunks_exact(all_streams * width),
            );
            for (to, from) in to.zip(from) {
                to.copy_from_slice(&from[self.streams.start * width..][..to.len()]);
            }
        }
        self.state.take_streams(task.state, self.streams.start);
        let mut noise = task
            .noise
            .map(|seed| Stream::new(seed.wrapping_add(self.streams.start as u64), "dropout"));
        let (params, packing, tape) = (task.params, task.packing, &mut self.tape);
        task.model.forward_on(params, packing, &self.x, &mut self.state, tape, noise.as_mut())?;
        let count = rows * self.dpred.len() / tape.window().rows();
        self.loss = task.loss.share(tape.output(), &self.target, count, &mut self.dpred);
        Ok(())
    }

    fn backward(&mut self, task: &Task<'_, T>) -> Result<(), Error> {
        self.grads.clear();
        self.dstate.reset();
        let Self { x, dpred, dstate, tape, grads, .. } = self;
        task.model.backward_on(task.params, task.packing, x, dpred, dstate, None, tape, grads)
    }

    /// Writes its part of the memory and of the output `[T, B, K]`.
    pub(super) fn deliver(&self, state: &mut State<T>, output: &mut [T]) {
        self.state.put_streams(state, self.streams.start);
        let width = self.tape.output().len() / self.tape.window().rows();
        let row = self.streams.len() * width;
        let to = output.chunks_exact_mut(state.shape()[1] * width);
        for (to, from) in to.zip(self.tape.output().chunks_exact(row)) {
            to[self.streams.start * width..][..row].copy_from_slice(from);
        }
    }
}
