//! What stands beside a series, scaled for a network.

use super::beside::{Beside, moments};

/// The furthest that a scaled covariate goes from its mean.
const FURTHEST: f64 = 5.0;

/// The covariates of a series, row by row, in deviations from their mean over what is known.
#[derive(Debug, Clone)]
pub(super) struct Aside {
    /// How many are known ahead, and their values by step.
    width: usize,
    future: Vec<f32>,
    /// The same of what is known up to now.
    past_width: usize,
    past: Vec<f32>,
    fixed: Vec<f32>,
}

impl Aside {
    pub(super) fn new(beside: &Beside, known: usize) -> Self {
        Self {
            width: beside.future.len(),
            future: rows(&beside.future, known),
            past_width: beside.past.len(),
            past: rows(&beside.past, known),
            fixed: beside.fixed.iter().map(|x| *x as f32).collect(),
        }
    }

    /// Writes what is known at step `t`: of what is known ahead this step and the `horizon` ones after
    /// it, then the others. Where it is not known, it is as in the mean.
    pub(super) fn show(&self, horizon: usize, t: usize, to: &mut [f32]) {
        let (future, rest) = to.split_at_mut(self.width * (horizon + 1));
        let (past, fixed) = rest.split_at_mut(self.past_width);
        copy(&self.future, t * self.width, future);
        copy(&self.past, t * self.past_width, past);
        fixed.copy_from_slice(&self.fixed);
    }
}

/// Copies as much as there is from `start` on, and zeros behind it.
fn copy(from: &[f32], start: usize, to: &mut [f32]) {
    let there = from.get(start..).unwrap_or_default();
    let (copied, left) = to.split_at_mut(there.len().min(to.len()));
    copied.copy_from_slice(&there[..copied.len()]);
    left.fill(0.0);
}

/// Columns as scaled rows.
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
