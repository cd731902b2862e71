//! Root mean squared scaled error, with the seasonal period as lag (the M5 competition uses lag 1).

use super::{Case, Metric};

/// Root mean squared scaled error: `√ (mean (y - f)² / mean (x[t] - x[t-m])²)`.
pub const RMSSE: Metric =
    Metric { name: "rmsse", formula: "√ (mean (y - f)² / mean (x[t] - x[t-m])²)", score };

fn score(case: &Case<'_>) -> Option<f64> {
    Some((case.mean(case.errors().map(|e| e * e)) / case.scale(|d| d * d)?).sqrt())
}
