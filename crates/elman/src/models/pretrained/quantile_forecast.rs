//! Quantile forecast: the quantiles of each step ahead.

use elman_nn::losses::normal_quantile;

use super::encoding::{LEVELS, MEDIAN, Quantiles};
use crate::data::PredictionInterval;

/// Quantiles of the values ahead of one series, at the levels 2.5, 10, 25, 50, 75, 90 and 97.5 %.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantileForecast {
    /// For each step ahead, the quantiles in ascending order, in the units of the series.
    pub steps: Vec<Quantiles>,
}

impl QuantileForecast {
    /// Median of each step ahead.
    pub fn median(&self) -> Vec<f64> {
        self.steps.iter().map(|quantiles| quantiles[MEDIAN]).collect()
    }

    /// Mean of each step ahead.
    pub fn mean(&self) -> Vec<f64> {
        let intervals = PredictionInterval::MEAN_LEVELS.map(|level| self.interval(level));
        PredictionInterval::mean(&intervals).unwrap_or_default()
    }

    /// The same medians, with each quantile as far from its median as in this forecast or in `other`, whichever is farther. The
    /// quantiles of a network that was fine-tuned on few values are too narrow.
    pub(crate) fn widened(mut self, other: &Self) -> Self {
        for (own, other) in self.steps.iter_mut().zip(&other.steps) {
            let is_positive = own[0] >= 0.0 && other[0] >= 0.0;
            let median = own[MEDIAN];
            for (quantile, other_quantile) in own.iter_mut().zip(other) {
                let (away, other_away) = (*quantile - median, other_quantile - other[MEDIAN]);
                if other_away.abs() > away.abs() {
                    *quantile = median + other_away;
                }
                if is_positive {
                    *quantile = quantile.max(0.0);
                }
            }
        }
        self
    }

    /// Prediction interval at `level`, in per cent: between two quantiles, linear in the quantile of the standard normal
    /// distribution; beyond the outermost ones, their distance from the median grows with that quantile.
    pub fn interval(&self, level: f64) -> PredictionInterval {
        let tail = 0.5 - level / 200.0;
        let bound = |p: f64| self.steps.iter().map(|quantiles| quantile(quantiles, p)).collect();
        PredictionInterval { level, lower: bound(tail), upper: bound(1.0 - tail) }
    }
}

/// Quantile at probability `p`.
fn quantile(quantiles: &Quantiles, p: f64) -> f64 {
    let (x, places) = (normal_quantile(p), LEVELS.map(normal_quantile));
    let last = LEVELS.len() - 1;
    for (outermost, is_beyond) in [(0, x < places[0]), (last, x > places[last])] {
        if is_beyond {
            let median = quantiles[MEDIAN];
            return median + (quantiles[outermost] - median) * x / places[outermost];
        }
    }
    let above = places.iter().position(|place| *place >= x).unwrap_or(last).max(1);
    let (low, high) = (places[above - 1], places[above]);
    let share = (x - low) / (high - low);
    quantiles[above - 1] + share * (quantiles[above] - quantiles[above - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_a_skewed_distribution_is_above_its_median() {
        // Log-normal: the mean is exp(σ² / 2).
        let steps = vec![LEVELS.map(|p| (0.5 * normal_quantile(p)).exp()); 2];
        let mean = QuantileForecast { steps }.mean();
        assert!((mean[0] - 0.125_f64.exp()).abs() < 0.02, "{mean:?}");
    }

    #[test]
    fn a_widened_forecast_keeps_its_median_and_has_the_wider_quantiles() {
        let narrow = QuantileForecast { steps: vec![[8.0, 9.0, 9.5, 10.0, 10.5, 11.0, 15.0]] };
        let wide = QuantileForecast { steps: vec![[0.0, 2.0, 4.0, 20.0, 22.0, 23.0, 24.0]] };
        let widened = narrow.widened(&wide);
        assert_eq!(widened.steps, [[0.0, 0.0, 0.0, 10.0, 12.0, 13.0, 15.0]]);
    }

    #[test]
    fn intervals_of_a_normal_distribution_are_its_quantiles() {
        let steps = vec![LEVELS.map(|p| 10.0 + 2.0 * normal_quantile(p)); 3];
        let forecast = QuantileForecast { steps };
        assert_eq!(forecast.median(), [10.0; 3]);
        assert!(forecast.mean().iter().all(|y| (y - 10.0).abs() < 1e-9));
        for level in [1.0, 50.0, 80.0, 90.0, 95.0, 99.0, 99.9] {
            let PredictionInterval { lower, upper, .. } = forecast.interval(level);
            let distance = 2.0 * normal_quantile(0.5 + level / 200.0);
            assert!((upper[1] - 10.0 - distance).abs() < 1e-9, "{level} {upper:?}");
            assert!((10.0 - lower[2] - distance).abs() < 1e-9, "{level} {lower:?}");
        }
    }
}
