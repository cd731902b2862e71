//! tanh(x) = e / (e + 2) with e = exp(2x) - 1.
//!
//! e is put together as 2ⁿ(exp(r) - 1) + (2ⁿ - 1), which keeps its relative accuracy down to the
//! smallest x: no second formula for small arguments, no branch.

use super::exp::reduce;
use super::{divide, mul_add};
use crate::dispatch::Tier;

/// The hyperbolic tangent. Beyond ±9.1 it is ±1 to the last bit of `f32`.
#[inline(always)]
pub fn tanh<I: Tier>(x: f32) -> f32 {
    let (power, rest) = reduce::<I>(2.0 * x.clamp(-9.1, 9.1));
    let e = mul_add::<I>(power, rest, power - 1.0);
    divide::<I>(e, e + 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Function, error_tests, stays_within, value};
    use super::{Tier, tanh};
    use crate::Isa;

    #[derive(Clone, Copy)]
    struct Tanh;
    impl Function for Tanh {
        #[inline(always)]
        fn at<I: Tier>(self, x: f32) -> f32 {
            tanh::<I>(x)
        }
        fn exact(self, x: f64) -> f64 {
            x.tanh()
        }
    }

    error_tests!(Tanh, "tanh", 100.0, 3.1);

    #[test]
    fn never_leaves_its_range_and_keeps_nan() {
        for isa in Isa::available() {
            for bits in (8.0_f32.to_bits()..10.0_f32.to_bits()).step_by(7) {
                let x = f32::from_bits(bits);
                assert!(value(isa, Tanh, x) <= 1.0 && value(isa, Tanh, -x) >= -1.0, "{x}");
            }
            for x in [50.0_f32, f32::INFINITY] {
                assert!(value(isa, Tanh, x) <= 1.0 && value(isa, Tanh, -x) >= -1.0);
            }
            assert!(value(isa, Tanh, f32::NAN).is_nan());
        }
    }
}
