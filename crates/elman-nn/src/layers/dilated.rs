//! A dilated recurrent layer: time step t continues from the hidden state of step t - d, so that the layer reaches d
//! times as far back in as many steps (Chang et al., NeurIPS 2017).
//!
//! ```text
//! h_t = f(x_t, h_(t-d))
//! ```
//!
//! Each of the d phases t mod d is a lane of its own, and in a tensor `[T, B, ·]` the d time steps of a cycle are
//! adjacent. So a window of T time steps in B lanes *is* a window of T / d time steps in d·B lanes, with the same
//! values at the same offsets, and the inner layer can be any recurrent layer. The remainder of the last cycle is a
//! window of one time step with fewer lanes.
//!
//! The hidden state has d rows `[B, H]`; the next time step continues from the first row.

use std::fmt;
use std::ops::Range;

use elman_math::{Isa, Real, Stream};

use super::{Back, Layer, Pass, Window};
use crate::params::Params;
use crate::state::State;

/// A recurrent layer with a dilation of more than 1.
pub struct Dilated<T: Real> {
    layer: Box<dyn Layer<T>>,
    number: usize,
    dilation: usize,
}

impl<T: Real> fmt::Debug for Dilated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dilated").finish_non_exhaustive()
    }
}

/// The two parts of a window: whole cycles, and the remainder.
struct Parts {
    cycles: Window,
    rest: Window,
}

impl<T: Real> Dilated<T> {
    /// Wraps `layer`, the recurrent layer with index `number`.
    pub fn new(layer: Box<dyn Layer<T>>, number: usize, dilation: usize) -> Self {
        Self { layer, number, dilation }
    }

    fn parts(&self, window: Window) -> Parts {
        let (cycles, rest) = (window.steps / self.dilation, window.steps % self.dilation);
        Parts {
            cycles: Window { steps: cycles, batch: self.dilation * window.batch },
            rest: Window { steps: usize::from(rest > 0), batch: rest * window.batch },
        }
    }

    /// Values of the tape for the cycles and for the remainder. Sized for the longest remainder, so that shorter
    /// windows never need more.
    fn rooms(&self, window: Window) -> [usize; 2] {
        let Parts { cycles, .. } = self.parts(window);
        [cycles, Window { steps: 1, ..cycles }].map(|window| self.len(window).next_multiple_of(16))
    }

    fn len(&self, window: Window) -> usize {
        if window.rows() == 0 { 0 } else { self.layer.tape_len(window) }
    }

    /// The number of rows by which the hidden state is rotated after the window.
    fn turn(&self, window: Window) -> usize {
        window.steps % self.dilation
    }
}

impl<T: Real> Layer<T> for Dilated<T> {
    /// The tapes of the two parts, then the output of both.
    fn tape_len(&self, window: Window) -> usize {
        self.output(window).end
    }

    fn output(&self, window: Window) -> Range<usize> {
        let start = self.rooms(window).iter().sum();
        let one = Window { steps: 1, ..window };
        start..start + window.steps * self.layer.output(one).len()
    }

    fn packed_lens(&self, isa: Isa) -> [usize; 2] {
        self.layer.packed_lens(isa)
    }

    fn pack_forward(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        self.layer.pack_forward(isa, params, packed);
    }

    fn pack_backward(&self, isa: Isa, params: &Params<T>, packed: &mut [T], wants_dx: bool) {
        self.layer.pack_backward(isa, params, packed, wants_dx);
    }

    fn scratch_len(&self, isa: Isa, window: Window) -> usize {
        let Parts { cycles, .. } = self.parts(window);
        let one = Window { steps: 1, ..cycles };
        self.layer.scratch_len(isa, cycles).max(self.layer.scratch_len(isa, one))
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut [T],
        mut noise: Option<&mut Stream>,
    ) {
        let Parts { cycles, rest } = self.parts(pass.window);
        let [room, other_room] = self.rooms(pass.window);
        let (tape, others) = tape.split_at_mut(room);
        let (other_tape, y) = others.split_at_mut(other_room);
        let inputs = x.len() / pass.window.rows();
        let (mut x, mut y) = (x, y);
        for (window, tape) in [(cycles, tape), (rest, other_tape)] {
            if window.rows() == 0 {
                continue;
            }
            let (own, next) = x.split_at(window.rows() * inputs);
            let tape = &mut tape[..self.layer.tape_len(window)];
            let pass = Pass { window, ..*pass };
            self.layer.forward(&pass, own, state, tape, noise.as_deref_mut());
            let said = &tape[self.layer.output(window)];
            y.split_off_mut(..said.len()).expect("room for all steps").copy_from_slice(said);
            x = next;
        }
        state.rotate(self.number, self.turn(pass.window));
    }

    fn copy_gates(&self, window: Window, tape: &[T], gates: &mut Vec<T>) {
        let Parts { cycles, rest } = self.parts(window);
        let (tape, other_tape) = tape.split_at(self.rooms(window)[0]);
        for (window, tape) in [(cycles, tape), (rest, other_tape)] {
            if window.rows() > 0 {
                self.layer.copy_gates(window, &tape[..self.layer.tape_len(window)], gates);
            }
        }
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
        let Parts { cycles, rest } = self.parts(pass.window);
        let [room, other_room] = self.rooms(pass.window);
        let (tape, others) = tape.split_at_mut(room);
        let other_tape = &mut others[..other_room];
        let [inputs, outputs] = [x, dy].map(|values| values.len() / pass.window.rows());
        back.dstate.rotate(self.number, self.dilation - self.turn(pass.window));
        for (first, window, tape) in [(cycles.rows(), rest, other_tape), (0, cycles, tape)] {
            if window.rows() == 0 {
                continue;
            }
            let rows = first..first + window.rows();
            let of = |width: usize| rows.start * width..rows.end * width;
            let tape = &mut tape[..self.layer.tape_len(window)];
            let dx = dx.as_deref_mut().map(|dx| &mut dx[of(inputs)]);
            let pass = Pass { window, ..*pass };
            self.layer.backward(&pass, &x[of(inputs)], tape, &dy[of(outputs)], dx, back);
        }
    }
}
