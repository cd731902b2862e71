//! Where the periods of a named frequency begin or end: the years of `YE-JUN`, the months of `BME`, the weeks of `W-SAT`.

use super::{MonthAnchor, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where periods begin or end, and by which of their days they are dated. The rules are those of pandas' `resample`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodAnchor {
    /// Days from the first day of the data on, dated by their first day: `D`, `7D`.
    FirstDay,
    /// Weeks that end on this day, 0 for Monday to 6 for Sunday, which dates them: `W`, `W-SAT`.
    WeekEnd(u8),
    /// Months that begin on such a day, which dates them: `MS`, `QS-FEB`, `BMS`, `WOM-3FRI`.
    Begin(MonthRule),
    /// Months that end on such a day, which dates them: `ME`, `YE-JUN`, `BME`.
    End(MonthRule),
}

/// A day of every month, of one month in three, or of one in twelve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthRule {
    /// Months of a period: 1, 3 or 12. Several such periods may be taken together.
    months: u32,
    /// A month that has such a day, from 1 to 12.
    month: u32,
    /// The day of the month.
    day: MonthAnchor,
}

/// A period: its first moment, the first moment after it, and the day that dates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: Timestamp,
    pub(crate) next: Timestamp,
    pub(crate) date: Timestamp,
}

impl MonthRule {
    /// The rule of `day` in one of so many `months`, among them `month`, which counts from 1.
    pub(super) fn new(months: u32, month: u32, day: MonthAnchor) -> Self {
        Self { months: months.max(1), month, day }
    }

    /// The day of the month.
    pub(crate) fn day(self) -> MonthAnchor {
        self.day
    }

    /// The day in a month, counted from the year 0.
    fn of(self, month: i64) -> Option<Timestamp> {
        let first = first_of(month)?;
        first.plus_days(i64::from(self.day.day_of(first)) - 1)
    }

    /// The first month of the period of one `months` that a month lies in, if periods begin `behind` months after `month`.
    fn unit(self, month: i64, behind: i64) -> i64 {
        let first = i64::from(self.month) - 1 + behind;
        month - (month - first).rem_euclid(i64::from(self.months))
    }

    /// The period of `n` months, which begins on such a day, of a moment. The first moment of the data, `origin`, is in the first
    /// part of a period of several parts.
    pub(crate) fn span_from(self, stamp: Timestamp, origin: Timestamp, n: i64) -> Option<Span> {
        let unit = |s: Timestamp| {
            let begins = self.day.day_of(first_of(s.months())?);
            Some(self.unit(s.months() - i64::from(s.day_of_month() < begins), 0))
        };
        let base = unit(origin)?;
        let first = base + (unit(stamp)? - base).div_euclid(n) * n;
        let start = self.of(first)?;
        Some(Span { start, next: self.of(first + n)?, date: start })
    }

    /// The period of `n` months, which ends on such a day, of a moment. The first moment of the data, `origin`, is in the last part
    /// of a period of several parts.
    pub(crate) fn span_to(self, stamp: Timestamp, origin: Timestamp, n: i64) -> Option<Span> {
        let unit = |s: Timestamp| {
            let ends = self.day.day_of(first_of(s.months())?);
            Some(self.unit(s.months() + i64::from(s.day_of_month() > ends), 1))
        };
        let base = unit(origin)? + i64::from(self.months) - n;
        let first = base + (unit(stamp)? - base).div_euclid(n) * n;
        let (before, date) = (self.of(first - 1)?, self.of(first + n - 1)?);
        Some(Span { start: before.plus_days(1)?, next: date.plus_days(1)?, date })
    }
}

/// The first day of a month, counted from the year 0.
pub(crate) fn first_of(month: i64) -> Option<Timestamp> {
    Timestamp::day(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1)
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// The name of a day of the week, 0 for Monday to 6 for Sunday.
pub(crate) fn day_name(weekday: u8) -> &'static str {
    DAYS[usize::from(weekday) % 7]
}

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl fmt::Display for PeriodAnchor {
    /// `from Monday to Sunday`, `from July to June`, `to the last business day`; empty for periods that a calendar shows as they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            PeriodAnchor::FirstDay => Ok(()),
            PeriodAnchor::WeekEnd(last) => {
                let last = usize::from(last) % 7;
                write!(f, "from {} to {}", DAYS[(last + 1) % 7], DAYS[last])
            }
            PeriodAnchor::Begin(rule) => rule.write(f, rule.month, "from"),
            PeriodAnchor::End(rule) => rule.write(f, rule.month + 1, "to"),
        }
    }
}

impl MonthRule {
    /// The first and the last month of a period, whose first month is `first`, and the day that it begins or ends with.
    fn write(self, f: &mut fmt::Formatter<'_>, first: u32, side: &str) -> fmt::Result {
        let month = |at: u32| MONTHS[(at + 11) as usize % 12];
        let of_calendar = self.months == 1 || first % self.months == 1;
        if !of_calendar {
            let such_as = if self.months < 12 { "such as" } else { "from" };
            write!(f, "{such_as} {} to {}", month(first), month(first + self.months - 1))?;
        }
        let between = if of_calendar { "" } else { ", " };
        match self.day {
            MonthAnchor::FirstWeekday => write!(f, "{between}{side} the first business day"),
            MonthAnchor::LastWeekday => write!(f, "{between}{side} the last business day"),
            MonthAnchor::NthWeekday { nth, weekday } => {
                const NTH: [&str; 5] = ["first", "second", "third", "fourth", "last"];
                let nth = NTH[usize::from(nth.clamp(1, 5)) - 1];
                write!(f, "{between}{side} the {nth} {}", day_name(weekday))
            }
            _ => Ok(()),
        }
    }
}
