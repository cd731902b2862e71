//! Dates in words and in orders of their own: `Jan 2018`, `01-Jan-23`, `2022-W01`, `Q1 2005`, `1/2/2023 12:00 AM`. What a
//! column's dates have in common is a pattern, which reads each of them and writes those that follow.

mod guess;
mod pieces;
mod read;
#[cfg(test)]
mod tests;

pub(super) use read::{by, column, is_date};

use super::Timestamp;
use super::month_names::{Case, DayNames, MonthNames};
use serde::{Deserialize, Serialize};

/// The parts of a date as they stand, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// What is the same in every date.
    Text(String),
    /// Four digits.
    Year,
    /// The last two digits.
    ShortYear,
    Month {
        padded: bool,
    },
    MonthName(MonthNames, Case),
    Day {
        padded: bool,
    },
    DayName(DayNames, Case),
    Quarter,
    /// The year of the ISO week, which may differ from that of the day.
    WeekYear,
    /// The ISO week.
    Week {
        padded: bool,
    },
    /// 1 for Monday to 7.
    WeekDay,
    /// 0 to 23.
    Hour {
        padded: bool,
    },
    /// 12, 1 to 11.
    Hour12 {
        padded: bool,
    },
    /// `AM` or `PM`.
    Half(Case),
    Minute,
    Second,
    /// Decimals of the second.
    Fraction(usize),
}

/// How much time a date names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    Months(i64),
    Days(i64),
    Moment,
}

impl Pattern {
    /// Decimals of the second.
    pub(super) fn decimals(&self) -> usize {
        let of = |part: &Part| match part {
            Part::Fraction(decimals) => Some(*decimals),
            _ => None,
        };
        self.0.iter().find_map(of).unwrap_or(0)
    }

    /// How much time one of these dates names: `Jan 2018` a month, `2022-W01` a week.
    pub(super) fn span(&self) -> Span {
        let has = |is: fn(&Part) -> bool| self.0.iter().any(is);
        match () {
            () if has(|p| matches!(p, Part::Hour { .. } | Part::Hour12 { .. })) => Span::Moment,
            () if has(|p| matches!(p, Part::Day { .. } | Part::WeekDay)) => Span::Days(1),
            () if has(|p| matches!(p, Part::Week { .. })) => Span::Days(7),
            () if has(|p| matches!(p, Part::Quarter)) => Span::Months(3),
            () if has(|p| matches!(p, Part::Month { .. } | Part::MonthName(..))) => Span::Months(1),
            () => Span::Months(12),
        }
    }

    /// `YYYYMMDDHH`, with as many of hour, minute and second as there are digits for.
    pub(super) fn of_digits(len: usize) -> Pattern {
        let all = [
            Part::Year,
            Part::Month { padded: true },
            Part::Day { padded: true },
            Part::Hour { padded: true },
            Part::Minute,
            Part::Second,
        ];
        Pattern(all.into_iter().take(len / 2 - 1).collect())
    }

    /// `YYYYWW`
    pub(super) fn of_weeks() -> Pattern {
        Pattern(vec![Part::WeekYear, Part::Week { padded: true }])
    }

    /// Writes a moment.
    pub(super) fn write(&self, stamp: Timestamp) -> String {
        self.0.iter().map(|part| part.write(stamp)).collect()
    }
}

impl Part {
    fn write(&self, stamp: Timestamp) -> String {
        let at = stamp.civil();
        let week = at.iso_week_date();
        let digits = |n: i8, padded: bool| if padded { format!("{n:02}") } else { n.to_string() };
        match self {
            Part::Text(text) => text.clone(),
            Part::Year => format!("{:04}", at.year()),
            Part::ShortYear => format!("{:02}", at.year().rem_euclid(100)),
            Part::Month { padded } => digits(at.month(), *padded),
            Part::MonthName(names, case) => case.write(names.names()[at.month() as usize - 1]),
            Part::Day { padded } => digits(at.day(), *padded),
            Part::DayName(names, case) => case.write(names.names()[usize::from(stamp.weekday())]),
            Part::Quarter => ((at.month() - 1) / 3 + 1).to_string(),
            Part::WeekYear => format!("{:04}", week.year()),
            Part::Week { padded } => digits(week.week(), *padded),
            Part::WeekDay => (stamp.weekday() + 1).to_string(),
            Part::Hour { padded } => digits(at.hour(), *padded),
            Part::Hour12 { padded } => digits((at.hour() + 11) % 12 + 1, *padded),
            Part::Half(case) => case.write(if at.hour() < 12 { "am" } else { "pm" }),
            Part::Minute => digits(at.minute(), true),
            Part::Second => digits(at.second(), true),
            Part::Fraction(decimals) => {
                let nanos = format!("{:09}", at.subsec_nanosecond());
                nanos[..(*decimals).min(9)].to_string()
            }
        }
    }
}
