//! Adaptive conformal intervals: the width follows the errors, so that the coverage stays at the level while the data drift.
//!
//! ```text
//! lower[k] = ŷ[k] - exp(a[k]) · (ŷ[k] - l[k])      upper[k] = ŷ[k] + exp(b[k]) · (u[k] - ŷ[k])
//! a[k] += γ · (1{y < lower[k]} - α/2)               b[k] += γ · (1{y > upper[k]} - α/2)             when y, k steps ahead, arrives
//! ```
//!
//! [l, u] is the interval of the model at the level 1 - α. While a stays between its limits, the share of values below `lower`
//! differs from α/2 by at most (largest a - smallest a) / (γ · number of forecasts): the argument of Gibbs and Candès, "Adaptive conformal inference
//! under distribution shift", NeurIPS 2021, proposition 4.1. They move the level α itself; here the logarithm of the width moves,
//! because the model's intervals have a largest width, which a level cannot exceed. Both tails move by themselves: a forecast
//! that lags behind a trend errs on one side.

use serde::{Deserialize, Serialize};

use crate::data::PredictionInterval;
use crate::transforms::TargetTransform;

/// γ: the step of the logarithm of a width.
const STEP: f64 = 0.05;
/// Smallest and largest logarithm of a width in units of the model's interval: widths of a seventh to 150 times. Values that
/// stay equal for long must not shrink the interval to nothing.
const MIN_LOG: f64 = -2.0;
const MAX_LOG: f64 = 5.0;

/// Widths of the intervals of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct AdaptiveIntervals {
    /// Logarithms a and b for each level and each step ahead: `[level, k, 2]`.
    logs: Vec<[f64; 2]>,
}

impl AdaptiveIntervals {
    /// The model's own widths, for so many levels and steps ahead.
    pub(super) fn new(levels: usize, horizon: usize) -> Self {
        Self { logs: vec![[0.0; 2]; levels * horizon] }
    }

    /// Whether there is a width for each level and each step ahead, and all are in their range.
    pub(super) fn is_of(&self, levels: usize, horizon: usize) -> bool {
        let is_in_range = |log: &f64| (MIN_LOG..=MAX_LOG).contains(log);
        self.logs.len() == levels * horizon && self.logs.iter().flatten().all(is_in_range)
    }

    /// Widens or narrows the model's `intervals` around the forecast `values`, in logarithms where errors are symmetric there.
    pub(super) fn apply(
        &self,
        transform: TargetTransform,
        values: &[f64],
        intervals: &mut [PredictionInterval],
    ) {
        let moved = |y: f64, bound: f64, log: f64| {
            if log == 0.0 || bound == y {
                return bound;
            }
            let z = transform.to_error_scale(y);
            let moved = z + log.exp() * (transform.to_error_scale(bound) - z);
            // A bound of 0 of a log transform has no logarithm.
            let moved = transform.inverse_error_scale(moved);
            if moved.is_finite() { moved } else { bound }
        };
        for (interval, logs) in intervals.iter_mut().zip(self.logs.chunks_exact(values.len())) {
            for (k, (y, [a, b])) in values.iter().zip(logs).enumerate() {
                interval.lower[k] = moved(*y, interval.lower[k], *a).min(*y);
                interval.upper[k] = moved(*y, interval.upper[k], *b).max(*y);
            }
        }
    }

    /// Learns from the value `y` that arrived, `k` steps ahead of a forecast (k from 0) with these bounds at the level
    /// `index`, which is `level` per cent.
    pub(super) fn learn(
        &mut self,
        (index, level): (usize, f64),
        (k, horizon): (usize, usize),
        y: f64,
        [lower, upper]: [f64; 2],
    ) {
        let tail = 0.5 - level / 200.0;
        let logs = &mut self.logs[index * horizon + k];
        for (log, is_outside) in logs.iter_mut().zip([y < lower, y > upper]) {
            let outside = if is_outside { 1.0 } else { 0.0 };
            *log = (*log + STEP * (outside - tail)).clamp(MIN_LOG, MAX_LOG);
        }
    }

    /// Memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        16 * self.logs.capacity()
    }
}
