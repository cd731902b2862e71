//! Content of the hidden state: the units of the last layer at the end, and how each goes with the series and its season.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use serde::Serialize;

/// A correlation needs at least so many time steps. Chosen by hand, not measured.
const MIN_STEPS: usize = 8;

/// A unit of the last layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnitState {
    /// Number of the unit, from 1.
    pub unit: usize,
    /// Its values after the last time step, by the names of the tensors of the state: `h`; `h` and `c`.
    pub state: BTreeMap<&'static str, f64>,
    /// Standard deviation of its hidden state over the time steps that were looked at.
    pub deviation: f64,
    /// Correlation of its hidden state with the transformed values of the series; `None` where one of them is constant.
    pub with_series: Option<f64>,
    /// Multiple correlation of its hidden state with sine and cosine of the seasonal phase; `None` without a season, and in
    /// fewer than two seasons.
    pub with_season: Option<f64>,
}

impl UnitState {
    /// A unit with the hidden states `h` over time, beside the transformed values `x` of the series.
    pub(super) fn of(
        unit: usize,
        state: BTreeMap<&'static str, f64>,
        h: &[f64],
        x: &[f64],
        season: Option<usize>,
    ) -> Self {
        Self {
            unit,
            state,
            deviation: (moment(h, h) / h.len().max(1) as f64).sqrt(),
            with_series: correlation(h, x),
            with_season: season.and_then(|season| with_phase(h, season)),
        }
    }
}

/// Sum of the products of the deviations from the means.
fn moment(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum()
}

/// Whether values are constant but for rounding in single precision.
fn is_constant(values: &[f64]) -> bool {
    let squares: f64 = values.iter().map(|v| v * v).sum();
    moment(values, values) <= 1e-10 * squares
}

/// Pearson's correlation.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let is_known = a.len() >= MIN_STEPS && !is_constant(a) && !is_constant(b);
    is_known.then(|| moment(a, b) / (moment(a, a) * moment(b, b)).sqrt())
}

/// Multiple correlation with sine and cosine of the phase: the root of the share of the variance that the least-squares
/// fit explains.
fn with_phase(h: &[f64], season: usize) -> Option<f64> {
    if h.len() < MIN_STEPS.max(2 * season) || is_constant(h) {
        return None;
    }
    let phase = |t: usize| (TAU * (t % season) as f64 / season as f64).sin_cos();
    let (sine, cosine): (Vec<f64>, Vec<f64>) = (0..h.len()).map(phase).unzip();
    let total = moment(h, h);
    let (ss, cc, sc) = (moment(&sine, &sine), moment(&cosine, &cosine), moment(&sine, &cosine));
    let (sh, ch) = (moment(&sine, h), moment(&cosine, h));
    let determinant = ss * cc - sc * sc;
    // With a season of 2 time steps the sine is 0.
    let explained = match determinant > 1e-9 * cc * cc {
        true => (cc * sh * sh - 2.0 * sc * sh * ch + ss * ch * ch) / determinant,
        false => ch * ch / cc,
    };
    Some((explained / total).clamp(0.0, 1.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(period: f64, shift: f64) -> Vec<f64> {
        (0..60).map(|t| (TAU * f64::from(t) / period + shift).sin()).collect()
    }

    #[test]
    fn a_wave_follows_its_season_at_any_phase() {
        for shift in [0.0, 0.7, 2.0] {
            let r = with_phase(&wave(12.0, shift), 12).unwrap();
            assert!((r - 1.0).abs() < 1e-12, "{r}");
        }
        assert!(with_phase(&wave(5.0, 0.3), 12).unwrap() < 0.1);
        let alternating: Vec<f64> = (0..60).map(|t| f64::from(t % 2)).collect();
        assert!((with_phase(&alternating, 2).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(with_phase(&wave(12.0, 0.0), 31), None, "fewer than two seasons");
        assert_eq!(with_phase(&[0.3; 60], 12), None);
    }

    #[test]
    fn the_multiple_correlation_is_that_of_the_fit() {
        // Half of the variance is the season, half another wave.
        let h: Vec<f64> = wave(12.0, 0.4).iter().zip(wave(5.0, 1.0)).map(|(a, b)| a + b).collect();
        let r = with_phase(&h, 12).unwrap();
        assert!((r - 0.5_f64.sqrt()).abs() < 1e-9, "{r}");
    }

    #[test]
    fn the_correlation_is_signed_and_needs_two_that_move() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let falling: Vec<f64> = x.iter().map(|x| 3.0 - 2.0 * x).collect();
        assert!((correlation(&falling, &x).unwrap() + 1.0).abs() < 1e-12);
        assert_eq!(correlation(&[0.5; 20], &x), None);
        assert_eq!(correlation(&x[..3], &falling[..3]), None);
    }
}
