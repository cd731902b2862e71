//! Stochastic gradient descent with momentum μ and weight decay λ. PyTorch's `SGD`.
//!
//! ```text
//! g = g + λ p        v = μ v + g        p = p - rate · v
//! ```

use elman_math::Real;

use super::{OptimizerConfig, Rule};

pub(super) struct Sgd<T> {
    rate: T,
    momentum: T,
    decay: T,
}

impl<T: Real> Rule<T> for Sgd<T> {
    const SLOTS: &'static [&'static str] = &["momentum_buffer"];

    fn at(config: &OptimizerConfig, rate: f64, _: u64) -> Self {
        Self {
            rate: T::from_f64(rate),
            momentum: T::from_f64(config.momentum),
            decay: T::from_f64(config.weight_decay),
        }
    }

    #[inline(always)]
    fn apply(&self, p: T, g: T, [v, unused]: [T; 2]) -> (T, [T; 2]) {
        let v = self.momentum * v + (g + self.decay * p);
        (p - self.rate * v, [v, unused])
    }
}
