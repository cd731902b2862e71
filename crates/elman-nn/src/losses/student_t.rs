//! Student's t-distribution: three outputs, μ, s and n.
//!
//! ```text
//! σ = softplus(s) + 1e-4      ν = 2 + softplus(n)      z = (y - μ) / σ
//! loss = ln Γ(ν/2) - ln Γ((ν+1)/2) + ½ ln νπ + ln σ + (ν+1)/2 ln(1 + z²/ν)
//! w = (ν+1) / (ν + z²)
//! dμ = -w z / σ      dσ = (1 - w z²) / σ      ds = dσ · softplus'(s)
//! dν = ½ (ψ(ν/2) - ψ((ν+1)/2) + 1/ν + ln(1 + z²/ν) - w z²/ν)      dn = dν · softplus'(n)
//! ```
//! μ and σ have the targets' units. The standard deviation is σ √(ν / (ν-2)), so ν stays above 2.
//! An outlier pulls μ by at most (ν+1) / (2σ√ν).
//! PyTorch's `-StudentT(ν, μ, σ).log_prob(y)`.

use std::f64::consts::PI;

use super::distribution::Distribution;
use super::gaussian::SCALE;
use super::parameter::{Link, Parameter};
use super::special::beta::incomplete_beta;
use super::special::gamma::ln_rising;
use super::special::normal::normal_quantile;

const LOCATION: Parameter = Parameter { name: "location", link: Link::Identity, least: 0.0 };

const FREEDOM: Parameter =
    Parameter { name: "degrees_of_freedom", link: Link::Softplus, least: 2.0 };

pub(super) struct StudentT;

impl Distribution<3> for StudentT {
    const PARAMETERS: [Parameter; 3] = [LOCATION, SCALE, FREEDOM];

    fn loss([location, raw_scale, raw_freedom]: [f64; 3], y: f64) -> (f64, [f64; 3]) {
        let (scale, scale_slope) = SCALE.of(raw_scale);
        let (freedom, freedom_slope) = FREEDOM.of(raw_freedom);
        let z = (y - location) / scale;
        let square = z * z;
        let (ln_ratio, ratio_slope) = ln_rising(0.5 * freedom, 0.5);
        let grown = (square / freedom).ln_1p();
        let loss =
            0.5 * (freedom * PI).ln() + scale.ln() + 0.5 * (freedom + 1.0) * grown - ln_ratio;
        let weight = (freedom + 1.0) / (freedom + square);
        let by_freedom = 0.5 * (1.0 / freedom + grown - weight * square / freedom - ratio_slope);
        let by_scale = (1.0 - weight * square) / scale;
        (loss, [-weight * z / scale, by_scale * scale_slope, by_freedom * freedom_slope])
    }

    fn point([location, ..]: [f64; 3]) -> f64 {
        location
    }

    fn quantile([location, raw_scale, raw_freedom]: [f64; 3], p: f64) -> f64 {
        location + SCALE.of(raw_scale).0 * student_t_quantile(FREEDOM.of(raw_freedom).0, p)
    }
}

/// The quantile at level `p` of Student's t distribution with location 0, scale 1 and `freedom` (2 or more)
/// degrees of freedom.
pub fn student_t_quantile(freedom: f64, p: f64) -> f64 {
    let z = standard_quantile(freedom, p.min(1.0 - p));
    if p < 0.5 { -z } else { z }
}

/// The z >= 0 that is exceeded with probability `tail`, at most ½.
///
/// It lies between the quantiles for ν = ∞ and ν = 2. Newton's method on the logarithm of the tail; bisection where
/// Newton's step would leave the bracket.
fn standard_quantile(freedom: f64, tail: f64) -> f64 {
    let mut low = normal_quantile(tail).abs();
    // A&S 26.7.5. The next term is below 1e-11 for z < 7.
    if freedom > 1e5 {
        let (z, square) = (low, low * low);
        let second = z * (3.0 + square * (16.0 + square * 5.0)) / 96.0;
        return z + (z * (square + 1.0) / 4.0 + second / freedom) / freedom;
    }
    let mut high = (1.0 - 2.0 * tail) / (2.0 * tail * (1.0 - tail)).sqrt();
    let mut z = low;
    let ln_ratio = ln_rising(0.5 * freedom, 0.5).0;
    for _ in 0..200 {
        let above = 0.5
            * incomplete_beta(
                0.5 * freedom,
                0.5,
                freedom / (freedom + z * z),
                z * z / (freedom + z * z),
            );
        match above > tail {
            true => low = z,
            false => high = z,
        }
        let grown = (z * z / freedom).ln_1p();
        let density = (ln_ratio - 0.5 * (freedom * PI).ln() - 0.5 * (freedom + 1.0) * grown).exp();
        let newton = z + (above / tail).ln() * above / density;
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - z).abs() <= 1e-15 * z {
            return next;
        }
        z = next;
    }
    z
}
