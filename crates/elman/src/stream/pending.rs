//! Forecasts of a series that wait for the values that they forecast.

use serde::{Deserialize, Serialize};

use crate::select::OnlineForecast;

/// The newest forecasts of a series, one for each time step, at most as many as the horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pending {
    horizon: usize,
    levels: usize,
    /// Rows of one forecast each: last value before, point forecasts `[horizon]`, then for each level lower and upper bounds
    /// `[horizon]`. NaN where there is none.
    rows: Vec<f64>,
    /// Row of the newest forecast.
    newest: usize,
    /// Number of forecasts.
    count: usize,
}

/// A forecast whose value has arrived.
pub(super) struct Due<'a> {
    /// Steps ahead, from 0.
    pub(super) k: usize,
    /// The value before the forecast: the naive forecast.
    pub(super) last: f64,
    pub(super) forecast: f64,
    /// Lower and upper bound of each level.
    bounds: &'a [f64],
    horizon: usize,
}

impl Due<'_> {
    /// Lower and upper bound at the level `index`.
    pub(super) fn bounds(&self, index: usize) -> [f64; 2] {
        let first = 2 * index * self.horizon + self.k;
        [self.bounds[first], self.bounds[first + self.horizon]]
    }
}

impl Pending {
    pub(super) fn new(horizon: usize, levels: usize) -> Self {
        let rows = vec![f64::NAN; horizon * width(horizon, levels)];
        Self { horizon, levels, rows, newest: 0, count: 0 }
    }

    /// Whether this is of so many steps ahead and levels.
    pub(super) fn is_of(&self, horizon: usize, levels: usize) -> bool {
        (self.horizon, self.levels) == (horizon, levels)
            && self.rows.len() == horizon * width(horizon, levels)
            && self.newest < horizon
            && self.count <= horizon
    }

    /// Forecasts of the next value, one for each of the last time steps.
    pub(super) fn due(&self) -> impl Iterator<Item = Due<'_>> {
        let Self { horizon, newest, .. } = *self;
        (0..self.count).map(move |k| {
            let row = (newest + horizon - k) % horizon;
            let row =
                &self.rows[row * width(horizon, self.levels)..][..width(horizon, self.levels)];
            Due { k, last: row[0], forecast: row[1 + k], bounds: &row[1 + horizon..], horizon }
        })
    }

    /// Adds the forecast after the value `last`.
    pub(super) fn push(&mut self, last: f64, forecast: &OnlineForecast) {
        let Self { horizon, levels, .. } = *self;
        self.newest = (self.newest + 1) % horizon;
        self.count = (self.count + 1).min(horizon);
        let width = width(horizon, levels);
        let row = &mut self.rows[self.newest * width..][..width];
        row[0] = last;
        row[1..=horizon].copy_from_slice(&forecast.values);
        let bounds = &mut row[1 + horizon..];
        if forecast.intervals.is_empty() {
            bounds.fill(f64::NAN);
        }
        for (interval, to) in forecast.intervals.iter().zip(bounds.chunks_exact_mut(2 * horizon)) {
            let (lower, upper) = to.split_at_mut(horizon);
            lower.copy_from_slice(&interval.lower);
            upper.copy_from_slice(&interval.upper);
        }
    }

    /// Forgets all forecasts.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        8 * self.rows.capacity()
    }
}

fn width(horizon: usize, levels: usize) -> usize {
    1 + horizon * (1 + 2 * levels)
}
