//! The state of a stream as its state file keeps it.

use serde::{Deserialize, Serialize};

use super::Stream;
use super::adaptive::AdaptiveIntervals;
use super::clock::SeriesClock;
use super::learning::{SavedLearning, SavedLearningState};
use super::pending::Pending;
use super::series::StreamSeries;
use super::store::{self, StateStore};
use super::summary::Sums;
use crate::error::{Error, Result};
use crate::select::{OnlineForecast, SavedOnlineState};

/// Version of the state file.
const VERSION: u32 = 1;

/// The part of a state that all series share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SavedStream {
    version: u32,
    model: u64,
    levels: Vec<f64>,
    horizon: usize,
    /// Learning rate of online training; `None` without.
    learning_rate: Option<f64>,
    seen: u64,
    sums: Sums,
    learning: Option<SavedLearning>,
}

/// The state of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SavedStreamSeries {
    clock: SeriesClock,
    state: Option<SavedOnlineState>,
    values: Vec<f64>,
    starts: usize,
    last: f64,
    adaptive: AdaptiveIntervals,
    pending: Pending,
    learning: Option<SavedLearningState>,
    is_observed: bool,
}

impl StreamSeries {
    fn save(&self) -> SavedStreamSeries {
        SavedStreamSeries {
            clock: self.clock.clone(),
            state: self.state.as_ref().map(|state| state.save()),
            values: self.values.clone(),
            starts: self.starts,
            last: self.last,
            adaptive: self.adaptive.clone(),
            pending: self.pending.clone(),
            learning: self.learning.as_ref().map(|own| own.save()),
            is_observed: self.is_observed,
        }
    }
}

impl Stream<'_> {
    /// Saves all series that changed since the last save, in one transaction with `position`, the position of the caller in the
    /// input. With [`resident`](super::StreamConfig::resident), the least recently seen series then leave the memory.
    ///
    /// # Errors
    /// A stream without a state file; a file that cannot be written.
    pub fn save(&mut self, position: u64) -> Result<()> {
        let shared = self.saved();
        let Some(store) = &mut self.store else {
            return Err(Error::Forecast {
                reason: "the stream has no state file".to_owned(),
                help: "make it with `Stream::with_state`".to_owned(),
            });
        };
        let mut written = Vec::with_capacity(self.changed.len());
        for id in &self.changed {
            if let Some(series) = self.series.get(id) {
                written.push((id.as_str(), store::to_bytes(&series.save())?));
            }
        }
        store.write(position, &shared, written.into_iter())?;
        // Not before: the next save writes what this one could not.
        for id in self.changed.drain(..) {
            if let Some(series) = self.series.get_mut(&id) {
                series.is_saved = true;
            }
        }
        self.park();
        Ok(())
    }

    /// Removes the least recently seen series from the memory, after a save.
    fn park(&mut self) {
        let Some(resident) = self.config.resident.map(|resident| resident.max(1)) else { return };
        if self.series.len() <= resident {
            return;
        }
        let mut seen: Vec<u64> = self.series.values().map(|series| series.seen).collect();
        let first = seen.len() - resident;
        let (_, oldest, _) = seen.select_nth_unstable(first);
        let oldest = *oldest;
        self.series.retain(|_, series| series.seen >= oldest);
    }

    fn saved(&self) -> SavedStream {
        SavedStream {
            version: VERSION,
            model: self.fingerprint,
            levels: self.fitted.settings.levels.clone(),
            horizon: self.config.horizon,
            learning_rate: self.config.learn.map(|learn| learn.learning_rate),
            seen: self.seen,
            sums: self.sums.clone(),
            learning: self.learning.as_ref().map(|learning| learning.save()),
        }
    }

    /// Continues from a state file.
    pub(super) fn resume(&mut self, store: StateStore) -> Result<()> {
        if let Some(saved) = store.shared()? {
            self.check(&saved, &store)?;
            if let (Some(learning), Some(saved)) = (&mut self.learning, &saved.learning) {
                learning.resume(saved, &mut self.networks[0])?;
            }
            (self.sums, self.seen) = (saved.sums, saved.seen);
            // The series of the training is in the file, if it was observed.
            let ids: Vec<String> = self.series.keys().cloned().collect();
            for id in ids {
                if store.contains(&id)? {
                    self.series.remove(&id);
                }
            }
            self.known = store.len()? + self.series.len();
        }
        // Series that began before there was a file.
        self.changed = self.series.keys().cloned().collect();
        self.series.values_mut().for_each(|series| series.is_saved = false);
        self.store = Some(store);
        Ok(())
    }

    /// Checks that the state is one of this model and configuration.
    fn check(&self, saved: &SavedStream, store: &StateStore) -> Result<()> {
        let now = self.saved();
        let levels = now.levels.len();
        let wrong = if saved.version != VERSION {
            "was written by another version of elman".to_owned()
        } else if saved.model != now.model {
            "is the state of another model".to_owned()
        } else if saved.levels != now.levels || saved.horizon != now.horizon {
            let levels: Vec<String> = saved.levels.iter().map(f64::to_string).collect();
            let (horizon, levels) = (saved.horizon, levels.join(","));
            format!("is the state of a stream with `--horizon {horizon}` and `--level {levels}`")
        } else if saved.learning_rate != now.learning_rate {
            match saved.learning_rate {
                Some(rate) => {
                    format!("is the state of a stream with `--learn --learning-rate {rate}`")
                }
                None => "is the state of a stream without online training".to_owned(),
            }
        } else if !saved.sums.is_of(now.horizon, levels) {
            "has sums of another stream".to_owned()
        } else {
            return Ok(());
        };
        Err(store.refused(&wrong))
    }

    /// Loads the series `id` if it is in the state file alone. Returns whether it is in memory.
    pub(super) fn load(&mut self, id: &str) -> Result<bool> {
        if self.series.contains_key(id) {
            return Ok(true);
        }
        let Some(store) = &self.store else { return Ok(false) };
        let Some(saved) = store.series(id)? else { return Ok(false) };
        let path = store.path().to_owned();
        let levels = self.fitted.settings.levels.len();
        let horizon = self.config.horizon;
        if !saved.pending.is_of(horizon, levels) || !saved.adaptive.is_of(levels, horizon) {
            return Err(store::damaged(&path, "a series has another horizon or other levels"));
        }
        let place = self.place_of(id)?;
        let networks = &self.networks[place];
        let state = saved.state.as_ref().map(|state| networks.resume(state)).transpose();
        let state = state.map_err(|error| store::damaged(&path, &error.to_string()))?;
        let learning = match (&self.learning, &saved.learning) {
            (Some(learning), Some(saved)) => Some(learning.resume_series(saved)?),
            _ => None,
        };
        let SavedStreamSeries {
            clock, values, starts, last, adaptive, pending, is_observed, ..
        } = saved;
        let series = StreamSeries {
            place,
            clock,
            state,
            values,
            starts: starts.min(self.restarts.len()),
            last,
            adaptive,
            pending,
            learning,
            is_observed,
            forecast: OnlineForecast::default(),
            seen: self.seen,
            is_saved: true,
        };
        let has_value = series.state.is_some() || !series.values.is_empty();
        series.clock.check().map_err(|error| store::damaged(&path, &error.to_string()))?;
        self.series.insert(id.to_owned(), series);
        if has_value {
            let (series, mut shared) = self.parts(id);
            series.write_forecast(id, &mut shared)?;
        }
        Ok(true)
    }
}
