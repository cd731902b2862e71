//! Sums of logarithms of N rows of numbers, without a logarithm of each number: the significands are multiplied, and
//! the exponents are added.
//!
//! ```text
//! x = s 2ᵉ, 1 ≤ s < 2        Σ ln x = ln Π s + ln 2 Σ e
//! ```

use std::f64::consts::LN_2;

/// Numbers whose significands are multiplied before their product is split again: it stays below 2⁵¹³.
const MOST: usize = 512;
const SIGNIFICAND: u64 = (1 << 52) - 1;
/// Exponent of 1, as it is stored.
const BIAS: u64 = 1023;

/// Sums of logarithms.
pub(super) struct LogSums<const N: usize> {
    product: [f64; N],
    /// Sum of the exponents as they are stored: each is larger by [`BIAS`].
    exponents: [u64; N],
    /// Number of exponents in the sum.
    added: u64,
    /// The smallest number.
    least: [f64; N],
    /// Sum of the numbers: not finite if one of them is not.
    sum: [f64; N],
    /// Numbers in the product.
    factors: usize,
}

impl<const N: usize> LogSums<N> {
    pub(super) fn new() -> Self {
        let (product, exponents) = ([1.0; N], [0; N]);
        let (least, sum) = ([f64::INFINITY; N], [0.0; N]);
        Self { product, exponents, added: 0, least, sum, factors: 0 }
    }

    /// Adds the logarithm of one number to each sum.
    #[inline(always)]
    pub(super) fn add(&mut self, x: &[f64; N]) {
        if self.factors == MOST {
            self.split();
        }
        for (n, x) in x.iter().copied().enumerate() {
            let (significand, exponent) = parts(x);
            self.product[n] *= significand;
            self.exponents[n] += exponent;
            self.least[n] = if x < self.least[n] { x } else { self.least[n] };
            self.sum[n] += x;
        }
        self.added += 1;
        self.factors += 1;
    }

    #[inline(always)]
    fn split(&mut self) {
        for n in 0..N {
            let (significand, exponent) = parts(self.product[n]);
            self.product[n] = significand;
            self.exponents[n] += exponent;
        }
        self.added += 1;
        self.factors = 1;
    }

    /// Sum of the logarithms of row `n`; NaN if a number of the row is not above 0, not finite, or so small that its
    /// significand has fewer digits.
    pub(super) fn of(&self, n: usize) -> f64 {
        let is_normal = self.least[n] >= f64::MIN_POSITIVE && self.sum[n].is_finite();
        if !is_normal {
            return f64::NAN;
        }
        let exponent = self.exponents[n] as f64 - (BIAS * self.added) as f64;
        self.product[n].ln() + LN_2 * exponent
    }
}

/// Significand, from 1 to 2, and exponent as it is stored, of a number above 0.
#[inline(always)]
fn parts(x: f64) -> (f64, u64) {
    let bits = x.to_bits();
    (f64::from_bits(bits & SIGNIFICAND | BIAS << 52), bits >> 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_the_sum_of_each_logarithm() {
        let mut stream = elman_nn::Stream::new(1, "logarithms");
        let mut sums = LogSums::<2>::new();
        let mut expected = [0.0; 2];
        assert_eq!(sums.of(0), 0.0);
        for _ in 0..3000 {
            let x = [100.0, 1e-3].map(|scale| scale * stream.uniform(-12.0, 12.0).exp());
            sums.add(&x);
            expected[0] += x[0].ln();
            expected[1] += x[1].ln();
        }
        for (n, expected) in expected.into_iter().enumerate() {
            assert!((sums.of(n) - expected).abs() < 1e-9 * expected.abs(), "{n}");
        }
    }

    #[test]
    fn are_absent_after_a_number_that_has_no_logarithm() {
        let mut sums = LogSums::<6>::new();
        for (x, not_finite) in [(2.0, 1.0), (3.0, f64::INFINITY), (4.0, 1.0)] {
            sums.add(&[x, -x, x - 2.0, 1e-310 * x, not_finite, not_finite - not_finite + 1.0]);
        }
        assert!(sums.of(0) > 0.0);
        assert!((1..6).all(|n| sums.of(n).is_nan()));
    }
}
