//! No scaling.

use super::{FittedScaler, Scaler};

/// Leaves values as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoScaler;

impl Scaler for NoScaler {
    fn name(&self) -> &'static str {
        "none"
    }

    fn about(&self) -> &'static str {
        "leaves values as they are"
    }

    fn fit(&self, _: &[f64]) -> FittedScaler {
        FittedScaler::None
    }
}
