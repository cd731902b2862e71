//! Trace: the states and the gates of a network after each time step of one lane.

use elman_math::Real;

use crate::cells::CellEntry;
use crate::error::Error;
use crate::model::Model;
use crate::params::Params;
use crate::registry::Entry;
use crate::state::State;
use crate::tape::Tape;

/// States and gates of each layer, one row for each time step.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace<T> {
    /// Of each layer.
    pub layers: Vec<LayerTrace<T>>,
    /// Outputs `[T, K]`.
    pub outputs: Vec<T>,
}

/// States and gates of one layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LayerTrace<T> {
    /// Each tensor of the state after each time step, `[T, H]`, in the order of [`State::names`].
    pub states: Vec<Vec<T>>,
    /// Each gate at each time step, `[T, H]`, in the order of [`CellEntry::named_gates`]; none for a cell without named
    /// gates.
    pub gates: Vec<Vec<T>>,
}

/// Runs a model over one lane, time step by time step.
#[derive(Debug)]
pub struct Tracer<'m, T: Real> {
    model: &'m Model<T>,
    params: &'m Params<T>,
    cell: &'static CellEntry<T>,
    /// Of one time step.
    tape: Tape<T>,
    state: State<T>,
    gates: Vec<T>,
}

impl<'m, T: Real> Tracer<'m, T> {
    /// Starts from a hidden state of zeros.
    ///
    /// # Errors
    /// As [`Model::check_window`].
    pub fn new(model: &'m Model<T>, params: &'m Params<T>) -> Result<Self, Error> {
        model.check_window(1, 1)?;
        let cell = CellEntry::find(&model.config().cell)?;
        let (tape, state) = (model.tape(1, 1), model.zero_state(1));
        Ok(Self { model, params, cell, tape, state, gates: Vec::new() })
    }

    /// Resets the hidden state.
    pub fn reset(&mut self) {
        self.state.reset();
    }

    /// The hidden state after the last time step.
    pub fn state(&self) -> &State<T> {
        &self.state
    }

    /// An empty trace of this network.
    pub fn trace(&self) -> Trace<T> {
        let layer = LayerTrace {
            states: vec![Vec::new(); self.cell.states.len()],
            gates: vec![Vec::new(); self.cell.named_gates.len()],
        };
        Trace { layers: vec![layer; self.model.config().num_layers], outputs: Vec::new() }
    }

    /// Runs one time step `x` `[I]`.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub fn step(&mut self, x: &[T]) -> Result<(), Error> {
        self.model.forward(self.params, x, &mut self.state, &mut self.tape, None)
    }

    /// Appends the time step of the last [`step`](Tracer::step) to `trace`.
    pub fn append(&mut self, trace: &mut Trace<T>) {
        self.model.gates(&self.tape, &mut self.gates);
        let hidden = self.model.config().hidden_size;
        let mut gates = self.gates.chunks(hidden);
        for (number, layer) in trace.layers.iter_mut().enumerate() {
            for (states, name) in layer.states.iter_mut().zip(self.cell.states) {
                states.extend_from_slice(self.state.newest(name, number).unwrap_or_default());
            }
            for (to, gate) in layer.gates.iter_mut().zip(&mut gates) {
                to.extend_from_slice(gate);
            }
        }
        trace.outputs.extend_from_slice(self.tape.output());
    }
}
