//! A linear skip connection from the model's input to its output: y += S x.
//!
//! ```text
//! dx += Sᵀ dy        dS = Σ dy xᵀ        (sum over T and B)
//! ```
//!
//! The network need not learn the linear part of the map. PyTorch has no such module: it is
//! an `nn.Linear(I, K, bias=False)` whose output is added to the model's.

use elman_math::gemm::{
    Gemm, GemmTransposed, Gradient, Lhs, Rhs, Start, pack, packed_len, transposed_scratch_len,
};
use elman_math::{Isa, Real};

use super::{Back, Pass, Window};
use crate::init::Init;
use crate::params::{Layout, Params, VariableId};

/// The linear skip connection around the recurrent layers.
#[derive(Debug)]
pub struct Skip {
    inputs: usize,
    outputs: usize,
    weight: VariableId,
}

impl Skip {
    /// Declares `skip.weight` `[outputs, inputs]`.
    pub fn declare(layout: &mut Layout, inputs: usize, outputs: usize) -> Self {
        let init = Init::one_over_sqrt(inputs);
        let weight = layout.declare("skip.weight".to_owned(), &[outputs, inputs], init);
        Self { inputs, outputs, weight }
    }

    /// The lengths of packed Sᵀ and of packed S.
    pub(crate) fn packed_lens<T: Real>(&self, isa: Isa) -> [usize; 2] {
        let Self { inputs, outputs, .. } = *self;
        [packed_len::<T>(isa, inputs, outputs), packed_len::<T>(isa, outputs, inputs)]
    }

    pub(crate) fn pack_forward<T: Real>(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        let weight = Rhs::Columns(params.get(self.weight), self.inputs);
        pack(isa, (self.inputs, self.outputs), weight, packed);
    }

    pub(crate) fn pack_backward<T: Real>(&self, isa: Isa, params: &Params<T>, packed: &mut [T]) {
        let weight = Rhs::Rows(params.get(self.weight), self.inputs);
        pack(isa, (self.outputs, self.inputs), weight, packed);
    }

    pub(crate) fn scratch_len(&self, isa: Isa, window: Window) -> usize {
        transposed_scratch_len(isa, &[self.inputs], window.rows())
    }

    /// Adds S x to the output `y` `[T, B, K]`.
    pub(crate) fn forward<T: Real>(&self, pass: &Pass<'_, T>, x: &[T], y: &mut [T]) {
        let size = (pass.window.rows(), self.outputs, self.inputs);
        let product = Gemm::new(pass.isa, size, Lhs::rows(x, self.inputs), pass.packed, y);
        pass.isa.run(product.onto(Start::Present));
    }

    /// Adds to the gradient of the weight and, if given, to that of the input.
    pub(crate) fn backward<T: Real>(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        dy: &[T],
        dx: Option<&mut [T]>,
        back: &mut Back<'_, T>,
    ) {
        let rows = pass.window.rows();
        if let Some(dx) = dx {
            let size = (rows, self.inputs, self.outputs);
            let product = Gemm::new(pass.isa, size, Lhs::rows(dy, self.outputs), pass.packed, dx);
            pass.isa.run(product.onto(Start::Present));
        }
        pass.isa.run(GemmTransposed {
            isa: pass.isa,
            size: (self.outputs, rows),
            a: dy,
            a_stride: self.outputs,
            to: [Gradient { n: self.inputs, b: x, c: back.grads.get_mut(self.weight) }],
            scratch: back.scratch,
        });
    }
}
