//! The answer to an observation: its place in time, and the forecast.

use std::fmt;

use super::arrival::Arrival;
use super::series::StreamSeries;
use crate::data::PredictionInterval;

/// The answer to an observation.
#[derive(Debug)]
pub struct Observed<'s> {
    /// The place of the observation on the time axis of its series.
    pub arrival: Arrival,
    /// The forecast after the last observation of the series.
    pub forecast: StreamForecast<'s>,
}

/// Forecast of one series after its last observation.
#[derive(Clone, Copy)]
pub struct StreamForecast<'s> {
    pub(super) series: &'s StreamSeries,
}

impl fmt::Debug for StreamForecast<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamForecast").field("cutoff", &self.cutoff()).finish_non_exhaustive()
    }
}

impl<'s> StreamForecast<'s> {
    /// Point forecasts, one for each step of the horizon; none before the first known value.
    pub fn values(&self) -> &'s [f64] {
        &self.series.forecast.values
    }

    /// Prediction intervals, one for each level; none where too few errors are known.
    pub fn intervals(&self) -> &'s [PredictionInterval] {
        &self.series.forecast.intervals
    }

    /// Date of the last observation, as it was written; its number, where the stream has no dates.
    pub fn cutoff(&self) -> &'s str {
        self.series.clock.cutoff()
    }

    /// Date of the next value.
    pub fn next_ds(&self) -> &'s str {
        self.series.clock.next()
    }

    /// Date of the value `k` steps ahead (k from 1).
    pub fn ds(&self, k: usize) -> String {
        self.series.clock.label(k)
    }
}
