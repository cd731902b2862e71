//! The scale of errors: the mean size of the seasonal differences of the history (Hyndman and Koehler,
//! IJF 22, 2006). All scaled metrics use this one rule.
//!
//! A history can be almost constant before the series begins to vary: its own scale is then near 0, and this one series
//! would outweigh all others of a panel. So if the scale of a history is less than a twentieth of that of all values of
//! the series, the latter is used.

/// The scale of the history is used unless that of all values is more than this many times as large,
const MOST: f64 = 20.0;
/// or, if that is more, this share of the number of series: the share of a panel that one series may outweigh.
const MAX_OF_PANEL: f64 = 0.1;

/// The mean of `size(y[t] - y[t-lag])`, where `size` is |d| or d²; `None` if there is no such difference, or all are 0.
pub(crate) fn mean_step(y: &[f64], lag: usize, size: fn(f64) -> f64) -> Option<f64> {
    let steps = y.windows(lag + 1).map(|w| size(w[lag] - w[0]));
    let scale = steps.sum::<f64>() / y.len().checked_sub(lag)? as f64;
    (scale > 0.0).then_some(scale)
}

/// The scale of errors after `history`, the first of `all` values of one of `series` series, from differences at `lag`.
/// `None` if the history has no such differences, or repeats itself exactly.
pub(crate) fn scale(
    history: &[f64],
    all: &[f64],
    lag: usize,
    size: fn(f64) -> f64,
    series: usize,
) -> Option<f64> {
    let own = mean_step(history, lag, size)?;
    let most = size(MOST.max(MAX_OF_PANEL * series as f64));
    let whole = mean_step(all, lag, size).unwrap_or(own);
    Some(if most * own < whole { whole } else { own })
}

/// The lag of the scale: the seasonal period, or 1 if the history is no longer than a season.
pub(crate) fn lag(history: &[f64], season: usize) -> usize {
    if history.len() > season { season.max(1) } else { 1 }
}

/// The scale of errors where no history has one: the scale of all values, their mean absolute difference at lag 1, or
/// their mean absolute value; `None` if all are 0.
pub(crate) fn other_scale(all: &[f64], lag: usize) -> Option<f64> {
    let size = || all.iter().map(|y| y.abs()).sum::<f64>() / all.len().max(1) as f64;
    let step = |lag| mean_step(all, lag, f64::abs);
    step(lag).or_else(|| step(1)).or_else(|| Some(size()).filter(|size| *size > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_that_was_as_good_as_still_is_measured_by_all_values() {
        let mut all = vec![5.0; 30];
        all[3] = 5.01;
        all.extend((0..30).map(|t| 5.0 + f64::from(t % 2)));
        let still = &all[..30];
        let whole = mean_step(&all, 1, f64::abs);
        assert!((0.4..0.6).contains(&whole.unwrap()));
        assert_eq!(scale(still, &all, 1, f64::abs, 1), whole);
        let squares = |d: f64| d * d;
        assert_eq!(scale(still, &all, 1, squares, 1), mean_step(&all, 1, squares));
        // Among 10,000 series it counts as one only.
        assert_eq!(scale(still, &all, 1, f64::abs, 10_000), mean_step(still, 1, f64::abs));
        // A history that varies a tenth as much has its own scale; a constant one has none.
        let calm = [5.0, 5.05, 5.0, 5.05];
        assert_eq!(scale(&calm, &all, 1, f64::abs, 1), mean_step(&calm, 1, f64::abs));
        assert_eq!(scale(&all[10..30], &all, 1, f64::abs, 1), None);
        assert_eq!(other_scale(&all, 1), whole);
    }

    #[test]
    fn an_exact_season_has_no_scale_and_is_measured_by_its_steps() {
        let week: Vec<f64> = (0..28).map(|t| if t % 7 == 0 { 3.0 } else { 0.0 }).collect();
        assert_eq!(scale(&week, &week, 7, f64::abs, 1), None);
        let steps = other_scale(&week, 7).unwrap();
        assert!((steps - 21.0 / 27.0).abs() < 1e-15, "{steps}");
        assert_eq!(other_scale(&[4.0; 3], 1), Some(4.0));
        assert_eq!(other_scale(&[0.0; 3], 1), None);
    }
}
