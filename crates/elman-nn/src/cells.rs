//! Recurrent cells: what happens at one time step, and its derivative.
//!
//! A [`Cell`] owns no time loop and no matrix product: [`Recurrent`] has
//! those. It adds two pointwise functions, of as many hidden units at once as fit in registers.
//!
//! The letters are the same in every file: x input, h hidden state, `W_x` = `weight_ih`,
//! `W_h` = `weight_hh`, and `d` + name for the gradient of the loss with respect to it. A gate's
//! sum before its activation is its x-part plus its h-part:
//!
//! ```text
//! x-part  a = W_x x_t + b_ih        h-part  r = W_h h_(t-1) + b_hh
//! ```

mod gru;
mod lstm;
mod rnn;

use elman_math::dispatch::Tier;
use elman_math::{Lines, Real};

use crate::layers::{Layer, Recurrent, RecurrentSize};
use crate::params::Layout;
use crate::registry::Entry;
use crate::state::MAX_STATES;

pub use gru::Gru;
pub use lstm::Lstm;
pub use rnn::{Relu, Rnn, Tanh};

/// The most gates a cell may have.
pub const MAX_GATES: usize = 4;

/// Some units of each gate of one stream; those beyond [`Cell::GATES`] are zero.
pub type Gates<T, I, const N: usize> = [Lines<T, I, N>; MAX_GATES];

/// The same units of each state, in the order of [`Cell::STATES`]; those beyond are zero.
pub type States<T, I, const N: usize> = [Lines<T, I, N>; MAX_STATES];

/// One kind of recurrent cell.
pub trait Cell<T: Real>: Send + Sync + 'static {
    /// Gates: how many times H rows the weights have.
    const GATES: usize;
    /// The state tensors, the hidden state `h` first.
    const STATES: &'static [&'static str];
    /// Whether x-part and h-part of a gate are used apart. If not, both arrive summed up in the
    /// x-part, and the h-part is zero.
    const SPLIT: bool;

    /// One time step forward: from the sums in `x_part` (and `h_part`) and the states before to the
    /// states after. Leaves in `x_part` (and `h_part`) what [`step_back`](Cell::step_back) needs.
    fn step<I: Tier, const N: usize>(
        x_part: &mut Gates<T, I, N>,
        h_part: &mut Gates<T, I, N>,
        before: States<T, I, N>,
    ) -> States<T, I, N>;

    /// One time step back. `d` is the gradient for the states after; returns the part of the
    /// gradient for the states before that does not go through `W_h`. Leaves the gradient of the
    /// x-part in `x_part`, and of the h-part, if split, in `h_part`.
    fn step_back<I: Tier, const N: usize>(
        x_part: &mut Gates<T, I, N>,
        h_part: &mut Gates<T, I, N>,
        before: States<T, I, N>,
        after: States<T, I, N>,
        d: States<T, I, N>,
    ) -> States<T, I, N>;
}

/// One row `[H]` of each state, in the order of [`Cell::STATES`]; those beyond are empty.
pub type Rows<'a, T> = [&'a [T]; MAX_STATES];
/// [`Rows`] to be written.
pub type RowsMut<'a, T> = [&'a mut [T]; MAX_STATES];

/// A line of the registry of cells.
#[derive(Debug)]
pub struct CellEntry<T: Real> {
    name: &'static str,
    summary: &'static str,
    /// Gates: how many times H rows the weights have.
    pub gates: usize,
    /// The state tensors.
    pub states: &'static [&'static str],
    pub(crate) layer: fn(&mut Layout, RecurrentSize) -> Box<dyn Layer<T>>,
}

impl<T: Real> CellEntry<T> {
    const fn new<C: Cell<T>>(name: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            summary,
            gates: C::GATES,
            states: C::STATES,
            layer: |layout, size| Box::new(Recurrent::<C>::declare::<T>(layout, size)),
        }
    }
}

impl<T: Real> Entry for CellEntry<T> {
    const FAMILY: &'static str = "cell";
    const ALL: &'static [Self] = &[
        Self::new::<Rnn<Tanh>>("rnn", "Elman's network: the new memory is tanh of a sum"),
        Self::new::<Rnn<Relu>>("rnn_relu", "the same with max(0, x) in place of tanh"),
        Self::new::<Gru>("gru", "gated recurrent unit: two gates decide what to keep"),
        Self::new::<Lstm>("lstm", "long short-term memory: three gates around a second state"),
    ];

    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }
}
