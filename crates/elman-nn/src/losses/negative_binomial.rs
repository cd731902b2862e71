//! The negative binomial distribution of counts y = 0, 1, 2, …: two outputs, u and v.
//!
//! ```text
//! m = exp(u) + 1e-6, the mean      α = softplus(v) + 1e-6, the dispersion      r = 1/α
//! loss = ln Γ(r) + ln Γ(y+1) - ln Γ(y+r) + r ln(1 + m/r) - y ln(m / (r+m))
//! dm = r (m - y) / (m (r+m))      du = dm · exp(u)
//! dr = ψ(r) - ψ(y+r) + ln(1 + m/r) + (y - m) / (r+m)      dv = -r² dr · softplus'(v)
//! ```
//! The variance is m + α m²; α = 0 would be the Poisson distribution. Targets are unscaled counts. A
//! target below 0 has no likelihood: loss and gradient are NaN, which the trainer reports as divergence.
//! For a target that is not an integer, the formula is the smooth continuation. PyTorch's
//! `-NegativeBinomial(r, logits = ln(m/r)).log_prob(y)`; mean and dispersion
//! as in DeepAR (Salinas et al. 2020, equation 5).

use super::distribution::Distribution;
use super::parameter::{Link, Parameter};
use super::special::beta::incomplete_beta;
use super::special::gamma::ln_rising;
use super::special::normal::normal_quantile;

/// The least mean and the least dispersion: so the logarithm of the mean and the inverse of the dispersion
/// stay finite. A mean of a million may then have a standard deviation of 1400; that of Poisson is 1000.
const LEAST: f64 = 1e-6;

/// The highest logarithm of a mean, about 10¹³: no output makes the mean infinite.
const HIGHEST: f64 = 30.0;

const MEAN: Parameter = Parameter { name: "mean", link: Link::Exp(HIGHEST), least: LEAST };

const DISPERSION: Parameter = Parameter { name: "dispersion", link: Link::Softplus, least: LEAST };

pub(super) struct NegativeBinomial;

impl Distribution<2> for NegativeBinomial {
    const PARAMETERS: [Parameter; 2] = [MEAN, DISPERSION];

    fn loss(raw: [f64; 2], y: f64) -> (f64, [f64; 2]) {
        if y < 0.0 {
            return (f64::NAN, [f64::NAN; 2]);
        }
        let [(m, mean_slope), (dispersion, dispersion_slope)] = parameters(raw);
        let r = 1.0 / dispersion;
        let (ln_ratio, ratio_slope) = ln_rising(r, y);
        let grown = (m / r).ln_1p();
        let loss = libm::lgamma(y + 1.0) - ln_ratio + r * grown - y * (m / (r + m)).ln();
        let by_mean = r * (m - y) / (m * (r + m));
        let by_r = grown - ratio_slope + (y - m) / (r + m);
        (loss, [by_mean * mean_slope, -r * r * by_r * dispersion_slope])
    }

    /// The median.
    fn point(raw: [f64; 2]) -> f64 {
        Self::quantile(raw, 0.5)
    }

    fn quantile(raw: [f64; 2], p: f64) -> f64 {
        let [(m, _), (dispersion, _)] = parameters(raw);
        let r = 1.0 / dispersion;
        let sd = (m + dispersion * m * m).sqrt();
        if !sd.is_finite() || !r.is_finite() {
            return f64::NAN;
        }
        let reached = |k: f64| incomplete_beta(r, k + 1.0, r / (r + m), m / (r + m)) >= p;
        // Search outwards from the quantile of the normal distribution, in growing steps.
        let guess = (m + sd * normal_quantile(p)).floor().max(0.0);
        let (mut below, mut at_least) = (guess, guess);
        let mut step = (0.05 * sd).ceil();
        while below >= 0.0 && reached(below) {
            at_least = below;
            below = (below - step).max(-1.0);
            step *= 2.0;
        }
        while at_least <= below && at_least.is_finite() {
            at_least = below + step;
            if !reached(at_least) {
                below = at_least;
            }
            step *= 2.0;
        }
        loop {
            let middle = (0.5 * (below + at_least)).floor();
            if middle <= below || middle >= at_least {
                return at_least;
            }
            match reached(middle) {
                true => at_least = middle,
                false => below = middle,
            }
        }
    }
}

/// Mean and dispersion, each with its derivative with respect to its raw output.
fn parameters([u, v]: [f64; 2]) -> [(f64, f64); 2] {
    [MEAN.of(u), DISPERSION.of(v)]
}
