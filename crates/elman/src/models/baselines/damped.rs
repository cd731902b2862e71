//! Exponential smoothing with a damped trend (Gardner and McKenzie, Management Science 31, 1985): ETS
//! (A,Ad,N) on the series, deseasonalized as for Naive2. "Damped" of the M4 competition.
//!
//! ```text
//! e = y[t] - (l + φ b)        l ← l + φ b + α e        b ← φ b + α β e
//! ŷ[n+k] = l + (φ + φ² + … + φᵏ) b
//! ```
//!
//! l and b start from the line through the first ten values. α, β and φ minimize the squared
//! errors, of the last thousand values if the series is longer.

use super::naive2::Adjusted;
use super::theta::line;
use super::{Baseline, needs, newest};
use crate::error::Result;

/// Exponential smoothing with a damped trend.
pub const DAMPED: Baseline = Baseline {
    name: "damped",
    summary: "exponential smoothing with a damped trend, deseasonalized where a test finds a season",
    forecast,
};

/// The values from which level and trend are initialized.
const FIRST: usize = 10;
/// Grid points per parameter in one round of the search.
const TRIES: usize = 7;

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    needs("damped", 1, values.len())?;
    let adjusted = Adjusted::of(values, season);
    let best = Smoothing::best(newest(&adjusted.values));
    let [end] = runs(best.alpha, best.beta, [best.phi], &adjusted.values);
    let mut ahead = end.level;
    let mut step = end.trend;
    Ok((values.len()..values.len() + horizon)
        .map(|t| {
            step *= best.phi;
            ahead += step;
            adjusted.with_season(t, ahead)
        })
        .collect())
}

#[derive(Clone, Copy)]
struct Smoothing {
    alpha: f64,
    beta: f64,
    phi: f64,
}

/// The result of smoothing the values: the sum of squared errors, and level and trend at the end.
#[derive(Clone, Copy)]
struct Run {
    squares: f64,
    level: f64,
    trend: f64,
}

/// Smooths `y` with several φ in one loop: the independent computations hide each other's latency.
fn runs<const N: usize>(alpha: f64, beta: f64, phi: [f64; N], y: &[f64]) -> [Run; N] {
    let (a, trend) = line(&y[..y.len().min(FIRST)]);
    let mut runs = [Run { squares: 0.0, level: a - trend, trend }; N];
    for y in y {
        for (run, phi) in runs.iter_mut().zip(phi) {
            let expected = run.level + phi * run.trend;
            let error = y - expected;
            run.squares += error * error;
            run.level = expected + alpha * error;
            run.trend = phi * run.trend + alpha * beta * error;
        }
    }
    runs
}

impl Smoothing {
    /// Grid search: a coarse grid over all parameters, then finer grids around the best.
    fn best(y: &[f64]) -> Self {
        let mut best = Self { alpha: 0.5, beta: 0.1, phi: 0.9 };
        let mut least = f64::INFINITY;
        for width in [1.0, 0.25, 0.0625] {
            let middle = best;
            let around = |middle: f64, low: f64, high: f64| {
                let half = width * (high - low) / 2.0;
                let middle = if width < 1.0 { middle } else { (low + high) / 2.0 };
                let step = |i: usize| half * (i as f64 - 3.0) / 3.0;
                std::array::from_fn::<f64, TRIES, _>(|i| (middle + step(i)).clamp(low, high))
            };
            let phis = around(middle.phi, 0.8, 0.98);
            for alpha in around(middle.alpha, 0.001, 0.999) {
                for beta in around(middle.beta, 0.0, 0.999) {
                    for (run, phi) in runs(alpha, beta, phis, y).iter().zip(phis) {
                        if run.squares < least {
                            (best, least) = (Self { alpha, beta, phi }, run.squares);
                        }
                    }
                }
            }
        }
        best
    }
}
