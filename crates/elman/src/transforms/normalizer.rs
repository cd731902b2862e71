//! Level and typical difference of a series at a time step, from the values up to it.
//!
//! ```text
//! level[t] = mean of the last m values x                       (fewer at the start; x[t] for m = 1)
//! step[t]  = (Σ |x[i] - x[i-1]| + 3 · 0.1 u) / (t + 3) + 0.005 u           i = 1 … t
//! ```
//!
//! u is 1 in logs and with a scaler; otherwise the level, or a tenth of the mean where the level is near 0.

use std::collections::VecDeque;

use super::preprocessing::{Preprocessing, TargetTransform};

/// Prior of the mean absolute difference, in logs or as a share of the level: a tenth, with the weight of three
/// observations (`docs/experiments.md`).
const PRIOR_STEP: f64 = 0.1;
const PRIOR_WEIGHT: f64 = 3.0;
/// Least mean absolute difference, so that a constant series is not divided by 0.
const MIN_STEP: f64 = 0.005;
/// Least unit of the mean absolute difference, as a share of the mean of the series.
const MIN_MAGNITUDE: f32 = 0.1;

/// Level and typical difference at one time step. A network reads and predicts values minus the level, divided by the
/// difference.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Normal {
    pub(crate) level: f32,
    pub(crate) step: f32,
}

/// Normalizer of one series, driven by one value after the other.
#[derive(Debug, Clone)]
pub(crate) struct Normalizer {
    width: usize,
    diff_normalized: bool,
    relative: bool,
    /// The last values, `width` at most, and their sum.
    recent: VecDeque<f64>,
    sum: f64,
    differences: f64,
    /// Number of values so far.
    count: usize,
}

impl Normalizer {
    pub(crate) fn new(preprocessing: &Preprocessing) -> Self {
        let width = preprocessing.local_level.max(1);
        Self {
            width,
            diff_normalized: preprocessing.diff_normalized,
            relative: is_relative(preprocessing),
            recent: VecDeque::with_capacity(width.min(1 << 12) + 1),
            sum: 0.0,
            differences: 0.0,
            count: 0,
        }
    }

    /// Level and typical difference after the next value `x`.
    pub(crate) fn push(&mut self, x: f64) -> Normal {
        if let Some(last) = self.recent.back() {
            self.differences += (x - last).abs();
        }
        self.sum += x;
        self.recent.push_back(x);
        if self.recent.len() > self.width {
            self.sum -= self.recent.pop_front().unwrap_or(0.0);
        }
        let level = if self.width == 1 { x } else { self.sum / self.recent.len() as f64 };
        let step = if self.diff_normalized {
            let unit = f64::from(magnitude(self.relative, level as f32));
            let prior = PRIOR_WEIGHT * PRIOR_STEP * unit;
            (self.differences + prior) / (self.count as f64 + PRIOR_WEIGHT) + MIN_STEP * unit
        } else {
            1.0
        };
        self.count += 1;
        Normal { level: level as f32, step: step as f32 }
    }
}

/// Whether the mean absolute difference is relative to the level.
pub(crate) fn is_relative(preprocessing: &Preprocessing) -> bool {
    preprocessing.transform == TargetTransform::MeanScale && preprocessing.scaler.is_none()
}

/// Unit of the mean absolute difference.
pub(crate) fn magnitude(relative: bool, level: f32) -> f32 {
    if relative { level.abs().max(MIN_MAGNITUDE) } else { 1.0 }
}
