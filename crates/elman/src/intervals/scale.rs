//! Scale of a history: what the prediction intervals of a series depend on besides its forecast.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::data::ranges::{self, Checked};
use crate::transforms::TargetTransform;

/// Scale of the history of one series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HistoryScale {
    /// Mean absolute seasonal difference, in logs for a log transform; 0 for a constant series.
    pub(crate) unit: f64,
    /// Number of values.
    pub(crate) values: usize,
    /// Number of seasonal differences, or of differences where the history is shorter than a seasonal period.
    pub(crate) steps: usize,
    /// Lowest value, and highest value, or 0 if all are below.
    pub(crate) lowest: f64,
    pub(crate) highest: f64,
}

/// Lowest of some values, and the highest, or 0 if all are below; above it if there is no value.
pub(crate) fn range(values: &[f64]) -> (f64, f64) {
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    (lowest, values.iter().copied().fold(0.0, f64::max))
}

/// Scale of a history that grows value by value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunningScale {
    transform: TargetTransform,
    season: usize,
    /// The last transformed values, one seasonal period at most.
    recent: VecDeque<f64>,
    /// Sums of the absolute differences at lag 1, and at the seasonal period.
    sums: [f64; 2],
    values: usize,
    lowest: f64,
    highest: f64,
}

impl RunningScale {
    pub(crate) fn new(transform: TargetTransform, season: usize) -> Self {
        Self {
            transform,
            season: season.max(1),
            recent: VecDeque::new(),
            sums: [0.0; 2],
            values: 0,
            lowest: f64::INFINITY,
            highest: 0.0,
        }
    }

    /// Checks that this is a scale for a calibration with this `transform` and `season`.
    pub(crate) fn check(&self, transform: TargetTransform, season: usize) -> Checked {
        let Self { recent, sums, values, lowest, highest, .. } = self;
        if (self.transform, self.season) != (transform, season.max(1)) {
            return ranges::refuse("scale", "that of another series", "that of this one");
        }
        if recent.len() > self.season {
            return ranges::refuse("scale", recent.len(), "one seasonal period of values at most");
        }
        ranges::finite("scale", recent.as_slices().0)?;
        ranges::finite("scale", recent.as_slices().1)?;
        ranges::finite("scale", sums)?;
        if *values > 0 {
            ranges::finite("scale", &[*lowest, *highest])?;
        }
        ranges::count("scale", *values as u64)
    }

    /// Heap memory, in bytes.
    pub(crate) fn heap_bytes(&self) -> usize {
        8 * self.recent.capacity()
    }

    /// Whether there is no value yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.values == 0
    }

    /// Adds a value.
    pub(crate) fn push(&mut self, y: f64) {
        let z = self.transform.to_error_scale(y);
        if let Some(last) = self.recent.back() {
            self.sums[0] += (z - last).abs();
        }
        if self.recent.len() == self.season {
            self.sums[1] += (z - self.recent.pop_front().unwrap_or(z)).abs();
        }
        self.recent.push_back(z);
        self.values += 1;
        self.lowest = self.lowest.min(y);
        self.highest = self.highest.max(y);
    }

    /// Lowest value so far, and the highest, or 0 if all are below.
    pub(crate) fn range(&self) -> (f64, f64) {
        (self.lowest, self.highest)
    }

    /// Scale of the values so far.
    pub(crate) fn scale(&self) -> HistoryScale {
        let (sum, lag) = match self.values > self.season {
            true => (self.sums[1], self.season),
            false => (self.sums[0], 1),
        };
        let steps = self.values.saturating_sub(lag);
        let unit = if sum > 0.0 { sum / steps as f64 } else { 0.0 };
        let Self { values, lowest, highest, .. } = *self;
        HistoryScale { unit, values, steps, lowest, highest }
    }
}
