//! Root mean squared error.

use super::Metric;

/// Root mean squared error: `√ mean (y - f)²`.
pub const RMSE: Metric = Metric { name: "rmse", formula: "√ mean (y - f)²", score };

fn score(actual: &[f64], forecast: &[f64]) -> f64 {
    let squares = actual.iter().zip(forecast).map(|(y, f)| (y - f).powi(2)).sum::<f64>();
    (squares / actual.len() as f64).sqrt()
}
