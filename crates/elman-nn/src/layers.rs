//! Layers: what a model is stacked from.

mod adaptive;
mod dilated;
mod dropout;
mod embedding;
mod linear;
mod recurrent;
mod residual;
mod skip;

use std::ops::Range;

use elman_math::{Isa, Real, Stream};

use crate::params::Params;
use crate::state::State;

pub use adaptive::{AdaptiveSoftmax, Clusters};
pub use dilated::Dilated;
pub use dropout::Dropout;
pub use embedding::Embedding;
pub use linear::Linear;
pub use recurrent::{MOST_IN_TABLE, Recurrent, RecurrentSize, Tokens};
pub use residual::Residual;
pub use skip::Skip;

/// The sizes of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// T, the time steps.
    pub steps: usize,
    /// B, the parallel streams.
    pub batch: usize,
}

impl Window {
    /// T·B: the rows of a `[T, B, ·]` tensor.
    pub fn rows(self) -> usize {
        self.steps * self.batch
    }
}

/// What every layer is told in a pass.
pub struct Pass<'a, T> {
    /// The instruction set of this machine.
    pub isa: Isa,
    /// T and B.
    pub window: Window,
    /// The weights.
    pub params: &'a Params<T>,
    /// This layer's copy of its weights, packed for the pass.
    pub packed: &'a [T],
    /// The class that came `[T, B]`, NaN where it is not known, for a layer whose output is the loss of that alone;
    /// else empty.
    pub targets: &'a [T],
}

/// One layer: from `[T, B, inputs]` to `[T, B, outputs]`, and its derivative.
///
/// A layer keeps what its backward pass needs in its region of the tape, of
/// [`tape_len`](Layer::tape_len) values; its output is a part of that region.
pub trait Layer<T: Real>: Send + Sync {
    /// Values of this layer's region of the tape.
    fn tape_len(&self, window: Window) -> usize;

    /// Where in the region the output `[T, B, outputs]` stands.
    fn output(&self, window: Window) -> Range<usize>;

    /// Values of the weights packed for the forward and for the backward pass.
    fn packed_lens(&self, _isa: Isa) -> [usize; 2] {
        [0; 2]
    }

    /// Packs the weights for the forward pass; called once after they have changed.
    fn pack_forward(&self, _isa: Isa, _params: &Params<T>, _packed: &mut [T]) {}

    /// Packs the weights for the backward pass, likewise. What only `dx` needs may be left out
    /// unless `wants_dx`.
    fn pack_backward(&self, _isa: Isa, _params: &Params<T>, _packed: &mut [T], _wants_dx: bool) {}

    /// Values of scratch that the backward pass needs.
    fn scratch_len(&self, _isa: Isa, _window: Window) -> usize {
        0
    }

    /// The forward pass. `state` is the memory before the window on entry, after it on exit.
    /// `noise` is there in training only.
    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut [T],
        noise: Option<&mut Stream>,
    );

    /// The backward pass after [`forward`](Layer::forward) on the same tape, which it uses up.
    ///
    /// `dy` is the gradient of the output. The gradient of the input is written to `dx`, if asked
    /// for; that of the weights added to `back.grads`; `back.dstate` holds the gradient of the
    /// memory after the window on entry, before it on exit.
    fn backward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        tape: &mut [T],
        dy: &[T],
        dx: Option<&mut [T]>,
        back: &mut Back<'_, T>,
    );
}

/// What a backward pass writes to besides `dx`.
pub struct Back<'a, T> {
    /// Gradients of the weights; added to.
    pub grads: &'a mut Params<T>,
    /// Gradient of the memory.
    pub dstate: &'a mut State<T>,
    /// Room of [`Layer::scratch_len`] values, of any content.
    pub scratch: &'a mut [T],
}

/// Where the rows of `size` values stand in a table that the tokens `x` ask for.
#[inline(always)]
fn rows_of<T: Real>(x: &[T], size: usize) -> impl Iterator<Item = Range<usize>> {
    x.iter().map(move |token| {
        let first = token.to_f64() as usize * size;
        first..first + size
    })
}

/// `sums` += the rows of `rows`, which are `stride` apart.
#[inline(always)]
fn add_rows<T: Real>(rows: &[T], stride: usize, sums: &mut [T]) {
    for row in rows.chunks_exact(stride) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}
