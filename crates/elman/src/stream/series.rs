//! One series of a stream: its clock, its hidden state, its forecast and the forecasts that wait for their values.

use super::StreamConfig;
use super::adaptive::AdaptiveIntervals;
use super::arrival::Arrival;
use super::clock::SeriesClock;
use super::learning::{Learning, LearningState};
use super::pending::Pending;
use super::restarts;
use super::summary::Sums;
use crate::data::PredictionInterval;
use crate::error::Result;
use crate::select::{FittedForecaster, OnlineForecast, OnlineNetworks, OnlineState};

/// State of one series after its last observation.
#[derive(Debug, Clone)]
pub(super) struct StreamSeries {
    /// Place of its networks in those of the stream.
    pub(super) place: usize,
    pub(super) clock: SeriesClock,
    pub(super) state: Option<OnlineState>,
    /// All values, until the networks have started for the last time.
    pub(super) values: Vec<f64>,
    /// Number of starts of the networks from these values so far.
    pub(super) starts: usize,
    /// The last known value; NaN before it.
    pub(super) last: f64,
    pub(super) adaptive: AdaptiveIntervals,
    pub(super) pending: Pending,
    pub(super) learning: Option<LearningState>,
    /// Whether the series had an observation.
    pub(super) is_observed: bool,
    // Not saved.
    pub(super) forecast: OnlineForecast,
    /// Number of the observation of the stream that changed the series last.
    pub(super) seen: u64,
    pub(super) is_saved: bool,
}

/// All that the series of a stream share.
pub(super) struct Shared<'s, 'm> {
    pub(super) fitted: &'m FittedForecaster,
    pub(super) config: &'s StreamConfig,
    pub(super) restarts: &'s [usize],
    pub(super) networks: &'s mut OnlineNetworks<'m>,
    pub(super) sums: &'s mut Sums,
    pub(super) learning: Option<&'s mut Learning<'m>>,
    /// Ids of the series that changed since the last save; `None` without a state file.
    pub(super) changed: Option<&'s mut Vec<String>>,
}

impl StreamSeries {
    /// A series before its first observation.
    pub(super) fn new(
        place: usize,
        clock: SeriesClock,
        config: &StreamConfig,
        levels: usize,
    ) -> Self {
        Self {
            place,
            clock,
            state: None,
            values: Vec::new(),
            starts: 0,
            last: f64::NAN,
            adaptive: AdaptiveIntervals::new(levels, config.horizon),
            pending: Pending::new(config.horizon, levels),
            learning: config.learn.as_ref().map(|_| LearningState::default()),
            is_observed: false,
            forecast: OnlineForecast::default(),
            seen: 0,
            // There is nothing to save before the first observation.
            is_saved: true,
        }
    }

    /// Marks the series `id` as changed by observation `seen` of the stream.
    pub(super) fn mark(&mut self, id: &str, seen: u64, changed: &mut Option<&mut Vec<String>>) {
        self.seen = seen;
        if let Some(changed) = changed.as_mut().filter(|_| self.is_saved) {
            changed.push(id.to_owned());
        }
        self.is_saved = false;
    }

    /// Checks that the networks can read `y`.
    pub(super) fn check(&self, name: &str, y: f64, networks: &OnlineNetworks<'_>) -> Result<()> {
        match &self.state {
            _ if y.is_nan() => Ok(()),
            Some(state) => networks.check(state, name, y),
            None => networks.check_first(name, y),
        }
    }

    /// Moves on by an observation that [arrived](SeriesClock::place) and was [checked](StreamSeries::check).
    pub(super) fn observe(
        &mut self,
        name: &str,
        y: f64,
        arrival: Arrival,
        shared: &mut Shared<'_, '_>,
    ) -> Result<()> {
        let mut absent = 0;
        match arrival {
            Arrival::Duplicate | Arrival::Late | Arrival::Early { .. } => return Ok(()),
            Arrival::Next => {}
            Arrival::AfterGap { missing } => absent = missing,
            Arrival::Reset { missing } => self.reset(missing, shared),
        }
        // The clock has moved to the observation: a failure leaves no time step out.
        let steps = std::iter::repeat_n(f64::NAN, absent).chain([y]);
        steps.map(|y| self.step(name, y, shared)).fold(Ok(()), Result::and)
    }

    /// Moves on by one time step, whose value is `y`; NaN for a missing one. After a failure there is no forecast.
    fn step(&mut self, name: &str, y: f64, shared: &mut Shared<'_, '_>) -> Result<()> {
        if y.is_nan() && self.last.is_nan() {
            // Before the first known value, the season alone moves on.
            if let Some(state) = &mut self.state {
                shared.networks.reset(state, 1);
            }
            return Ok(());
        }
        if !y.is_nan() {
            self.score(y, shared);
            self.last = y;
        }
        let forecast =
            self.update(name, y, shared).and_then(|()| self.write_forecast(name, shared));
        self.keep_forecast(forecast.is_ok(), shared.config.horizon);
        forecast
    }

    /// Keeps the forecast until its values arrive; none where it failed.
    pub(super) fn keep_forecast(&mut self, is_made: bool, horizon: usize) {
        if !is_made {
            self.forecast.values.clear();
            self.forecast.values.resize(horizon, f64::NAN);
            self.forecast.intervals.clear();
        }
        self.pending.push(self.last, &self.forecast);
    }

    /// Compares the forecasts of `y` with `y`, and adapts the intervals.
    pub(super) fn score(&mut self, y: f64, shared: &mut Shared<'_, '_>) {
        let horizon = shared.config.horizon;
        let levels = &shared.fitted.settings.levels;
        for due in self.pending.due() {
            if due.forecast.is_nan() {
                continue;
            }
            shared.sums.add(&due, y);
            if let (0, Some(own)) = (due.k, &self.learning) {
                let without = own.without_learning().unwrap_or(due.forecast);
                shared.sums.add_without_learning((y - without).abs());
            }
            for (index, level) in levels.iter().enumerate() {
                let bounds = due.bounds(index);
                if !bounds[0].is_nan() {
                    self.adaptive.learn((index, *level), (due.k, horizon), y, bounds);
                }
            }
        }
    }

    /// Updates the hidden state, or starts the networks.
    fn update(&mut self, name: &str, y: f64, shared: &mut Shared<'_, '_>) -> Result<()> {
        let is_starting = self.starts < shared.restarts.len();
        if is_starting {
            self.values.push(y);
        }
        match (&mut self.state, &mut self.learning, &mut shared.learning) {
            (None, _, _) => {}
            (Some(state), Some(own), Some(learning)) => {
                learning.update((state, own), (name, y), shared.networks)?;
            }
            (Some(state), _, _) => shared.networks.update(state, name, y)?,
        }
        if is_starting && self.values.len() >= shared.restarts[self.starts] {
            self.start(name, shared);
        }
        Ok(())
    }

    /// Starts the networks from all values. Where that is not possible, such as for a history of equal values that a transform
    /// does not allow, the next start is tried.
    fn start(&mut self, name: &str, shared: &mut Shared<'_, '_>) {
        if let Ok((state, _)) = shared.networks.start(&restarts::series(name, &self.values)) {
            if let Some(own) = &mut self.learning {
                *own = LearningState::default();
            }
            self.state = Some(state);
        }
        self.starts += 1;
        if self.starts == shared.restarts.len() {
            match self.state {
                Some(_) => self.values = Vec::new(),
                // Later values may allow a start.
                None => {
                    self.starts -= 1;
                    let newest = self.values.len().saturating_sub(shared.restarts[self.starts] / 2);
                    self.values.drain(..newest);
                }
            }
        }
    }

    /// Writes the forecast after the last value.
    pub(super) fn write_forecast(&mut self, name: &str, shared: &mut Shared<'_, '_>) -> Result<()> {
        let Shared { fitted, config, networks, .. } = shared;
        match &self.state {
            Some(state) => networks.forecast(state, name, config.horizon, &mut self.forecast)?,
            None => restarts::forecast(fitted, config, &self.values, &mut self.forecast)?,
        }
        let OnlineForecast { values, intervals } = &mut self.forecast;
        self.adaptive.apply(fitted.selection.transform, values, intervals);
        if fitted.settings.non_negative {
            intervals.iter_mut().for_each(PredictionInterval::clamp_to_zero);
        }
        Ok(())
    }

    /// Forgets the history before a long gap.
    fn reset(&mut self, missing: usize, shared: &mut Shared<'_, '_>) {
        self.pending.clear();
        self.values.clear();
        self.last = f64::NAN;
        if let Some(state) = &mut self.state {
            shared.networks.reset(state, missing);
        }
        if let Some(own) = &mut self.learning {
            *own = LearningState::default();
        }
    }

    /// Memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let forecast =
            8 * self.forecast.values.capacity() * (1 + 2 * self.forecast.intervals.len());
        size_of::<Self>()
            + self.state.as_ref().map_or(0, OnlineState::bytes)
            + 8 * self.values.capacity()
            + self.adaptive.bytes()
            + self.pending.bytes()
            + self.learning.as_ref().map_or(0, LearningState::bytes)
            + forecast
    }
}
