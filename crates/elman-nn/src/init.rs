//! Initialization of variables.

use elman_math::{Real, Stream};

/// A rule for initial values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    /// Uniform on [-bound, bound). PyTorch's default for everything in this crate: the bound is
    /// 1 / √hidden_size in recurrent layers and 1 / √inputs in linear ones.
    Uniform {
        /// The largest absolute value.
        bound: f64,
    },
    /// Normal with mean 0 and standard deviation 1: PyTorch's default for an embedding.
    Normal,
}

impl Init {
    /// [`Init::Uniform`] with bound 1 / √`size`.
    pub fn one_over_sqrt(size: usize) -> Self {
        Init::Uniform { bound: 1.0 / (size as f64).sqrt() }
    }

    /// Draws all values.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_values_have_the_moments_of_the_normal_distribution() {
        let mut values = [0.0_f64; 100_000];
        Init::Normal.fill(&mut values, &mut Stream::new(3, "init"));
        let moment = |power: i32| values.iter().map(|x| x.powi(power)).sum::<f64>() / 1e5;
        // Standard deviations of the means of 100,000: 0.0032, 0.0045, 0.012 and 0.031; five of each.
        for (power, expected, off) in
            [(1, 0.0, 0.016), (2, 1.0, 0.023), (3, 0.0, 0.06), (4, 3.0, 0.16)]
        {
            let got = moment(power);
            assert!((got - expected).abs() < off, "x^{power}: {got} for {expected}");
        }
    }
}
