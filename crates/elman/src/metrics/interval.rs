//! Scores of a prediction interval.

use super::Case;
use crate::data::PredictionInterval;

impl PredictionInterval {
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
