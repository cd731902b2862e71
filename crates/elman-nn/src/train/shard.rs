//! A shard of the lanes in training: its loss and its gradient.
//!
//! The gradients of the shards are added in a fixed order, so that the number of threads does not change any bit.

use std::ops::Range;

use elman_math::{Aligned, Real, zeros};

use crate::error::Error;
use crate::losses::{self, Loss};
use crate::model::Model;
use crate::params::Params;
use crate::part::{Part, Weights, take};
use crate::state::State;
use crate::windows::{Batch, Windows};

/// The inputs that all shards share.
pub(super) struct Task<'a, T: Real> {
    pub(super) weights: Weights<'a, T>,
    pub(super) loss: &'a Loss<T>,
    /// The window of all lanes, and their hidden state before it.
    pub(super) batch: &'a Batch<T>,
    /// The number of targets in the window that are not masked, and so count in the loss.
    pub(super) known: usize,
    pub(super) state: &'a State<T>,
    /// The seed of dropout in this optimizer step; `None` outside training.
    pub(super) noise: Option<u64>,
}

/// One shard.
pub(super) struct Shard<T> {
    pub(super) part: Part<T>,
    target: Aligned<T>,
    dpred: Aligned<T>,
    dstate: State<T>,
    /// The gradient of the shard's part of the loss.
    pub(super) grads: Params<T>,
    /// The shard's part of the loss.
    pub(super) loss: f64,
    pub(super) outcome: Result<(), Error>,
}

impl<T: Real> Shard<T> {
    pub(super) fn new(model: &Model<T>, windows: &dyn Windows<T>, streams: Range<usize>) -> Self {
        let steps = windows.window().steps;
        let rows = steps * streams.len();
        let part = Part::computing_loss(model, steps, streams);
        Self {
            target: zeros(rows * windows.target_size()),
            dpred: zeros(part.tape.output().len()),
            dstate: model.zero_state(part.streams.len()),
            grads: Params::zeros(model.layout()),
            part,
            loss: 0.0,
            outcome: Ok(()),
        }
    }

    /// Computes loss and gradient of its lanes.
    pub(super) fn gradient(&mut self, task: &Task<'_, T>) {
        self.outcome = self.forward(task).and_then(|()| self.backward(task));
    }

    /// Computes only the loss of its lanes.
    pub(super) fn loss_head(&mut self, task: &Task<'_, T>) {
        self.outcome = self.forward(task);
    }

    fn forward(&mut self, task: &Task<'_, T>) -> Result<(), Error> {
        let steps = task.batch.steps();
        if self.part.tape.window().steps != steps {
            self.set_steps(task.weights.model, steps);
        }
        let all = self.part.all(task.state);
        take(&self.part.streams, all, &task.batch.target, &mut self.target);
        if self.part.tape.judges() {
            self.part.tape.targets_mut().copy_from_slice(&self.target);
        }
        self.part.forward(&task.weights, &task.batch.x, task.state, task.noise)?;
        let said = self.part.tape.output();
        self.loss = match self.part.tape.judges() {
            true => losses::share_of_losses(said, &self.target, task.known, &mut self.dpred),
            false => task.loss.share(said, &self.target, task.known, &mut self.dpred),
        };
        Ok(())
    }

    fn set_steps(&mut self, model: &Model<T>, steps: usize) {
        let rows = self.part.tape.window().rows();
        let (targets, outputs) = (self.target.len() / rows, self.dpred.len() / rows);
        self.part.set_steps(model, steps);
        let rows = self.part.tape.window().rows();
        self.target.resize(rows * targets, T::ZERO);
        self.dpred.resize(rows * outputs, T::ZERO);
    }

    fn backward(&mut self, task: &Task<'_, T>) -> Result<(), Error> {
        self.grads.clear();
        self.dstate.reset();
        let Self { part: Part { x, tape, .. }, dpred, dstate, grads, .. } = self;
        let Weights { model, params, packing } = &task.weights;
        model.backward_on(params, packing, x, dpred, dstate, None, tape, grads)
    }
}
