//! The forward and the backward pass of a layer, each one kernel.

use std::marker::PhantomData;
use std::ops::Range;

use elman_math::dispatch::Backend;
use elman_math::gemm::{Gemm, GemmTransposed, Gradient, Lhs, ROW_BLOCK, Start};
use elman_math::{Isa, Kernel, Real};

use super::Window;
use super::step_view::{Regions, Sizes};
use crate::cells::{Cell, RowsMut};
use crate::layers::{add_rows, rows_of};

/// The time steps of chunk `chunk`: as many as keep their rows of gates in the level 2 cache.
fn chunk(window: Window, chunk: usize) -> Range<usize> {
    let steps = chunk_steps(window);
    chunk * steps..window.steps.min((chunk + 1) * steps)
}

fn chunk_steps(window: Window) -> usize {
    (ROW_BLOCK / window.batch).max(1)
}

fn chunks(window: Window) -> usize {
    window.steps.div_ceil(chunk_steps(window))
}

/// The forward pass.
pub(super) struct Forward<'a, 'r, T, C> {
    pub(super) isa: Isa,
    pub(super) sizes: Sizes,
    pub(super) x: &'a [T],
    /// Packed W_xᵀ and W_hᵀ; for tokens, the table and W_hᵀ.
    pub(super) weights: [&'a [T]; 2],
    /// The bias of the x-part.
    pub(super) bias_x: &'a [T],
    /// The bias of the h-part, if the cell is split.
    pub(super) bias_h: &'a [T],
    pub(super) regions: &'r mut Regions<'a, T>,
    pub(super) cell: PhantomData<C>,
}

impl<T: Real, C: Cell<T>> Kernel for Forward<'_, '_, T, C> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let Self { isa, sizes, x, weights: [weight_x, weight_h], bias_x, bias_h, regions, .. } =
            self;
        let Sizes { window, inputs, tokens, hidden, gate_row } = sizes;
        let (batch, stride) = (window.batch, sizes.gate_stride());
        for chunk in (0..chunks(window)).map(|number| chunk(window, number)) {
            let first = chunk.start * batch;
            let size = (chunk.len() * batch, gate_row, inputs);
            let gates = &mut regions.gates[first * stride..];
            if tokens {
                let x = &x[first..first + size.0];
                for (gates, row) in gates.chunks_mut(stride).zip(rows_of(x, gate_row)) {
                    gates[..gate_row].copy_from_slice(&weight_x[row]);
                }
            } else {
                let x = Lhs::rows(&x[first * inputs..], inputs);
                let product = Gemm::new(isa, size, x, weight_x, gates).with_stride(stride);
                I::run(product.onto(Start::Row(bias_x)));
            }
            for t in chunk {
                let mut moment = regions.at(t);
                let h_before = Lhs::rows(moment.before[0], hidden);
                let (h_part, start) = match C::SPLIT {
                    true => (&mut *moment.recurrent, Start::Row(bias_h)),
                    false => (&mut *moment.gates, Start::Present),
                };
                let product = Gemm::new(isa, (batch, gate_row, hidden), h_before, weight_h, h_part);
                I::run(product.with_stride(stride).onto(start));
                moment.step::<I, C>();
            }
        }
    }
}

/// The gradients of the weights, to which the pass adds.
pub(super) struct Gradients<'a, T> {
    pub(super) weight_ih: &'a mut [T],
    pub(super) weight_hh: &'a mut [T],
    pub(super) bias_ih: &'a mut [T],
    pub(super) bias_hh: &'a mut [T],
}

/// The backward pass.
pub(super) struct Backward<'a, T, C> {
    pub(super) isa: Isa,
    pub(super) sizes: Sizes,
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) dx: Option<&'a mut [T]>,
    /// Packed W_x and W_h.
    pub(super) weights: [&'a [T]; 2],
    pub(super) regions: Regions<'a, T>,
    /// The gradient of each state tensor, `[B, H]`.
    pub(super) d: RowsMut<'a, T>,
    pub(super) gradients: Gradients<'a, T>,
    /// The gradient of the table, if the input is tokens.
    pub(super) d_table: &'a mut [T],
    pub(super) scratch: &'a mut [T],
    pub(super) cell: PhantomData<C>,
}

impl<T: Real, C: Cell<T>> Kernel for Backward<'_, T, C> {
    #[inline(always)]
    fn run<I: Backend>(mut self) {
        let window = self.sizes.window;
        self.d_table.fill(T::ZERO);
        for chunk in (0..chunks(window)).rev().map(|number| chunk(window, number)) {
            for t in chunk.clone().rev() {
                self.step_back::<I>(t);
            }
            self.over_rows::<I>(chunk.start * window.batch..chunk.end * window.batch);
        }
    }
}

impl<T: Real, C: Cell<T>> Backward<'_, T, C> {
    #[inline(always)]
    fn step_back<I: Backend>(&mut self, t: usize) {
        let Sizes { window, hidden, gate_row, .. } = self.sizes;
        let memory = self.sizes.memory();
        for (dh, &dy) in self.d[0].iter_mut().zip(&self.dy[t * memory..][..memory]) {
            *dh += dy;
        }
        let mut moment = self.regions.at(t);
        moment.step_back::<I, C>(&mut self.d);
        let h_part = if C::SPLIT { &*moment.recurrent } else { &*moment.gates };
        let d_h_part = Lhs::rows(h_part, self.sizes.gate_stride());
        let size = (window.batch, hidden, gate_row);
        I::run(Gemm::new(self.isa, size, d_h_part, self.weights[1], self.d[0]));
    }

    /// Computes the gradients of the weights and of the input over some rows of `[T·B, ·]`.
    #[inline(always)]
    fn over_rows<I: Backend>(&mut self, rows: Range<usize>) {
        let Sizes { inputs, tokens, hidden, gate_row, .. } = self.sizes;
        let a_stride = self.sizes.gate_stride();
        let gates = rows.start * a_stride..rows.end * a_stride;
        let d_x_part = &self.regions.gates[gates.clone()];
        let d_h_part = &self.regions.h_part()[gates];
        let Gradients { weight_ih, weight_hh, bias_ih, bias_hh } = &mut self.gradients;
        let (isa, size) = (self.isa, (gate_row, rows.len()));
        let x = &self.x[rows.start * if tokens { 1 } else { inputs }..];
        let h_before = &self.regions.states[0][rows.start * hidden..];
        let to_x = Gradient { n: inputs, b: x, c: weight_ih };
        let to_h = Gradient { n: hidden, b: h_before, c: weight_hh };
        let scratch = &mut *self.scratch;
        if tokens {
            let asked = rows_of(&x[..rows.len()], gate_row);
            for (d, row) in d_x_part.chunks_exact(a_stride).zip(asked) {
                add_rows(&d[..gate_row], gate_row, &mut self.d_table[row]);
            }
            I::run(GemmTransposed { isa, size, a: d_h_part, a_stride, to: [to_h], scratch });
        } else if C::SPLIT {
            I::run(GemmTransposed { isa, size, a: d_x_part, a_stride, to: [to_x], scratch });
            I::run(GemmTransposed { isa, size, a: d_h_part, a_stride, to: [to_h], scratch });
        } else {
            let to = [to_x, to_h];
            I::run(GemmTransposed { isa, size, a: d_x_part, a_stride, to, scratch });
        }
        add_rows(d_x_part, a_stride, bias_ih);
        add_rows(d_h_part, a_stride, bias_hh);
        if let Some(dx) = &mut self.dx {
            let size = (rows.len(), inputs, gate_row);
            let dx = &mut dx[rows.start * inputs..];
            let product =
                Gemm::new(self.isa, size, Lhs::rows(d_x_part, a_stride), self.weights[0], dx);
            I::run(product.onto(Start::Zero));
        }
    }
}
