//! Scaled covariates of a series, as inputs of a network.

use super::covariates::moments;
use crate::data::CovariateValues;

/// Largest distance of a scaled covariate from its mean, in standard deviations.
const FURTHEST: f64 = 5.0;

/// Scaled covariates of a series, row by row: distances from the mean of the history, in its standard deviations.
#[derive(Debug, Clone)]
pub(crate) struct ScaledCovariates {
    /// Number of future covariates, and their values by time step.
    width: usize,
    future: Vec<f32>,
    /// The same for past covariates.
    past_width: usize,
    past: Vec<f32>,
    fixed: Vec<f32>,
}

impl ScaledCovariates {
    pub(crate) fn new(covariates: &CovariateValues, known: usize) -> Self {
        Self {
            width: covariates.future.len(),
            future: rows(&covariates.future, known),
            past_width: covariates.past.len(),
            past: rows(&covariates.past, known),
            fixed: covariates.fixed.iter().map(|x| *x as f32).collect(),
        }
    }

    /// Writes the inputs at time step `t`: future covariates for this step and the `horizon` steps after it, then past
    /// and static ones. An unknown value is replaced by the mean, which is 0.
    pub(crate) fn write_inputs(&self, horizon: usize, t: usize, to: &mut [f32]) {
        let (future, rest) = to.split_at_mut(self.width * (horizon + 1));
        let (past, fixed) = rest.split_at_mut(self.past_width);
        copy(&self.future, t * self.width, future);
        copy(&self.past, t * self.past_width, past);
        fixed.copy_from_slice(&self.fixed);
    }
}

/// Copies the values from `start` on, and fills the rest with zeros.
fn copy(from: &[f32], start: usize, to: &mut [f32]) {
    let there = from.get(start..).unwrap_or_default();
    let (copied, left) = to.split_at_mut(there.len().min(to.len()));
    copied.copy_from_slice(&there[..copied.len()]);
    left.fill(0.0);
}

/// Scales columns, and returns them row by row.
fn rows(columns: &[Vec<f64>], known: usize) -> Vec<f32> {
    let len = columns.iter().map(Vec::len).max().unwrap_or(0);
    let scales: Vec<(f64, f64)> =
        columns.iter().map(|x| moments(&x[..known.min(x.len())])).collect();
    let row = |t: usize| {
        columns.iter().zip(&scales).map(move |(x, (mean, deviation))| {
            let scaled = |x: &f64| ((x - mean) / deviation).clamp(-FURTHEST, FURTHEST) as f32;
            x.get(t).map_or(0.0, scaled)
        })
    };
    (0..len).flat_map(row).collect()
}
