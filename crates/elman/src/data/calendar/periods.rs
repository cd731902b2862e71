//! Calendars of days that are neither months nor equal steps: twice a month, and the periods of 4, 4 and 5 weeks of
//! retailers.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Two days of every month, such as the 1st and the 15th. A day that a month does not have is its last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(u32, u32)", into = "(u32, u32)")]
pub struct Semimonthly {
    first: u32,
    second: u32,
}

impl From<Semimonthly> for (u32, u32) {
    fn from(days: Semimonthly) -> Self {
        (days.first, days.second)
    }
}

impl TryFrom<(u32, u32)> for Semimonthly {
    type Error = &'static str;

    fn try_from((first, second): (u32, u32)) -> Result<Self, Self::Error> {
        Semimonthly::new(first, second).ok_or("no two days of a month")
    }
}

impl Semimonthly {
    /// These two days, 31 for the last one of each month; `None` unless the first comes before the second in February,
    /// too.
    pub fn new(first: u32, second: u32) -> Option<Self> {
        (1 <= first && first < second.min(28) && second <= 31).then_some(Self { first, second })
    }

    /// The number of the last of these days at or before a date, and whether the date is that day.
    pub(super) fn ordinal(self, stamp: Timestamp) -> (i64, bool) {
        let (day, months) = (stamp.day_of_month(), 2 * stamp.months());
        match self.second.min(stamp.days_in_month()) {
            second if day >= second => (months + 1, day == second),
            _ if day >= self.first => (months, day == self.first),
            _ => (months - 1, false),
        }
    }

    /// The day of that number.
    pub(super) fn at(self, ordinal: i64) -> Option<Timestamp> {
        let months = ordinal.div_euclid(2);
        let first = Timestamp::day(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, 1)?;
        let day = match ordinal.rem_euclid(2) {
            0 => self.first,
            _ => self.second.min(first.days_in_month()),
        };
        first.plus_days(i64::from(day) - 1)
    }
}

impl fmt::Display for Semimonthly {
    /// `semimonthly, days 1 and 15`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.second {
            31 => write!(f, "semimonthly, day {} and the last day", self.first),
            _ => write!(f, "semimonthly, days {} and {}", self.first, self.second),
        }
    }
}

/// Periods of 4, 4 and 5 weeks, four times a year: the ends of retailers' months. 4-5-4 and 5-4-4 weeks are the same
/// dates with another one counted as the first of a quarter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Periods445 {
    /// Where in the cycle of 91 days since 1970-01-01 a period of five weeks ends.
    phase: u8,
}

/// Days of 13 weeks.
const QUARTER: i64 = 91;

impl Periods445 {
    /// The periods that most of the newest dates are ends of. A year of 53 weeks moves the cycle, so that older dates
    /// say nothing about the next one.
    pub(crate) fn ending(stamps: &[Timestamp]) -> Option<Self> {
        let newest = &stamps[stamps.len().saturating_sub(7)..];
        let last = newest.last()?.days();
        let phases = [0, 28, 56].map(|from_end| (last - from_end).rem_euclid(QUARTER) as u8);
        let on = |phase: u8| newest.iter().filter(|s| Self { phase }.ordinal(**s).1).count();
        let most = phases.into_iter().map(on).max()?;
        phases.into_iter().find(|phase| on(*phase) == most).map(|phase| Self { phase })
    }

    /// The number of the last end of a period at or before a date, and whether the date is that one.
    pub(super) fn ordinal(self, stamp: Timestamp) -> (i64, bool) {
        let days = stamp.days() - i64::from(self.phase);
        let (quarter, day) = (days.div_euclid(QUARTER), days.rem_euclid(QUARTER));
        let period = (day / 28).min(2);
        (3 * quarter + period, day == 28 * period)
    }

    /// The end of the period of that number.
    pub(super) fn at(self, ordinal: i64) -> Option<Timestamp> {
        let (quarter, period) = (ordinal.div_euclid(3), ordinal.rem_euclid(3));
        let days =
            quarter.checked_mul(QUARTER)?.checked_add(28 * period + i64::from(self.phase))?;
        Timestamp::day(1970, 1, 1)?.plus_days(days)
    }

    /// The periods between two of their ends that are absent. A leap week may lie anywhere: the lengths tell, and not
    /// the cycle.
    pub(super) fn absent(a: Timestamp, b: Timestamp) -> Option<usize> {
        let days = b.millis() - a.millis();
        let weeks = days / 604_800_000;
        let whole = days % 604_800_000 == 0 && weeks >= 4;
        whole.then(|| (3.0 * weeks as f64 / 13.0).round() as usize).map(|n| n.saturating_sub(1))
    }
}

impl fmt::Display for Periods445 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("periods of 4, 4 and 5 weeks")
    }
}
