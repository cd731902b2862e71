//! ln(1 + eˣ): positive for every x, and close to x for large x.

/// ln(1 + eˣ) and its derivative, 1 / (1 + e⁻ˣ), for any x without overflow.
pub(super) fn softplus(x: f64) -> (f64, f64) {
    (x.max(0.0) + (-x.abs()).exp().ln_1p(), 1.0 / (1.0 + (-x).exp()))
}
