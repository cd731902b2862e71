//! Bounds of prediction intervals: extended beyond the trained horizon, and kept within reach of the values.

use crate::data::PredictionInterval;
use crate::transforms::{Domain, TargetTransform};

/// Errors in logs can put bounds at any distance. Bounds are limited to this factor above the highest and below the
/// lowest value.
const REACH: f64 = 20.0;

impl PredictionInterval {
    /// Extends the interval to the length of the forecast `values`, or truncates it. Its width grows with the square
    /// root of the steps ahead, as for a random walk; in logs where the values are all above 0.
    pub(crate) fn extend(&mut self, transform: TargetTransform, values: &[f64]) {
        let trained = self.lower.len();
        for bounds in [&mut self.lower, &mut self.upper] {
            bounds.truncate(values.len());
            let last =
                trained.checked_sub(1).and_then(|last| Some((bounds.get(last)?, values[last])));
            let Some(away) = last
                .map(|(bound, y)| transform.to_error_scale(*bound) - transform.to_error_scale(y))
            else {
                continue;
            };
            for (k, y) in values.iter().enumerate().skip(trained) {
                let grown = away * ((k + 1) as f64 / trained as f64).sqrt();
                bounds.push(transform.inverse_error_scale(transform.to_error_scale(*y) + grown));
            }
        }
    }

    /// Limits the bounds to [`REACH`] times the range of the history, if they come from logarithms.
    pub(crate) fn limit(&mut self, transform: TargetTransform, lowest: f64, highest: f64) {
        let lowest = match transform.domain {
            _ if lowest > highest => return,
            Domain::Positive => lowest / REACH,
            Domain::NonNegative => 0.0,
            Domain::All => return,
        };
        let highest = highest * REACH;
        for y in self.lower.iter_mut().chain(&mut self.upper) {
            *y = y.max(lowest).min(highest);
        }
    }

    /// Widens the interval to contain the point forecast `values`.
    pub(crate) fn include(&mut self, values: &[f64]) {
        for ((low, high), y) in self.lower.iter_mut().zip(&mut self.upper).zip(values) {
            (*low, *high) = (low.min(*y), high.max(*y));
        }
    }

    /// Raises bounds below 0 to 0.
    pub(crate) fn clamp_to_zero(&mut self) {
        let bounds = self.lower.iter_mut().chain(&mut self.upper);
        bounds.for_each(|y| *y = y.max(0.0));
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
            interval.limit(transform, 2.0, 5.0);
            (interval.lower, interval.upper)
        };
        assert_eq!(limited(TargetTransform::LOG), (vec![2.0 / REACH, 4.0], vec![9.0, 5.0 * REACH]));
        assert_eq!(limited(TargetTransform::LOG_OFFSET), (vec![0.0, 4.0], vec![9.0, 5.0 * REACH]));
        assert_eq!(limited(TargetTransform::MEAN_SCALE), (vec![0.0, 4.0], vec![9.0, 1e9]));
    }
}
