//! One recurrent layer: the time loops of all cells.
//!
//! ```text
//! forward    for each chunk of time steps: x-parts of all its rows in one product, b + x · W_xᵀ,
//!              then for each t: h-part = h_(t-1) · W_hᵀ, cell step
//! backward   for each chunk, from the last: for each t from the last:
//!              dh += dy_t, cell step back, dh_(t-1) += d(h-part) · W_h,
//!              then over the chunk: dW_x += d(x-part)ᵀ · x, dW_h += d(h-part)ᵀ · h_(t-1),
//!              dx = d(x-part) · W_x
//! ```
//!
//! If the input is a token of a small vocabulary, a table holds b + x · W_xᵀ for each token (`table.rs`): the forward
//! pass looks up a row, and the backward pass adds to the gradient of that row.
//!
//! A chunk has as many time steps as keep their gates in the level 2 cache. The weights are packed
//! once per optimizer step and used for every t. A whole pass is one kernel: the instruction set is
//! selected once, when it starts.

mod kernels;
mod step_view;
mod table;

use std::marker::PhantomData;
use std::ops::Range;

use elman_math::gemm::{Rhs, pack, packed_len, transposed_scratch_len};
use elman_math::{Isa, Real, Stream};

use self::kernels::{Backward, Forward, Gradients};
use self::step_view::{Regions, Sizes};
use self::table::Table;
use super::{Back, Layer, Pass, Window, add_rows};
use crate::cells::Cell;
use crate::init::Init;
use crate::params::{Layout, Params, VariableId};
use crate::state::{MAX_STATES, State};

pub use table::{MAX_IN_TABLE, Tokens};

/// The sizes of a recurrent layer.
#[derive(Debug, Clone, Copy)]
pub struct RecurrentSize {
    /// The index of the recurrent layer, which is also its index in the state.
    pub layer: usize,
    /// I, the inputs per time step.
    pub inputs: usize,
    /// The vocabulary, if the input of a time step is the number of a token; `None` if the inputs are values.
    pub tokens: Option<Tokens>,
    /// H, the hidden size.
    pub hidden: usize,
}

/// A recurrent layer of cell `C`.
#[derive(Debug)]
pub struct Recurrent<C> {
    size: RecurrentSize,
    weight_ih: VariableId,
    weight_hh: VariableId,
    bias_ih: VariableId,
    bias_hh: VariableId,
    cell: PhantomData<C>,
}

impl<C> Recurrent<C> {
    /// Declares the four variables of layer `size.layer` under PyTorch's names.
    pub fn declare<T: Real>(layout: &mut Layout, size: RecurrentSize) -> Self
    where
        C: Cell<T>,
    {
        let RecurrentSize { layer, inputs, hidden, .. } = size;
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

    /// The hidden state of the lanes in a window: all lanes of the layer's state, or its first ones.
    fn memory<'s, T: Real>(
        &self,
        state: &'s mut State<T>,
        window: Window,
    ) -> [&'s mut [T]; MAX_STATES] {
        let most = window.batch * self.size.hidden;
        state.layer_mut(self.size.layer).map(|memory| {
            let len = memory.len().min(most);
            &mut memory[..len]
        })
    }

    fn sizes<T: Real>(&self, window: Window) -> Sizes
    where
        C: Cell<T>,
    {
        let RecurrentSize { inputs, tokens, hidden, .. } = self.size;
        let tokens = tokens.is_some();
        Sizes { window, inputs, tokens, hidden, gate_row: C::GATES * hidden }
    }

    /// The table of a layer whose input is tokens.
    fn table<T: Real>(&self) -> Option<Table>
    where
        C: Cell<T>,
    {
        let (RecurrentSize { inputs, tokens, hidden, .. }, weight_ih) = (self.size, self.weight_ih);
        Some(Table { tokens: tokens?, inputs, gate_row: C::GATES * hidden, weight_ih })
    }

    /// The number of values of W_x for the forward pass: packed, or as the rows of the table.
    fn x_part_len<T: Real>(&self, isa: Isa) -> usize
    where
        C: Cell<T>,
    {
        match self.table::<T>() {
            Some(table) => table.room_len::<T>(isa),
            None => packed_len::<T>(isa, self.size.inputs, C::GATES * self.size.hidden),
        }
    }
}

impl<T: Real, C: Cell<T>> Layer<T> for Recurrent<C> {
    fn tape_len(&self, window: Window) -> usize {
        Regions::<T>::len::<C>(self.sizes::<T>(window))
    }

    /// h_1 .. h_T.
    fn output(&self, window: Window) -> Range<usize> {
        let memory = window.batch * self.size.hidden;
        memory..memory * (window.steps + 1)
    }

    /// Forward: W_xᵀ, W_hᵀ and the bias of the x-part, `b_ih`, plus `b_hh` unless the cell is
    /// split. Backward: W_h, W_x.
    fn packed_lens(&self, isa: Isa) -> [usize; 2] {
        let RecurrentSize { inputs, hidden, .. } = self.size;
        let rows = C::GATES * hidden;
        [
            self.x_part_len::<T>(isa) + packed_len::<T>(isa, hidden, rows) + rows,
            packed_len::<T>(isa, rows, hidden) + packed_len::<T>(isa, rows, inputs),
        ]
    }

    fn pack_forward(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        let RecurrentSize { inputs, hidden, .. } = self.size;
        let rows = C::GATES * hidden;
        let (x_part, rest) = packed.split_at_mut(self.x_part_len::<T>(isa));
        let (h_part, bias) = rest.split_at_mut(packed_len::<T>(isa, hidden, rows));
        let weights = [self.weight_ih, self.weight_hh].map(|weight| params.get(weight));
        pack(isa, (hidden, rows), Rhs::Columns(weights[1], hidden), h_part);
        let bias = &mut bias[..rows];
        bias.copy_from_slice(params.get(self.bias_ih));
        if !C::SPLIT {
            add_rows(params.get(self.bias_hh), rows, bias);
        }
        match self.table::<T>() {
            Some(table) => table.fill(isa, params, bias, x_part),
            None => pack(isa, (inputs, rows), Rhs::Columns(weights[0], inputs), x_part),
        }
    }

    fn pack_backward(&self, isa: Isa, params: &Params<T>, packed: &mut [T], wants_dx: bool) {
        let RecurrentSize { inputs, tokens, hidden, .. } = self.size;
        let rows = C::GATES * hidden;
        let (h_part, x_part) = packed.split_at_mut(packed_len::<T>(isa, rows, hidden));
        let weights = [self.weight_ih, self.weight_hh].map(|weight| params.get(weight));
        pack(isa, (rows, hidden), Rhs::Rows(weights[1], hidden), h_part);
        if tokens.map_or(wants_dx, |tokens| tokens.embedding.is_some()) {
            pack(isa, (rows, inputs), Rhs::Rows(weights[0], inputs), x_part);
        }
    }

    fn scratch_len(&self, isa: Isa, window: Window) -> usize {
        let RecurrentSize { inputs, hidden, .. } = self.size;
        match self.table::<T>() {
            // The gradient of the table comes after the scratch of the products.
            Some(table) => {
                let product = transposed_scratch_len(isa, &[hidden], window.rows());
                product.max(table.scratch_len(isa)) + table.len()
            }
            None => transposed_scratch_len(isa, &[inputs, hidden], window.rows()),
        }
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        state: &mut State<T>,
        tape: &mut [T],
        _: Option<&mut Stream>,
    ) {
        let sizes = self.sizes::<T>(pass.window);
        let Sizes { hidden, gate_row, .. } = sizes;
        let (weight_x, rest) = pass.packed.split_at(self.x_part_len::<T>(pass.isa));
        // The values that the table was made from come after it: an invalid token must not read them.
        let weight_x = self.table::<T>().map_or(weight_x, |table| &weight_x[..table.len()]);
        let (weight_h, bias) = rest.split_at(packed_len::<T>(pass.isa, hidden, gate_row));
        let mut regions = Regions::new::<C>(sizes, tape);
        let memory = self.memory::<T>(state, pass.window);
        for (region, memory_before) in regions.states.iter_mut().zip(&memory) {
            region[..memory_before.len()].copy_from_slice(memory_before);
        }
        pass.isa.run(Forward::<T, C> {
            isa: pass.isa,
            sizes,
            x,
            weights: [weight_x, weight_h],
            bias_x: &bias[..gate_row],
            bias_h: pass.params.get(self.bias_hh),
            regions: &mut regions,
            cell: PhantomData,
        });
        for (memory_after, region) in memory.into_iter().zip(&regions.states) {
            memory_after.copy_from_slice(&region[region.len() - memory_after.len()..]);
        }
    }

    fn copy_gates(&self, window: Window, tape: &[T], gates: &mut Vec<T>) {
        if C::NAMED_GATES.is_empty() {
            return;
        }
        let sizes = self.sizes::<T>(window);
        for row in Regions::gates_of::<C>(sizes, tape).chunks_exact(sizes.gate_stride()) {
            gates.extend_from_slice(&row[..sizes.gate_row]);
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
        let sizes = self.sizes::<T>(pass.window);
        // The derivative by a token number is 0.
        let dx = match (dx, sizes.tokens) {
            (Some(dx), true) => {
                dx.fill(T::ZERO);
                None
            }
            (dx, _) => dx,
        };
        let weight_h_len = packed_len::<T>(pass.isa, sizes.gate_row, sizes.hidden);
        let (weight_h, weight_x) = pass.packed.split_at(weight_h_len);
        let Back { grads, dstate, scratch } = back;
        let variables = [self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh];
        let [weight_ih, weight_hh, bias_ih, bias_hh] = grads.get_each_mut(variables);
        let table = self.table::<T>();
        let scratch = &mut scratch[..self.scratch_len(pass.isa, pass.window)];
        let without_table = scratch.len() - table.map_or(0, |table| table.len());
        let (scratch, d_table) = scratch.split_at_mut(without_table);
        pass.isa.run(Backward::<T, C> {
            isa: pass.isa,
            sizes,
            x,
            dy,
            dx,
            weights: [weight_x, weight_h],
            regions: Regions::new::<C>(sizes, tape),
            d: self.memory::<T>(dstate, pass.window),
            gradients: Gradients { weight_ih, weight_hh, bias_ih, bias_hh },
            d_table,
            scratch,
            cell: PhantomData,
        });
        if let Some(table) = table {
            let mut back = Back { grads, dstate, scratch };
            table.back(pass.isa, pass.params, d_table, weight_x, &mut back);
        }
    }
}
