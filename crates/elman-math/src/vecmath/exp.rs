//! exp(x) = 2ⁿ · exp(r), with n = round(x / ln 2) and |r| ≤ ln 2 / 2.
//!
//! exp(r) - 1 is its Taylor series to r⁷: the first term left out, r⁸/8!, is 5e-9 of the result at
//! the end of the interval, a twelfth of `f32`'s rounding.

/// 1.5 · 2²³: adding it to a small `f32` rounds that to a whole number and leaves the number in
/// the low bits.
const ROUND: f32 = 12_582_912.0;

/// ln 2 in two parts; the first has nine bits, so that n times it is exact for |n| < 2¹⁴.
const LN2_HIGH: f32 = 355.0 / 512.0;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// Splits exp(x) into (2ⁿ, exp(r) - 1). Needs |x| ≤ 87; a NaN stays NaN in the second part.
#[inline(always)]
pub(super) fn reduce(x: f32) -> (f32, f32) {
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let mut series = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5] {
        series = series * r + coefficient;
    }
    (power, r + r * r * series)
}

/// The exponential of `x`, which is first limited to ±87 (1.6e-38 to 6.1e37).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let (power, rest) = reduce(x.clamp(-87.0, 87.0));
    power + power * rest
}

#[cfg(test)]
mod tests {
    use super::super::tests::worst_ulp;
    use super::exp;

    #[test]
    fn stays_within_its_stated_error() {
        let (error, at) = worst_ulp(exp, f64::exp, 87.0, 64);
        println!("exp: {error:.3} ulp at {at:e}");
        assert!(error <= 1.1, "{error} ulp at {at:e}");
    }

    #[test]
    #[ignore = "every f32 of the range: about a minute"]
    fn stays_within_its_stated_error_everywhere() {
        let (error, at) = worst_ulp(exp, f64::exp, 87.0, 1);
        println!("exp: {error:.3} ulp at {at:e}");
        assert!(error <= 1.1, "{error} ulp at {at:e}");
    }

    #[test]
    fn nan_stays_nan() {
        assert!(exp(f32::NAN).is_nan());
    }
}
