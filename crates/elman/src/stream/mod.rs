//! Streams: observations of many series arrive one by one, and each is answered by a forecast.
//!
//! ```
//! use elman::stream::{Stream, StreamConfig};
//! use elman::{RnnForecaster, Series};
//!
//! let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! let fitted = RnnForecaster::new(3).max_steps(50).fit(&[Series::counted("sales", sales)])?;
//! let mut stream = Stream::new(&fitted, StreamConfig::new(3))?;
//! let observed = stream.observe("", None, 57.0)?;
//! println!("{:?}", observed.forecast.values());
//! # Ok::<(), elman::Error>(())
//! ```
//!
//! | file | contains |
//! |---|---|
//! | `series.rs` | one series: hidden state, forecast, forecasts that wait for their values |
//! | `clock.rs`, `arrival.rs`, `calendar.rs` | its dates: duplicate, late, early and absent ones; their formats |
//! | `restarts.rs` | series that the training did not contain |
//! | `adaptive.rs` | intervals whose width follows the errors |
//! | `summary.rs` | errors and coverage of the forecasts whose values have arrived |
//! | `learning.rs` | online training |
//! | `many.rs` | observations of many series in one batch |
//! | `store.rs`, `saved.rs` | states in a file, in one transaction with the position in the input |

mod adaptive;
mod answer;
mod arrival;
mod calendar;
mod clock;
mod config;
mod learning;
mod many;
mod pending;
mod restarts;
mod saved;
mod series;
mod store;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use crate::data::{Series, ranges};
use crate::error::{Error, Result};
use crate::select::{FittedForecaster, OnlineForecast, OnlineNetworks, OnlineState, RunContext};

use self::calendar::Calendar;
use self::clock::SeriesClock;
use self::learning::Learning;
use self::series::{Shared, StreamSeries};
use self::summary::Sums;

pub use self::answer::{Observed, StreamForecast};
pub use self::arrival::Arrival;
pub use self::config::StreamConfig;
pub use self::learning::LearnConfig;
pub use self::many::Observation;
pub use self::store::StateStore;
pub use self::summary::{Coverage, PrequentialError, Summary};

/// Online forecasts of many series, with one hidden state for each `unique_id`.
///
/// - The series of the training of a model of one network continues from the hidden state in the model. Every other series is
///   new: the pretrained network forecasts its first values, until the networks of the model can estimate unit and seasons.
/// - An observation whose date is that of the last one, or an earlier one, is skipped. Absent dates count as missing values. A
///   single observation more than [`max_gap`](StreamConfig::max_gap) time steps later is skipped, too, because its date may be
///   wrong; the second one in a row resets the hidden state.
/// - The intervals adapt: their width follows the errors, so that the coverage stays near the level while the data drift.
/// - One network steps all series. The order of the observations of different series changes no forecast, but for online
///   training, which trains the weights of all series.
pub struct Stream<'m> {
    fitted: &'m FittedForecaster,
    config: StreamConfig,
    calendar: Calendar,
    restarts: Vec<usize>,
    /// Networks of all series, or of each series of the training, made when the series is first seen.
    networks: Vec<OnlineNetworks<'m>>,
    /// Place of the networks of each series in `networks`; none where all series have the same.
    places: HashMap<String, usize>,
    /// Series by their ids; the series of the training of one network has the empty id, too.
    series: HashMap<String, StreamSeries>,
    /// Series in memory and in the state file.
    known: usize,
    learning: Option<Learning<'m>>,
    sums: Sums,
    store: Option<StateStore>,
    /// Hash of the networks.
    fingerprint: u64,
    /// Observations so far, by which the least recently seen series is found.
    seen: u64,
    /// Series that changed since the last save, where there is a state file.
    changed: Vec<String>,
}

impl fmt::Debug for Stream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("config", &self.config).finish_non_exhaustive()
    }
}

impl<'m> Stream<'m> {
    /// Stream of forecasts by `fitted`, with prediction intervals at its levels.
    ///
    /// # Errors
    /// A horizon of 0, or above the trained one; networks with covariates; online training of a model without exactly one
    /// trained network.
    pub fn new(fitted: &'m FittedForecaster, config: StreamConfig) -> Result<Self> {
        let trained = fitted.settings.horizon;
        if !(1..=trained).contains(&config.horizon) {
            return Err(Error::Forecast {
                reason: format!(
                    "the horizon is {}, and that of the model {trained}",
                    config.horizon
                ),
                help: format!(
                    "choose a horizon from 1 to {trained}, or train a model with `--horizon`"
                ),
            });
        }
        let levels = fitted.settings.levels.len();
        let calendar = Calendar {
            frequency: config.freq.or_else(|| fitted.frequency()),
            of_model: fitted.memory().map(|memory| memory.recent.clock()),
        };
        let learning = config.learn.as_ref().map(|learn| Learning::new(fitted, learn));
        let mut stream = Self {
            calendar,
            restarts: restarts::restarts(fitted),
            networks: Vec::new(),
            places: HashMap::new(),
            series: HashMap::new(),
            known: 0,
            learning: learning.transpose()?,
            sums: Sums::new(config.horizon, levels),
            store: None,
            fingerprint: fitted.fingerprint(),
            seen: 0,
            changed: Vec::new(),
            fitted,
            config,
        };
        if fitted.names.is_empty() {
            // Refuses networks with covariates.
            stream.networks.push(fitted.online_networks("")?);
        }
        stream.continue_memory()?;
        Ok(stream)
    }

    /// Stream that continues from a state file, and saves to it.
    ///
    /// # Errors
    /// As [`new`](Stream::new); a state of another model, or of a stream with another horizon or other levels.
    pub fn with_state(
        fitted: &'m FittedForecaster,
        config: StreamConfig,
        store: StateStore,
    ) -> Result<Self> {
        let mut stream = Self::new(fitted, config)?;
        stream.resume(store)?;
        Ok(stream)
    }

    /// Continues the series of the training from the hidden state in the model.
    fn continue_memory(&mut self) -> Result<()> {
        let Some(memory) = self.fitted.memory() else { return Ok(()) };
        let online = self.fitted.continued()?;
        let last = memory.recent.values.iter().rev().find(|y| !y.is_nan());
        let label = memory.recent.label(memory.recent.len() - 1);
        let clock = SeriesClock::of(memory.recent.clock(), label);
        self.begin("", clock, online.into_state(), last.copied())
    }

    /// Starts a series from its history.
    ///
    /// # Errors
    /// As [`FittedForecaster::online`].
    pub fn start(&mut self, history: &Series) -> Result<()> {
        // A series that is in the state file alone is replaced, too.
        self.load(self.id_of(&history.name))?;
        let place = self.place_of(&history.name)?;
        let (state, _) = self.networks[place].start(history)?;
        let last = history.values.iter().rev().find(|y| !y.is_nan()).copied();
        let label = history.label(history.len() - 1);
        let clock = SeriesClock::of(history.clock(), label);
        self.begin(self.id_of(&history.name), clock, state, last)
    }

    fn begin(
        &mut self,
        id: &str,
        clock: SeriesClock,
        state: OnlineState,
        last: Option<f64>,
    ) -> Result<()> {
        let mut series = self.new_series(id, clock)?;
        series.state = Some(state);
        series.starts = self.restarts.len();
        series.last = last.unwrap_or(f64::NAN);
        self.insert(id, series);
        let seen = self.seen;
        let (series, mut shared) = self.parts(id);
        series.mark(id, seen, &mut shared.changed);
        series.write_forecast(id, &mut shared)?;
        series.pending.push(series.last, &series.forecast);
        Ok(())
    }

    /// Updates the hidden state of the series `unique_id`, empty where the stream has no ids, with an observation: its date `ds`,
    /// `None` where the stream has no dates, and its value `y`, NaN if it is missing. Returns the forecast after it.
    ///
    /// # Errors
    /// A date that cannot be read, or is not on the calendar of the series; a value that the transforms of the networks do not
    /// allow; a series without a network, for networks of each series. The state is then unchanged. After a forecast that is not
    /// finite, the hidden state has been updated.
    pub fn observe(&mut self, unique_id: &str, ds: Option<&str>, y: f64) -> Result<Observed<'_>> {
        let id = self.id_of(unique_id);
        let is_new = !self.load(id)?;
        if is_new {
            let clock = match ds {
                Some(ds) => SeriesClock::first(ds, &self.calendar)?,
                None => SeriesClock::counted(1),
            };
            let series = self.new_series(id, clock)?;
            series.check(unique_id, y, &self.networks[series.place])?;
            self.insert(id, series);
        }
        let max_gap = self.config.max_gap;
        self.seen += 1;
        let seen = self.seen;
        let (series, mut shared) = self.parts(id);
        let arrival = if is_new { Arrival::Next } else { series.clock.place(ds, max_gap)? };
        if let Arrival::Early { .. } = arrival {
            series.clock.keep_early(ds);
            series.mark(id, seen, &mut shared.changed);
        }
        if !arrival.is_skipped() {
            series.check(unique_id, y, shared.networks)?;
            if !is_new {
                series.clock.advance(ds, arrival);
            }
            series.mark(id, seen, &mut shared.changed);
        }
        shared.sums.count(arrival, y, &mut series.is_observed);
        series.observe(unique_id, y, arrival, &mut shared)?;
        Ok(Observed { arrival, forecast: StreamForecast { series: &self.series[id] } })
    }

    /// The forecast of a series after its last observation; `None` for a series that was never seen.
    ///
    /// # Errors
    /// A state file that cannot be read.
    pub fn forecast(&mut self, unique_id: &str) -> Result<Option<StreamForecast<'_>>> {
        let id = self.id_of(unique_id);
        self.load(id)?;
        Ok(self.series.get(id).map(|series| StreamForecast { series }))
    }

    /// Forecast of the `horizon` values after the last observation, recursive beyond the trained horizon; `None` for a series that
    /// was never seen. The intervals beyond the horizon of the stream are those of the model, which do not adapt.
    ///
    /// # Errors
    /// A horizon of 0; a forecast that is not finite; a series of so few values that the pretrained network forecasts, beyond the
    /// horizon of the stream.
    pub fn forecast_ahead(
        &mut self,
        unique_id: &str,
        horizon: usize,
    ) -> Result<Option<OnlineForecast>> {
        ranges::steps("horizon", horizon)?;
        let id = self.id_of(unique_id);
        if !self.load(id)? {
            return Ok(None);
        }
        let (series, shared) = self.parts(id);
        let near = &series.forecast;
        let Some(state) = series.state.as_ref().filter(|_| horizon > near.values.len()) else {
            if horizon > near.values.len() {
                return Err(Error::Forecast {
                    reason: format!("series `{unique_id}` is too short for a horizon of {horizon}"),
                    help: format!("choose a horizon of at most {}", near.values.len()),
                });
            }
            let mut forecast = near.clone();
            forecast.truncate(horizon);
            return Ok(Some(forecast));
        };
        let mut forecast =
            shared.networks.forecast_ahead(state, unique_id, horizon, &RunContext::default())?;
        for (to, near) in forecast.intervals.iter_mut().zip(&near.intervals) {
            to.lower[..near.lower.len()].copy_from_slice(&near.lower);
            to.upper[..near.upper.len()].copy_from_slice(&near.upper);
        }
        Ok(Some(forecast))
    }

    /// Number of series.
    pub fn len(&self) -> usize {
        self.known
    }

    /// Whether there is no series.
    pub fn is_empty(&self) -> bool {
        self.known == 0
    }

    /// Memory of all series that are in memory, in bytes, without the networks.
    pub fn state_bytes(&self) -> usize {
        let bytes = |(name, series): (&String, &StreamSeries)| {
            size_of::<(String, StreamSeries)>() + name.capacity() + series.bytes()
        };
        self.series.iter().map(bytes).sum()
    }

    /// Configuration of the stream.
    pub fn config(&self) -> &StreamConfig {
        &self.config
    }

    /// Levels of the prediction intervals, in per cent.
    pub fn levels(&self) -> &[f64] {
        &self.fitted.settings.levels
    }

    /// Counts, errors and coverage so far.
    pub fn summary(&self) -> Summary {
        let [optimizer_steps, rollbacks] = self.learning.as_ref().map_or([0; 2], Learning::counts);
        let summary = self.sums.summary(&self.fitted.settings.levels);
        Summary { optimizer_steps, rollbacks, ..summary }
    }

    /// Id of a series: the series of the training has the empty id, too.
    fn id_of<'n>(&self, unique_id: &'n str) -> &'n str {
        match self.fitted.memory() {
            Some(memory) if memory.recent.name == unique_id => "",
            _ => unique_id,
        }
    }

    fn new_series(&mut self, id: &str, clock: SeriesClock) -> Result<StreamSeries> {
        let place = self.place_of(id)?;
        let levels = self.fitted.settings.levels.len();
        Ok(StreamSeries::new(place, clock, &self.config, levels))
    }

    fn insert(&mut self, id: &str, series: StreamSeries) {
        if self.series.insert(id.to_owned(), series).is_none() {
            self.known += 1;
        }
    }

    /// Place of the networks of a series in `networks`.
    fn place_of(&mut self, id: &str) -> Result<usize> {
        if self.fitted.names.is_empty() {
            return Ok(0);
        }
        if let Some(place) = self.places.get(id) {
            return Ok(*place);
        }
        self.networks.push(self.fitted.online_networks(id)?);
        let place = self.networks.len() - 1;
        self.places.insert(id.to_owned(), place);
        Ok(place)
    }

    /// A series in memory, and all that it shares with the others.
    fn parts(&mut self, id: &str) -> (&mut StreamSeries, Shared<'_, 'm>) {
        let series = self.series.get_mut(id).expect("a series in memory");
        let shared = Shared {
            fitted: self.fitted,
            config: &self.config,
            restarts: &self.restarts,
            networks: &mut self.networks[series.place],
            sums: &mut self.sums,
            learning: self.learning.as_mut(),
            changed: self.store.is_some().then_some(&mut self.changed),
        };
        (series, shared)
    }
}
