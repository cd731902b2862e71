//! Mean absolute error.

use super::Metric;

/// Mean absolute error: `mean |y - f|`.
pub const MAE: Metric = Metric { name: "mae", formula: "mean |y - f|", score };

fn score(actual: &[f64], forecast: &[f64]) -> f64 {
    actual.iter().zip(forecast).map(|(y, f)| (y - f).abs()).sum::<f64>() / actual.len() as f64
}
