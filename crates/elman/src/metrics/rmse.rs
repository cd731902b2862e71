//! Root mean squared error.

use super::{Case, Metric};

/// Root mean squared error: `√ mean (y - f)²`.
pub const RMSE: Metric = Metric { name: "rmse", formula: "√ mean (y - f)²", score };

fn score(case: &Case<'_>) -> Option<f64> {
    Some(case.mean(case.errors().map(|e| e * e)).sqrt())
}
