//! Level and typical difference of a series at a time step, from the values up to it.
//!
//! ```text
//! level[t] = mean of the last m values x                       (fewer at the start; x[t] for m = 1; 0 without differences)
//! step[t]  = (Σ |x[i] - x[i-1]| + 3 · 0.1 u) / (t + 3) + 0.005 u           i = 1 … t
//! ```
//!
//! u is 1 in logs and with a scaler; otherwise the level, or a tenth of the mean where the level is near 0.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::preprocessing::Preprocessing;
use crate::data::ranges::{self, Checked};

/// Prior of the mean absolute difference, in logs or as a share of the level: a tenth, with the weight of three
/// observations (`docs/experiments.md`).
pub(crate) const PRIOR_STEP: f64 = 0.1;
pub(crate) const PRIOR_WEIGHT: f64 = 3.0;
/// Least mean absolute difference, so that a constant series is not divided by 0.
pub(crate) const MIN_STEP: f64 = 0.005;
/// Least unit of the mean absolute difference, as a share of the mean of the series.
pub(crate) const MIN_MAGNITUDE: f32 = 0.1;

/// Level and typical difference at one time step. A network reads and predicts values minus the level, divided by the
/// difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Normal {
    pub(crate) level: f32,
    pub(crate) step: f32,
}

/// Normalizer of one series, driven by one value after the other.
#[derive(Debug, Clone)]
pub(crate) struct Normalizer {
    width: usize,
    differences: usize,
    diff_normalized: bool,
    relative: bool,
    sums: NormalizerState,
}

/// Part of a normalizer that moves with the values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct NormalizerState {
    /// The last values, as many as the level has at most, and their sum.
    recent: VecDeque<f64>,
    sum: f64,
    /// Sum of the absolute differences.
    variation: f64,
    /// Number of values so far.
    count: usize,
}

impl NormalizerState {
    /// Sum of the absolute differences.
    pub(crate) fn variation(&self) -> f64 {
        self.variation
    }

    /// Heap memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        8 * self.recent.capacity()
    }

    /// Checks that the numbers are in the range of a level of `width` values.
    pub(crate) fn check(&self, width: usize) -> Checked {
        if self.recent.len() > width {
            return ranges::refuse("recent", self.recent.len(), "the values of the level at most");
        }
        let Self { recent, sum, variation, count } = self;
        ranges::finite("recent", recent.as_slices().0)?;
        ranges::finite("recent", recent.as_slices().1)?;
        ranges::finite("sum", &[*sum, *variation])?;
        ranges::count("count", *count as u64)
    }
}

impl Normalizer {
    /// Normalizer before the first value.
    pub(crate) fn new(preprocessing: &Preprocessing) -> Self {
        Self::resume(preprocessing, NormalizerState::default())
    }

    /// Normalizer after the values of `sums`.
    pub(crate) fn resume(preprocessing: &Preprocessing, sums: NormalizerState) -> Self {
        Self {
            width: preprocessing.local_level.max(1),
            differences: preprocessing.differences,
            diff_normalized: preprocessing.diff_normalized,
            relative: is_relative(preprocessing),
            sums,
        }
    }

    /// Part that moves with the values.
    pub(crate) fn state(&self) -> &NormalizerState {
        &self.sums
    }

    /// Level and typical difference after the next value `x`.
    pub(crate) fn push(&mut self, x: f64) -> Normal {
        let NormalizerState { recent, sum, variation, count } = &mut self.sums;
        if let Some(last) = recent.back() {
            *variation += (x - last).abs();
        }
        *sum += x;
        recent.push_back(x);
        if recent.len() > self.width {
            *sum -= recent.pop_front().unwrap_or(0.0);
        }
        let level = if self.width == 1 { x } else { *sum / recent.len() as f64 };
        let step = if self.diff_normalized {
            let unit = f64::from(magnitude(self.relative, level as f32));
            let prior = PRIOR_WEIGHT * PRIOR_STEP * unit;
            (*variation + prior) / (*count as f64 + PRIOR_WEIGHT) + MIN_STEP * unit
        } else {
            1.0
        };
        *count += 1;
        let level = if self.differences == 0 { 0.0 } else { level };
        Normal { level: level as f32, step: step as f32 }
    }
}

/// Whether the mean absolute difference is relative to the level.
pub(crate) fn is_relative(preprocessing: &Preprocessing) -> bool {
    preprocessing.transform.is_linear && preprocessing.scaler.is_none()
}

/// Unit of the mean absolute difference.
pub(crate) fn magnitude(relative: bool, level: f32) -> f32 {
    if relative { level.abs().max(MIN_MAGNITUDE) } else { 1.0 }
}
