//! Dropout between layers (Srivastava et al., JMLR 15, 2014), as in PyTorch's `dropout=` of a
//! recurrent module: in training each value is set to 0 with probability p and the others are
//! multiplied by 1 / (1 - p). Outside training the layer is the identity.
//!
//! ```text
//! y = m ∘ x        dx = m ∘ dy        m = 0 or 1 / (1 - p)
//! ```

use std::ops::Range;

use elman_math::{Real, Stream};

use super::{Back, Layer, Pass, Window};
use crate::state::State;

/// A layer that drops values at random in training.
#[derive(Debug)]
pub struct Dropout {
    size: usize,
    probability: f64,
}

impl Dropout {
    /// Drops each of `size` values per time step with `probability`; 0 <= `probability` < 1.
    pub fn new(size: usize, probability: f64) -> Self {
        Self { size, probability }
    }
}

impl<T: Real> Layer<T> for Dropout {
    /// The output, then the mask.
    fn tape_len(&self, window: Window) -> usize {
        2 * window.rows() * self.size
    }

    fn output(&self, window: Window) -> Range<usize> {
        0..window.rows() * self.size
    }

    fn forward(
        &self,
        _: &Pass<'_, T>,
        x: &[T],
        _: &mut State<T>,
        tape: &mut [T],
        noise: Option<&mut Stream>,
    ) {
        let (y, mask) = tape.split_at_mut(x.len());
        match noise {
            None => mask.fill(T::ONE),
            Some(stream) => {
                let kept = T::from_f64(1.0 / (1.0 - self.probability));
                for m in &mut *mask {
                    *m = if stream.unit() < self.probability { T::ZERO } else { kept };
                }
            }
        }
        multiply(y, mask, x);
    }

    fn backward(
        &self,
        _: &Pass<'_, T>,
        x: &[T],
        tape: &mut [T],
        dy: &[T],
        dx: Option<&mut [T]>,
        _: &mut Back<'_, T>,
    ) {
        if let Some(dx) = dx {
            multiply(dx, &tape[x.len()..], dy);
        }
    }
}

fn multiply<T: Real>(to: &mut [T], mask: &[T], from: &[T]) {
    for ((to, &mask), &from) in to.iter_mut().zip(mask).zip(from) {
        *to = mask * from;
    }
}
