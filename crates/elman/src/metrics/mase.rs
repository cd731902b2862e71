//! Mean absolute scaled error (Hyndman and Koehler, IJF 22, 2006).

use super::{Case, Metric};

/// Mean absolute scaled error: `mean |y - f|` divided by that of the seasonal naive forecast in the history.
pub const MASE: Metric =
    Metric { name: "mase", formula: "mean |y - f| / mean |x[t] - x[t-m]|", score };

fn score(case: &Case<'_>) -> Option<f64> {
    Some(case.mean(case.errors().map(f64::abs)) / case.scale(f64::abs)?)
}
