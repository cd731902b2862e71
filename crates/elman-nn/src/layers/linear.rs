//! A linear layer at every time step: y = W x + b.
//!
//! ```text
//! dx = Wᵀ dy        dW = Σ dy xᵀ        db = Σ dy        (sums over T and B)
//! ```
//!
//! PyTorch's `nn.Linear`: uniform initial values, bound 1 / √inputs, for weight and bias.

use std::ops::Range;

use elman_math::gemm::{
    Gemm, GemmTransposed, Gradient, Lhs, Rhs, Start, pack, packed_len, transposed_scratch_len,
};
use elman_math::{Isa, Real, Stream};

use super::{Back, Layer, Pass, Window, add_rows};
use crate::init::Init;
use crate::params::{Layout, Params, VariableId};
use crate::state::State;

/// The linear head.
#[derive(Debug)]
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

    /// Declares only `NAME.bias` `[outputs]`; the weight `[outputs, inputs]` is shared with another layer.
    pub fn tied(
        layout: &mut Layout,
        name: &str,
        weight: VariableId,
        inputs: usize,
        outputs: usize,
    ) -> Self {
        let bias = layout.declare(format!("{name}.bias"), &[outputs], Init::one_over_sqrt(inputs));
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

    /// The lengths of packed Wᵀ and of packed W.
    fn packed_lens(&self, isa: Isa) -> [usize; 2] {
        let Self { inputs, outputs, .. } = *self;
        [packed_len::<T>(isa, inputs, outputs), packed_len::<T>(isa, outputs, inputs)]
    }

    fn pack_forward(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        let weight = Rhs::Columns(params.get(self.weight), self.inputs);
        pack(isa, (self.inputs, self.outputs), weight, packed);
    }

    fn pack_backward(&self, isa: Isa, params: &Params<T>, packed: &mut [T], wants_dx: bool) {
        if wants_dx {
            let weight = Rhs::Rows(params.get(self.weight), self.inputs);
            pack(isa, (self.outputs, self.inputs), weight, packed);
        }
    }

    fn scratch_len(&self, isa: Isa, window: Window) -> usize {
        transposed_scratch_len(isa, &[self.inputs], window.rows())
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        _: &mut State<T>,
        tape: &mut [T],
        _: Option<&mut Stream>,
    ) {
        let size = (pass.window.rows(), self.outputs, self.inputs);
        let product = Gemm::new(pass.isa, size, Lhs::rows(x, self.inputs), pass.packed, tape);
        pass.isa.run(product.onto(Start::Row(pass.params.get(self.bias))));
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
            let size = (rows, self.inputs, self.outputs);
            let product = Gemm::new(pass.isa, size, Lhs::rows(dy, self.outputs), pass.packed, dx);
            pass.isa.run(product.onto(Start::Zero));
        }
        let [weight, bias] = back.grads.get_each_mut([self.weight, self.bias]);
        pass.isa.run(GemmTransposed {
            isa: pass.isa,
            size: (self.outputs, rows),
            a: dy,
            a_stride: self.outputs,
            to: [Gradient { n: self.inputs, b: x, c: weight }],
            scratch: back.scratch,
        });
        add_rows(dy, self.outputs, bias);
    }
}
