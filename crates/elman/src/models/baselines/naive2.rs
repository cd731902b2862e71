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
//! multiplicative decomposition. The series of the M4 competition are all above 0. A series with values below 0 has an
//! additive decomposition here: its ratios to moving averages near 0 would be of any size.

use super::{Baseline, needs};
use crate::error::Result;

/// The naive forecast of the deseasonalized series, with its season.
pub const NAIVE2: Baseline = Baseline {
    name: "naive2",
    summary: "naive forecast, deseasonalized where a test finds a season (M4)",
    forecast,
};

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    needs("naive2", 1, values.len())?;
    let adjusted = Adjusted::of(values, season);
    let last = adjusted.values[values.len() - 1];
    Ok((0..horizon).map(|k| adjusted.with_season(values.len() + k, last)).collect())
}

/// A deseasonalized series.
pub(super) struct Adjusted {
    pub(super) values: Vec<f64>,
    /// The seasonal component of one season; the first is that of the first value.
    season: Season,
}

/// Seasonal component.
enum Season {
    /// Factors of mean 1.
    Factors(Vec<f64>),
    /// Summands of mean 0.
    Summands(Vec<f64>),
}

impl Adjusted {
    pub(super) fn of(values: &[f64], m: usize) -> Self {
        let is_negative = values.iter().any(|y| *y < 0.0);
        let season = match is_seasonal(values, m) {
            false => None,
            true if is_negative => Some(Season::Summands(summands(values, m))),
            true => indices(values, m).map(Season::Factors),
        };
        let season = season.unwrap_or(Season::Factors(vec![1.0]));
        let less = |(t, y): (usize, &f64)| match &season {
            Season::Factors(factors) => y / factors[t % factors.len()],
            Season::Summands(summands) => y - summands[t % summands.len()],
        };
        Self { values: values.iter().enumerate().map(less).collect(), season }
    }

    /// A forecast `y` of the deseasonalized series for time step `t`, with its season.
    pub(super) fn with_season(&self, t: usize, y: f64) -> f64 {
        match &self.season {
            Season::Factors(factors) => y * factors[t % factors.len()],
            Season::Summands(summands) => y + summands[t % summands.len()],
        }
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
    let means = means_by_phase(x, m, |y, average| y / average);
    let mean = means.iter().sum::<f64>() / m as f64;
    let indices: Vec<f64> = means.iter().map(|i| i / mean).collect();
    indices.iter().all(|i| i.is_finite() && *i > 0.0).then_some(indices)
}

/// The seasonal component of R's `decompose(type = "additive")`.
fn summands(x: &[f64], m: usize) -> Vec<f64> {
    let means = means_by_phase(x, m, |y, average| y - average);
    let mean = means.iter().sum::<f64>() / m as f64;
    means.iter().map(|i| i - mean).collect()
}

/// For each phase of the season, the mean of the values relative to their moving average over one season.
fn means_by_phase(x: &[f64], m: usize, relative: fn(f64, f64) -> f64) -> Vec<f64> {
    let half = m / 2;
    let mut sums = vec![(0.0, 0.0); m];
    for t in half..x.len() - half {
        let ends = 0.5 * (x[t - half] + x[t + half]);
        let window = &x[t - half..=t + half];
        let sum = window.iter().sum::<f64>() - if m.is_multiple_of(2) { ends } else { 0.0 };
        let (total, n) = sums[t % m];
        sums[t % m] = (total + relative(x[t], sum / m as f64), n + 1.0);
    }
    sums.iter().map(|(total, n)| total / n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_around_0_is_added() {
        let season = [3.0, -1.0, 0.5, -2.5];
        let values: Vec<f64> = (0..40).map(|t| 0.2 + season[t % 4]).collect();
        let forecast = forecast(&values, 6, 4).unwrap();
        for (k, y) in forecast.iter().enumerate() {
            assert!((y - 0.2 - season[k % 4]).abs() < 1e-9, "{forecast:?}");
        }
    }
}
