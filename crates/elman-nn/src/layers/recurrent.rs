//! One recurrent layer: all time loops live here, whatever the cell.
//!
//! ```text
//! forward    x-parts of all steps in one product: [T·B, I] · W_xᵀ
//!            then for t = 0..T: h-part = h_(t-1) · W_hᵀ, cell step
//! backward   for t = T..0: dh += dy_t, cell step back, dh_(t-1) += d(h-part) · W_h
//!            then over all time at once: dW_x = d(x-part)ᵀ · x, dW_h = d(h-part)ᵀ · h_(t-1)
//! ```
//!
//! The weights are packed once per update and used for every t.

mod moment;

use std::marker::PhantomData;
use std::ops::Range;

use elman_math::gemm::{Lhs, gemm, gemm_transposed, pack, packed_len, transposed_scratch_len};
use elman_math::{Real, Stream};

use self::moment::{Backward, Forward, Moment};
use super::{Back, Layer, Pass, Window, add_rows, fill_rows};
use crate::cells::{Cell, Rows, RowsMut};
use crate::init::Init;
use crate::params::{Layout, Params, VariableId};
use crate::state::{MAX_STATES, State};

/// The sizes of a recurrent layer.
#[derive(Debug, Clone, Copy)]
pub struct RecurrentSize {
    /// Which layer of the stack; also which `[B, H]` of the state is its memory.
    pub layer: usize,
    /// I, the inputs a step.
    pub inputs: usize,
    /// H, the hidden units.
    pub hidden: usize,
}

/// A recurrent layer of cell `C`.
pub struct Recurrent<C> {
    size: RecurrentSize,
    weight_ih: VariableId,
    weight_hh: VariableId,
    bias_ih: VariableId,
    bias_hh: VariableId,
    cell: PhantomData<C>,
}

/// The parts of a layer's region of the tape.
struct Regions<'a, T> {
    /// Each state `[T + 1, B, H]`; the first `[B, H]` is the memory before the window.
    states: RowsMut<'a, T>,
    /// `[T, B, G·H]`.
    gates: &'a mut [T],
    /// `[T, B, G·H]` if the cell is split, else empty.
    recurrent: &'a mut [T],
}

impl<T> Regions<'_, T> {
    /// The part of step `t`.
    fn at(&mut self, t: usize, batch: usize, hidden: usize, gate_row: usize) -> Moment<'_, T> {
        let (memory, gates) = (batch * hidden, t * batch * gate_row..(t + 1) * batch * gate_row);
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
        Moment { gates: &mut self.gates[gates], recurrent, before, after }
    }
}

/// The parts of a layer's packed weights.
struct Packed<'a, T> {
    /// `W_xᵀ`, `W_hᵀ`: for the forward pass.
    forward: [&'a [T]; 2],
    /// `W_x`, `W_h`: for the backward pass.
    backward: [&'a [T]; 2],
    /// What the x-part starts from: `b_ih`, and `b_hh` with it unless the cell is split.
    bias: &'a [T],
}

impl<C> Recurrent<C> {
    /// Declares the four variables of layer `size.layer` under PyTorch's names.
    pub fn declare<T: Real>(layout: &mut Layout, size: RecurrentSize) -> Self
    where
        C: Cell<T>,
    {
        let RecurrentSize { layer, inputs, hidden } = size;
        let rows = C::GATES * hidden;
        let mut declare = |name: &str, shape: &[usize]| {
            layout.declare(format!("rnn.{name}_l{layer}"), shape, Init::one_over_sqrt(hidden))
        };
        Self {
            size,
            weight_ih: declare("weight_ih", &[rows, inputs]),
            weight_hh: declare("weight_hh", &[rows, hidden]),
            bias_ih: declare("bias_ih", &[rows]),
            bias_hh: declare("bias_hh", &[rows]),
            cell: PhantomData,
        }
    }

    fn regions<'a, T: Real>(&self, window: Window, tape: &'a mut [T]) -> Regions<'a, T>
    where
        C: Cell<T>,
    {
        let states_len = (window.steps + 1) * window.batch * self.size.hidden;
        let mut rest = tape;
        let states = std::array::from_fn(|state| {
            let len = if state < C::STATES.len() { states_len } else { 0 };
            rest.split_off_mut(..len).expect("the tape holds every state")
        });
        let gates_len = window.rows() * C::GATES * self.size.hidden;
        let (gates, recurrent) = rest.split_at_mut(gates_len);
        Regions { states, gates, recurrent }
    }

    /// Lengths of `W_xᵀ`, `W_hᵀ`, `W_x`, `W_h` when packed.
    fn packed_lens<T: Real>(&self) -> [usize; 4]
    where
        C: Cell<T>,
    {
        let RecurrentSize { inputs, hidden, .. } = self.size;
        let rows = C::GATES * hidden;
        let sizes = [(inputs, rows), (hidden, rows), (rows, inputs), (rows, hidden)];
        sizes.map(|(k, n)| packed_len(k, n))
    }

    fn packed<'a, T: Real>(&self, packed: &'a [T]) -> Packed<'a, T>
    where
        C: Cell<T>,
    {
        let mut rest = packed;
        let mut next = |len| rest.split_off(..len).expect("packed weights");
        let [x_forward, h_forward, x_backward, h_backward] = self.packed_lens::<T>().map(&mut next);
        let bias = next(C::GATES * self.size.hidden);
        Packed { forward: [x_forward, h_forward], backward: [x_backward, h_backward], bias }
    }
}

impl<T: Real, C: Cell<T>> Layer<T> for Recurrent<C> {
    fn tape_len(&self, window: Window) -> usize {
        let states = C::STATES.len() * (window.steps + 1) * window.batch * self.size.hidden;
        let gates = window.rows() * C::GATES * self.size.hidden;
        states + gates * if C::SPLIT { 2 } else { 1 }
    }

    /// h_1 .. h_T.
    fn output(&self, window: Window) -> Range<usize> {
        let memory = window.batch * self.size.hidden;
        memory..memory * (window.steps + 1)
    }

    fn packed_len(&self) -> usize {
        self.packed_lens::<T>().iter().sum::<usize>() + C::GATES * self.size.hidden
    }

    fn pack(&self, params: &Params<T>, packed: &mut [T]) {
        let RecurrentSize { inputs, hidden, .. } = self.size;
        let rows = C::GATES * hidden;
        let (weight_ih, weight_hh) = (params.get(self.weight_ih), params.get(self.weight_hh));
        let mut rest = packed;
        let mut next = |len| rest.split_off_mut(..len).expect("packed weights");
        let [x_forward, h_forward, x_backward, h_backward] = self.packed_lens::<T>().map(&mut next);
        pack(inputs, rows, weight_ih, 1, inputs, x_forward);
        pack(hidden, rows, weight_hh, 1, hidden, h_forward);
        pack(rows, inputs, weight_ih, inputs, 1, x_backward);
        pack(rows, hidden, weight_hh, hidden, 1, h_backward);
        let bias = next(rows);
        bias.copy_from_slice(params.get(self.bias_ih));
        if !C::SPLIT {
            add_rows(params.get(self.bias_hh), bias);
        }
    }

    fn scratch_len(&self, window: Window) -> usize {
        transposed_scratch_len(self.size.inputs.max(self.size.hidden), window.rows())
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut [T],
        _: Option<&mut Stream>,
    ) {
        let RecurrentSize { layer, inputs, hidden } = self.size;
        let Window { steps, batch } = pass.window;
        let gate_row = C::GATES * hidden;
        let packed = self.packed(pass.packed);
        let mut regions = self.regions(pass.window, tape);

        for (region, memory_before) in regions.states.iter_mut().zip(state.layer_mut(layer)) {
            region[..memory_before.len()].copy_from_slice(memory_before);
        }
        fill_rows(regions.gates, packed.bias);
        let size = (pass.window.rows(), gate_row, inputs);
        gemm(pass.isa, size, Lhs::rows(x, inputs), packed.forward[0], regions.gates);
        if C::SPLIT {
            fill_rows(regions.recurrent, pass.params.get(self.bias_hh));
        }
        for t in 0..steps {
            let mut moment = regions.at(t, batch, hidden, gate_row);
            let h_before = Lhs::rows(moment.before[0], hidden);
            let size = (batch, gate_row, hidden);
            gemm(pass.isa, size, h_before, packed.forward[1], moment.h_part());
            pass.isa.run(Forward::<T, C> { hidden, moment, cell: PhantomData });
        }
        for (memory_after, region) in state.layer_mut(layer).into_iter().zip(&regions.states) {
            memory_after.copy_from_slice(&region[region.len() - memory_after.len()..]);
        }
    }

    fn backward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        tape: &mut [T],
        dy: &[T],
        dx: Option<&mut [T]>,
        back: &mut Back<'_, T>,
    ) {
        let RecurrentSize { layer, inputs, hidden } = self.size;
        let Window { steps, batch } = pass.window;
        let (rows, gate_row, memory) = (pass.window.rows(), C::GATES * hidden, batch * hidden);
        let packed = self.packed(pass.packed);
        let mut regions = self.regions(pass.window, tape);

        let mut d = back.dstate.layer_mut(layer);
        for t in (0..steps).rev() {
            for (dh, &dy) in d[0].iter_mut().zip(&dy[t * memory..]) {
                *dh += dy;
            }
            let moment = regions.at(t, batch, hidden, gate_row);
            let d_states = d.each_mut().map(|d| &mut **d);
            pass.isa.run(Backward::<T, C> { hidden, moment, d: d_states, cell: PhantomData });
            let mut moment = regions.at(t, batch, hidden, gate_row);
            let d_h_part = Lhs::rows(moment.h_part(), gate_row);
            gemm(pass.isa, (batch, hidden, gate_row), d_h_part, packed.backward[1], d[0]);
        }

        let Regions { states, gates, recurrent } = regions;
        let d_x_part = &*gates;
        let d_h_part = if C::SPLIT { &*recurrent } else { d_x_part };
        let h_before = &states[0][..rows * hidden];
        let Back { grads, scratch, .. } = back;
        let size = (gate_row, inputs, rows);
        gemm_transposed(pass.isa, size, d_x_part, x, grads.get_mut(self.weight_ih), scratch);
        let size = (gate_row, hidden, rows);
        gemm_transposed(pass.isa, size, d_h_part, h_before, grads.get_mut(self.weight_hh), scratch);
        add_rows(d_x_part, grads.get_mut(self.bias_ih));
        add_rows(d_h_part, grads.get_mut(self.bias_hh));
        if let Some(dx) = dx {
            dx.fill(T::ZERO);
            let size = (rows, inputs, gate_row);
            gemm(pass.isa, size, Lhs::rows(d_x_part, gate_row), packed.backward[0], dx);
        }
    }
}
