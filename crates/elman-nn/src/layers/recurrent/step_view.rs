//! A layer's region of the tape, and the view of one time step of it.

#![expect(
    clippy::needless_range_loop,
    reason = "loops over constant sizes unroll; iterators over arrays of vectors stay in memory"
)]

use std::ops::Range;

use elman_math::dispatch::Backend;
use elman_math::line::{LINE, SimdVector};
use elman_math::{Real, SimdVectors};

use super::Window;
use crate::cells::{Cell, Gates, MAX_GATES, Rows, RowsMut, States};
use crate::state::MAX_STATES;

/// T and B, I, H, and G·H.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) window: Window,
    pub(super) inputs: usize,
    pub(super) tokens: bool,
    pub(super) hidden: usize,
    pub(super) gate_row: usize,
}

impl Sizes {
    /// Values between the starts of two rows of gates. Rows that start a multiple of a large power of
    /// two apart would compete for the same few lines of the level 1 cache, so a cache line is added
    /// between them.
    #[inline(always)]
    pub(super) fn gate_stride(self) -> usize {
        if self.gate_row.is_multiple_of(256) { self.gate_row + 16 } else { self.gate_row }
    }

    /// Values of one state tensor for all lanes.
    #[inline(always)]
    pub(super) fn memory(self) -> usize {
        self.window.batch * self.hidden
    }
}

/// The parts of a layer's region of the tape.
pub(super) struct Regions<'a, T> {
    sizes: Sizes,
    /// Each state tensor `[T + 1, B, H]`; the first `[B, H]` is the hidden state before the window.
    pub(super) states: RowsMut<'a, T>,
    /// `[T, B, G·H]`; rows start [`Sizes::gate_stride`] values apart.
    pub(super) gates: &'a mut [T],
    /// The h-parts, of the same shape, if the cell is split, else empty.
    pub(super) recurrent: &'a mut [T],
}

impl<'a, T: Real> Regions<'a, T> {
    /// The number of values of the region.
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

    /// The gates in the region `tape`: `[T, B, G·H]`; rows start [`Sizes::gate_stride`] values apart.
    pub(super) fn gates_of<C: Cell<T>>(sizes: Sizes, tape: &[T]) -> &[T] {
        let first = C::STATES.len() * (sizes.window.steps + 1) * sizes.memory();
        &tape[first..][..sizes.window.rows() * sizes.gate_stride()]
    }

    /// The tensor that the recurrent product is added to in the forward pass, and that holds its
    /// gradient in the backward pass.
    #[inline(always)]
    pub(super) fn h_part(&self) -> &[T] {
        if self.recurrent.is_empty() { self.gates } else { self.recurrent }
    }

    /// The view of time step `t`.
    #[inline(always)]
    pub(super) fn at(&mut self, t: usize) -> StepView<'_, T> {
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
        StepView { sizes: self.sizes, gates: &mut self.gates[gates], recurrent, before, after }
    }
}

/// The part of the tape of one time step.
pub(super) struct StepView<'a, T> {
    sizes: Sizes,
    /// `[B, G·H]`; rows start [`Sizes::gate_stride`] values apart.
    pub(super) gates: &'a mut [T],
    /// The h-parts, of the same shape, if the cell is split, else empty.
    pub(super) recurrent: &'a mut [T],
    /// Each state tensor before the time step, `[B, H]`.
    pub(super) before: Rows<'a, T>,
    /// Each state tensor after the time step, `[B, H]`.
    pub(super) after: RowsMut<'a, T>,
}

impl<T: Real> StepView<'_, T> {
    /// Computes the cell's step for all lanes.
    #[inline(always)]
    pub(super) fn step<I: Backend, C: Cell<T>>(&mut self) {
        let Sizes { window, hidden, .. } = self.sizes;
        for stream in 0..window.batch {
            let mut unit = 0;
            while two_lines_fit::<T, I>() && unit + 2 * LINE <= hidden {
                self.units_step::<I, C, 2>(stream, unit, 2 * LINE);
                unit += 2 * LINE;
            }
            while unit < hidden {
                self.units_step::<I, C, 1>(stream, unit, LINE.min(hidden - unit));
                unit += LINE;
            }
        }
    }

    /// Computes the cell's step back for all lanes; `d` is the gradient of each state tensor, `[B, H]`.
    #[inline(always)]
    pub(super) fn step_back<I: Backend, C: Cell<T>>(&mut self, d: &mut RowsMut<'_, T>) {
        let Sizes { window, hidden, .. } = self.sizes;
        for stream in 0..window.batch {
            let mut unit = 0;
            while two_lines_fit::<T, I>() && unit + 2 * LINE <= hidden {
                self.units_step_back::<I, C, 2>(stream, unit, 2 * LINE, d);
                unit += 2 * LINE;
            }
            while unit < hidden {
                self.units_step_back::<I, C, 1>(stream, unit, LINE.min(hidden - unit), d);
                unit += LINE;
            }
        }
    }

    /// Computes the cell's step for `len` elements of a lane from `unit` on.
    #[inline(always)]
    fn units_step<I: Backend, C: Cell<T>, const N: usize>(
        &mut self,
        stream: usize,
        unit: usize,
        len: usize,
    ) {
        let Sizes { hidden, .. } = self.sizes;
        let state = stream * hidden + unit..stream * hidden + unit + len;
        let (mut x_part, mut h_part) = self.load::<I, C, N>(stream, unit, len);
        let before = load_states::<T, I, C, N>(self.before, state.clone());
        let after = C::step(&mut x_part, &mut h_part, before);
        self.store::<I, C, N>(stream, unit, len, x_part, h_part);
        for s in 0..C::STATES.len() {
            after[s].store(&mut self.after[s][state.clone()]);
        }
    }

    /// Computes the cell's step back for `len` elements of a lane from `unit` on.
    #[inline(always)]
    fn units_step_back<I: Backend, C: Cell<T>, const N: usize>(
        &mut self,
        stream: usize,
        unit: usize,
        len: usize,
        d: &mut RowsMut<'_, T>,
    ) {
        let Sizes { hidden, .. } = self.sizes;
        let state = stream * hidden + unit..stream * hidden + unit + len;
        let (mut x_part, mut h_part) = self.load::<I, C, N>(stream, unit, len);
        let before = load_states::<T, I, C, N>(self.before, state.clone());
        let after = load_states::<T, I, C, N>(self.after.each_ref().map(|s| &**s), state.clone());
        let d_after = load_states::<T, I, C, N>(d.each_ref().map(|s| &**s), state.clone());
        let d_before = C::step_back(&mut x_part, &mut h_part, before, after, d_after);
        self.store::<I, C, N>(stream, unit, len, x_part, h_part);
        for s in 0..C::STATES.len() {
            d_before[s].store(&mut d[s][state.clone()]);
        }
    }

    /// Loads `len` elements of the gates: their x-part and their h-part.
    #[inline(always)]
    fn load<I: Backend, C: Cell<T>, const N: usize>(
        &self,
        stream: usize,
        unit: usize,
        len: usize,
    ) -> (Gates<T, I, N>, Gates<T, I, N>) {
        let row = stream * self.sizes.gate_stride() + unit;
        let mut x_part = [SimdVectors::splat(T::ZERO); MAX_GATES];
        let mut h_part = x_part;
        for gate in 0..C::GATES {
            let first = row + gate * self.sizes.hidden;
            x_part[gate] = SimdVectors::load(&self.gates[first..first + len]);
            if C::SPLIT {
                h_part[gate] = SimdVectors::load(&self.recurrent[first..first + len]);
            }
        }
        (x_part, h_part)
    }

    /// Stores the elements that [`load`](StepView::load) read.
    #[inline(always)]
    fn store<I: Backend, C: Cell<T>, const N: usize>(
        &mut self,
        stream: usize,
        unit: usize,
        len: usize,
        x_part: Gates<T, I, N>,
        h_part: Gates<T, I, N>,
    ) {
        let row = stream * self.sizes.gate_stride() + unit;
        for gate in 0..C::GATES {
            let first = row + gate * self.sizes.hidden;
            x_part[gate].store(&mut self.gates[first..first + len]);
            if C::SPLIT {
                h_part[gate].store(&mut self.recurrent[first..first + len]);
            }
        }
    }
}

/// Whether a cell's step on two SIMD vectors per gate stays in registers.
#[inline(always)]
const fn two_lines_fit<T: Real, I: Backend>() -> bool {
    <T::SimdVector<I> as SimdVector<T>>::MOST >= 24
}

/// The values of each state in `range`.
#[inline(always)]
fn load_states<T: Real, I: Backend, C: Cell<T>, const N: usize>(
    states: Rows<'_, T>,
    range: Range<usize>,
) -> States<T, I, N> {
    let mut lines = [SimdVectors::splat(T::ZERO); MAX_STATES];
    for s in 0..C::STATES.len() {
        lines[s] = SimdVectors::load(&states[s][range.clone()]);
    }
    lines
}
