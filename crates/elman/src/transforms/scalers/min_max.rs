//! Min-max scaling to 0 … 1: `z = (x - least) / range`.

use super::{FittedScaler, Scaler, width_or_one};
use serde::{Deserialize, Serialize};

/// Scales the least value to 0 and the largest to 1.
pub const MIN_MAX: Scaler =
    Scaler { name: "minmax", summary: "scales the least value to 0 and the largest to 1", fit };

/// [`MIN_MAX`], fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedMinMax {
    /// The least value.
    pub least: f64,
    /// The largest value minus the least; 1 if all values are equal.
    pub range: f64,
}

fn fit(values: &[f64]) -> FittedScaler {
    let least = values.iter().copied().reduce(f64::min).unwrap_or(0.0);
    let largest = values.iter().copied().reduce(f64::max).unwrap_or(0.0);
    FittedScaler::MinMax(FittedMinMax { least, range: width_or_one(largest - least, values) })
}
