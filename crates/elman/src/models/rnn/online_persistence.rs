//! Persistence and drift value by value, with the last values.

use std::collections::VecDeque;

use elman_nn::Error;
use serde::{Deserialize, Serialize};

use super::config::RnnConfig;
use super::persistence::{self, LastValues};
use crate::data::{HistoryView, ranges};
use crate::transforms::series_transform::{SavedTransform, SeriesTransform};

/// State of a persistence or drift forecast after the last value of a series.
#[derive(Debug, Clone)]
pub(crate) struct OnlinePersistence {
    shape: SeriesTransform,
    /// The last values, masked ones filled, as many as the slope needs.
    recent: VecDeque<f64>,
    /// The last known value, and its step.
    last: (usize, f64),
    count: usize,
}

/// Saved state of a persistence forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedPersistence {
    shape: SavedTransform,
    recent: VecDeque<f64>,
    last: (usize, f64),
    count: usize,
}

impl OnlinePersistence {
    pub(super) fn new(settings: &RnnConfig, history: HistoryView<'_>) -> Self {
        let RnnConfig { preprocessing, seasons, .. } = settings;
        let (mut shape, _) = SeriesTransform::of(preprocessing, history, seasons, None);
        // The slope removes the season of earlier values, at most one window before the next value.
        let window = persistence::window_of(settings);
        shape.profile.forget_before(history.cutoff.saturating_sub(window));
        Self { shape, recent: VecDeque::new(), last: (0, 0.0), count: 0 }
    }

    pub(super) fn resume(settings: &RnnConfig, saved: &SavedPersistence) -> Result<Self, Error> {
        let SavedPersistence { shape, recent, last, count } = saved.clone();
        shape.check(&settings.preprocessing)?;
        let known: Vec<f64> = recent.iter().copied().chain([last.1]).collect();
        ranges::finite("recent", &known)?;
        ranges::count("count", count as u64)?;
        if recent.len() > persistence::window_of(settings) || recent.len() > count || last.0 > count
        {
            let got = recent.len().to_string();
            return Err(Error::Setting { name: "recent", got, must_be: "one window at most" });
        }
        let shape = SeriesTransform::resume(&settings.preprocessing, shape);
        Ok(Self { shape, recent, last, count })
    }

    pub(super) fn save(&self) -> SavedPersistence {
        let Self { shape, recent, last, count } = self.clone();
        SavedPersistence { shape: shape.save(), recent, last, count }
    }

    pub(super) fn update(&mut self, settings: &RnnConfig, y: f64) {
        if !y.is_nan() {
            self.last = (self.count, y);
        }
        if self.recent.len() == persistence::window_of(settings) {
            self.recent.pop_front();
        }
        self.recent.push_back(self.last.1);
        self.count += 1;
    }

    pub(super) fn forecast(&self, settings: &RnnConfig, horizon: usize, to: &mut Vec<f64>) {
        let recent: Vec<f64> = self.recent.iter().copied().collect();
        let last = LastValues { recent: &recent, origin: self.count, last: self.last };
        let ahead = persistence::after(settings, &self.shape, &last);
        to.extend(ahead.into_iter().take(horizon));
    }

    pub(super) fn reset(&mut self, skipped: usize) {
        self.shape.profile.start_at(self.count + skipped);
        self.recent.clear();
        (self.last, self.count) = ((0, 0.0), 0);
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + 8 * self.recent.capacity() + self.shape.profile.bytes()
    }
}
