//! Symmetric mean absolute percentage error, from 0 to 200.

use super::{Case, Metric};

/// Symmetric mean absolute percentage error as in the M4 competition: `mean 200 |y - f| / (|y| + |f|)`, 0 where
/// both are 0.
pub const SMAPE: Metric =
    Metric { name: "smape", formula: "mean 200 |y - f| / (|y| + |f|)", score };

fn score(case: &Case<'_>) -> Option<f64> {
    let pairs = case.actual.iter().zip(case.forecast);
    let shares = pairs.map(|(y, f)| match (y - f).abs() {
        0.0 => 0.0,
        error => 200.0 * error / (y.abs() + f.abs()),
    });
    Some(case.mean(shares))
}
