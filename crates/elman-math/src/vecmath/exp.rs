//! exp(x) = 2ⁿ · exp(r), with n = round(x / ln 2) and |r| ≤ ln 2 / 2.
//!
//! exp(r) - 1 = r + r² P(r), with P of degree 4 fitted so that the largest relative error of the
//! result over the interval is least: 1.3e-8, a quarter of `f32`'s rounding.

use super::Side;
use crate::dispatch::Backend;
use crate::line::Bits;
use crate::lines::SimdVectors;

/// 1.5 · 2²³: adding it to a small `f32` rounds that to a whole number and leaves the number in
/// the low bits.
const ROUND: f32 = 12_582_912.0;

/// ln 2 in two parts; the first has nine bits, so that n times it is exact for |n| < 2¹⁴.
const LN2_HIGH: f32 = 355.0 / 512.0;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// P, from the constant term on.
const P: [f32; 5] = [0.499_999_97, 0.166_665_42, 0.041_667_204, 0.008_366_647, 0.001_388_249_7];

/// Splits exp(x) into (2ⁿ, exp(r) - 1). Needs |x| ≤ 87; a NaN stays NaN in the second part.
#[inline(always)]
pub(super) fn reduce<I: Backend, const N: usize, const M: usize>(
    x: Side<I, N, M>,
) -> (Side<I, N, M>, Side<I, N, M>) {
    let (mut power, mut n, mut r) = (x, x, x);
    for m in 0..M {
        n[m] =
            x[m].mul_add(SimdVectors::splat(std::f32::consts::LOG2_E), SimdVectors::splat(ROUND));
    }
    for m in 0..M {
        for line in 0..N {
            power[m].0[line] = n[m].0[line].power_of_two();
        }
        n[m] = n[m] - SimdVectors::splat(ROUND);
    }
    for m in 0..M {
        r[m] = n[m].mul_add(SimdVectors::splat(-LN2_HIGH), x[m]);
    }
    for m in 0..M {
        r[m] = n[m].mul_add(SimdVectors::splat(-LN2_LOW), r[m]);
    }
    // (P0 + P1 r) + r² ((P2 + P3 r) + r² P4): half as long a wait as Horner's rule.
    let p = P.map(SimdVectors::splat);
    let (mut square, mut low, mut high) = (r, r, r);
    for m in 0..M {
        square[m] = r[m] * r[m];
        high[m] = r[m].mul_add(p[3], p[2]);
        low[m] = r[m].mul_add(p[1], p[0]);
    }
    for m in 0..M {
        high[m] = square[m].mul_add(p[4], high[m]);
    }
    for m in 0..M {
        high[m] = square[m].mul_add(high[m], low[m]);
    }
    for m in 0..M {
        r[m] = square[m].mul_add(high[m], r[m]);
    }
    (power, r)
}

/// The exponential of `x`, which is first limited to ±87 (1.6e-38 to 6.1e37).
#[inline(always)]
pub fn exp<I: Backend, const N: usize>(x: SimdVectors<f32, I, N>) -> SimdVectors<f32, I, N> {
    let ([power], [rest]) = reduce([x.at_least(-87.0).at_most(87.0)]);
    power.mul_add(rest, power)
}

/// The exponential of the standard library.
#[inline(always)]
pub fn exp_exactly<I: Backend, const N: usize>(
    x: SimdVectors<f64, I, N>,
) -> SimdVectors<f64, I, N> {
    x.zip(x, |x, _| x.exp())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Function, error_tests, stays_within, value};
    use super::{Backend, SimdVectors, exp};
    use crate::Isa;

    #[derive(Clone, Copy)]
    struct Exp;
    impl Function for Exp {
        #[inline(always)]
        fn at<I: Backend, const N: usize>(
            self,
            x: SimdVectors<f32, I, N>,
        ) -> SimdVectors<f32, I, N> {
            exp(x)
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
