//! softplus(x) = ln(1 + exp(x)) = max(x, 0) + ln(1 + y) with y = exp(-|x|) ≤ 1.
//!
//! ln(1 + y) = 2 artanh(s) with s = y / (2 + y) ≤ 1/3: the series 2 (s + s³/3 + s⁵/5 + …) to s¹⁷,
//! whose first term left out is 5e-10 of the result, and which needs no logarithm of a number near 1.

use super::{divide, exp};
use crate::dispatch::Backend;
use crate::lines::SimdVectors;

/// ln(1 + exp(x)): a smooth max(x, 0).
#[inline(always)]
pub fn softplus<I: Backend, const N: usize>(x: SimdVectors<f32, I, N>) -> SimdVectors<f32, I, N> {
    let zero = SimdVectors::splat(0.0);
    // -|x|, and max(x, 0): both stay NaN where x is.
    let y = exp((zero - x).at_most(0.0) + x.at_most(0.0));
    let [s] = divide([y], [SimdVectors::splat(2.0) + y]);
    let square = s * s;
    let mut series = SimdVectors::splat(1.0 / 17.0);
    for odd in [15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        series = series.mul_add(square, SimdVectors::splat(1.0 / odd));
    }
    let log = (s * square).mul_add(series, s);
    x.at_least(0.0) + (log + log)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Function, error_tests, stays_within, value};
    use super::{Backend, SimdVectors, softplus};
    use crate::Isa;

    #[derive(Clone, Copy)]
    struct Softplus;
    impl Function for Softplus {
        #[inline(always)]
        fn at<I: Backend, const N: usize>(
            self,
            x: SimdVectors<f32, I, N>,
        ) -> SimdVectors<f32, I, N> {
            softplus(x)
        }
        fn exact(self, x: f64) -> f64 {
            x.max(0.0) + (-x.abs()).exp().ln_1p()
        }
    }

    error_tests!(Softplus, "softplus", 87.0, 4.0);

    #[test]
    fn goes_over_into_its_limits_and_keeps_nan() {
        for isa in Isa::available() {
            assert_eq!(value(isa, Softplus, 1e30), 1e30);
            assert!(value(isa, Softplus, -1e30) < 2e-38);
            assert!(value(isa, Softplus, f32::NAN).is_nan());
        }
    }
}
