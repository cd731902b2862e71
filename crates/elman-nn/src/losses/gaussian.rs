//! The normal distribution: two outputs, μ and s.
//!
//! ```text
//! σ = softplus(s) + 1e-4      z = (y - μ) / σ
//! loss = ½ ln 2π + ln σ + ½ z²
//! dμ = -z / σ      dσ = (1 - z²) / σ      ds = dσ · softplus'(s)
//! ```
//! μ and σ have the targets' units. PyTorch's `-Normal(μ, σ).log_prob(y)`.

use std::f64::consts::PI;

use super::distribution::Distribution;
use super::parameter::{Link, Parameter};
use super::special::normal::normal_quantile;

/// The least σ, and the least scale of Student's t, in the targets' units. Exactly predictable targets
/// would drive σ to 0 and the likelihood to infinity. A standardized value in `f32` has a precision of
/// 1e-7; a thousand times that is still far below the noise of any measured series.
const MIN_SCALE: f64 = 1e-4;

const MEAN: Parameter = Parameter { name: "mean", link: Link::Identity, least: 0.0 };

const DEVIATION: Parameter = Parameter { name: "standard_deviation", ..SCALE };

/// The scale, of Student's t, too.
pub(super) const SCALE: Parameter =
    Parameter { name: "scale", link: Link::Softplus, least: MIN_SCALE };

pub(super) struct Gaussian;

impl Distribution<2> for Gaussian {
    const PARAMETERS: [Parameter; 2] = [MEAN, DEVIATION];

    fn loss([mean, raw]: [f64; 2], y: f64) -> (f64, [f64; 2]) {
        let (sd, slope) = DEVIATION.of(raw);
        let z = (y - mean) / sd;
        let loss = 0.5 * (2.0 * PI).ln() + sd.ln() + 0.5 * z * z;
        (loss, [-z / sd, (1.0 - z * z) / sd * slope])
    }

    fn point([mean, _]: [f64; 2]) -> f64 {
        mean
    }

    fn quantile([mean, raw]: [f64; 2], p: f64) -> f64 {
        mean + DEVIATION.of(raw).0 * normal_quantile(p)
    }
}
