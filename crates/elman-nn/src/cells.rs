//! Recurrent cells: the equations of one time step, and their derivatives.
//!
//! A [`Cell`] contains no time loop and no matrix product: [`Recurrent`] contains both. A cell
//! defines two pointwise functions, each on as many elements of the hidden state as fit in registers.
//!
//! All files use the same letters: x input, h hidden state, `W_x` = `weight_ih`,
//! `W_h` = `weight_hh`, and `d` + name for the gradient of the loss with respect to that name. The
//! pre-activation of a gate is the sum of its x-part and its h-part:
//!
//! ```text
//! x-part  a = W_x x_t + b_ih        h-part  r = W_h h_(t-1) + b_hh
//! ```

mod gru;
mod lstm;
mod rnn;

use elman_math::dispatch::Backend;
use elman_math::{Real, SimdVectors};

use crate::layers::{Layer, Recurrent, RecurrentSize};
use crate::params::Layout;
use crate::registry::Entry;
use crate::state::MAX_STATES;

pub use gru::Gru;
pub use lstm::Lstm;
pub use rnn::{Relu, Rnn, Tanh};

/// The maximum number of gates of a cell.
pub const MAX_GATES: usize = 4;

/// A gate: one value for each unit at each time step, the output of an activation function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// Its letter in the equations.
    pub letter: &'static str,
    /// Its name in the literature.
    pub name: &'static str,
    /// The lowest and the highest value of its activation function.
    pub range: [f64; 2],
}

impl Gate {
    /// A gate with the logistic sigmoid.
    const fn sigmoid(letter: &'static str, name: &'static str) -> Self {
        Self { letter, name, range: [0.0, 1.0] }
    }

    /// A gate with the hyperbolic tangent.
    const fn tanh(letter: &'static str, name: &'static str) -> Self {
        Self { letter, name, range: [-1.0, 1.0] }
    }
}

/// Some elements of each gate in one lane; the entries from [`Cell::GATES`] on are zero.
pub type Gates<T, I, const N: usize> = [SimdVectors<T, I, N>; MAX_GATES];

/// The same elements of each state tensor, in the order of [`Cell::STATES`]; the other entries are zero.
pub type States<T, I, const N: usize> = [SimdVectors<T, I, N>; MAX_STATES];

/// One kind of recurrent cell.
pub trait Cell<T: Real>: Send + Sync + 'static {
    /// Number of gates: the weight matrices have this many times H rows.
    const GATES: usize;
    /// The gates whose values the tape has after a forward pass, all of [`GATES`](Cell::GATES) in the order of the
    /// weights; empty if the hidden state is the only value of a unit.
    const NAMED_GATES: &'static [Gate];
    /// The equations of a time step, one for each gate and state.
    const EQUATIONS: &'static [&'static str];
    /// The names of the state tensors, the hidden state `h` first.
    const STATES: &'static [&'static str];
    /// The lowest and the highest value of the hidden state; infinite where there is no limit.
    const HIDDEN_RANGE: [f64; 2] = [-1.0, 1.0];
    /// Whether the cell needs the x-part and the h-part of a gate separately. If not, the x-part
    /// holds the sum of both, and the h-part is zero.
    const SPLIT: bool;

    /// Computes one time step forward: from the parts in `x_part` and `h_part` and the states before
    /// the step to the states after it. Leaves in both parts the values that
    /// [`step_back`](Cell::step_back) needs.
    fn step<I: Backend, const N: usize>(
        x_part: &mut Gates<T, I, N>,
        h_part: &mut Gates<T, I, N>,
        before: States<T, I, N>,
    ) -> States<T, I, N>;

    /// Computes one time step back. `d` is the gradient of the states after the step. Returns the
    /// part of the gradient of the states before it that does not go through `W_h`. Leaves the gradient
    /// of the x-part in `x_part`, and, if [`SPLIT`](Cell::SPLIT), that of the h-part in `h_part`.
    fn step_back<I: Backend, const N: usize>(
        x_part: &mut Gates<T, I, N>,
        h_part: &mut Gates<T, I, N>,
        before: States<T, I, N>,
        after: States<T, I, N>,
        d: States<T, I, N>,
    ) -> States<T, I, N>;
}

/// One row `[H]` of each state tensor, in the order of [`Cell::STATES`]; the other entries are empty.
pub type Rows<'a, T> = [&'a [T]; MAX_STATES];
/// [`Rows`], mutable.
pub type RowsMut<'a, T> = [&'a mut [T]; MAX_STATES];

/// An entry of the registry of cells.
#[derive(Debug)]
pub struct CellEntry<T: Real> {
    name: &'static str,
    summary: &'static str,
    /// Number of gates: the weight matrices have this many times H rows.
    pub gates: usize,
    /// The gates that [`Model::gates`](crate::Model::gates) reads; empty if the cell has only a hidden state.
    pub named_gates: &'static [Gate],
    /// The equations of a time step: h is the hidden state before it, h' the one after it.
    pub equations: &'static [&'static str],
    /// The names of the state tensors.
    pub states: &'static [&'static str],
    /// The lowest and the highest value of the hidden state; infinite where there is no limit.
    pub hidden_range: [f64; 2],
    pub(crate) layer: fn(&mut Layout, RecurrentSize) -> Box<dyn Layer<T>>,
}

impl<T: Real> CellEntry<T> {
    const fn new<C: Cell<T>>(name: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            summary,
            gates: C::GATES,
            named_gates: C::NAMED_GATES,
            equations: C::EQUATIONS,
            states: C::STATES,
            hidden_range: C::HIDDEN_RANGE,
            layer: |layout, size| Box::new(Recurrent::<C>::declare::<T>(layout, size)),
        }
    }
}

impl<T: Real> Entry for CellEntry<T> {
    const FAMILY: &'static str = "cell";
    const ALL: &'static [Self] = &[
        Self::new::<Rnn<Tanh>>("rnn", "Elman network: h' = tanh(W_x x + W_h h + b)"),
        Self::new::<Rnn<Relu>>(
            "rnn_relu",
            "Elman network with ReLU: h' = max(0, W_x x + W_h h + b)",
        ),
        Self::new::<Gru>("gru", "gated recurrent unit (Cho et al., 2014)"),
        Self::new::<Lstm>("lstm", "long short-term memory (Hochreiter and Schmidhuber, 1997)"),
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}
