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
