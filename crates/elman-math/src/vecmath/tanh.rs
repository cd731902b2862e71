//! tanh(x) = e / (e + 2) with e = exp(2x) - 1.
//!
//! e is put together as 2ⁿ(exp(r) - 1) + (2ⁿ - 1), which keeps its relative accuracy down to the
//! smallest x: no second formula for small arguments, no branch.

use super::exp::reduce;

/// The hyperbolic tangent. Beyond ±9.1 it is ±1 to the last bit of `f32`.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let (power, rest) = reduce(2.0 * x.clamp(-9.1, 9.1));
    let e = power * rest + (power - 1.0);
    e / (e + 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::worst_ulp;
    use super::tanh;

    #[test]
    fn stays_within_its_stated_error() {
        let (error, at) = worst_ulp(tanh, f64::tanh, 100.0, 64);
        println!("tanh: {error:.3} ulp at {at:e}");
        assert!(error <= 2.5, "{error} ulp at {at:e}");
    }

    #[test]
    #[ignore = "every f32 of the range: about a minute"]
    fn stays_within_its_stated_error_everywhere() {
        let (error, at) = worst_ulp(tanh, f64::tanh, 100.0, 1);
        println!("tanh: {error:.3} ulp at {at:e}");
        assert!(error <= 2.5, "{error} ulp at {at:e}");
    }

    #[test]
    fn never_leaves_its_range_and_keeps_nan() {
        for x in [9.0_f32, 9.1, 50.0, f32::INFINITY] {
            assert!(tanh(x) <= 1.0 && tanh(-x) >= -1.0);
        }
        assert!(tanh(f32::NAN).is_nan());
    }
}
