//! exp(x) = 2ⁿ · exp(r), with n = round(x / ln 2) and |r| ≤ ln 2 / 2.
//!
//! exp(r) - 1 is its Taylor series to r⁷: the first term left out, r⁸/8!, is 5e-9 of the result at
//! the end of the interval, a twelfth of `f32`'s rounding.

use super::mul_add;
use crate::dispatch::Tier;

/// 1.5 · 2²³: adding it to a small `f32` rounds that to a whole number and leaves the number in
/// the low bits.
const ROUND: f32 = 12_582_912.0;

/// ln 2 in two parts; the first has nine bits, so that n times it is exact for |n| < 2¹⁴.
const LN2_HIGH: f32 = 355.0 / 512.0;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// Splits exp(x) into (2ⁿ, exp(r) - 1). Needs |x| ≤ 87; a NaN stays NaN in the second part.
#[inline(always)]
pub(super) fn reduce<I: Tier>(x: f32) -> (f32, f32) {
    let shifted = mul_add::<I>(x, std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    let r = mul_add::<I>(n, -LN2_LOW, mul_add::<I>(n, -LN2_HIGH, x));
    let mut series = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5] {
        series = mul_add::<I>(series, r, coefficient);
    }
    (power, mul_add::<I>(r * r, series, r))
}

/// The exponential of `x`, which is first limited to ±87 (1.6e-38 to 6.1e37).
#[inline(always)]
pub fn exp<I: Tier>(x: f32) -> f32 {
    let (power, rest) = reduce::<I>(x.clamp(-87.0, 87.0));
    mul_add::<I>(power, rest, power)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Function, error_tests, stays_within, value};
    use super::{Tier, exp};
    use crate::Isa;

    #[derive(Clone, Copy)]
    struct Exp;
    impl Function for Exp {
        #[inline(always)]
        fn at<I: Tier>(self, x: f32) -> f32 {
            exp::<I>(x)
        }
        fn exact(self, x: f64) -> f64 {
            x.exp()
        }
    }

    error_tests!(Exp, "exp", 87.0, 1.1);

    #[test]
    fn nan_stays_nan() {
        assert!(Isa::available().all(|isa| value(isa, Exp, f32::NAN).is_nan()));
    }
}
