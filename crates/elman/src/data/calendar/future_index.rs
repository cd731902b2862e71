//! Going on after the last value, with the data's own step and style.

use super::{DateFormat, Frequency, Timestamp};
use crate::data::ranges::{self, Checked};
use serde::{Deserialize, Serialize};

/// The number of the last step, at most: every whole number up to there is a double, too.
const MAX_NUMBER: u64 = 1 << 53;
/// Decimals that a number of a file has.
pub(super) const MAX_DECIMALS: usize = 20;

/// The day of the month, or of the week, that a series of longer steps stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthAnchor {
    /// This day, or the month's last one when the month is too short.
    Day(u32),
    /// The last day of each month.
    LastDay,
    /// The last Monday-to-Friday day of each month.
    LastWeekday,
    /// The first Monday-to-Friday day of each month.
    FirstWeekday,
    /// The third Friday and the like.
    NthWeekday {
        /// Which of the month: 1 to 4, and 5 for the last one.
        nth: u8,
        /// 0 for Monday to 6 for Sunday.
        weekday: u8,
    },
    /// A day of the week, 0 for Monday to 6 for Sunday.
    Weekday(u8),
}

/// The part of a time axis that a model file keeps: enough to label every future step without the data.
/// Step `k` counts from 1, the first step after the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FutureIndex {
    /// Whole numbers going up by one.
    Steps {
        /// The number of the last value.
        last: i64,
    },
    /// Numbers with a step of their own.
    Numbers {
        /// The number of the last value.
        last: f64,
        /// The step.
        step: f64,
        /// Decimals in the file.
        decimals: usize,
    },
    /// Dates.
    Dates {
        /// The date of the last value.
        last: Timestamp,
        /// The step.
        frequency: Frequency,
        /// The day of the month, when the step is in months.
        anchor: MonthAnchor,
        /// How the file writes its dates.
        style: DateFormat,
    },
}

impl FutureIndex {
    /// Whether dates can go on so.
    pub(crate) fn check(&self) -> Checked {
        match self {
            FutureIndex::Steps { last } => match last.unsigned_abs() {
                ..=MAX_NUMBER => Ok(()),
                _ => ranges::refuse("last", last, "at most 2^53"),
            },
            FutureIndex::Numbers { last, step, decimals } => {
                ranges::finite("last", &[*last, *step])?;
                match decimals {
                    ..=MAX_DECIMALS => Ok(()),
                    _ => ranges::refuse("decimals", decimals, "at most 20"),
                }
            }
            FutureIndex::Dates { frequency, style, .. } => {
                frequency.check()?;
                style.check()
            }
        }
    }

    /// This clock, gone on to the last value of `other`; a clock of another kind is returned as
    /// it is.
    #[must_use]
    pub fn moved_to(&self, other: &FutureIndex) -> FutureIndex {
        let mut moved = self.clone();
        match (&mut moved, other) {
            (FutureIndex::Steps { last }, FutureIndex::Steps { last: to }) => *last = *to,
            (FutureIndex::Numbers { last, .. }, FutureIndex::Numbers { last: to, .. }) => {
                *last = *to
            }
            (FutureIndex::Dates { last, .. }, FutureIndex::Dates { last: to, .. }) => *last = *to,
            _ => return other.clone(),
        }
        moved
    }

    /// The label of future step `k`, in the file's own style. Past the year 9999 it is `last+k`.
    pub fn label(&self, k: usize) -> String {
        match self {
            FutureIndex::Steps { last } => last.saturating_add_unsigned(k as u64).to_string(),
            FutureIndex::Numbers { decimals, .. } => format!("{:.*}", decimals, self.position(k)),
            FutureIndex::Dates { last, style, .. } => match self.stamp(k) {
                Some(stamp) => style.write(stamp),
                None => format!("{}+{k}", style.write(*last)),
            },
        }
    }

    /// Where future step `k` stands on a plot: the step's number, or seconds since 1970-01-01 (NaN past the year 9999).
    pub fn position(&self, k: usize) -> f64 {
        match self {
            FutureIndex::Steps { last } => last.saturating_add_unsigned(k as u64) as f64,
            FutureIndex::Numbers { last, step, .. } => last + step * k as f64,
            FutureIndex::Dates { .. } => self.stamp(k).map_or(f64::NAN, Timestamp::seconds),
        }
    }

    /// The date of future step `k`; `None` when the axis has no dates, or past the year 9999.
    pub fn stamp(&self, k: usize) -> Option<Timestamp> {
        match self {
            FutureIndex::Dates { last, frequency, anchor, .. } => {
                after(*last, *frequency, *anchor, k)
            }
            _ => None,
        }
    }

    /// The date of future step `k` as the file's own clock shows it.
    pub(super) fn on_wall(&self, k: usize) -> Option<Timestamp> {
        let FutureIndex::Dates { style, .. } = self else { return None };
        self.stamp(k).map(|stamp| style.on_wall(stamp))
    }

    /// Whether future step `k` exists: the hour that a wall clock leaves out in spring does not.
    pub fn exists(&self, k: usize) -> bool {
        match self {
            FutureIndex::Dates { style: DateFormat::Zoned { zone, .. }, .. } => {
                self.stamp(k).is_none_or(|stamp| zone.has(stamp))
            }
            _ => true,
        }
    }

    /// The step of a date axis.
    pub fn frequency(&self) -> Option<Frequency> {
        match self {
            FutureIndex::Dates { frequency, .. } => Some(*frequency),
            _ => None,
        }
    }
}

fn after(
    last: Timestamp,
    frequency: Frequency,
    anchor: MonthAnchor,
    k: usize,
) -> Option<Timestamp> {
    let k = i64::try_from(k).ok()?;
    match frequency {
        Frequency::Months(n) => {
            let months = last.months().checked_add(k.checked_mul(i64::from(n))?)?;
            let month = Timestamp::day(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, 1)?;
            month.plus_days(i64::from(anchor.day_of(month)) - 1)?.plus_millis(last.millis_of_day())
        }
        Frequency::Days(n) => last.plus_days(k.checked_mul(i64::from(n))?),
        Frequency::BusinessDays(n) => after(
            last,
            Frequency::BUSINESS,
            anchor,
            usize::try_from(k.checked_mul(n.into())?).ok()?,
        ),
        Frequency::Millis(n) => last.plus_millis(k.checked_mul(i64::try_from(n).ok()?)?),
        Frequency::Weekdays(days) => {
            let (weeks, mut left) =
                (k / days.count().max(1) as i64, k % days.count().max(1) as i64);
            let mut at = last.plus_days(weeks.checked_mul(7)?)?;
            // From a day that is none of the weekdays, whole weeks lead to such a day again.
            if weeks > 0 && left == 0 && !days.has(at.weekday()) {
                (at, left) = (at.plus_days(-7)?, days.count() as i64);
            }
            while left > 0 {
                at = at.plus_days(1)?;
                left -= i64::from(days.has(at.weekday()));
                if days.count() == 0 {
                    return None;
                }
            }
            Some(at)
        }
        Frequency::Sessions(hours) => hours.at(hours.ordinal(last).0.checked_add(k)?),
        Frequency::Semimonthly(days) => {
            days.at(days.ordinal(last).0.checked_add(k)?)?.plus_millis(last.millis_of_day())
        }
        Frequency::Periods445(periods) => {
            periods.at(periods.ordinal(last).0.checked_add(k)?)?.plus_millis(last.millis_of_day())
        }
    }
}

impl MonthAnchor {
    /// Whether a date stands where this says.
    pub(crate) fn has(self, stamp: Timestamp) -> bool {
        match self {
            MonthAnchor::Weekday(day) => stamp.weekday() == day,
            _ => {
                let first = stamp.plus_days(1 - i64::from(stamp.day_of_month()));
                first.is_some_and(|first| self.day_of(first) == stamp.day_of_month())
            }
        }
    }

    /// The day of the month for the month that `first` begins.
    pub(super) fn day_of(self, first: Timestamp) -> u32 {
        let last = first.days_in_month();
        match self {
            MonthAnchor::Day(day) => day.clamp(1, last),
            MonthAnchor::LastDay => last,
            MonthAnchor::LastWeekday => {
                let weekday = (u32::from(first.weekday()) + last - 1) % 7;
                last - weekday.saturating_sub(4)
            }
            MonthAnchor::FirstWeekday => match u32::from(first.weekday()) {
                weekday @ 5.. => 8 - weekday,
                _ => 1,
            },
            MonthAnchor::NthWeekday { nth, weekday } => {
                let begins = (u32::from(weekday % 7) + 7 - u32::from(first.weekday())) % 7 + 1;
                let weeks = u32::from(nth.clamp(1, 5)) - 1;
                let day = begins + 7 * weeks;
                if day > last { day - 7 } else { day }
            }
            MonthAnchor::Weekday(_) => first.day_of_month(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::calendar::{DateOrder, DateStyle, Weekdays};

    fn clock(last: (i64, u32, u32), frequency: Frequency, anchor: MonthAnchor) -> FutureIndex {
        let date = DateStyle {
            order: DateOrder::Ymd,
            separator: "-".into(),
            padded: true,
            short_year: false,
        };
        FutureIndex::Dates {
            last: Timestamp::day(last.0, last.1, last.2).unwrap(),
            frequency,
            anchor,
            style: DateFormat::Day(date),
        }
    }

    fn next(clock: &FutureIndex, n: usize) -> Vec<String> {
        (1..=n).map(|k| clock.label(k)).collect()
    }

    #[test]
    fn ends_of_months_stay_ends_of_months() {
        let ends = clock((2023, 12, 31), Frequency::MONTHLY, MonthAnchor::LastDay);
        assert_eq!(next(&ends, 3), ["2024-01-31", "2024-02-29", "2024-03-31"]);
        let thirtieth = clock((2022, 12, 30), Frequency::MONTHLY, MonthAnchor::Day(30));
        assert_eq!(next(&thirtieth, 3), ["2023-01-30", "2023-02-28", "2023-03-30"]);
        let trading = clock((2020, 4, 30), Frequency::MONTHLY, MonthAnchor::LastWeekday);
        assert_eq!(next(&trading, 3), ["2020-05-29", "2020-06-30", "2020-07-31"]);
    }

    #[test]
    fn trading_days_leave_weekends_out() {
        let friday = clock((2017, 12, 29), Frequency::BUSINESS, MonthAnchor::Day(1));
        assert_eq!(
            next(&friday, 6),
            ["2018-01-01", "2018-01-02", "2018-01-03", "2018-01-04", "2018-01-05", "2018-01-08"]
        );
    }

    #[test]
    fn weekdays_by_weeks_equal_weekdays_one_by_one() {
        for days in [
            Weekdays::BUSINESS,
            Weekdays::of([0, 2, 4]),
            Weekdays::of([6]),
            Weekdays::of([0, 1, 2, 3, 4, 5]),
        ] {
            for start in 1..=7 {
                let far = clock((2018, 1, start), Frequency::Weekdays(days), MonthAnchor::Day(1));
                let mut at = far.stamp(0).unwrap();
                for k in 1..=40 {
                    at = after(at, Frequency::Weekdays(days), MonthAnchor::Day(1), 1).unwrap();
                    assert_eq!(far.stamp(k), Some(at), "{days}, from {start}, step {k}");
                }
            }
        }
    }

    #[test]
    fn the_end_of_the_calendar_is_no_panic() {
        let clock = clock((9999, 12, 31), Frequency::DAILY, MonthAnchor::Day(1));
        assert_eq!(clock.label(2), "9999-12-31+2");
        assert!(clock.position(usize::MAX).is_nan());
    }

    #[test]
    fn goes_through_json() {
        let last = Timestamp::day(2023, 12, 31).unwrap().at(23, 59, 58, 250).unwrap();
        for frequency in
            [Frequency::MONTHLY, Frequency::DAILY, Frequency::BUSINESS, Frequency::seconds(90)]
        {
            let clock = FutureIndex::Dates {
                last,
                frequency,
                anchor: MonthAnchor::LastDay,
                style: DateFormat::Year,
            };
            let json = serde_json::to_string(&clock).unwrap();
            assert_eq!(serde_json::from_str::<FutureIndex>(&json).unwrap(), clock);
        }
    }
}
