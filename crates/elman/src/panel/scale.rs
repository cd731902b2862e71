//! How far a series moves in a season.

/// The mean of |y[t] - y[t-m]|, m the season, or 1 for a series no longer than that: what MASE
/// divides by. 0 for a series without two values.
pub(super) fn spread(y: &[f64], season: usize) -> f64 {
    let lag = if y.len() > season { season.max(1) } else { 1 };
    let steps = y.windows(lag + 1).map(|w| (w[lag] - w[0]).abs());
    steps.sum::<f64>() / y.len().saturating_sub(lag).max(1) as f64
}
