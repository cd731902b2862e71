//! One time step of all streams: its part of the tape, and the cell run over its rows.

use std::marker::PhantomData;
use std::ops::Range;

use elman_math::dispatch::Tier;
use elman_math::{Kernel, Real};

use crate::cells::{Cell, Rows, RowsMut};

/// The part of the tape that one time step works on.
pub(super) struct Moment<'a, T> {
    /// `[B, G·H]`.
    pub(super) gates: &'a mut [T],
    /// `[B, G·H]` if the cell is split, else empty.
    pub(super) recurrent: &'a mut [T],
    /// Each state before the step, `[B, H]`.
    pub(super) before: Rows<'a, T>,
    /// Each state after it.
    pub(super) after: RowsMut<'a, T>,
}

impl<T: Real> Moment<'_, T> {
    /// What the recurrent product is added to in the forward pass, and what holds its gradient in
    /// the backward pass.
    pub(super) fn h_part(&mut self) -> &mut [T] {
        if self.recurrent.is_empty() { self.gates } else { self.recurrent }
    }

    /// Gates, h-part, states before and after of one stream.
    #[inline(always)]
    fn row(
        &mut self,
        row: usize,
        hidden: usize,
        gate_row: usize,
    ) -> (&mut [T], &mut [T], Rows<'_, T>, RowsMut<'_, T>) {
        let gates = row * gate_row..(row + 1) * gate_row;
        let states = row * hidden..(row + 1) * hidden;
        (
            &mut self.gates[gates.clone()],
            row_mut(self.recurrent, gates),
            self.before.map(|state| row_of(state, states.clone())),
            self.after.each_mut().map(|state| row_mut(state, states.clone())),
        )
    }
}

/// The cell's step over all rows.
pub(super) struct Forward<'a, T, C> {
    pub(super) hidden: usize,
    pub(super) moment: Moment<'a, T>,
    pub(super) cell: PhantomData<C>,
}

impl<T: Real, C: Cell<T>> Kernel for Forward<'_, T, C> {
    #[inline(always)]
    fn run<I: Tier>(mut self) {
        let gate_row = C::GATES * self.hidden;
        for row in 0..self.moment.gates.len() / gate_row {
            let (gates, recurrent, before, after) = self.moment.row(row, self.hidden, gate_row);
            C::step(gates, recurrent, before, after);
        }
    }
}

/// The cell's step back over all rows.
pub(super) struct Backward<'a, T, C> {
    pub(super) hidden: usize,
    pub(super) moment: Moment<'a, T>,
    /// The gradient of each state, `[B, H]`.
    pub(super) d: RowsMut<'a, T>,
    pub(super) cell: PhantomData<C>,
}

impl<T: Real, C: Cell<T>> Kernel for Backward<'_, T, C> {
    #[inline(always)]
    fn run<I: Tier>(mut self) {
        let gate_row = C::GATES * self.hidden;
        for row in 0..self.moment.gates.len() / gate_row {
            let states = row * self.hidden..(row + 1) * self.hidden;
            let (gates, recurrent, before, after) = self.moment.row(row, self.hidden, gate_row);
            let d = self.d.each_mut().map(|state| row_mut(state, states.clone()));
            C::step_back(gates, recurrent, before, after.map(|state| &*state), d);
        }
    }
}

/// A row of a tensor; empty if the cell has no such tensor.
#[inline(always)]
fn row_of<T>(tensor: &[T], row: Range<usize>) -> &[T] {
    if tensor.is_empty() { tensor } else { &tensor[row] }
}

/// A row of a tensor, to be written; empty if the cell has no such tensor.
#[inline(always)]
fn row_mut<T>(tensor: &mut [T], row: Range<usize>) -> &mut [T] {
    if tensor.is_empty() { tensor } else { &mut tensor[row] }
}
