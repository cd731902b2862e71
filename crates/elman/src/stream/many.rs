//! Observations of many series at once: the networks step their states in batches.

use std::collections::HashSet;

use super::arrival::Arrival;
use super::{Observed, Stream};
use crate::error::{Error, Result};
use crate::select::OnlineState;

/// An observation of one series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation<'a> {
    /// Id of the series; empty where the stream has no ids.
    pub unique_id: &'a str,
    /// Date; `None` where the stream has no dates.
    pub ds: Option<&'a str>,
    /// Value; NaN if it is missing.
    pub y: f64,
}

/// Observations that wait for the next step of the networks, at most one of a series.
#[derive(Default)]
struct Waiting<'a> {
    ids: HashSet<&'a str>,
    /// Place of the answer, and the series.
    places: Vec<(usize, &'a str)>,
    states: Vec<(OnlineState, f64)>,
}

/// Most observations that wait: their states stay in the second-level cache.
const MAX_WAITING: usize = 256;

impl Stream<'_> {
    /// Updates the hidden states of many series, as [`observe`](Stream::observe) one after the other, in batches. The forecasts
    /// are those of `observe` but for the last bits: the products of a batch are summed in another order, which does not depend
    /// on the other observations. [`forecast`](Stream::forecast) then has the forecast of each series.
    ///
    /// # Errors
    /// As `observe`, for each observation by itself.
    pub fn observe_all(&mut self, observations: &[Observation<'_>]) -> Vec<Result<Arrival>> {
        let mut answers: Vec<Result<Arrival>> = Vec::with_capacity(observations.len());
        let mut waiting = Waiting::default();
        for observation in observations {
            let Observation { unique_id, ds, y } = *observation;
            let id = self.id_of(unique_id);
            if waiting.ids.contains(id) || waiting.places.len() == MAX_WAITING {
                self.step_all(&mut waiting, &mut answers);
            }
            if let Some(state) = self.begin_step(id, observation) {
                waiting.ids.insert(id);
                waiting.places.push((answers.len(), id));
                waiting.states.push((state, y));
                answers.push(Ok(Arrival::Next));
            } else {
                let observed = self.observe(unique_id, ds, y);
                answers.push(observed.map(|Observed { arrival, .. }| arrival));
            }
        }
        self.step_all(&mut waiting, &mut answers);
        answers
    }

    /// Takes the state of a series for a step in a batch, after its forecasts were scored; `None` where the observation is not
    /// simply the next value of a series that the networks forecast.
    fn begin_step(&mut self, id: &str, observation: &Observation<'_>) -> Option<OnlineState> {
        let Observation { unique_id, ds, y } = *observation;
        let is_batched = self.networks.len() == 1 && self.learning.is_none();
        if !is_batched || !self.load(id).ok()? {
            return None;
        }
        let (max_gap, seen) = (self.config.max_gap, self.seen + 1);
        let (series, mut shared) = self.parts(id);
        let is_simple = series.starts == shared.restarts.len()
            && series.state.is_some()
            && !series.last.is_nan()
            && series.clock.place(ds, max_gap).ok()? == Arrival::Next
            && series.check(unique_id, y, shared.networks).is_ok();
        if !is_simple {
            return None;
        }
        series.clock.advance(ds, Arrival::Next);
        series.mark(id, seen, &mut shared.changed);
        shared.sums.count(Arrival::Next, y, &mut series.is_observed);
        if !y.is_nan() {
            series.score(y, &mut shared);
            series.last = y;
        }
        let state = series.state.take();
        self.seen = seen;
        state
    }

    /// Steps the networks over all observations that wait, and forecasts.
    fn step_all(&mut self, waiting: &mut Waiting<'_>, answers: &mut [Result<Arrival>]) {
        if waiting.places.is_empty() {
            return;
        }
        let stepped = self.networks[0].update_all(&mut waiting.states);
        let failure = stepped.err().map(|error| error.message());
        let states = waiting.states.drain(..).map(|(state, _)| state);
        for ((place, id), state) in waiting.places.drain(..).zip(states) {
            let (series, mut shared) = self.parts(id);
            series.state = Some(state);
            let forecast = match &failure {
                Some(reason) => {
                    Err(Error::Forecast { reason: reason.clone(), help: String::new() })
                }
                None => series.write_forecast(id, &mut shared),
            };
            series.keep_forecast(forecast.is_ok(), shared.config.horizon);
            if let Err(error) = forecast {
                answers[place] = Err(error);
            }
        }
        waiting.ids.clear();
    }
}
