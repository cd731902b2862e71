//! A layer's region of the tape, and the part of it that one time step works on.

use elman_math::Real;
use elman_math::dispatch::Tier;

use super::Window;
use crate::cells::{Cell, Rows, RowsMut};
use crate::state::MAX_STATES;

/// T and B, I, H, and G·H.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) window: Window,
    pub(super) inputs: usize,
    pub(super) hidden: usize,
    pub(super) gate_row: usize,
}

impl Sizes {
    /// Values from one row of gates to the next. Rows whose starts lie a large power of two apart
    /// would all want the same few lines of the first-level cache, so that a cache line is put
    /// between them.
    #[inline(always)]
    pub(super) fn gate_stride(self) -> usize {
        if self.gate_row.is_multiple_of(256) { self.gate_row + 16 } else { self.gate_row }
    }

    /// Values of one state of all streams.
    #[inline(always)]
    pub(super) fn memory(self) -> usize {
        self.window.batch * self.hidden
    }
}

/// The parts of a layer's region of the tape.
pub(super) struct Regions<'a, T> {
    sizes: Sizes,
    /// Each state `[T + 1, B, H]`; the first `[B, H]` is the memory before the window.
    pub(super) states: RowsMut<'a, T>,
    /// `[T, B, G·H]`, rows [`Sizes::gate_stride`] apart.
    pub(super) gates: &'a mut [T],
    /// The same if the cell is split, else empty.
    pub(super) recurrent: &'a mut [T],
}

impl<'a, T: Real> Regions<'a, T> {
    /// Values of the region.
    pub(super) fn len<C: Cell<T>>(sizes: Sizes) -> usize {
        let Window { steps, batch } = sizes.window;
        let gates = steps * batch * sizes.gate_stride();
        C::STATES.len() * (steps + 1) * sizes.memory() + gates * if C::SPLIT { 2 } else { 1 }
    }

    pub(super) fn new<C: Cell<T>>(sizes: Sizes, tape: &'a mut [T]) -> Self {
        let states_len = (sizes.window.steps + 1) * sizes.memory();
        let mut rest = tape;
        let states = std::array::from_fn(|state| {
            let len = if state < C::STATES.len() { states_len } else { 0 };
            rest.split_off_mut(..len).expect("the tape holds every state")
        });
        let (gates, recurrent) = rest.split_at_mut(sizes.window.rows() * sizes.gate_stride());
        Self { sizes, states, gates, recurrent }
    }

    /// What the recurrent product is added to in the forward pass, and what holds its gradient in
    /// the backward pass.
    #[inline(always)]
    pub(super) fn h_part(&self) -> &[T] {
        if self.recurrent.is_empty() { self.gates } else { self.recurrent }
    }

    /// The part of step `t`.
    #[inline(always)]
    pub(super) fn at(&mut self, t: usize) -> Moment<'_, T> {
        let memory = self.sizes.memory();
        let step = self.sizes.window.batch * self.sizes.gate_stride();
        let gates = t * step..(t + 1) * step;
        let mut before: Rows<'_, T> = [&[]; MAX_STATES];
        let mut after: RowsMut<'_, T> = std::array::from_fn(|_| &mut [][..]);
        for ((region, before), after) in self.states.iter_mut().zip(&mut before).zip(&mut after) {
            if !region.is_empty() {
                let (past, future) = region.split_at_mut((t + 1) * memory);
                *before = &past[t * memory..];
                *after = &mut future[..memory];
            }
        }
        let recurrent = match self.recurrent.is_empty() {
            true => &mut [][..],
            false => &mut self.recurrent[gates.clone()],
        };
        Moment { sizes: self.sizes, gates: &mut self.gates[gates], recurrent, before, after }
    }
}

/// The part of the tape that one time step works on.
pub(super) struct Moment<'a, T> {
    sizes: Sizes,
    /// `[B, G·H]`, rows [`Sizes::gate_stride`] apart.
    pub(super) gates: &'a mut [T],
    /// The same if the cell is split, else empty.
    pub(super) recurrent: &'a mut [T],
    /// Each state before the step, `[B, H]`.
    pub(super) before: Rows<'a, T>,
    /// Each state after it.
    pub(super) after: RowsMut<'a, T>,
}

impl<T: Real> Moment<'_, T> {
    /// The cell's step over all streams.
    #[inline(always)]
    pub(super) fn step<I: Tier, C: Cell<T>>(&mut self) {
        for stream in 0..self.sizes.window.batch {
            let (gates, recurrent, before, after) = self.row(stream);
            C::step::<I>(gates, recurrent, before, after);
        }
    }

    /// The cell's step back over all streams; `d` is the gradient of each state, `[B, H]`.
    #[inline(always)]
    pub(super) fn step_back<I: Tier, C: Cell<T>>(&mut self, d: &mut RowsMut<'_, T>) {
        for stream in 0..self.sizes.window.batch {
            let hidden = self.sizes.hidden;
            let (gates, recurrent, before, after) = self.row(stream);
            let d = d.each_mut().map(|state| row_mut(state, stream, hidden, hidden));
            C::step_back::<I>(gates, recurrent, before, after.map(|state| &*state), d);
        }
    }

    /// Gates, h-part, states before and after of one stream.
    #[inline(always)]
    fn row(&mut self, stream: usize) -> (&mut [T], &mut [T], Rows<'_, T>, RowsMut<'_, T>) {
        let Sizes { hidden, gate_row, .. } = self.sizes;
        let stride = self.sizes.gate_stride();
        (
            row_mut(self.gates, stream, gate_row, stride),
            row_mut(self.recurrent, stream, gate_row, stride),
            self.before.map(|state| match state.is_empty() {
                true => state,
                false => &state[stream * hidden..][..hidden],
            }),
            self.after.each_mut().map(|state| row_mut(state, stream, hidden, hidden)),
        )
    }
}

/// Row `row` of a tensor, to be written; empty if the cell has no such tensor.
#[inline(always)]
fn row_mut<T>(tensor: &mut [T], row: usize, len: usize, stride: usize) -> &mut [T] {
    if tensor.is_empty() { tensor } else { &mut tensor[row * stride..][..len] }
}
