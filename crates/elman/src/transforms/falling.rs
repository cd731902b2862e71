//! Falling series: a downward trend that a log transform and a floor at 0 would stop.
//!
//! A series that was always above 0 can stay there, as sales do, or fall below 0, as a balance does. Its sign does not
//! tell. Where the line through its last values leads below its minimum, forecasts without a floor are candidates, too.

/// Least and most number of last values for the line.
const LEAST: usize = 8;
const MOST: usize = 200;
/// Least number of last values among which the minimum of a falling series is; at least a season. Chosen by hand, not
/// measured.
const RECENT: usize = 3;
/// Least number of values that determine a line.
const ENOUGH: usize = 4;
/// The line leads too low if it comes below this share of the lowest value.
const LOW: f64 = 0.2;
/// Least ratio of the fall along the line to the median absolute deviation of the values from it.
const CLEAR: f64 = 4.0;
/// Share of falling series in a panel from which on candidates without a floor are added for all series.
const SHARE: f64 = 0.25;

/// Whether enough of these series fall below their minimum within `horizon` time steps.
pub(crate) fn fall_on<'a>(
    panel: impl ExactSizeIterator<Item = &'a [f64]>,
    horizon: usize,
    season: usize,
) -> bool {
    let enough = (SHARE * panel.len() as f64).max(1.0);
    panel.filter(|y| falls_on(y, horizon, season)).count() as f64 >= enough
}

fn falls_on(y: &[f64], horizon: usize, season: usize) -> bool {
    let lowest = y.iter().copied().fold(f64::INFINITY, f64::min);
    let recent_values = y[y.len().saturating_sub(season.max(RECENT))..].iter().copied();
    let Some(last) = y.last() else { return false };
    if y.len() < ENOUGH || lowest < 0.0 || recent_values.fold(f64::INFINITY, f64::min) > lowest {
        return false;
    }
    let recent = &y[y.len().saturating_sub(window(horizon, season))..];
    let slope = slope(recent);
    let from_line: Vec<f64> =
        recent.iter().zip(0..).map(|(y, t)| y - slope * f64::from(t)).collect();
    let middle = median(from_line.clone());
    let noise = median(from_line.iter().map(|d| (d - middle).abs()).collect());
    let fall = -slope * (recent.len() - 1) as f64;
    fall > CLEAR * noise && last + slope * (horizon as f64) < LOW * lowest
}

/// Number of last values for the line: twice the horizon or twice the seasonal period, whichever is longer.
pub(crate) fn window(horizon: usize, season: usize) -> usize {
    (2 * horizon.max(season)).clamp(LEAST, MOST)
}

/// Theil-Sen slope: the median of the slopes through all pairs of values (Theil, 1950; Sen, 1968), robust to outliers.
pub(crate) fn slope(y: &[f64]) -> f64 {
    let pairs = (0..y.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
    median(pairs.map(|(i, j)| (y[j] - y[i]) / (j - i) as f64).collect())
}

/// Median: the middle value, or the mean of the two; 0 of none.
pub(crate) fn median(mut x: Vec<f64>) -> f64 {
    x.sort_unstable_by(f64::total_cmp);
    let middle = x.len() / 2;
    match (x.get(middle), x.len() % 2) {
        (None, _) => 0.0,
        (Some(upper), 0) => 0.5 * (x[middle - 1] + upper),
        (Some(one), _) => *one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_leads_below_everything_is_seen() {
        let down: Vec<f64> = (2..=10).rev().map(|y| 100.0 * f64::from(y)).collect();
        assert_eq!(slope(&down), -100.0);
        assert!(falls_on(&down, 3, 1) && falls_on(&down[..5], 12, 1));
        assert!(!falls_on(&down, 1, 1), "100 is half of 200");
        assert!(!falls_on(&down[..3], 12, 1), "three values are no line");
        // A rise, noise, a series that has turned, and one that was below 0 and so has no floor.
        let up: Vec<f64> = down.iter().rev().copied().collect();
        assert!(!falls_on(&up, 12, 1));
        let noise = [9.0, 3.0, 8.0, 2.0, 7.0, 3.0, 8.0, 1.0];
        assert!(!falls_on(&noise, 12, 1));
        assert!(!falls_on(&[&down[..], &[250.0, 300.0, 350.0]].concat(), 12, 1));
        assert!(!falls_on(&down.iter().map(|y| y - 500.0).collect::<Vec<_>>(), 12, 1));
    }

    #[test]
    fn one_series_of_many_does_not_decide() {
        let (down, still) = ([50.0, 40.0, 30.0, 20.0, 10.0], [9.0; 5]);
        let falls = |falling: usize| {
            let panel = (0..8).map(|s| if s < falling { &down[..] } else { &still[..] });
            fall_on(panel, 4, 1)
        };
        assert!(!falls(1) && falls(2));
    }
}
