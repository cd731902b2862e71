//! AdamW (Loshchilov and Hutter, 2019): weight decay λ decoupled from the gradient. PyTorch's `AdamW`.
//!
//! ```text
//! p = p - rate · λ p, then Adam's update without decay
//! ```

use elman_math::Real;

use super::adam::Moments;
use super::{OptimizerConfig, Rule};

pub(super) struct AdamW<T> {
    /// 1 - rate · λ.
    shrink: T,
    moments: Moments<T>,
}

impl<T: Real> Rule<T> for AdamW<T> {
    const SLOTS: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];

    fn at(config: &OptimizerConfig, rate: f64, update: u64) -> Self {
        Self {
            shrink: T::from_f64(1.0 - rate * config.weight_decay),
            moments: Moments::at(config, rate, update),
        }
    }

    #[inline(always)]
    fn apply(&self, p: T, g: T, slots: [T; 2]) -> (T, [T; 2]) {
        self.moments.apply(p * self.shrink, g, slots)
    }
}
