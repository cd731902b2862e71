//! The regularized incomplete beta function I_x(a, b).

use super::gamma::ln_rising;

/// Far more terms than any distribution with sensible parameters needs: about √max(a, b).
const MAX_TERMS: u32 = 20_000;

/// I_x(a, b) for a, b > 0. Both x and 1 - x are given, because subtraction would lose the digits of
/// the smaller one.
///
/// x^a (1-x)^b / (a B(a, b)) times a continued fraction (DLMF 8.17.22) by Lentz's method, for x
/// below about a / (a + b); beyond, 1 - I_{1-x}(b, a) (DLMF 8.17.4).
pub(in crate::losses) fn incomplete_beta(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    if x > (a + 1.0) / (a + b + 2.0) { 1.0 - lower(b, a, rest, x) } else { lower(a, b, x, rest) }
}

fn lower(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    // 1 / B(a, b), computed from the side where the difference of two ln Γ is most precise.
    let ln_inverse_beta = match a > b {
        true => ln_rising(a, b).0 - libm::lgamma(b),
        false => ln_rising(b, a).0 - libm::lgamma(a),
    };
    // Near 1, ln x is computed as ln(1 - rest), from the small `rest`.
    let ln = |x: f64, rest: f64| if x > 0.5 { (-rest).ln_1p() } else { x.ln() };
    let front = (ln_inverse_beta + a * ln(x, rest) + b * ln(rest, x)).exp() / a;
    if front == 0.0 { 0.0 } else { front * fraction(a, b, x) }
}

/// 1 / (1 + d₁ / (1 + d₂ / (1 + …))).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away_from_zero = |v: f64| if v == 0.0 { f64::MIN_POSITIVE } else { v };
    // The first convergent is 1 / 1, and no term precedes the fraction.
    let (mut value, mut c, mut d) = (1.0, f64::INFINITY, 1.0);
    for term in 1..MAX_TERMS {
        let m = f64::from(term / 2);
        let numerator = match term % 2 {
            0 => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            _ => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        };
        d = 1.0 / away_from_zero(1.0 + numerator * d);
        c = away_from_zero(1.0 + numerator / c);
        value *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}
