//! Prediction interval.

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
    /// Levels of the intervals that give the [`mean`](PredictionInterval::mean), in per cent.
    pub(crate) const MEAN_LEVELS: [f64; 10] =
        [5.0, 15.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0, 85.0, 95.0];

    /// Interval of no step.
    pub(crate) fn empty(level: f64) -> Self {
        Self { level, lower: Vec::new(), upper: Vec::new() }
    }

    /// Mean of each step ahead of the distribution with these intervals, at [`MEAN_LEVELS`](PredictionInterval::MEAN_LEVELS);
    /// `None` without intervals. With the quantile function Q, by the midpoint rule:
    ///
    /// ```text
    /// mean = ∫ Q(p) dp = ∫ (lower(level) + upper(level)) / 2 dlevel
    /// ```
    pub(crate) fn mean(intervals: &[Self]) -> Option<Vec<f64>> {
        let steps = intervals.first()?.lower.len();
        let middle = |k: usize| {
            let sum = intervals.iter().map(|i| 0.5 * (i.lower[k] + i.upper[k])).sum::<f64>();
            sum / intervals.len() as f64
        };
        Some((0..steps).map(middle).collect())
    }
}

/// Prediction intervals by series, origin and level.
pub type Intervals = Vec<Vec<Vec<PredictionInterval>>>;

/// Bounds of each level at step `k`; NaN where there are no intervals.
pub(crate) fn bounds(
    levels: &[f64],
    intervals: &[PredictionInterval],
    k: usize,
) -> Vec<(f64, f64)> {
    match intervals {
        [] => vec![(f64::NAN, f64::NAN); levels.len()],
        _ => intervals.iter().map(|interval| (interval.lower[k], interval.upper[k])).collect(),
    }
}
