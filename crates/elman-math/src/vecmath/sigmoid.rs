//! sigmoid(x) = 1 / (1 + exp(-x)).

use super::{divide, exp};
use crate::dispatch::Tier;

/// The logistic function.
#[inline(always)]
pub fn sigmoid<I: Tier>(x: f32) -> f32 {
    divide::<I>(1.0, 1.0 + exp::<I>(-x))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Function, error_tests, stays_within, value};
    use super::{Tier, sigmoid};
    use crate::Isa;

    #[derive(Clone, Copy)]
    struct Sigmoid;
    impl Function for Sigmoid {
        #[inline(always)]
        fn at<I: Tier>(self, x: f32) -> f32 {
            sigmoid::<I>(x)
        }
        fn exact(self, x: f64) -> f64 {
            1.0 / (1.0 + (-x).exp())
        }
    }

    error_tests!(Sigmoid, "sigmoid", 87.0, 2.5);

    #[test]
    fn stays_from_0_to_1_and_keeps_nan() {
        for isa in Isa::available() {
            for x in [20.0_f32, 90.0, 1e30, f32::INFINITY] {
                assert!(value(isa, Sigmoid, x) <= 1.0 && value(isa, Sigmoid, -x) >= 0.0);
            }
            assert!(value(isa, Sigmoid, f32::NAN).is_nan());
        }
    }
}
