//! Predictions: the point forecasts and quantiles of networks, before they become forecasts and intervals.

use crate::data::{Forecasts, Intervals, PredictionInterval};
use crate::transforms::TargetTransform;

/// Predictions by series and origin. At each origin there are the values of the horizon, followed by as many values for
/// each quantile.
#[derive(Debug, Clone)]
pub(crate) struct Predictions {
    horizon: usize,
    pub(super) values: Vec<Vec<Vec<f64>>>,
}

impl Predictions {
    /// No values yet, for so many origins of each series.
    pub(crate) fn empty(horizon: usize, origins: &[Vec<usize>]) -> Self {
        let values = origins.iter().map(|origins| vec![Vec::new(); origins.len()]).collect();
        Self { horizon, values }
    }

    /// Point forecasts without quantiles.
    pub(super) fn points(horizon: usize, values: Forecasts) -> Self {
        Self { horizon, values }
    }

    /// Adds the series of `more`.
    pub(crate) fn extend(&mut self, more: Self) {
        self.values.extend(more.values);
    }

    /// Mean of the predictions of several networks.
    pub(crate) fn mean(members: &[Self], transform: TargetTransform) -> Self {
        let values = mean(members.iter().map(|member| &member.values), transform);
        Self { horizon: members[0].horizon, values }
    }

    /// The point forecasts of predictions without quantiles.
    pub(crate) fn into_forecasts(self) -> Forecasts {
        self.values
    }

    /// The point forecasts, and the intervals of `levels`, whose bounds are the quantiles.
    pub(crate) fn split(self, levels: &[f64]) -> (Forecasts, Intervals) {
        let Self { horizon, values: mut points } = self;
        let at_origin = |values: &mut Vec<f64>| {
            let quantiles = values.split_off(horizon.min(values.len()));
            let interval = |(pair, level): (&[f64], &f64)| PredictionInterval {
                level: *level,
                lower: pair[..horizon].to_vec(),
                upper: pair[horizon..].to_vec(),
            };
            quantiles.chunks_exact(2 * horizon).zip(levels).map(interval).collect()
        };
        let intervals =
            points.iter_mut().map(|origins| origins.iter_mut().map(at_origin).collect());
        let intervals = intervals.collect();
        (points, intervals)
    }
}

/// Mean of several forecasts: of their logarithms, where errors are symmetric in logarithms.
pub(crate) fn mean<'a>(
    members: impl Iterator<Item = &'a Forecasts>,
    transform: TargetTransform,
) -> Forecasts {
    let members: Vec<_> = members.collect();
    let n = members.len() as f64;
    let mut mean = members[0].clone();
    for (s, series) in mean.iter_mut().enumerate() {
        for (o, origin) in series.iter_mut().enumerate() {
            for (k, value) in origin.iter_mut().enumerate() {
                let sum: f64 = members.iter().map(|m| transform.to_error_scale(m[s][o][k])).sum();
                *value = transform.inverse_error_scale(sum / n);
            }
        }
    }
    mean
}
