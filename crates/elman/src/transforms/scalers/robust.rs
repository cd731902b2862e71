//! Robust scaling: `z = (x - median) / range`, where range is the interquartile range.

use super::{FittedScaler, Scaler, width_or_one};
use serde::{Deserialize, Serialize};

/// Scales to median 0 and interquartile range 1, which are robust to outliers.
pub const ROBUST: Scaler = Scaler {
    name: "robust",
    summary: "subtracts the median and divides by the interquartile range",
    fit,
};

/// [`ROBUST`], fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedRobust {
    /// The median of the values.
    pub median: f64,
    /// The third quartile minus the first; 1 if they are equal.
    pub interquartile_range: f64,
}

fn fit(values: &[f64]) -> FittedScaler {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let [first, median, third] = [0.25, 0.5, 0.75].map(|p| quantile(&sorted, p));
    let interquartile_range = width_or_one(third - first, values);
    FittedScaler::Robust(FittedRobust { median, interquartile_range })
}

/// The quantile at level `p`, linear between the two nearest sorted values; 0 for no values.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * sorted.len().saturating_sub(1) as f64;
    let at = |place: f64| sorted.get(place as usize).copied().unwrap_or(0.0);
    let (low, high, share) = (at(place.floor()), at(place.ceil()), place.fract());
    // Not low + share · (high - low): a difference of huge values would overflow.
    low * (1.0 - share) + high * share
}
