//! Mean absolute percentage error.

use super::{Case, Metric};

/// Mean absolute percentage error: `mean 100 |y - f| / |y|`; not defined if an actual value is 0.
pub const MAPE: Metric = Metric { name: "mape", formula: "mean 100 |y - f| / |y|", score };

fn score(case: &Case<'_>) -> Option<f64> {
    let shares = case.errors().zip(case.actual).map(|(e, y)| 100.0 * (e / y).abs());
    let mean = case.mean(shares);
    (mean.is_finite() && !case.actual.contains(&0.0)).then_some(mean)
}
