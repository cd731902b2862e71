//! Online forecasts: a fitted forecaster that reads one series value by value, and keeps the hidden states of its networks.

use std::fmt;

use elman_nn::State;

use super::config::Point;
use super::ensemble::{Ensemble, together};
use super::fitted::{FittedForecaster, check_finite};
use super::model::Model;
use super::recent_values::recent_values;
use crate::data::{PredictionInterval, Series, ranges};
use crate::error::{Error, Result};
use crate::intervals::RunningScale;
use crate::models::pretrained::MAX_VALUES;
use crate::models::rnn::{OnlineRnn, Predictions, RnnModel, all_ends, is_count};

/// Online forecaster of one series. An update costs one time step of each network, whatever the length of the history; the
/// forecast of an ensemble with statistical models fits them again to all values.
///
/// Its forecast is that of [`FittedForecaster::predict`] for a panel of this series alone, with these differences:
/// - The unit and the seasonal component of the series come from the history at the start; `predict` computes both anew.
/// - Outliers and a constant beginning are left out of the history at the start, and not of the values after it.
/// - Networks that reset their hidden state (without `carry`) do so at other steps once `predict` leaves out old values.
/// - Products of one row and of several rows are summed in another order: a test allows 1e-5 of 1 + |y| for this.
pub struct OnlineForecaster<'m> {
    pub(super) fitted: &'m FittedForecaster,
    pub(super) ensemble: &'m Ensemble,
    pub(super) members: Vec<OnlineRnn<'m>>,
    pub(super) scale: RunningScale,
    /// The last known value: the scale uses the last known value in place of a missing one.
    pub(super) last: f64,
    /// All values, missing ones filled, of an ensemble with statistical models; otherwise none.
    pub(super) values: Vec<f64>,
    pub(super) name: String,
    pub(super) notes: Vec<String>,
    pub(super) steps: usize,
}

impl fmt::Debug for OnlineForecaster<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnlineForecaster").field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// Forecast of one series, with prediction intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct OnlineForecast {
    /// Forecast of the values after the last one, up to the trained horizon.
    pub values: Vec<f64>,
    /// Prediction intervals, one for each level; empty where too few errors are known.
    pub intervals: Vec<PredictionInterval>,
}

impl FittedForecaster {
    /// Starts an online forecaster after the last value of `series`.
    ///
    /// # Errors
    /// As [`predict`](FittedForecaster::predict); networks with covariates, whose future values an update does not have.
    pub fn online(&self, series: &Series) -> Result<OnlineForecaster<'_>> {
        let panel = std::slice::from_ref(series);
        super::prepared::check(panel, self.settings.horizon)?;
        self.settings.check_choices(panel)?;
        let ensemble = self.ensembles_of(panel)?[0];
        if ensemble.nets.iter().any(|net| net.settings.preprocessing.use_covariates) {
            return Err(Error::Forecast {
                reason:
                    "the networks of this model use covariates, and an online forecaster has none"
                        .to_owned(),
                help: "train a model without covariates".to_owned(),
            });
        }
        let recent = recent_values(panel, &self.encoding, &self.settings, 0, 0)?;
        let history = &recent.histories[0];
        let help = "train a new model on these data";
        ensemble.check_scale([(history.name, &history.values[..])].into_iter(), help)?;
        let mut members = Vec::with_capacity(ensemble.nets.len());
        for net in &ensemble.nets {
            members.push(OnlineRnn::start(net.as_ref(), history.full())?);
        }
        let mut scale = ensemble.running_scale();
        history.filled.iter().for_each(|y| scale.push(*y));
        let last = history.filled.last().copied().unwrap_or(0.0);
        let steps = series.len();
        let (name, notes) = (series.name.clone(), recent.notes);
        let is_blended = ensemble.blend(&self.settings).is_needed();
        let values = if is_blended { history.filled.to_vec() } else { Vec::new() };
        let fitted = self;
        Ok(OnlineForecaster { fitted, ensemble, members, scale, last, values, name, notes, steps })
    }
}

impl OnlineForecaster<'_> {
    /// Updates the hidden states with the next value; NaN if it is missing. Missing values before the first known one are
    /// passed over.
    ///
    /// # Errors
    /// A value that is not finite after the transforms of the networks: an infinite one, one without a logarithm, or one
    /// that is too large; a value that is no count, for a distribution of counts. The state is then unchanged.
    pub fn update(&mut self, y: f64) -> Result<()> {
        if !y.is_nan() {
            self.check(y)?;
            self.last = y;
        } else if self.scale.is_empty() {
            // Before the first known value there is none to repeat.
            return Ok(());
        }
        for member in &mut self.members {
            member.update(y)?;
        }
        self.keep(self.last);
        self.scale.push(self.last);
        self.steps += 1;
        Ok(())
    }

    /// Keeps a value for the models that read the history anew. The pretrained network alone reads the newest values.
    fn keep(&mut self, y: f64) {
        let blend = self.ensemble.blend(&self.fitted.settings);
        if !blend.is_needed() {
            return;
        }
        self.values.push(y);
        let is_of_newest = matches!(blend.model, Model::Pretrained | Model::FineTuned);
        if is_of_newest && self.values.len() >= 2 * MAX_VALUES {
            self.values.drain(..MAX_VALUES);
        }
    }

    fn check(&self, y: f64) -> Result<()> {
        let help = "give NaN for a missing value, or train a new model on data with such values";
        self.ensemble.check_scale([(&self.name[..], &[y][..])].into_iter(), help)?;
        let nets = &self.ensemble.nets;
        let is_readable = (y * y).is_finite() && self.members.iter().all(|net| net.accepts(y));
        let reason = if !is_readable {
            "the transforms of the networks are not defined for this value, or the value is too large"
        } else if nets.iter().any(|net| net.settings.output.is_of_counts()) && !is_count(y) {
            "a negative binomial distribution needs counts 0, 1, 2, …"
        } else {
            return Ok(());
        };
        Err(Error::Data {
            reason: format!("value {} of series `{}` is {y}: {reason}", self.steps + 1, self.name),
            help: help.to_owned(),
        })
    }

    /// Forecast after the last value, up to the trained horizon, with prediction intervals.
    ///
    /// # Errors
    /// A forecast that is not finite.
    pub fn forecast(&self) -> Result<OnlineForecast> {
        let (settings, ensemble) = (&self.fitted.settings, self.ensemble);
        let own = ensemble.nets.iter().all(RnnModel::has_own_intervals);
        let quantiles = if own { all_ends(&settings.levels) } else { Vec::new() };
        let of_member = |member: &OnlineRnn<'_>| {
            let mut values = Vec::with_capacity(settings.horizon * (1 + quantiles.len()));
            member.forecast(&quantiles, &mut values);
            Predictions::at_one_origin(settings.horizon, values)
        };
        let predicted = self.members.iter().map(of_member).collect();
        let mean = together(&ensemble.nets, predicted, ensemble.selection.transform);
        let levels = if own { &settings.levels[..] } else { &[] };
        let (mut values, mut intervals) = mean.split(levels);
        let mut values = values.swap_remove(0).swap_remove(0);
        let mut intervals = intervals.swap_remove(0).swap_remove(0);
        let blend = ensemble.blend(settings);
        let base = match blend.is_needed() && !self.values.is_empty() {
            true => blend.bases(&[&self.values], settings.horizon, 1)?.pop(),
            false => None,
        };
        let calibrated = |levels: &[f64], values: &[f64]| {
            let (false, Some(made)) = (own, &ensemble.conformal) else { return None };
            let scale = self.scale.scale();
            let interval = |level: &f64| made.interval(*level, &scale, scale.values, values);
            Some(levels.iter().map(interval).collect::<Vec<_>>())
        };
        let mut means = (settings.point == Point::Mean).then(|| {
            let intervals = calibrated(&PredictionInterval::MEAN_LEVELS, &values);
            let mean = intervals.and_then(|intervals| PredictionInterval::mean(&intervals));
            mean.unwrap_or_else(|| values.clone())
        });
        if let Some(base) = &base {
            blend.mix(base, &self.values, &mut values, Point::Median);
            means.iter_mut().for_each(|means| blend.mix(base, &self.values, means, Point::Mean));
        }
        intervals = calibrated(&settings.levels, &values).unwrap_or(intervals);
        if let Some(base) = &base {
            intervals = blend.intervals(base, &values, &settings.levels, &intervals);
        }
        // The intervals are those around the median.
        values = means.unwrap_or(values);
        intervals.iter_mut().for_each(|interval| interval.include(&values));
        if settings.non_negative {
            values.iter_mut().for_each(|y| *y = y.max(0.0));
            intervals.iter_mut().for_each(PredictionInterval::clamp_to_zero);
        }
        check_finite(&self.name, &values, &intervals)?;
        Ok(OnlineForecast { values, intervals })
    }

    /// Forecast of the `horizon` values after the last one. Beyond the trained horizon, the forecast is recursive, and the
    /// intervals widen with the square root of the steps ahead, as in [`FittedForecaster::predict_ahead`].
    ///
    /// # Errors
    /// As [`forecast`](OnlineForecaster::forecast); a horizon of 0.
    pub fn forecast_ahead(&self, horizon: usize) -> Result<OnlineForecast> {
        ranges::steps("horizon", horizon)?;
        let OnlineForecast { mut values, mut intervals } = self.forecast()?;
        let mut ahead = if values.len() < horizon { Some(self.fork()?) } else { None };
        while let Some(online) = ahead.as_mut().filter(|_| values.len() < horizon) {
            let last = values.len().saturating_sub(self.fitted.settings.horizon);
            for member in &mut online.members {
                values[last..].iter().try_for_each(|y| member.update(*y))?;
            }
            values[last..].iter().for_each(|y| online.keep(*y));
            values.extend(online.forecast()?.values);
        }
        values.truncate(horizon);
        for interval in &mut intervals {
            interval.lower.truncate(horizon);
            interval.upper.truncate(horizon);
        }
        let limits = self.scale.range();
        self.ensemble.extend(&mut intervals, &values, &self.fitted.settings, limits);
        check_finite(&self.name, &values, &intervals)?;
        Ok(OnlineForecast { values, intervals })
    }

    /// Resets the hidden states of networks without a season, as before the first value of another history. The units stay.
    pub(super) fn reset_state(&mut self) {
        self.members.iter_mut().for_each(OnlineRnn::reset);
        self.scale = self.ensemble.running_scale();
        self.values.clear();
        (self.last, self.steps) = (0.0, 0);
    }

    /// Notes on the history, in sentences: values that were left out, and the reasons.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Number of values so far, those of the history included.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Hidden states `[L, 1, H]` of the networks; none of an untrained network.
    pub fn states(&self) -> impl Iterator<Item = &State<f32>> {
        self.members.iter().filter_map(OnlineRnn::state)
    }

    /// An independent copy: updates of one do not change the other.
    ///
    /// # Errors
    /// The errors of a network.
    pub fn fork(&self) -> Result<Self> {
        let members = self.members.iter().map(OnlineRnn::fork);
        Ok(Self {
            members: members.collect::<std::result::Result<_, _>>()?,
            scale: self.scale.clone(),
            values: self.values.clone(),
            name: self.name.clone(),
            notes: self.notes.clone(),
            ..*self
        })
    }
}
