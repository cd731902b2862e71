//! Standard scores: `z = (x - mean) / deviation`, `x = z · deviation + mean`.

use super::{FittedScaler, Scaler, width_or_one};
use serde::{Deserialize, Serialize};

/// Scales to mean 0 and standard deviation 1.
pub const STANDARD: Scaler = Scaler {
    name: "standard",
    summary: "subtracts the mean and divides by the standard deviation",
    fit,
};

/// [`STANDARD`], fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedStandard {
    /// The mean of the values.
    pub mean: f64,
    /// The population standard deviation; 1 if all values are equal, so that they can be transformed back, too.
    pub deviation: f64,
}

fn fit(values: &[f64]) -> FittedScaler {
    let n = values.len().max(1) as f64;
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    // Divides each value first: the sum of huge values would overflow.
    let mean = values.iter().map(|v| v / n).sum::<f64>();
    let unit = if largest > 0.0 { largest } else { 1.0 };
    let variance = values.iter().map(|v| ((v - mean) / unit).powi(2)).sum::<f64>() / n;
    // The variance of equal values is the rounding error of their mean, a few ULP of it.
    let deviation = width_or_one(variance.sqrt() * unit, values);
    FittedScaler::Standard(FittedStandard { mean, deviation })
}
