//! Prediction intervals: bounds, coverage and scores.

use super::preprocessing::TargetTransform;
use crate::metrics::Case;

/// Errors in logs can put bounds at any distance. Bounds are limited to this factor above the highest and below the
/// lowest value.
const REACH: f64 = 20.0;

/// Prediction interval at one level: lower and upper bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionInterval {
    /// Level in per cent: 80 for an interval that contains four values of five.
    pub level: f64,
    /// Lower bounds, one for each step ahead.
    pub lower: Vec<f64>,
    /// Upper bounds, one for each step ahead.
    pub upper: Vec<f64>,
}

impl PredictionInterval {
    /// Extends the interval to the length of the forecast `values`, or truncates it. Its width grows with the square
    /// root of the steps ahead, as for a random walk; in logs where the values are all above 0.
    pub(super) fn extend(&mut self, transform: TargetTransform, values: &[f64]) {
        let trained = self.lower.len();
        for bounds in [&mut self.lower, &mut self.upper] {
            bounds.truncate(values.len());
            let last =
                trained.checked_sub(1).and_then(|last| Some((bounds.get(last)?, values[last])));
            let Some(away) =
                last.map(|(bound, y)| transformed(transform, *bound) - transformed(transform, y))
            else {
                continue;
            };
            for (k, y) in values.iter().enumerate().skip(trained) {
                let grown = away * ((k + 1) as f64 / trained as f64).sqrt();
                bounds.push(inverted(transform, transformed(transform, *y) + grown));
            }
        }
    }

    /// Limits the bounds to [`REACH`] times the range of `values`, if they come from logarithms.
    pub(super) fn limit(&mut self, transform: TargetTransform, values: &[f64]) {
        if transform == TargetTransform::MeanScale || values.is_empty() {
            return;
        }
        // Without a log transform the values may be 0, which is then the lower bound.
        let lowest = match transform == TargetTransform::Log {
            true => values.iter().copied().fold(f64::INFINITY, f64::min) / REACH,
            false => 0.0,
        };
        let highest = values.iter().copied().fold(0.0, f64::max) * REACH;
        for y in self.lower.iter_mut().chain(&mut self.upper) {
            *y = y.max(lowest).min(highest);
        }
    }

    /// Widens the interval to contain the point forecast `values`.
    pub(super) fn include(&mut self, values: &[f64]) {
        for ((low, high), y) in self.lower.iter_mut().zip(&mut self.upper).zip(values) {
            (*low, *high) = (low.min(*y), high.max(*y));
        }
    }

    /// Raises bounds below 0 to 0.
    pub(super) fn clamp_to_zero(&mut self) {
        let bounds = self.lower.iter_mut().chain(&mut self.upper);
        bounds.for_each(|y| *y = y.max(0.0));
    }

    /// Whether each known value lies inside its bounds; NaN is skipped.
    pub fn contains(&self, values: &[f64]) -> impl Iterator<Item = bool> {
        let bounds = self.lower.iter().zip(&self.upper);
        let known = bounds.zip(values).filter(|(_, y)| !y.is_nan());
        known.map(|((low, high), y)| (low..=high).contains(&y))
    }

    /// Pinball loss: the sum of max(p e, (p - 1) e), with e = y - bound, over the known values and both bounds with
    /// their quantiles p.
    pub fn pinball(&self, values: &[f64]) -> f64 {
        let tail = (100.0 - self.level) / 200.0;
        let loss = |p: f64, e: f64| f64::max(p * e, (p - 1.0) * e);
        let bounds = self.lower.iter().zip(&self.upper).zip(values);
        let known = bounds.filter(|(_, y)| !y.is_nan());
        known.map(|((low, high), y)| loss(tail, y - low) + loss(1.0 - tail, y - high)).sum()
    }

    /// Mean scaled interval score (MSIS) of the M4 competition: the width plus 2/α times the distance outside of it,
    /// divided by the mean absolute seasonal difference of the history. `None` if that difference is not above 0.
    pub fn msis(&self, case: &Case<'_>) -> Option<f64> {
        let penalty = 2.0 / (1.0 - self.level / 100.0);
        let bounds = self.lower.iter().zip(&self.upper).zip(case.actual);
        let bounds = bounds.filter(|(_, y)| !y.is_nan());
        let scores = bounds.map(|((low, high), y)| {
            high - low + penalty * ((low - y).max(0.0) + (y - high).max(0.0))
        });
        let (sum, n) = scores.fold((0.0, 0.0), |(sum, n), score| (sum + score, n + 1.0));
        if n == 0.0 {
            return None;
        }
        let mean = sum / n;
        Some(mean / case.scale(f64::abs)?)
    }
}

/// Transforms a value to the scale on which errors are symmetric.
pub(super) fn transformed(transform: TargetTransform, y: f64) -> f64 {
    if transform == TargetTransform::Log { y.ln() } else { y }
}

/// Inverse of [`transformed`].
pub(super) fn inverted(transform: TargetTransform, z: f64) -> f64 {
    match transform {
        TargetTransform::Log => z.exp(),
        TargetTransform::LogOffset => z.max(0.0),
        TargetTransform::MeanScale => z,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_end_within_reach_of_the_values_and_at_0_where_0_may_come() {
        let limited = |transform| {
            let mut interval =
                PredictionInterval { level: 95.0, lower: vec![0.0, 4.0], upper: vec![9.0, 1e9] };
            interval.limit(transform, &[2.0, 5.0]);
            (interval.lower, interval.upper)
        };
        assert_eq!(limited(TargetTransform::Log), (vec![2.0 / REACH, 4.0], vec![9.0, 5.0 * REACH]));
        assert_eq!(limited(TargetTransform::LogOffset), (vec![0.0, 4.0], vec![9.0, 5.0 * REACH]));
        assert_eq!(limited(TargetTransform::MeanScale), (vec![0.0, 4.0], vec![9.0, 1e9]));
    }
}
