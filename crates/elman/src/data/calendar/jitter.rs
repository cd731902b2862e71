//! Times that miss a regular grid by seconds: a logger that wakes up a little late each hour.

use super::Timestamp;
use super::infer::most_frequent;

/// Steps of clocks and calendars, in milliseconds.
const STEPS: [i64; 22] = {
    const S: i64 = 1000;
    const M: i64 = 60 * S;
    const H: i64 = 60 * M;
    const D: i64 = 24 * H;
    [
        S,
        5 * S,
        10 * S,
        15 * S,
        20 * S,
        30 * S,
        M,
        2 * M,
        5 * M,
        10 * M,
        15 * M,
        20 * M,
        30 * M,
        H,
        2 * H,
        3 * H,
        4 * H,
        6 * H,
        8 * H,
        12 * H,
        D,
        7 * D,
    ]
};

/// Dates from which on a grid shows.
const ENOUGH: usize = 8;

/// Dates moved onto a grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OnGrid {
    pub(crate) stamps: Vec<Timestamp>,
    /// Milliseconds of a step.
    pub(crate) step: u64,
    /// How many were moved.
    pub(crate) moved: usize,
}

/// Rising dates, on the regular grid that 19 of 20 stand within a twentieth of a step of. `None` for dates that are
/// regular as they are, and where there is no such grid or two dates share a place on it.
pub(crate) fn on_grid(stamps: &[Timestamp]) -> Option<OnGrid> {
    if stamps.len() < ENOUGH {
        return None;
    }
    let mut steps: Vec<i64> = stamps.windows(2).map(|w| w[1].millis() - w[0].millis()).collect();
    let usual = most_frequent(steps.iter().copied());
    let even = steps.iter().filter(|step| **step % usual == 0).count();
    if even * 10 >= steps.len() * 9 {
        return None;
    }
    steps.sort_unstable();
    let middle = steps[steps.len() / 2];
    let step = STEPS.into_iter().find(|step| (middle - step).abs() * 50 <= *step)?;
    let phase = [0, phase(stamps, step)].into_iter().find(|phase| {
        let near = |s: &&Timestamp| off(**s, step, *phase).abs() * 20 <= step;
        stamps.iter().filter(near).count() * 20 >= stamps.len() * 19
    })?;
    let moved = stamps.iter().filter(|s| off(**s, step, phase) != 0).count();
    let on = |s: &Timestamp| s.plus_millis(-off(*s, step, phase));
    let stamps: Vec<Timestamp> = stamps.iter().map(on).collect::<Option<_>>()?;
    let rising = stamps.windows(2).all(|w| w[0] < w[1]);
    rising.then_some(OnGrid { stamps, step: step as u64, moved })
}

/// How far a moment is behind the nearest place of the grid.
fn off(stamp: Timestamp, step: i64, phase: i64) -> i64 {
    (stamp.millis() - phase + step / 2).rem_euclid(step) - step / 2
}

/// Where between two round times the grid lies: the median, to the minute or second that suits the step.
fn phase(stamps: &[Timestamp], step: i64) -> i64 {
    let first = stamps[0].millis().rem_euclid(step);
    let mut apart: Vec<i64> = stamps.iter().map(|s| off(*s, step, first)).collect();
    apart.sort_unstable();
    let unit = match step {
        3_600_000.. => 60_000,
        60_000.. => 1000,
        _ => 1,
    };
    let median = first + apart[apart.len() / 2];
    (median + unit / 2).div_euclid(unit) * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(at: impl Iterator<Item = i64>) -> Vec<Timestamp> {
        at.map(|ms| Timestamp::day(2024, 1, 1).unwrap().plus_millis(ms).unwrap()).collect()
    }

    #[test]
    fn seconds_late_each_hour_is_hourly() {
        let late = stamps((0..48).map(|h| h * 3_600_000 + h * h % 7 * 1000));
        let found = on_grid(&late).unwrap();
        assert_eq!(found.stamps, stamps((0..48).map(|h| h * 3_600_000)));
        assert_eq!((found.step, found.moved), (3_600_000, 41));
        // Early as well as late, around five minutes past, with a hole of a night.
        let around = stamps(
            (0..48)
                .filter(|h| !(20..29).contains(h))
                .map(|h| h * 3_600_000 + 300_000 + (h * h % 7 - 3) * 1000),
        );
        let found = on_grid(&around).unwrap();
        let exact = (0..48).filter(|h| !(20..29).contains(h)).map(|h| h * 3_600_000 + 300_000);
        assert_eq!(found.stamps, stamps(exact));
    }

    #[test]
    fn what_is_regular_or_has_no_grid_stays() {
        assert_eq!(on_grid(&stamps((0..48).map(|h| h * 3_600_000 + 7000))), None);
        // Any time of the day is not a time of the day with jitter.
        assert_eq!(
            on_grid(&stamps((0..48).map(|d| d * 86_400_000 + d * d % 11 * 3_600_000))),
            None
        );
        // Two readings of one hour have no two places.
        let twice = (0..48).flat_map(|h| [h * 3_600_000 + h % 3, h * 3_600_000 + 50_000 + h % 5]);
        assert_eq!(on_grid(&stamps(twice)), None);
    }
}
