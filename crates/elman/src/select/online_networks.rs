//! The networks of one ensemble, with the working memory to update and to forecast any number of series.

use elman_nn::{Model, Params};

use super::config::Point;
use super::ensemble::{Ensemble, has_one_forecast};
use super::fitted::{FittedForecaster, check_finite};
use super::online::OnlineForecast;
use super::online_state::{OnlineState, SavedOnlineState};
use super::recent_values::recent_values;
use super::run::RunContext;
use crate::data::{PredictionInterval, Series, ranges};
use crate::error::{Error, Result};
use crate::models::pretrained::MAX_VALUES;
use crate::models::rnn::{LANES, OnlineRnn, RnnModel, all_ends, is_count};

/// Networks that step the states of series value by value.
pub(crate) struct OnlineNetworks<'m> {
    pub(super) fitted: &'m FittedForecaster,
    pub(super) ensemble: &'m Ensemble,
    members: Vec<OnlineRnn<'m>>,
    /// Whether the networks output their own intervals, and the quantiles of these.
    has_own_intervals: bool,
    quantiles: Vec<f64>,
    /// Whether a network outputs a distribution of counts.
    is_of_counts: bool,
    /// Bounds of the calibrated errors at each level.
    errors: Vec<[f64; 2]>,
    /// Forecast of one network.
    room: Vec<f64>,
}

impl<'m> OnlineNetworks<'m> {
    /// # Errors
    /// Networks with covariates, whose future values an update does not have.
    pub(super) fn new(fitted: &'m FittedForecaster, ensemble: &'m Ensemble) -> Result<Self> {
        if ensemble.nets.iter().any(|net| net.settings.preprocessing.use_covariates) {
            return Err(Error::Forecast {
                reason:
                    "the networks of this model use covariates, and an online forecaster has none"
                        .to_owned(),
                help: "train a model without covariates".to_owned(),
            });
        }
        let levels = &fitted.settings.levels;
        let has_own_intervals = ensemble.nets.iter().all(RnnModel::has_own_intervals);
        let conformal = ensemble.conformal.as_ref().filter(|_| !has_own_intervals);
        let members = ensemble.nets.iter().map(|net| OnlineRnn::new(net.as_ref()));
        Ok(Self {
            fitted,
            ensemble,
            members: members.collect::<std::result::Result<_, _>>()?,
            has_own_intervals,
            is_of_counts: ensemble.nets.iter().any(|net| net.settings.output.is_of_counts()),
            quantiles: if has_own_intervals { all_ends(levels) } else { Vec::new() },
            errors: conformal
                .map(|made| levels.iter().map(|level| made.errors_at(*level)).collect())
                .unwrap_or_default(),
            room: Vec::new(),
        })
    }

    /// The only network; `None` of several.
    pub(super) fn only(&self) -> Option<&OnlineRnn<'m>> {
        match &self.members[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The first network, and its number of inputs.
    pub(crate) fn first(&self) -> (&Model<f32>, usize) {
        (self.members[0].net().model, self.members[0].settings().inputs())
    }

    /// Trained horizon.
    pub(crate) fn horizon(&self) -> usize {
        self.fitted.settings.horizon
    }

    /// Replaces the weights of the only network; `None` for those of the model.
    pub(crate) fn set_params(&mut self, params: Option<&Params<f32>>) {
        self.members[0].set_params(params);
    }

    /// State after the last value of `series`, with notes on the values that were left out.
    ///
    /// # Errors
    /// A series without a value, or with values that the transforms of the networks do not allow.
    pub(crate) fn start(&self, series: &Series) -> Result<(OnlineState, Vec<String>)> {
        let Self { fitted, ensemble, .. } = *self;
        let panel = std::slice::from_ref(series);
        super::prepared::check(panel, fitted.settings.horizon)?;
        fitted.settings.check_choices(panel)?;
        let recent = recent_values(panel, &fitted.encoding, &fitted.settings, 0, 0)?;
        let history = &recent.histories[0];
        let help = "train a new model on these data";
        ensemble.check_scale([(history.name, &history.values[..])].into_iter(), help)?;
        let members = self.members.iter().map(|net| net.start(history.full()));
        let members = members.collect::<std::result::Result<_, _>>()?;
        let mut scale = ensemble.running_scale();
        history.filled.iter().for_each(|y| scale.push(*y));
        let is_blended = ensemble.blend(&fitted.settings).is_needed();
        let state = OnlineState {
            members,
            scale,
            last: history.filled.last().copied().unwrap_or(0.0),
            values: if is_blended { history.filled.to_vec() } else { Vec::new() },
            steps: series.len(),
        };
        Ok((state, recent.notes))
    }

    /// Continues from a saved state.
    ///
    /// # Errors
    /// A state that is out of range, or of other networks.
    pub(crate) fn resume(&self, saved: &SavedOnlineState) -> Result<OnlineState> {
        OnlineState::resume(saved, &self.members, self.ensemble)
    }

    /// Updates `state` with the next value; NaN if it is missing. Missing values before the first known one are passed over.
    ///
    /// # Errors
    /// A value that the networks cannot read; the state is then unchanged. `name` is that of the series.
    pub(crate) fn update(&mut self, state: &mut OnlineState, name: &str, y: f64) -> Result<()> {
        if !y.is_nan() {
            self.check(state, name, y)?;
            state.last = y;
        } else if state.scale.is_empty() {
            // Before the first known value there is none to repeat.
            return Ok(());
        }
        self.step(state, y)?;
        self.count(state);
        Ok(())
    }

    /// Updates many states, each with its next value that was [checked](OnlineNetworks::check), in batches. The forecasts are
    /// those of [`update`](OnlineNetworks::update) but for the last bits, and the same for any order of the states.
    ///
    /// # Errors
    /// The errors of a network.
    pub(crate) fn update_all(&mut self, states: &mut [(OnlineState, f64)]) -> Result<()> {
        for batch in states.chunks_mut(LANES) {
            for (index, net) in self.members.iter_mut().enumerate() {
                net.update_all(batch.iter_mut().map(|(state, y)| (&mut state.members[index], *y)))?;
            }
        }
        for (state, y) in states {
            state.last = if y.is_nan() { state.last } else { *y };
            self.count(state);
        }
        Ok(())
    }

    /// Counts the last value.
    fn count(&self, state: &mut OnlineState) {
        self.keep(state, state.last);
        state.scale.push(state.last);
        state.steps += 1;
    }

    /// Updates the states of the networks.
    fn step(&mut self, state: &mut OnlineState, y: f64) -> Result<()> {
        for (net, state) in self.members.iter_mut().zip(&mut state.members) {
            net.update(state, y)?;
        }
        Ok(())
    }

    /// Keeps a value for the models that read the history anew. The pretrained network alone reads the newest values.
    fn keep(&self, state: &mut OnlineState, y: f64) {
        let blend = self.ensemble.blend(&self.fitted.settings);
        if !blend.is_needed() {
            return;
        }
        state.values.push(y);
        let is_of_newest = blend.model.reads_newest_values();
        let most = if is_of_newest { 2 * MAX_VALUES } else { MAX_KEPT };
        if state.values.len() >= most {
            state.values.drain(..most / 2);
        }
    }

    /// Checks that the networks can read the first value of a series.
    ///
    /// # Errors
    /// As [`update`](OnlineNetworks::update).
    pub(crate) fn check_first(&self, name: &str, y: f64) -> Result<()> {
        if y.is_nan() { Ok(()) } else { self.check_value(name, y, |_| true, 1) }
    }

    /// Checks that the networks can read the next value `y` after `state`.
    ///
    /// # Errors
    /// As [`update`](OnlineNetworks::update).
    pub(crate) fn check(&self, state: &OnlineState, name: &str, y: f64) -> Result<()> {
        let accepts = |y: f64| state.members.iter().all(|net| net.accepts(y));
        self.check_value(name, y, accepts, state.steps + 1)
    }

    fn check_value(
        &self,
        name: &str,
        y: f64,
        accepts: impl Fn(f64) -> bool,
        number: usize,
    ) -> Result<()> {
        let help = "give NaN for a missing value, or train a new model on data with such values";
        self.ensemble.check_scale([(name, &[y][..])].into_iter(), help)?;
        let is_readable = ranges::finite("y", &[y]).is_ok() && accepts(y);
        let reason = if !is_readable {
            "the transforms of the networks are not defined for this value, or the value is too large"
        } else if self.is_of_counts && !is_count(y) {
            "a negative binomial distribution needs counts 0, 1, 2, …"
        } else {
            return Ok(());
        };
        let of = if name.is_empty() { String::new() } else { format!(" of series `{name}`") };
        Err(Error::Data {
            reason: format!("value {number}{of} is {y:?}: {reason}"),
            help: help.to_owned(),
        })
    }

    /// Writes the forecast of the `horizon` values after the last one, at most the trained horizon. Allocates nothing for
    /// networks alone, where `to` has room.
    ///
    /// # Errors
    /// A forecast that is not finite.
    pub(crate) fn forecast(
        &mut self,
        state: &OnlineState,
        name: &str,
        horizon: usize,
        to: &mut OnlineForecast,
    ) -> Result<()> {
        let settings = &self.fitted.settings;
        let blend = self.ensemble.blend(settings);
        let is_simple = !blend.is_needed() && settings.point == Point::Median;
        // The range of the newest values, by which a blend limits the networks, depends on the trained horizon.
        self.mean(state, if is_simple { horizon } else { settings.horizon }, to);
        if is_simple {
            self.calibrate(state, to);
        } else {
            self.blend(state, to)?;
            to.truncate(horizon);
        }
        let OnlineForecast { values, intervals } = to;
        intervals.iter_mut().for_each(|interval| interval.include(values));
        if settings.non_negative {
            values.iter_mut().for_each(|y| *y = y.max(0.0));
            intervals.iter_mut().for_each(PredictionInterval::clamp_to_zero);
        }
        check_finite(name, values, intervals)
    }

    /// Mean forecast of the networks, and their own intervals.
    fn mean(&mut self, state: &OnlineState, horizon: usize, to: &mut OnlineForecast) {
        let transform = self.ensemble.selection.transform;
        let is_alone = has_one_forecast(&self.ensemble.nets);
        let count = self.members.len() as f64;
        match self.has_own_intervals {
            true => to.resize(horizon, &self.fitted.settings.levels),
            // The room of the intervals stays for `calibrate`.
            false => to.values.resize(horizon, 0.0),
        }
        for (index, (net, state)) in self.members.iter().zip(&state.members).enumerate() {
            self.room.clear();
            net.forecast(state, horizon, &self.quantiles, &mut self.room);
            for (to, y) in to.rows_mut().zip(&self.room) {
                let z = if is_alone { *y } else { transform.to_error_scale(*y) };
                *to = if index == 0 { z } else { *to + z };
            }
            if is_alone {
                return;
            }
        }
        let rows = to.rows_mut().take(self.room.len());
        rows.for_each(|y| *y = transform.inverse_error_scale(*y / count));
    }

    /// Writes the calibrated intervals around the forecast of networks that have none of their own.
    fn calibrate(&self, state: &OnlineState, to: &mut OnlineForecast) {
        let (false, Some(made)) = (self.has_own_intervals, &self.ensemble.conformal) else {
            return;
        };
        let scale = state.scale.scale();
        let levels = &self.fitted.settings.levels;
        let OnlineForecast { values, intervals } = to;
        intervals.resize_with(levels.len(), || PredictionInterval::empty(0.0));
        for ((interval, level), errors) in intervals.iter_mut().zip(levels).zip(&self.errors) {
            interval.level = *level;
            made.write_interval(*errors, &scale, scale.values, values, interval);
        }
    }

    /// Blends the forecast of the networks with those of the other models, and takes the mean where the mean is the point
    /// forecast.
    fn blend(&self, state: &OnlineState, to: &mut OnlineForecast) -> Result<()> {
        let Self { fitted: FittedForecaster { settings, .. }, ensemble, .. } = *self;
        let blend = ensemble.blend(settings);
        let base = match blend.is_needed() && !state.values.is_empty() {
            true => blend.bases(&[&state.values], settings.horizon, 1)?.pop(),
            false => None,
        };
        let OnlineForecast { values, .. } = to;
        let mut means = (settings.point == Point::Mean).then(|| {
            let conformal = ensemble.conformal.as_ref().filter(|_| !self.has_own_intervals);
            let mean = conformal.and_then(|made| {
                let scale = state.scale.scale();
                let interval = |level: &f64| made.interval(*level, &scale, scale.values, values);
                let levels = PredictionInterval::MEAN_LEVELS;
                PredictionInterval::mean(&levels.iter().map(interval).collect::<Vec<_>>())
            });
            mean.unwrap_or_else(|| values.clone())
        });
        if let Some(base) = &base {
            blend.mix(base, &state.values, values, Point::Median);
            means.iter_mut().for_each(|means| blend.mix(base, &state.values, means, Point::Mean));
        }
        self.calibrate(state, to);
        if let Some(base) = &base {
            to.intervals = blend.intervals(base, &to.values, &settings.levels, &to.intervals);
        }
        // The intervals are those around the median.
        if let Some(means) = means {
            to.values = means;
        }
        Ok(())
    }

    /// Forecast of the `horizon` values after the last one, recursive beyond the trained horizon, where the intervals widen
    /// with the square root of the steps ahead.
    ///
    /// # Errors
    /// As [`forecast`](OnlineNetworks::forecast); a run that was cancelled.
    pub(crate) fn forecast_ahead(
        &mut self,
        state: &OnlineState,
        name: &str,
        horizon: usize,
        run: &RunContext<'_>,
    ) -> Result<OnlineForecast> {
        let trained = self.fitted.settings.horizon;
        let mut forecast = OnlineForecast::default();
        self.forecast(state, name, horizon.min(trained), &mut forecast)?;
        let OnlineForecast { mut values, mut intervals } = forecast;
        let mut ahead = if values.len() < horizon { Some(state.clone()) } else { None };
        let mut next = OnlineForecast::default();
        while let Some(state) = ahead.as_mut().filter(|_| values.len() < horizon) {
            run.forecast_to(values.len(), horizon)?;
            for y in &values[values.len().saturating_sub(trained)..] {
                self.step(state, *y)?;
                self.keep(state, *y);
            }
            self.forecast(state, name, trained, &mut next)?;
            values.extend_from_slice(&next.values);
        }
        values.truncate(horizon);
        let limits = state.scale.range();
        self.ensemble.extend(&mut intervals, &values, &self.fitted.settings, limits);
        check_finite(name, &values, &intervals)?;
        Ok(OnlineForecast { values, intervals })
    }

    /// Resets the state, as before the first value of another history, which begins `skipped` time steps after the last value.
    /// The units stay, and the seasons continue.
    pub(crate) fn reset(&self, state: &mut OnlineState, skipped: usize) {
        state.members.iter_mut().for_each(|member| member.reset(skipped));
        state.scale = self.ensemble.running_scale();
        state.values.clear();
        (state.last, state.steps) = (0.0, 0);
    }
}

/// Most values that are kept for statistical models, which are fitted to all of them at each forecast: the newest half stays.
const MAX_KEPT: usize = 1 << 14;
