//! Mean absolute error.

use super::{Case, Metric};

/// Mean absolute error: `mean |y - f|`.
pub const MAE: Metric = Metric { name: "mae", formula: "mean |y - f|", score };

fn score(case: &Case<'_>) -> Option<f64> {
    Some(case.mean(case.errors().map(f64::abs)))
}
