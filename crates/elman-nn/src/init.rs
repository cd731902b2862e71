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
    /// Normal with mean 0 and deviation 1: PyTorch's default for an embedding.
    Normal,
}

impl Init {
    /// [`Init::Uniform`] with bound 1 / √`size`.
    pub fn one_over_sqrt(size: usize) -> Self {
        Init::Uniform { bound: 1.0 / (size as f64).sqrt() }
    }

    /// Draws every value.
    pub fn fill<T: Real>(self, values: &mut [T], stream: &mut Stream) {
        for value in values {
            *value = T::from_f64(match self {
                Init::Uniform { bound } => stream.uniform(-bound, bound),
                // Box and Muller, Annals of Mathematical Statistics 29, 1958.
                Init::Normal => {
                    let (radius, turn) = (1.0 - stream.unit(), stream.unit());
                    (-2.0 * libm::log(radius)).sqrt() * libm::cos(std::f64::consts::TAU * turn)
                }
            });
        }
    }
}
