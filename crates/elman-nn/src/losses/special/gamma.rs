//! The digamma function ψ = (ln Γ)', and differences of ln Γ.

/// Stirling's series is used from here on. Its first omitted term is below 4e-18 there.
const LARGE: f64 = 10.0;

/// Bernoulli numbers B₂, B₄, …, B₁₄.
const BERNOULLI: [f64; 7] =
    [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0];

/// The remainder of ln Γ(z) after (z - ½) ln z - z + ½ ln 2π, for large z, and its derivative:
/// Σ B₂ₖ / (2k (2k-1) z²ᵏ⁻¹) and -Σ B₂ₖ / (2k z²ᵏ) (DLMF 5.11.1 and 5.11.2).
fn stirling(z: f64) -> (f64, f64) {
    let (mut value, mut slope) = (0.0, 0.0);
    let mut power = 1.0 / z;
    let mut twice_k = 2.0;
    for b in BERNOULLI {
        value += b / (twice_k * (twice_k - 1.0)) * power;
        slope -= b / twice_k * power / z;
        power /= z * z;
        twice_k += 2.0;
    }
    (value, slope)
}

/// ψ(x) for x > 0: raises x by ψ(x) = ψ(x + 1) - 1/x (DLMF 5.5.2) until Stirling's series is precise.
pub(in crate::losses) fn digamma(mut x: f64) -> f64 {
    let mut below = 0.0;
    while x < LARGE {
        below += 1.0 / x;
        x += 1.0;
    }
    x.ln() - 0.5 / x + stirling(x).1 - below
}

/// ln Γ(r + y) - ln Γ(r) and its derivative with respect to r, ψ(r + y) - ψ(r), for r > 0 and y >= 0.
///
/// For large r both differences would lose all digits: ln Γ(1e6) has an error of 2e-9. So Stirling's
/// series is subtracted term by term.
pub(in crate::losses) fn ln_rising(r: f64, y: f64) -> (f64, f64) {
    if r < LARGE {
        return (libm::lgamma(r + y) - libm::lgamma(r), digamma(r + y) - digamma(r));
    }
    let ((at_end, slope_at_end), (at_start, slope_at_start)) = (stirling(r + y), stirling(r));
    let grown = (y / r).ln_1p();
    let value = (r - 0.5) * grown + y * (r + y).ln() - y + (at_end - at_start);
    let slope = grown + 0.5 * y / (r * (r + y)) + (slope_at_end - slope_at_start);
    (value, slope)
}
