//! sigmoid(x) = 1 / (1 + exp(-x)).

use super::exp::exp;

/// The logistic function.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[cfg(test)]
mod tests {
    use super::super::tests::worst_ulp;
    use super::sigmoid;

    fn exact(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    #[test]
    fn stays_within_its_stated_error() {
        let (error, at) = worst_ulp(sigmoid, exact, 87.0, 64);
        println!("sigmoid: {error:.3} ulp at {at:e}");
        assert!(error <= 2.5, "{error} ulp at {at:e}");
    }

    #[test]
    #[ignore = "every f32 of the range: about a minute"]
    fn stays_within_its_stated_error_everywhere() {
        let (error, at) = worst_ulp(sigmoid, exact, 87.0, 1);
        println!("sigmoid: {error:.3} ulp at {at:e}");
        assert!(error <= 2.5, "{error} ulp at {at:e}");
    }
}
