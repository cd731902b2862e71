//! Encoded series: the inputs and targets of a network for one series, after preprocessing.

use super::scaled_covariates::ScaledCovariates;
use crate::data::{History, HistoryView};
use crate::transforms::borrowed_season::BorrowedSeason;
use crate::transforms::series_transform::{LOG_OFFSET, SeriesTransform};
use crate::transforms::{Preprocessing, TargetTransform};

/// Prior of the mean absolute difference, in logs or as a share of the level: a tenth, with the weight of three
/// observations (`docs/experiments.md`).
const PRIOR_STEP: f64 = 0.1;
const PRIOR_WEIGHT: f64 = 3.0;
/// Least mean absolute difference, so that a constant series is not divided by 0.
const MIN_STEP: f64 = 0.005;
/// Gain of the seasonal features: seasonal values are small numbers in logs, and the gain gives them the size of the
/// other inputs.
const AHEAD_GAIN: f64 = 5.0;
/// Largest distance of a forecast from the level, in logs: a factor of twenty up or down.
const FURTHEST: f64 = 3.0;

/// Encoded series: one series after preprocessing.
#[derive(Debug, Clone)]
pub(crate) struct EncodedSeries {
    shape: SeriesTransform,
    x: Vec<f32>,
    missing: Vec<bool>,
    level: Vec<f32>,
    step: Vec<f32>,
    known: usize,
    scaled_covariates: Option<ScaledCovariates>,
    /// Raw counts, for a likelihood of counts; their targets are not transformed.
    counts: Option<Vec<f32>>,
}

impl EncodedSeries {
    /// Encodes a series. Only values up to the cutoff determine the units and the season, and only these values are
    /// targets. A series that is too short for a season of its own uses the season in `borrowed`.
    pub(crate) fn new(
        preprocessing: &Preprocessing,
        series: HistoryView<'_>,
        seasons: &[usize],
        counts: bool,
        borrowed: Option<&BorrowedSeason>,
    ) -> Self {
        let HistoryView { history: History { values, covariates, .. }, cutoff: known } = series;
        let (shape, x) = SeriesTransform::of(
            preprocessing,
            series,
            seasons,
            borrowed.and_then(|borrowed| borrowed.to(series.history)),
        );
        let level = levels(&x, preprocessing.local_level);
        let step = if preprocessing.diff_normalized {
            steps(&x, &level, preprocessing)
        } else {
            vec![1.0; x.len()]
        };
        let narrow = |x: Vec<f64>| x.into_iter().map(|x| x as f32).collect();
        let (x, level, step) = (narrow(x), narrow(level), narrow(step));
        let missing = values.iter().map(|y| y.is_nan()).collect();
        let scaled_covariates =
            preprocessing.use_covariates.then(|| ScaledCovariates::new(covariates, known));
        let counts = counts.then(|| values.iter().map(|y| *y as f32).collect());
        Self { shape, x, missing, level, step, known, scaled_covariates, counts }
    }

    /// Number of values up to the cutoff: those that can be targets.
    pub(crate) fn known(&self) -> usize {
        self.known
    }

    /// Writes the inputs at time step `t`.
    pub(crate) fn write_inputs(
        &self,
        preprocessing: &Preprocessing,
        horizon: usize,
        t: usize,
        to: &mut [f32],
    ) {
        let (level, step) = (self.level[t], self.step[t]);
        let per_step = 1.0 / step;
        let (lags, rest) = to.split_at_mut(preprocessing.lags);
        // Before the start, the first value is repeated.
        let missing = preprocessing.lags.saturating_sub(t + 1);
        lags[..missing].fill((self.x[0] - level) * per_step);
        let from = t + 1 + missing - preprocessing.lags;
        for (to, x) in lags[missing..].iter_mut().zip(&self.x[from..=t]) {
            *to = (x - level) * per_step;
        }
        let (log_step, ahead) = rest.split_at_mut(usize::from(preprocessing.diff_normalized));
        log_step.fill(step.ln() - magnitude(preprocessing, level).ln());
        let (ahead, covariates) =
            ahead.split_at_mut(if preprocessing.seasonal_features { horizon } else { 0 });
        for (k, to) in ahead.iter_mut().enumerate() {
            *to = (self.shape.profile.at(t + 1 + k) * AHEAD_GAIN) as f32;
        }
        let offsets = if self.counts.is_some() { horizon } else { 0 };
        let (covariates, offsets) = covariates.split_at_mut(covariates.len() - offsets);
        if let Some(scaled_covariates) = &self.scaled_covariates {
            scaled_covariates.write_inputs(horizon, t, covariates);
        }
        for (to, k) in offsets.iter_mut().zip(1..) {
            let season = self.shape.profile.at(t + k);
            *to = (f64::from(level) + season + self.shape.unit.ln()) as f32;
        }
    }

    /// Writes the targets after time step `t`, in the units of the network's output; NaN where the value is unknown.
    pub(crate) fn write_targets(&self, t: usize, to: &mut [f32]) {
        let (level, per_step) = (self.level[t], 1.0 / self.step[t]);
        if let Some(counts) = &self.counts {
            for (k, to) in to.iter_mut().enumerate() {
                *to = counts[..self.known].get(t + 1 + k).copied().unwrap_or(f32::NAN);
            }
            return;
        }
        for (k, to) in to.iter_mut().enumerate() {
            let x = self.x[..self.known].get(t + 1 + k).filter(|_| !self.missing[t + 1 + k]);
            *to = x.map_or(f32::NAN, |x| (x - level) * per_step);
        }
    }

    /// Inverse transform of `output`, `k` steps after time step `t` (k from 1).
    pub(crate) fn inverse(&self, t: usize, k: usize, output: f64) -> f64 {
        if self.counts.is_some() {
            return output;
        }
        let (level, step) = (f64::from(self.level[t]), f64::from(self.step[t]));
        let moved = step * output;
        let season = self.shape.profile.at(t + k);
        match self.shape.transform {
            TargetTransform::Log => (level + moved.clamp(-FURTHEST, FURTHEST) + season).exp(),
            TargetTransform::LogOffset => {
                let z = level + moved.clamp(-FURTHEST, FURTHEST) + season;
                ((z.exp() - LOG_OFFSET) * self.shape.unit).max(0.0)
            }
            TargetTransform::MeanScale => {
                let mut x = level + moved;
                if self.shape.positive {
                    x = x.max(0.02 * level);
                }
                let x = if self.shape.divided { x * season.exp() } else { x + season };
                self.shape.scaler.map_or(x * self.shape.unit, |scaler| scaler.inverse(x))
            }
        }
    }
}

/// Moving level: the mean of the last `width` values, of fewer at the start.
fn levels(x: &[f64], width: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mut levels = Vec::with_capacity(x.len());
    for (t, value) in x.iter().enumerate() {
        sum += value;
        if t >= width {
            sum -= x[t - width];
        }
        levels.push(if width <= 1 { *value } else { sum / width.min(t + 1) as f64 });
    }
    levels
}

/// Mean absolute difference up to each time step, in the unit of [`magnitude`].
fn steps(x: &[f64], level: &[f64], preprocessing: &Preprocessing) -> Vec<f64> {
    let mut sum = 0.0;
    let step = |t: usize| {
        if t > 0 {
            sum += (x[t] - x[t - 1]).abs();
        }
        let unit = f64::from(magnitude(preprocessing, level[t] as f32));
        (sum + PRIOR_WEIGHT * PRIOR_STEP * unit) / (t as f64 + PRIOR_WEIGHT) + MIN_STEP * unit
    };
    (0..x.len()).map(step).collect()
}

/// Unit of the mean absolute difference: 1 in logs and with a scaler, otherwise the level, or a tenth of the mean where
/// the level is near 0.
fn magnitude(preprocessing: &Preprocessing, level: f32) -> f32 {
    match preprocessing.transform {
        TargetTransform::MeanScale if preprocessing.scaler.is_none() => level.abs().max(0.1),
        _ => 1.0,
    }
}
