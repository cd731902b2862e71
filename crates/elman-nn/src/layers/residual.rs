//! A residual connection around a recurrent layer: adds the input to the output, so that a deep stack is as easy to
//! train as a single layer (He et al., CVPR 2016; in recurrent stacks Kim, El-Khamy and Lee, Interspeech 2017).
//!
//! ```text
//! y = x + f(x)        dx = dy + f'(x) · dy
//! ```

use std::fmt;
use std::ops::Range;

use elman_math::{Isa, Real, Stream};

use super::{Back, Layer, Pass, Window};
use crate::params::Params;
use crate::state::State;

/// A layer with as many outputs as inputs, and the residual connection around it.
pub struct Residual<T: Real>(pub Box<dyn Layer<T>>);

impl<T: Real> fmt::Debug for Residual<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Residual").finish_non_exhaustive()
    }
}

impl<T: Real> Layer<T> for Residual<T> {
    /// The layer's own tape, then the sum.
    fn tape_len(&self, window: Window) -> usize {
        self.output(window).end
    }

    fn output(&self, window: Window) -> Range<usize> {
        let start = self.0.tape_len(window).next_multiple_of(16);
        start..start + self.0.output(window).len()
    }

    fn packed_lens(&self, isa: Isa) -> [usize; 2] {
        self.0.packed_lens(isa)
    }

    fn pack_forward(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        self.0.pack_forward(isa, params, packed);
    }

    fn pack_backward(&self, isa: Isa, params: &Params<T>, packed: &mut [T], wants_dx: bool) {
        self.0.pack_backward(isa, params, packed, wants_dx);
    }

    fn scratch_len(&self, isa: Isa, window: Window) -> usize {
        self.0.scratch_len(isa, window)
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut [T],
        noise: Option<&mut Stream>,
    ) {
        let (tape, sum) = tape.split_at_mut(self.output(pass.window).start);
        let tape = &mut tape[..self.0.tape_len(pass.window)];
        self.0.forward(pass, x, state, tape, noise);
        let said = &tape[self.0.output(pass.window)];
        for ((sum, &x), &said) in sum.iter_mut().zip(x).zip(said) {
            *sum = x + said;
        }
    }

    fn copy_gates(&self, window: Window, tape: &[T], gates: &mut Vec<T>) {
        self.0.copy_gates(window, &tape[..self.0.tape_len(window)], gates);
    }

    fn backward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        tape: &mut [T],
        dy: &[T],
        mut dx: Option<&mut [T]>,
        back: &mut Back<'_, T>,
    ) {
        let tape = &mut tape[..self.0.tape_len(pass.window)];
        self.0.backward(pass, x, tape, dy, dx.as_deref_mut(), back);
        for (dx, &dy) in dx.into_iter().flatten().zip(dy) {
            *dx += dy;
        }
    }
}
