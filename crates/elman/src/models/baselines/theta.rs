//! The Theta method (Assimakopoulos and Nikolopoulos, IJF 16, 2000), as in the M4 competition: the
//! series is deseasonalized as for Naive2, and two lines are forecast, with equal weights:
//!
//! ```text
//! θ = 0: the least-squares line a + b t, extrapolated
//! θ = 2: 2 y - (a + b t), forecast by simple exponential smoothing
//! ```
//!
//! The smoothing weight minimizes the squared errors, of the last thousand values if the series is longer.

use super::naive2::Adjusted;
use super::{Baseline, needs, newest};
use crate::error::Result;

/// The Theta method.
pub const THETA: Baseline = Baseline {
    name: "theta",
    summary: "theta method (Assimakopoulos and Nikolopoulos, 2000), deseasonalized where a test finds a season",
    forecast,
};

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    needs("theta", 1, values.len())?;
    let adjusted = Adjusted::of(values, season);
    let (a, b) = line(&adjusted.values);
    let bent = adjusted.values.iter().enumerate().map(|(t, y)| 2.0 * y - (a + b * t as f64));
    let level = smoothed(&bent.collect::<Vec<_>>());
    let n = values.len();
    let ahead = |t: usize| adjusted.with_season(t, 0.5 * (level + a + b * t as f64));
    Ok((n..n + horizon).map(ahead).collect())
}

/// a and b of the least-squares line a + b t of `y`, t from 0.
pub(super) fn line(y: &[f64]) -> (f64, f64) {
    let n = y.len() as f64;
    let (middle, mean) = ((n - 1.0) / 2.0, y.iter().sum::<f64>() / n);
    let (mut up, mut across) = (0.0, 0.0);
    for (t, y) in y.iter().enumerate() {
        up += (t as f64 - middle) * (y - mean);
        across += (t as f64 - middle).powi(2);
    }
    let b = if across > 0.0 { up / across } else { 0.0 };
    (mean - b * middle, b)
}

/// The last level of simple exponential smoothing with the α that minimizes the squared errors.
fn smoothed(y: &[f64]) -> f64 {
    let run = |y: &[f64], alpha: f64| {
        let (mut level, mut squares) = (y[0], 0.0);
        for y in &y[1..] {
            let error = y - level;
            squares += error * error;
            level += alpha * error;
        }
        (squares, level)
    };
    let recent = newest(y);
    // A coarse grid first, since there may be several minima; then finer grids around the best.
    let (mut best, mut width) = (0.5, 0.05);
    for round in 0..4 {
        let from = if round == 0 { 0.5 } else { best };
        let tries = (-10..=10).map(|i| (from + width * f64::from(i)).clamp(1e-4, 0.9999));
        best = tries.min_by(|a, b| run(recent, *a).0.total_cmp(&run(recent, *b).0)).unwrap_or(best);
        width /= 10.0;
    }
    run(y, best).1
}
