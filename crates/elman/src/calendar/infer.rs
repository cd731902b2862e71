//! The step of a column of dates: the one that occurs most. Gaps are counted and never filled.

use super::{Anchor, Frequency, Stamp, Weekdays};
use std::collections::BTreeMap;

/// What rising dates turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The step.
    pub frequency: Frequency,
    /// The day of the month, when the step is in months.
    pub anchor: Anchor,
}

/// What rising dates leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Places where steps are missing.
    pub places: usize,
    /// Steps missing in all places together.
    pub steps: usize,
    /// Steps that are no multiple of the usual one.
    pub uneven: usize,
}

const DAY: i64 = 86_400_000;

/// Finds the step of strictly rising dates; `None` for fewer than two.
pub fn infer(stamps: &[Stamp]) -> Option<Found> {
    if stamps.len() < 2 {
        return None;
    }
    if let Some(anchor) = month_anchor(stamps) {
        let step = most_frequent(stamps.windows(2).map(|w| w[1].months() - w[0].months()));
        return Some(Found { frequency: Frequency::Months(step as u32), anchor });
    }
    let step = most_frequent(stamps.windows(2).map(|w| w[1].millis() - w[0].millis()));
    let frequency = match step {
        DAY => weekdays(stamps).map_or(Frequency::DAILY, Frequency::Weekdays),
        days if days % DAY == 0 => Frequency::Days((days / DAY) as u32),
        millis => Frequency::Millis(millis as u64),
    };
    Some(Found { frequency, anchor: Anchor::Day(stamps[stamps.len() - 1].day_of_month()) })
}

/// Counts what strictly rising dates leave out at this step.
pub fn gaps(stamps: &[Stamp], frequency: Frequency) -> Gaps {
    let mut gaps = Gaps::default();
    for pair in stamps.windows(2) {
        let absent = absent(pair[0], pair[1], frequency);
        gaps.uneven += usize::from(absent.is_none());
        gaps.places += usize::from(absent > Some(0));
        gaps.steps += absent.unwrap_or(0);
    }
    gaps
}

/// The dates left out between two; `None` when no whole number of steps lies between them.
pub(crate) fn absent(a: Stamp, b: Stamp, frequency: Frequency) -> Option<usize> {
    match frequency {
        Frequency::Weekdays(days) => Some(weekdays_between(a, b, days)),
        Frequency::Months(n) => between(b.months() - a.months(), i64::from(n)),
        Frequency::Days(n) => between(b.millis() - a.millis(), i64::from(n) * DAY),
        Frequency::Millis(n) => between(b.millis() - a.millis(), n as i64),
    }
}

/// The same, to the nearest whole number of steps where there is none.
pub(crate) fn absent_about(a: Stamp, b: Stamp, frequency: Frequency) -> usize {
    absent(a, b, frequency).unwrap_or_else(|| {
        let steps = (b.seconds() - a.seconds()) / frequency.typical_seconds();
        (steps.round() as usize).saturating_sub(1)
    })
}

/// Whether the second of two dates is not where steps from the first lead.
pub(crate) fn is_off(a: Stamp, b: Stamp, frequency: Frequency) -> bool {
    match frequency {
        Frequency::Weekdays(days) => !days.has(b.weekday()),
        _ => absent(a, b, frequency).is_none(),
    }
}

/// The steps left out of a difference; `None` when it is no multiple of the step.
fn between(difference: i64, step: i64) -> Option<usize> {
    (difference >= step && difference % step == 0).then(|| (difference / step - 1) as usize)
}

/// The most frequent step; of equally frequent ones the smallest.
fn most_frequent(steps: impl Iterator<Item = i64>) -> i64 {
    let mut counts = BTreeMap::new();
    for step in steps {
        *counts.entry(step).or_insert(0usize) += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().find(|(_, n)| *n == most).map_or(1, |(step, _)| step.max(1))
}

/// The day of the month all dates stand on, when they have one and no month comes twice.
fn month_anchor(stamps: &[Stamp]) -> Option<Anchor> {
    let same_time = stamps.iter().all(|s| s.millis_of_day() == stamps[0].millis_of_day());
    if !same_time || stamps.windows(2).any(|w| w[0].months() == w[1].months()) {
        return None;
    }
    let day = stamps.iter().map(|s| s.day_of_month()).max()?;
    let on = |anchor: Anchor| {
        stamps.iter().all(|s| {
            let first = s.plus_days(1 - i64::from(s.day_of_month()));
            first.is_some_and(|first| anchor.day_of(first) == s.day_of_month())
        })
    };
    // The order matters for two dates such as 30 April, 31 May.
    if on(Anchor::LastDay) {
        return Some(Anchor::LastDay);
    }
    if on(Anchor::Day(day)) {
        return Some(Anchor::Day(day));
    }
    if stamps.len() >= 3 && on(Anchor::LastWeekday) {
        return Some(Anchor::LastWeekday);
    }
    // First trading days and the like: each month once, about a month apart, on days that vary.
    let step = most_frequent(stamps.windows(2).map(|w| w[1].days() - w[0].days()));
    let monthly = stamps.windows(2).filter(|w| w[1].months() - w[0].months() == 1).count();
    let varies = stamps.windows(2).any(|w| w[1].days() - w[0].days() != step);
    let mostly = monthly * 10 >= (stamps.len() - 1) * 8;
    (varies && mostly && (28..=33).contains(&step) && stamps.len() >= 4)
        .then(|| Anchor::Day(stamps[stamps.len() - 1].day_of_month()))
}

/// The weekdays a daily series has, when it leaves some out week after week.
fn weekdays(stamps: &[Stamp]) -> Option<Weekdays> {
    let mut counts = [0usize; 7];
    for stamp in stamps {
        counts[usize::from(stamp.weekday())] += 1;
    }
    let most = counts.into_iter().max()?;
    let span = stamps[stamps.len() - 1].days() - stamps[0].days();
    // A fortnight tells weekends from working days; any other rhythm needs a month.
    if (7..28).contains(&span) && counts[5] == 0 && counts[6] == 0 {
        return Some(Weekdays::BUSINESS);
    }
    // A single odd session, such as a Saturday's, does not make its weekday a trading day.
    let days = Weekdays::of((0..7).filter(|d| counts[usize::from(*d)] * 10 > most));
    (span >= 28 && days.count() < 7).then_some(days)
}

fn weekdays_between(a: Stamp, b: Stamp, days: Weekdays) -> usize {
    let between = b.days() - a.days() - 1;
    let whole = between / 7 * days.count() as i64;
    let weekday = i64::from(a.weekday());
    let rest = (1..=between % 7).filter(|d| days.has(((weekday + d) % 7) as u8)).count();
    whole as usize + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::dates;

    fn found(cells: &[&str]) -> (String, Anchor, usize, usize) {
        let stamps = dates(cells, None).unwrap().stamps;
        let found = infer(&stamps).unwrap();
        let gaps = gaps(&stamps, found.frequency);
        assert_eq!(gaps.uneven, 0);
        (found.frequency.to_string(), found.anchor, gaps.places, gaps.steps)
    }

    #[test]
    fn the_usual_steps() {
        let first = Anchor::Day(1);
        assert_eq!(found(&["1749-01", "1749-02", "1749-05"]), ("monthly".into(), first, 1, 2));
        assert_eq!(found(&["1981Q3", "1981Q4", "1982Q1"]), ("quarterly".into(), first, 0, 0));
        assert_eq!(
            found(&["2020-01-31", "2020-02-29", "2020-03-31"]),
            ("monthly".into(), Anchor::LastDay, 0, 0)
        );
        assert_eq!(
            found(&["2020-03-31", "2020-06-30", "2020-09-30"]),
            ("quarterly".into(), Anchor::LastDay, 0, 0)
        );
        assert_eq!(
            found(&["2020-01-31", "2020-02-28", "2020-03-31"]),
            ("monthly".into(), Anchor::LastWeekday, 0, 0)
        );
        assert_eq!(found(&["2019-12-31", "2020-12-31"]), ("yearly".into(), Anchor::LastDay, 0, 0));
        assert_eq!(
            found(&["2020-01-06", "2020-01-13", "2020-01-27"]),
            ("weekly".into(), Anchor::Day(27), 1, 1)
        );
        assert_eq!(
            found(&["2020-01-06", "2020-01-07", "2020-01-10"]),
            ("daily".into(), Anchor::Day(10), 1, 2)
        );
        assert_eq!(
            found(&["2020-01-06 00:00", "2020-01-06 01:00"]),
            ("hourly".into(), Anchor::Day(6), 0, 0)
        );
        assert_eq!(
            found(&["2020-01-06 00:00", "2020-01-06 00:15"]),
            ("every 15 minutes".into(), Anchor::Day(6), 0, 0)
        );
    }

    #[test]
    fn trading_days_and_their_holidays() {
        // A fortnight without Wednesday the 8th.
        let cells =
            ["06", "07", "09", "10", "13", "14", "15", "16", "17"].map(|d| format!("2020-01-{d}"));
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        assert_eq!(found(&cells), ("daily, Mon–Fri".into(), Anchor::Day(17), 1, 1));
    }

    #[test]
    fn first_trading_days_are_monthly() {
        let cells = ["2020-01-02", "2020-02-03", "2020-03-02", "2020-04-01", "2020-05-01"];
        assert_eq!(found(&cells).0, "monthly");
        let four_weeks = ["2020-01-06", "2020-02-03", "2020-03-02", "2020-03-30", "2020-04-27"];
        assert_eq!(found(&four_weeks).0, "every 28 days");
    }
}
