//! The x-part of a recurrent layer for each token, in a table: a lookup replaces the matrix product.
//!
//! ```text
//! one-hot       row v = b + W_x[:, v]          dW_x[:, v] += d row v
//! embedded      row v = b + W_x e_v            dW_x += Σ d row v · e_vᵀ        de_v += W_xᵀ · d row v
//! ```
//!
//! The table is computed once per optimizer step, for V tokens and not for each of T·B time steps: this is cheap for a
//! small vocabulary.

use elman_math::gemm::{
    Gemm, GemmTransposed, Gradient, Lhs, Rhs, Start, pack, packed_len, transposed_scratch_len,
};
use elman_math::{Isa, Real};

use crate::layers::Back;
use crate::params::{Params, VariableId};

/// The largest vocabulary whose embedding is computed into a table of the first layer.
pub const MAX_IN_TABLE: usize = 256;

/// The vocabulary of a layer whose inputs are tokens.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    /// V, the vocabulary size.
    pub vocab_size: usize,
    /// The embedding vectors e `[V, I]`; `None` for one-hot tokens.
    pub embedding: Option<VariableId>,
}

/// A table's sizes and weights.
#[derive(Clone, Copy)]
pub(super) struct Table {
    pub(super) tokens: Tokens,
    /// I.
    pub(super) inputs: usize,
    /// G·H, values per row.
    pub(super) gate_row: usize,
    pub(super) weight_ih: VariableId,
}

impl Table {
    /// The number of values of the table.
    pub(super) fn len(&self) -> usize {
        self.tokens.vocab_size * self.gate_row
    }

    /// The number of values of the table and of the packed weights that it is computed from.
    pub(super) fn room_len<T: Real>(&self, isa: Isa) -> usize {
        let packed = match self.tokens.embedding {
            Some(_) => packed_len::<T>(isa, self.inputs, self.gate_row),
            None => 0,
        };
        self.len().next_multiple_of(16) + packed
    }

    /// Computes the table into `room`.
    pub(super) fn fill<T: Real>(&self, isa: Isa, params: &Params<T>, bias: &[T], room: &mut [T]) {
        let Self { tokens, inputs, gate_row, weight_ih } = *self;
        let (table, packed) = room.split_at_mut(self.len().next_multiple_of(16));
        let weight = params.get(weight_ih);
        let Some(embedding) = tokens.embedding else {
            for (gate, (column, &bias)) in weight.chunks_exact(inputs).zip(bias).enumerate() {
                for (row, &weight) in table.chunks_exact_mut(gate_row).zip(column) {
                    row[gate] = weight + bias;
                }
            }
            return;
        };
        pack(isa, (inputs, gate_row), Rhs::Columns(weight, inputs), packed);
        let size = (tokens.vocab_size, gate_row, inputs);
        let vectors = Lhs::rows(params.get(embedding), inputs);
        isa.run(Gemm::new(isa, size, vectors, packed, table).onto(Start::Row(bias)));
    }

    /// The number of scratch values that the backward pass needs.
    pub(super) fn scratch_len(&self, isa: Isa) -> usize {
        match self.tokens.embedding {
            Some(_) => transposed_scratch_len(isa, &[self.inputs], self.tokens.vocab_size),
            None => 0,
        }
    }

    /// The backward pass from the gradient of the table to those of the weights; `packed` is W_x.
    pub(super) fn back<T: Real>(
        &self,
        isa: Isa,
        params: &Params<T>,
        d_table: &[T],
        packed: &[T],
        back: &mut Back<'_, T>,
    ) {
        let Self { tokens, inputs, gate_row, weight_ih } = *self;
        let Some(embedding) = tokens.embedding else {
            let columns = back.grads.get_mut(weight_ih).chunks_exact_mut(inputs);
            for (gate, column) in columns.enumerate() {
                for (weight, row) in column.iter_mut().zip(d_table.chunks_exact(gate_row)) {
                    *weight += row[gate];
                }
            }
            return;
        };
        isa.run(GemmTransposed {
            isa,
            size: (gate_row, tokens.vocab_size),
            a: d_table,
            a_stride: gate_row,
            to: [Gradient {
                n: inputs,
                b: params.get(embedding),
                c: back.grads.get_mut(weight_ih),
            }],
            scratch: back.scratch,
        });
        let size = (tokens.vocab_size, inputs, gate_row);
        let d_rows = Lhs::rows(d_table, gate_row);
        isa.run(Gemm::new(isa, size, d_rows, packed, back.grads.get_mut(embedding)));
    }
}
