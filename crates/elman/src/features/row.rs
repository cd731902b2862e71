//! One row of inputs of a network, and the inverse of its output.

use super::scaled_covariates::ScaledCovariates;
use crate::transforms::Preprocessing;
use crate::transforms::normalizer::{Normal, is_relative, magnitude};
use crate::transforms::series_transform::SeriesTransform;

/// Gain of the seasonal features: seasonal values are small numbers in logs, and the gain gives them the size of the
/// other inputs.
const AHEAD_GAIN: f64 = 5.0;
/// Least forecast of a series whose values were all above 0, as a share of the level.
pub(crate) const FLOOR: f64 = 0.02;

/// A series at time step `t`: all that the inverse of an output at this step depends on.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) shape: &'a SeriesTransform,
    pub(super) t: usize,
    pub(super) normal: Normal,
    /// Whether the outputs are counts, which are not transformed.
    pub(super) counts: bool,
}

/// All that the inputs at an origin depend on.
pub(super) struct Row<'a> {
    pub(super) origin: Origin<'a>,
    pub(super) preprocessing: &'a Preprocessing,
    /// The last transformed values, up to the one of the origin; fewer than the lags at the start of the series.
    pub(super) recent: &'a [f32],
    /// The first transformed value, which is repeated before the start.
    pub(super) first: f32,
}

/// Names of the inputs in the order of [`Row::write`]; `covariates` are those of the covariates. At time step t, `lag_k` is
/// the value of step t - k, `season_k` the seasonal component and `log_level_k` the logarithm of the level for step t + k.
pub(crate) fn input_names(
    preprocessing: &Preprocessing,
    horizon: usize,
    covariates: Vec<String>,
    counts: bool,
) -> Vec<String> {
    let lags = (0..preprocessing.lags).rev().map(|k| format!("lag_{k}"));
    let log_step = preprocessing.diff_normalized.then(|| "log_step".to_owned());
    let seasonal = if preprocessing.seasonal_features { horizon } else { 0 };
    let seasonal = (1..=seasonal).map(|k| format!("season_{k}"));
    let offsets = if counts { horizon } else { 0 };
    let offsets = (1..=offsets).map(|k| format!("log_level_{k}"));
    lags.chain(log_step).chain(seasonal).chain(covariates).chain(offsets).collect()
}

impl Row<'_> {
    /// Writes the inputs: lags, typical difference, seasonal values of the horizon, covariates, and for counts the
    /// logarithm of the level in its season.
    pub(super) fn write(
        &self,
        horizon: usize,
        covariates: Option<&ScaledCovariates>,
        to: &mut [f32],
    ) {
        let Self { origin, preprocessing, .. } = *self;
        let Origin { shape, t, normal: Normal { level, step }, counts } = origin;
        let per_step = 1.0 / step;
        let (lags, rest) = to.split_at_mut(preprocessing.lags);
        let known = self.recent.len().min(preprocessing.lags);
        let (before, lags) = lags.split_at_mut(preprocessing.lags - known);
        before.fill((self.first - level) * per_step);
        for (to, x) in lags.iter_mut().zip(&self.recent[self.recent.len() - known..]) {
            *to = (x - level) * per_step;
        }
        let (log_step, ahead) = rest.split_at_mut(usize::from(preprocessing.diff_normalized));
        log_step.fill(step.ln() - magnitude(is_relative(preprocessing), level).ln());
        let seasonal = if preprocessing.seasonal_features { horizon } else { 0 };
        let (ahead, rest) = ahead.split_at_mut(seasonal);
        for (k, to) in ahead.iter_mut().enumerate() {
            *to = (shape.profile.at(t + 1 + k) * AHEAD_GAIN) as f32;
        }
        let offsets = if counts { horizon } else { 0 };
        let (to_covariates, offsets) = rest.split_at_mut(rest.len() - offsets);
        if let Some(covariates) = covariates {
            covariates.write_inputs(horizon, t, to_covariates);
        }
        for (to, k) in offsets.iter_mut().zip(1..) {
            let season = shape.profile.at(t + k);
            *to = (f64::from(level) + season + shape.fitted.unit.ln()) as f32;
        }
    }
}

/// Adds to `to`, the gradient of the transformed values up to time step `t`, that of the inputs of [`Row::write`] at `t`,
/// which is `dinputs`. Typical difference, season and covariates count as constants.
///
/// ```text
/// input j = (x[t - lags + 1 + j] - level) / step        offset k = level + …        level = mean of the last m values x
/// ```
pub(super) fn add_gradient(
    preprocessing: &Preprocessing,
    offsets: usize,
    (t, normal): (usize, Normal),
    dinputs: &[f32],
    to: &mut [f64],
) {
    let per_step = 1.0 / f64::from(normal.step);
    let mut dlevel = 0.0;
    for (back, d) in dinputs[..preprocessing.lags].iter().rev().enumerate() {
        let d = f64::from(*d) * per_step;
        to[t.saturating_sub(back)] += d;
        dlevel -= d;
    }
    dlevel += dinputs[dinputs.len() - offsets..].iter().copied().map(f64::from).sum::<f64>();
    if preprocessing.differences > 0 {
        let size = preprocessing.local_level.clamp(1, t + 1);
        to[t + 1 - size..=t].iter_mut().for_each(|d| *d += dlevel / size as f64);
    }
}

impl Origin<'_> {
    /// Inverse transform of `output`, `k` steps ahead (k from 1).
    pub(super) fn inverse(&self, k: usize, output: f64) -> f64 {
        if self.counts {
            return output;
        }
        let (level, step) = (f64::from(self.normal.level), f64::from(self.normal.step));
        let moved = step * output;
        let season = self.shape.profile.at(self.t + k);
        let transform = self.shape.transform;
        if !transform.is_linear {
            let moved = moved.clamp(-transform.furthest, transform.furthest);
            return self.shape.inverse(level + moved + season);
        }
        let mut x = level + moved;
        if self.shape.positive {
            x = x.max(FLOOR * level);
        }
        self.shape.inverse(if self.shape.divided { x * season.exp() } else { x + season })
    }
}
