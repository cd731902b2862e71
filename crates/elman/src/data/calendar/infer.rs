//! The step of a column of dates: that of the calendar they keep to, else the one that occurs most.

mod months;
mod sessions;

use super::{Frequency, MonthAnchor, Periods445, Timestamp, Weekdays};
use std::collections::BTreeMap;

/// What rising dates turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InferredFrequency {
    /// The step.
    pub frequency: Frequency,
    /// The day of the month, when the step is in months.
    pub anchor: MonthAnchor,
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
pub fn infer(stamps: &[Timestamp]) -> Option<InferredFrequency> {
    if stamps.len() < 2 {
        return None;
    }
    if let Some(found) = months::months(stamps) {
        return Some(found);
    }
    let step = most_frequent(stamps.windows(2).map(|w| w[1].millis() - w[0].millis()));
    let frequency = match step {
        DAY => weekdays(stamps).map_or(Frequency::DAILY, Frequency::Weekdays),
        days if days % DAY == 0 => match business_days(stamps) {
            Some(n) => Frequency::BusinessDays(n),
            None => Frequency::Days((days / DAY) as u32),
        },
        millis => match sessions::sessions(stamps, millis) {
            Some(hours) => Frequency::Sessions(hours),
            None => Frequency::Millis(millis as u64),
        },
    };
    Some(InferredFrequency {
        frequency,
        anchor: MonthAnchor::Day(stamps[stamps.len() - 1].day_of_month()),
    })
}

/// The last weekday of each month, where rising dates stand on it and are ends of periods of 4, 4 and 5 weeks, too: two years
/// may go by until the two calendars part.
pub(crate) fn last_weekdays_or_445(stamps: &[Timestamp], found: InferredFrequency) -> Option<u8> {
    match found.anchor {
        MonthAnchor::NthWeekday { nth: 5, weekday } => {
            let periods = months::periods_445(stamps)?;
            let follows = |w: &[Timestamp]| apart(periods.ordinal(w[0]), periods.ordinal(w[1]));
            stamps.windows(2).all(|w| follows(w) == Some(0)).then_some(weekday)
        }
        _ => None,
    }
}

/// Counts what strictly rising dates leave out at this step.
pub fn gaps(stamps: &[Timestamp], frequency: Frequency) -> Gaps {
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
pub(crate) fn absent(a: Timestamp, b: Timestamp, frequency: Frequency) -> Option<usize> {
    match frequency {
        Frequency::Weekdays(days) => Some(weekdays_between(a, b, days)),
        Frequency::Months(n) => between(b.months() - a.months(), i64::from(n)),
        Frequency::Days(n) => between(b.millis() - a.millis(), i64::from(n) * DAY),
        Frequency::BusinessDays(n) => between(business_days_between(a, b)?, i64::from(n)),
        Frequency::Millis(n) => between(b.millis() - a.millis(), n as i64),
        Frequency::Sessions(hours) => apart(hours.ordinal(a), hours.ordinal(b)),
        Frequency::Semimonthly(days) if a.millis_of_day() == b.millis_of_day() => {
            apart(days.ordinal(a), days.ordinal(b))
        }
        Frequency::Semimonthly(_) => None,
        Frequency::Periods445(_) => Periods445::absent(a, b),
    }
}

/// The dates between two of a calendar, by their numbers, if both are of it.
fn apart(a: (i64, bool), b: (i64, bool)) -> Option<usize> {
    (a.1 && b.1 && a.0 < b.0).then(|| (b.0 - a.0 - 1) as usize)
}

/// The same, to the nearest whole number of steps where there is none.
pub(crate) fn absent_about(a: Timestamp, b: Timestamp, frequency: Frequency) -> usize {
    absent(a, b, frequency).unwrap_or_else(|| {
        if let Frequency::Sessions(hours) = frequency {
            return (hours.ordinal(b).0 - hours.ordinal(a).0 - 1).max(0) as usize;
        }
        let steps = (b.seconds() - a.seconds()) / frequency.typical_seconds();
        (steps.round() as usize).saturating_sub(1)
    })
}

/// Whether the second of two dates is not where steps from the first lead.
pub(crate) fn is_off(a: Timestamp, b: Timestamp, frequency: Frequency) -> bool {
    match frequency {
        Frequency::Weekdays(days) => !days.has(b.weekday()),
        Frequency::Sessions(hours) => !hours.ordinal(b).1,
        _ => absent(a, b, frequency).is_none(),
    }
}

/// The steps left out of a difference; `None` when it is no multiple of the step.
fn between(difference: i64, step: i64) -> Option<usize> {
    (difference >= step && difference % step == 0).then(|| (difference / step - 1) as usize)
}

/// The most frequent step; of equally frequent ones the smallest.
pub(super) fn most_frequent(steps: impl Iterator<Item = i64>) -> i64 {
    let mut counts = BTreeMap::new();
    for step in steps {
        *counts.entry(step).or_insert(0usize) += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().find(|(_, n)| *n == most).map_or(1, |(step, _)| step.max(1))
}

/// The weekdays a daily series has, when it leaves some out week after week.
fn weekdays(stamps: &[Timestamp]) -> Option<Weekdays> {
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

/// The number of business days from one date to the next, if that is the same number nearly everywhere, at least two, and no
/// whole number of weeks.
fn business_days(stamps: &[Timestamp]) -> Option<u32> {
    const ENOUGH: usize = 6;
    if stamps.len() < ENOUGH {
        return None;
    }
    let steps = stamps.windows(2).map(|w| business_days_between(w[0], w[1]));
    let steps = steps.collect::<Option<Vec<i64>>>()?;
    let n = most_frequent(steps.iter().copied());
    let even = steps.iter().filter(|step| **step % n == 0).count();
    let is_step = n > 1 && n % 5 != 0 && even * 10 >= steps.len() * 9;
    is_step.then(|| u32::try_from(n).ok()).flatten()
}

/// Business days from one date to another; `None` if one of them is none, or at another time of day.
fn business_days_between(a: Timestamp, b: Timestamp) -> Option<i64> {
    let is_business = |s: Timestamp| Weekdays::BUSINESS.has(s.weekday());
    let fits = is_business(a) && is_business(b) && a.millis_of_day() == b.millis_of_day();
    fits.then(|| weekdays_between(a, b, Weekdays::BUSINESS) as i64 + 1)
}

fn weekdays_between(a: Timestamp, b: Timestamp, days: Weekdays) -> usize {
    let between = b.days() - a.days() - 1;
    let whole = between / 7 * days.count() as i64;
    let weekday = i64::from(a.weekday());
    let rest = (1..=between % 7).filter(|d| days.has(((weekday + d) % 7) as u8)).count();
    whole as usize + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::calendar::dates;

    fn found(cells: &[&str]) -> (String, MonthAnchor, usize, usize) {
        let stamps = dates(cells, None).unwrap().stamps;
        let found = infer(&stamps).unwrap();
        let gaps = gaps(&stamps, found.frequency);
        assert_eq!(gaps.uneven, 0);
        (found.frequency.to_string(), found.anchor, gaps.places, gaps.steps)
    }

    #[test]
    fn the_usual_steps() {
        let first = MonthAnchor::Day(1);
        assert_eq!(found(&["1749-01", "1749-02", "1749-05"]), ("monthly".into(), first, 1, 2));
        assert_eq!(found(&["1981Q3", "1981Q4", "1982Q1"]), ("quarterly".into(), first, 0, 0));
        assert_eq!(
            found(&["2020-01-31", "2020-02-29", "2020-03-31"]),
            ("monthly".into(), MonthAnchor::LastDay, 0, 0)
        );
        assert_eq!(
            found(&["2020-03-31", "2020-06-30", "2020-09-30"]),
            ("quarterly".into(), MonthAnchor::LastDay, 0, 0)
        );
        assert_eq!(
            found(&["2020-01-31", "2020-02-28", "2020-03-31"]),
            ("monthly".into(), MonthAnchor::LastWeekday, 0, 0)
        );
        assert_eq!(
            found(&["2019-12-31", "2020-12-31"]),
            ("yearly".into(), MonthAnchor::LastDay, 0, 0)
        );
        assert_eq!(
            found(&["2020-01-06", "2020-01-13", "2020-01-27"]),
            ("weekly".into(), MonthAnchor::Day(27), 1, 1)
        );
        assert_eq!(
            found(&["2020-01-06", "2020-01-07", "2020-01-10"]),
            ("daily".into(), MonthAnchor::Day(10), 1, 2)
        );
        assert_eq!(
            found(&["2020-01-06 00:00", "2020-01-06 01:00"]),
            ("hourly".into(), MonthAnchor::Day(6), 0, 0)
        );
        assert_eq!(
            found(&["2020-01-06 00:00", "2020-01-06 00:15"]),
            ("every 15 minutes".into(), MonthAnchor::Day(6), 0, 0)
        );
    }

    #[test]
    fn trading_days_and_their_holidays() {
        // A fortnight without Wednesday the 8th.
        let cells =
            ["06", "07", "09", "10", "13", "14", "15", "16", "17"].map(|d| format!("2020-01-{d}"));
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        assert_eq!(found(&cells), ("daily, Mon–Fri".into(), MonthAnchor::Day(17), 1, 1));
    }

    #[test]
    fn first_trading_days_are_monthly() {
        let cells = ["2020-01-02", "2020-02-03", "2020-03-02", "2020-04-01", "2020-05-01"];
        assert_eq!(found(&cells).0, "monthly");
        let four_weeks = ["2020-01-06", "2020-02-03", "2020-03-02", "2020-03-30", "2020-04-27"];
        assert_eq!(found(&four_weeks).0, "every 28 days");
    }
}
