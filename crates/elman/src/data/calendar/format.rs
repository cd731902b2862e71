//! How a file writes its dates, so that a forecast's dates look like the file's own.

use super::future_index::MAX_DECIMALS;
use super::offsets::Offsets;
use super::pattern::Pattern;
use super::{Timestamp, Zone};
use crate::data::ranges::{self, Checked};
use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};

/// The order of day, month and year in a date of three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// `2006-01-03`
    Ymd,
    /// `03/01/2006`
    Dmy,
    /// `01/03/2006`
    Mdy,
}

impl Entry for DateOrder {
    const FAMILY: &'static str = "date order";
    const ALL: &'static [Self] = &[Self::Dmy, Self::Mdy, Self::Ymd];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Dmy => ("dmy", "day, month, year"),
            Self::Mdy => ("mdy", "month, day, year"),
            Self::Ymd => ("ymd", "year, month, day"),
        }
    }
}

/// How a day is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateStyle {
    /// The order of the three numbers.
    pub order: DateOrder,
    /// What stands between them; empty for `20060103`.
    pub separator: String,
    /// Whether day and month have a leading zero.
    pub padded: bool,
    /// Whether the year has its last two digits only.
    pub short_year: bool,
}

/// How a moment is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DateFormat {
    /// `1850`
    Year,
    /// `1749.083`: the year and the part of it that has passed, with at most so many decimals.
    DecimalYear {
        /// The most decimals the file has.
        decimals: usize,
    },
    /// `1981Q3`
    Quarter {
        /// What stands between the year and the `Q`.
        between: String,
    },
    /// `1749-01`, `01/2020`, `202001`
    Month {
        /// What stands between year and month.
        separator: String,
        /// Digits of the year with leading zeros.
        year_digits: usize,
        /// Whether the month comes first.
        month_first: bool,
        /// Whether the month has a leading zero.
        padded: bool,
    },
    /// `2006-01-03`
    Day(DateStyle),
    /// `2018-08-03 00:00:00`
    Time {
        /// The day.
        date: DateStyle,
        /// What stands between day and time: a space or `T`.
        between: String,
        /// Whether the seconds are written.
        seconds: bool,
        /// Decimals of the seconds.
        decimals: usize,
        /// The zone behind it, as it stood in the file: `Z`, `+01:00`, or nothing.
        zone: String,
    },
    /// In words, or in an order of its own: `Jan 2018`, `2022-W01`, `1/2/2023 12:00 AM`
    Pattern(Pattern),
    /// `2018-08-03 00:00:00+02:00` in a column with other distances from Greenwich, too
    Offsets(Box<Offsets>),
    /// `1672531200`: the time since 1970
    Epoch(EpochUnit),
    /// `44197.5`: the days of spreadsheets, of which 1 is the first of January 1900
    SpreadsheetDays {
        /// The most decimals the file has.
        decimals: usize,
        /// Whether they stand behind a comma.
        comma: bool,
    },
    /// On the wall clock of a zone; written as the file writes it.
    Zoned {
        /// How the file writes a moment.
        style: Box<DateFormat>,
        /// The zone.
        zone: Zone,
        /// Whether the file is in UTC; else it has offsets.
        in_utc: bool,
    },
}

/// What is counted since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochUnit {
    /// Seconds, as Unix does.
    Seconds,
    /// Milliseconds, as pandas writes to JSON.
    Millis,
    /// Microseconds.
    Micros,
    /// Nanoseconds.
    Nanos,
}

/// Days from 1899-12-30, where spreadsheets begin to count, to 1970-01-01.
pub(super) const SPREADSHEET_EPOCH: i64 = 25_569;

impl DateFormat {
    /// Whether dates can be written so.
    pub(super) fn check(&self) -> Checked {
        let digits = match self {
            DateFormat::DecimalYear { decimals }
            | DateFormat::Time { decimals, .. }
            | DateFormat::SpreadsheetDays { decimals, .. } => *decimals,
            DateFormat::Month { year_digits, .. } => *year_digits,
            _ => 0,
        };
        match digits {
            ..=MAX_DECIMALS => Ok(()),
            _ => ranges::refuse("decimals", digits, "at most 20"),
        }
    }

    /// Whether a text may have more decimals of a second than three.
    pub(crate) fn may_have_parts_of_millis(&self) -> bool {
        match self {
            DateFormat::Time { decimals, .. } => *decimals > 3,
            DateFormat::Pattern(pattern) => pattern.decimals() > 3,
            DateFormat::Offsets(offsets) => offsets.first().may_have_parts_of_millis(),
            DateFormat::Zoned { style, .. } => style.may_have_parts_of_millis(),
            _ => false,
        }
    }

    /// Writes a moment.
    pub fn write(&self, stamp: Timestamp) -> String {
        let at = stamp.civil();
        let (year, month) = (at.year(), at.month());
        match self {
            DateFormat::Year => year.to_string(),
            DateFormat::DecimalYear { decimals } => {
                let years = f64::from(year) + (f64::from(month) - 1.0) / 12.0;
                without_noughts(years, *decimals)
            }
            DateFormat::Quarter { between } => format!("{year}{between}{}", (month - 1) / 3 + 1),
            DateFormat::Month { separator, year_digits, month_first, padded } => {
                let month = if *padded { format!("{month:02}") } else { month.to_string() };
                let year = format!("{year:0width$}", width = *year_digits);
                if *month_first {
                    format!("{month}{separator}{year}")
                } else {
                    format!("{year}{separator}{month}")
                }
            }
            DateFormat::Day(date) => date.write(stamp),
            DateFormat::Pattern(pattern) => pattern.write(stamp),
            DateFormat::Offsets(offsets) => offsets.write(stamp),
            DateFormat::Epoch(unit) => match unit {
                EpochUnit::Seconds => stamp.millis().div_euclid(1000).to_string(),
                EpochUnit::Millis => stamp.millis().to_string(),
                EpochUnit::Micros => (i128::from(stamp.millis()) * 1000).to_string(),
                EpochUnit::Nanos => (i128::from(stamp.millis()) * 1_000_000).to_string(),
            },
            DateFormat::SpreadsheetDays { decimals, comma } => {
                let days = stamp.millis() as f64 / 86_400_000.0 + SPREADSHEET_EPOCH as f64;
                let text = without_noughts(days, *decimals);
                if *comma { text.replace('.', ",") } else { text }
            }
            DateFormat::Zoned { style, zone, in_utc } => zone.write(stamp, style, *in_utc),
            DateFormat::Time { date, between, seconds, decimals, zone } => {
                let mut text =
                    format!("{}{between}{:02}:{:02}", date.write(stamp), at.hour(), at.minute());
                if *seconds {
                    text.push_str(&format!(":{:02}", at.second()));
                }
                if *decimals > 0 {
                    let fraction = format!("{:09}", at.subsec_nanosecond());
                    text.push_str(&format!(".{}", &fraction[..(*decimals).min(9)]));
                }
                text + zone
            }
        }
    }
}

/// A number with at most so many decimals.
fn without_noughts(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

impl DateFormat {
    /// A stamp of this style as the file's own clock shows it.
    pub(super) fn on_wall(&self, stamp: Timestamp) -> Timestamp {
        match self {
            DateFormat::Offsets(offsets) => offsets.on_wall(stamp),
            DateFormat::Zoned { zone, in_utc: true, .. } => zone.in_utc(stamp).unwrap_or(stamp),
            _ => stamp,
        }
    }

    /// The zone that is written behind each date, if there is one.
    pub(crate) fn zone(&self) -> Option<&str> {
        match self {
            DateFormat::Time { zone, .. } => Some(zone.trim()).filter(|zone| !zone.is_empty()),
            DateFormat::Zoned { style, in_utc: true, .. } => style.zone(),
            _ => None,
        }
    }

    /// The order of day, month and year, where there are such.
    pub fn date_order(&self) -> Option<DateOrder> {
        match self {
            DateFormat::Day(date) | DateFormat::Time { date, .. } => Some(date.order),
            DateFormat::Zoned { style, .. } => style.date_order(),
            _ => None,
        }
    }
}

impl DateStyle {
    fn write(&self, stamp: Timestamp) -> String {
        let at = stamp.civil();
        let two = |n: i8| if self.padded { format!("{n:02}") } else { n.to_string() };
        let (day, month) = (two(at.day()), two(at.month()));
        let year = if self.short_year {
            format!("{:02}", at.year().rem_euclid(100))
        } else {
            format!("{:04}", at.year())
        };
        let parts = match self.order {
            DateOrder::Ymd => [year, month, day],
            DateOrder::Dmy => [day, month, year],
            DateOrder::Mdy => [month, day, year],
        };
        parts.join(&self.separator)
    }
}
