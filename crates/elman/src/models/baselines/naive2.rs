//! Naive2 of the M4 competition: the naive forecast, seasonally adjusted if the series is seasonal.
//!
//! The definitions are those of the organizers' own program (Mcompetitions/M4-methods, "Benchmarks and
//! Evaluation.R"): seasonal if n ≥ 3m and
//!
//! ```text
//! |r[m]| > 1.645 / √n · √(1 + 2 (r[1]² + … + r[m-1]²))
//! ```
//!
//! with r the autocorrelations, sums divided by n, up to lag ⌊10 log₁₀ n⌋; adjusted by classical
//! multiplicative decomposition.

use super::{Baseline, needs};
use crate::error::Result;

/// The naive forecast of the deseasonalized series, multiplied by the seasonal indices.
pub const NAIVE2: Baseline = Baseline {
    name: "naive2",
    about: "naive forecast, deseasonalized where a test finds a season (M4)",
    forecast,
};

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    needs("naive2", 1, values.len())?;
    let adjusted = Adjusted::of(values, season);
    let last = adjusted.values[values.len() - 1];
    Ok((0..horizon).map(|k| last * adjusted.index(values.len() + k)).collect())
}

/// A deseasonalized series.
pub(super) struct Adjusted {
    pub(super) values: Vec<f64>,
    /// The seasonal indices, factors of mean 1; the first is that of the first value.
    indices: Vec<f64>,
}

impl Adjusted {
    pub(super) fn of(values: &[f64], season: usize) -> Self {
        let indices = match is_seasonal(values, season) {
            true => indices(values, season).unwrap_or(vec![1.0]),
            false => vec![1.0],
        };
        let mut adjusted = Self { values: Vec::new(), indices };
        adjusted.values = values.iter().enumerate().map(|(t, y)| y / adjusted.index(t)).collect();
        adjusted
    }

    /// The seasonal index of time step `t`.
    pub(super) fn index(&self, t: usize) -> f64 {
        self.indices[t % self.indices.len()]
    }
}

fn is_seasonal(x: &[f64], m: usize) -> bool {
    let n = x.len() as f64;
    if m < 2 || x.len() < 3 * m || m > (10.0 * n.log10()).floor() as usize {
        return false;
    }
    let mean = x.iter().sum::<f64>() / n;
    let d: Vec<f64> = x.iter().map(|x| x - mean).collect();
    let variance: f64 = d.iter().map(|d| d * d).sum();
    if variance == 0.0 {
        return false;
    }
    let r = |k: usize| d.iter().zip(&d[k..]).map(|(a, b)| a * b).sum::<f64>() / variance;
    let before: f64 = (1..m).map(|k| r(k).powi(2)).sum();
    r(m).abs() > 1.645 / n.sqrt() * (1.0 + 2.0 * before).sqrt()
}

/// The seasonal indices of R's `decompose(type = "multiplicative")`; `None` if one is not a positive number.
pub(super) fn indices(x: &[f64], m: usize) -> Option<Vec<f64>> {
    let half = m / 2;
    let mut sums = vec![(0.0, 0.0); m];
    for t in half..x.len() - half {
        let ends = 0.5 * (x[t - half] + x[t + half]);
        let window = &x[t - half..=t + half];
        let sum = window.iter().sum::<f64>() - if m.is_multiple_of(2) { ends } else { 0.0 };
        let (sum_of_ratios, n) = sums[t % m];
        sums[t % m] = (sum_of_ratios + x[t] / (sum / m as f64), n + 1.0);
    }
    let means: Vec<f64> = sums.iter().map(|(sum, n)| sum / n).collect();
    let mean = means.iter().sum::<f64>() / m as f64;
    let indices: Vec<f64> = means.iter().map(|i| i / mean).collect();
    indices.iter().all(|i| i.is_finite() && *i > 0.0).then_some(indices)
}
