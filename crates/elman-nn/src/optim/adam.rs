//! Adam (Kingma and Ba, 2015); weight decay λ through the gradient. PyTorch's `Adam`.
//!
//! ```text
//! g = g + λ p
//! m = β₁ m + (1 - β₁) g        v = β₂ v + (1 - β₂) g²
//! p = p - rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
//! ```

use elman_math::Real;

use super::{OptimizerConfig, Rule};

pub(super) struct Adam<T> {
    decay: T,
    moments: Moments<T>,
}

/// The update that Adam and AdamW share.
pub(super) struct Moments<T> {
    beta: [T; 2],
    one_minus_beta: [T; 2],
    /// rate / (1 - β₁ᵗ).
    step_size: T,
    /// 1 / √(1 - β₂ᵗ).
    correction: T,
    eps: T,
}

impl<T: Real> Moments<T> {
    pub(super) fn at(config: &OptimizerConfig, rate: f64, update: u64) -> Self {
        let t = update as f64;
        let [beta1, beta2] = config.betas;
        Self {
            beta: config.betas.map(T::from_f64),
            one_minus_beta: config.betas.map(|beta| T::from_f64(1.0 - beta)),
            step_size: T::from_f64(rate / (1.0 - beta1.powf(t))),
            correction: T::from_f64(1.0 / (1.0 - beta2.powf(t)).sqrt()),
            eps: T::from_f64(config.eps),
        }
    }

    #[inline(always)]
    pub(super) fn apply(&self, p: T, g: T, [m, v]: [T; 2]) -> (T, [T; 2]) {
        let m = self.beta[0] * m + self.one_minus_beta[0] * g;
        let v = self.beta[1] * v + self.one_minus_beta[1] * (g * g);
        (p - self.step_size * m / (v.sqrt() * self.correction + self.eps), [m, v])
    }
}

impl<T: Real> Rule<T> for Adam<T> {
    const SLOTS: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];

    fn at(config: &OptimizerConfig, rate: f64, update: u64) -> Self {
        Self { decay: T::from_f64(config.weight_decay), moments: Moments::at(config, rate, update) }
    }

    #[inline(always)]
    fn apply(&self, p: T, g: T, slots: [T; 2]) -> (T, [T; 2]) {
        self.moments.apply(p, g + self.decay * p, slots)
    }
}
