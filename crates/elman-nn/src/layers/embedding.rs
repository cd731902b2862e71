//! An embedding: each token is replaced by a row of a table, at every time step.
//!
//! ```text
//! y = W_v        dW_v += dy, for each time step of token v
//! ```
//!
//! PyTorch's `nn.Embedding`, with its normal initial values. Small vocabularies and one-hot inputs need no such layer:
//! see `recurrent/table.rs`.

use std::ops::Range;

use elman_math::{Real, Stream};

use super::{Back, Layer, Pass, Window, rows_of};
use crate::init::Init;
use crate::params::{Layout, VariableId};
use crate::state::State;

/// A learned vector for each token.
#[derive(Debug)]
pub struct Embedding {
    size: usize,
    weight: VariableId,
}

impl Embedding {
    /// Declares `embedding.weight` `[V, size]`, initialized by `init`.
    pub fn declare(layout: &mut Layout, vocab_size: usize, size: usize, init: Init) -> Self {
        let weight = layout.declare("embedding.weight".to_owned(), &[vocab_size, size], init);
        Self { size, weight }
    }

    /// The variable of the table.
    pub fn weight(&self) -> VariableId {
        self.weight
    }
}

impl<T: Real> Layer<T> for Embedding {
    fn tape_len(&self, window: Window) -> usize {
        window.rows() * self.size
    }

    fn output(&self, window: Window) -> Range<usize> {
        0..window.rows() * self.size
    }

    fn forward(
        &self,
        pass: &Pass<'_, T>,
        x: &[T],
        _: &mut State<T>,
        tape: &mut [T],
        _: Option<&mut Stream>,
    ) {
        let table = pass.params.get(self.weight);
        for (y, row) in tape.chunks_exact_mut(self.size).zip(rows_of(x, self.size)) {
            y.copy_from_slice(&table[row]);
        }
    }

    fn backward(
        &self,
        _: &Pass<'_, T>,
        x: &[T],
        _: &mut [T],
        dy: &[T],
        dx: Option<&mut [T]>,
        back: &mut Back<'_, T>,
    ) {
        let table = back.grads.get_mut(self.weight);
        for (dy, row) in dy.chunks_exact(self.size).zip(rows_of(x, self.size)) {
            for (d, &dy) in table[row].iter_mut().zip(dy) {
                *d += dy;
            }
        }
        // The derivative by a token number is 0.
        if let Some(dx) = dx {
            dx.fill(T::ZERO);
        }
    }
}
