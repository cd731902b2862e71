//! Exponential smoothing with a damped trend (Gardner and McKenzie, Management Science 31, 1985): ETS
//! (A,Ad,N) on the series, its season taken out as for Naive2. "Damped" of the M4 competition.
//!
//! ```text
//! e = y[t] - (l + φ b)        l ← l + φ b + α e        b ← φ b + α β e
//! ŷ[n+k] = l + (φ + φ² + … + φᵏ) b
//! ```
//!
//! l and b start from the line through the first ten values; α, β and φ are those of least squared
//! error, for a long series over its last thousand values.

use super::naive2::Adjusted;
use super::theta::line;
use super::{Baseline, needs, newest};
use crate::error::Result;

/// Exponential smoothing with a damped trend.
pub const DAMPED: Baseline = Baseline {
    name: "damped",
    about: "exponential smoothing with a damped trend, seasonally adjusted where a test says so",
    one_step: None,
    forecast,
};

/// Values from which level and trend start.
const FIRST: usize = 10;

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    needs("damped", 1, values.len())?;
    let adjusted = Adjusted::of(values, season);
    let best = Smoothing::best(newest(&adjusted.values));
    let (_, level, trend) = best.run(&adjusted.values);
    let mut ahead = level;
    let mut step = trend;
    Ok((values.len()..values.len() + horizon)
        .map(|t| {
            step *= best.phi;
            ahead += step;
            ahead * adjusted.index(t)
        })
        .collect())
}

#[derive(Clone, Copy)]
struct Smoothing {
    alpha: f64,
    beta: f64,
    phi: f64,
}

impl Smoothing {
    /// The sum of squared errors, and level and trend at the end.
    fn run(self, y: &[f64]) -> (f64, f64, f64) {
        let (a, mut trend) = line(&y[..y.len().min(FIRST)]);
        let (mut level, mut squares) = (a - trend, 0.0);
        for y in y {
            let expected = level + self.phi * trend;
            let error = y - expected;
            squares += error * error;
            level = expected + self.alpha * error;
            trend = self.phi * trend + self.alpha * self.beta * error;
        }
        (squares, level, trend)
    }

    /// A coarse look over all of them, then ever finer ones around the best.
    fn best(y: &[f64]) -> Self {
        let mut best = Self { alpha: 0.5, beta: 0.1, phi: 0.9 };
        let mut least = f64::INFINITY;
        for width in [1.0, 0.25, 0.0625] {
            let middle = best;
            let around = |middle: f64, low: f64, high: f64| {
                let half = width * (high - low) / 2.0;
                let middle = if width < 1.0 { middle } else { (low + high) / 2.0 };
                (-3..=3).map(move |i| (middle + half * f64::from(i) / 3.0).clamp(low, high))
            };
            for alpha in around(middle.alpha, 0.001, 0.999) {
                for beta in around(middle.beta, 0.0, 0.999) {
                    for phi in around(middle.phi, 0.8, 0.98) {
                        let candidate = Self { alpha, beta, phi };
                        let squares = candidate.run(y).0;
                        if squares < least {
                            (best, least) = (candidate, squares);
                        }
                    }
                }
            }
        }
        best
    }
}
