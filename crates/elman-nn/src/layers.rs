//! The layers of a model.

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
pub use recurrent::{MAX_IN_TABLE, Recurrent, RecurrentSize, Tokens};
pub use residual::Residual;
pub use skip::Skip;

/// The sizes of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// T, the time steps.
    pub steps: usize,
    /// B, the lanes of the batch.
    pub batch: usize,
}

impl Window {
    /// T·B: the rows of a `[T, B, ·]` tensor.
    pub fn rows(self) -> usize {
        self.steps * self.batch
    }
}

/// The inputs that all layers share in a pass.
#[derive(Debug)]
pub struct Pass<'a, T> {
    /// The instruction set in use.
    pub isa: Isa,
    /// T and B.
    pub window: Window,
    /// The weights.
    pub params: &'a Params<T>,
    /// The weights of this layer, packed for the pass.
    pub packed: &'a [T],
    /// The actual class `[T, B]`, NaN where it is masked, for a layer whose output is only the loss of that class;
    /// else empty.
    pub targets: &'a [T],
}

/// One layer: a map from `[T, B, inputs]` to `[T, B, outputs]`, and its derivative.
///
/// A layer stores the values that its backward pass needs in its region of the tape, of
/// [`tape_len`](Layer::tape_len) values; its output is a part of that region.
pub trait Layer<T: Real>: Send + Sync {
    /// The number of values in this layer's region of the tape.
    fn tape_len(&self, window: Window) -> usize;

    /// The range of the output `[T, B, outputs]` within the region.
    fn output(&self, window: Window) -> Range<usize>;

    /// The number of values of the packed weights, for the forward and for the backward pass.
    fn packed_lens(&self, _isa: Isa) -> [usize; 2] {
        [0; 2]
    }

    /// Packs the weights for the forward pass; called once after they have changed.
    fn pack_forward(&self, _isa: Isa, _params: &Params<T>, _packed: &mut [T]) {}

    /// Packs the weights for the backward pass, also once after they have changed. Weights that only
    /// `dx` needs may be left out unless `wants_dx`.
    fn pack_backward(&self, _isa: Isa, _params: &Params<T>, _packed: &mut [T], _wants_dx: bool) {}

    /// The number of scratch values that the backward pass needs.
    fn scratch_len(&self, _isa: Isa, _window: Window) -> usize {
        0
    }

    /// Computes the forward pass. `state` is the hidden state before the window on entry, after it on
    /// exit. `noise`, the RNG stream of dropout, is given in training only.
    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut [T],
        noise: Option<&mut Stream>,
    );

    /// Appends the gates `[T, B, G·H]` of the last forward pass on `tape` to `gates`: nothing for a layer without named
    /// gates.
    fn copy_gates(&self, _window: Window, _tape: &[T], _gates: &mut Vec<T>) {}

    /// Computes the backward pass after [`forward`](Layer::forward) on the same tape, and overwrites the tape.
    ///
    /// `dy` is the gradient of the output. Writes the gradient of the input to `dx`, if given; adds
    /// that of the weights to `back.grads`. `back.dstate` is the gradient of the hidden state after the
    /// window on entry, before it on exit.
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

/// The outputs of a backward pass besides `dx`.
#[derive(Debug)]
pub struct Back<'a, T> {
    /// Gradients of the weights; the pass adds to them.
    pub grads: &'a mut Params<T>,
    /// Gradient of the hidden state.
    pub dstate: &'a mut State<T>,
    /// Scratch of [`Layer::scratch_len`] values, with any content.
    pub scratch: &'a mut [T],
}

/// The range of the row of each token of `x` in a table whose rows have `size` values.
#[inline(always)]
fn rows_of<T: Real>(x: &[T], size: usize) -> impl Iterator<Item = Range<usize>> {
    x.iter().map(move |token| {
        let first = token.to_f64() as usize * size;
        first..first + size
    })
}

/// `sums` += each row of `rows`; rows start `stride` values apart.
#[inline(always)]
fn add_rows<T: Real>(rows: &[T], stride: usize, sums: &mut [T]) {
    for row in rows.chunks_exact(stride) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}
