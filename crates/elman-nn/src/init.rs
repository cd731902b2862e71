//! How a variable starts.

use elman_math::{Real, Stream};

/// A rule for initial values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    /// Uniform on [-bound, bound). PyTorch's default for everything in this crate: the bound is
    /// 1 / √hidden_size in recurrent layers and 1 / √inputs in linear ones.
    Uniform {
        /// The largest magnitude.
        bound: f64,
    },
}

impl Init {
    /// [`Init::Uniform`] with bound 1 / √`size`.
    pub fn one_over_sqrt(size: usize) -> Self {
        Init::Uniform { bound: 1.0 / (size as f64).sqrt() }
    }

    /// Draws every value.
    pub fn fill<T: Real>(self, values: &mut [T], stream: &mut Stream) {
        let Init::Uniform { bound } = self;
        for value in values {
            *value = T::from_f64(stream.uniform(-bound, bound));
        }
    }
}
