//! A linear layer at every time step: y = W x + b.
//!
//! ```text
//! dx = Wᵀ dy        dW = Σ dy xᵀ        db = Σ dy        (sums over T and B)
//! ```
//!
//! PyTorch's `nn.Linear`: uniform start, bound 1 / √inputs, for weight and bias.

use std::ops::Range;

use elman_math::Real;
use elman_math::Stream;
use elman_math::gemm::{Lhs, gemm, gemm_transposed, pack, packed_len, transposed_scratch_len};

use super::{Back, Layer, Pass, Window, add_rows, fill_rows};
use crate::init::Init;
use crate::params::{Layout, Params, VariableId};
use crate::state::State;

/// The linear head.
pub struct Linear {
    inputs: usize,
    outputs: usize,
    weight: VariableId,
    bias: VariableId,
}

impl Linear {
    /// Declares `NAME.weight` `[outputs, inputs]` and `NAME.bias` `[outputs]`.
    pub fn declare(layout: &mut Layout, name: &str, inputs: usize, outputs: usize) -> Self {
        let init = Init::one_over_sqrt(inputs);
        let weight = layout.declare(format!("{name}.weight"), &[outputs, inputs], init);
        let bias = layout.declare(format!("{name}.bias"), &[outputs], init);
        Self { inputs, outputs, weight, bias }
    }
}

impl<T: Real> Layer<T> for Linear {
    fn tape_len(&self, window: Window) -> usize {
        window.rows() * self.outputs
    }

    fn output(&self, window: Window) -> Range<usize> {
        0..window.rows() * self.outputs
    }

    /// Wᵀ for the forward pass, then W for dx.
    fn packed_len(&self) -> usize {
        packed_len(self.inputs, self.outputs) + packed_len(self.outputs, self.inputs)
    }

    fn pack(&self, params: &Params<T>, packed: &mut [T]) {
        let weight = params.get(self.weight);
        let (forward, backward) = packed.split_at_mut(packed_len(self.inputs, self.outputs));
        pack(self.inputs, self.outputs, weight, 1, self.inputs, forward);
        pack(self.outputs, self.inputs, weight, self.inputs, 1, backward);
    }

    fn scratch_len(&self, window: Window) -> usize {
        transposed_scratch_len(self.inputs, window.rows())
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        _: &mut State<T>,
        tape: &mut [T],
        _: Option<&mut Stream>,
    ) {
        fill_rows(tape, pass.params.get(self.bias));
        let size = (pass.window.rows(), self.outputs, self.inputs);
        gemm(pass.isa, size, Lhs::rows(x, self.inputs), pass.packed, tape);
    }

    fn backward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        _: &mut [T],
        dy: &[T],
        dx: Option<&mut [T]>,
        back: &mut Back<'_, T>,
    ) {
        let rows = pass.window.rows();
        if let Some(dx) = dx {
            let backward = &pass.packed[packed_len(self.inputs, self.outputs)..];
            dx.fill(T::ZERO);
            let size = (rows, self.inputs, self.outputs);
            gemm(pass.isa, size, Lhs::rows(dy, self.outputs), backward, dx);
        }
        let dw = back.grads.get_mut(self.weight);
        gemm_transposed(pass.isa, (self.outputs, self.inputs, rows), dy, x, dw, back.scratch);
        add_rows(dy, back.grads.get_mut(self.bias));
    }
}
