//! RMSprop (Tieleman and Hinton, 2012) with momentum μ and weight decay λ. PyTorch's `RMSprop`.
//!
//! ```text
//! g = g + λ p                      s = α s + (1 - α) g²
//! v = μ v + g / (√s + ε)           p = p - rate · v
//! ```

use elman_math::Real;

use super::{OptimizerConfig, Rule};

pub(super) struct RmsProp<T> {
    rate: T,
    momentum: T,
    alpha: T,
    one_minus_alpha: T,
    eps: T,
    decay: T,
}

impl<T: Real> Rule<T> for RmsProp<T> {
    const SLOTS: &'static [&'static str] = &["square_avg", "momentum_buffer"];

    fn at(config: &OptimizerConfig, rate: f64, _: u64) -> Self {
        Self {
            rate: T::from_f64(rate),
            momentum: T::from_f64(config.momentum),
            alpha: T::from_f64(config.alpha),
            one_minus_alpha: T::from_f64(1.0 - config.alpha),
            eps: T::from_f64(config.eps),
            decay: T::from_f64(config.weight_decay),
        }
    }

    #[inline(always)]
    fn apply(&self, p: T, g: T, [s, v]: [T; 2]) -> (T, [T; 2]) {
        let g = g + self.decay * p;
        let s = self.alpha * s + self.one_minus_alpha * (g * g);
        let v = self.momentum * v + g / (s.sqrt() + self.eps);
        (p - self.rate * v, [s, v])
    }
}
