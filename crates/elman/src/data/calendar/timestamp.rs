//! One moment on the wall clock and calendar, without a time zone.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A date and time of day, to the millisecond. Serialised as ISO text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime);

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Timestamp {
    /// Midnight of a day; `None` when there is no such day.
    pub fn day(year: i64, month: u32, day: u32) -> Option<Timestamp> {
        let year = i16::try_from(year).ok()?;
        DateTime::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?, 0, 0, 0, 0)
            .ok()
            .map(Timestamp)
    }

    /// The same day with a time of day; `None` when there is no such time. A leap second becomes second 59.
    pub fn at(self, hour: u32, minute: u32, second: u32, millis: u32) -> Option<Timestamp> {
        let second = if second == 60 { 59 } else { second };
        if hour > 23 || minute > 59 || second > 59 || millis > 999 {
            return None;
        }
        let of_day =
            i64::from(hour) * 3_600_000 + i64::from(minute) * 60_000 + i64::from(second) * 1000;
        self.start_of_day().plus_millis(of_day + i64::from(millis))
    }

    /// So many milliseconds after 1970-01-01; `None` past the calendar.
    #[cfg(feature = "columnar")]
    pub(crate) fn of_millis(millis: i64) -> Option<Timestamp> {
        let moment = jiff::Timestamp::from_millisecond(millis).ok()?;
        Some(Timestamp(Offset::UTC.to_datetime(moment)))
    }

    pub(super) fn of(civil: DateTime) -> Timestamp {
        Timestamp(civil)
    }

    pub(crate) fn civil(self) -> DateTime {
        self.0
    }

    fn start_of_day(self) -> Timestamp {
        Timestamp(self.0.date().at(0, 0, 0, 0))
    }

    /// Milliseconds since 1970-01-01, as if the clock stood on UTC.
    pub fn millis(self) -> i64 {
        // The first and the last day of the calendar are no timestamps. A timestamp takes 20 ns, a duration 33 ns.
        match Offset::UTC.to_timestamp(self.0) {
            Ok(timestamp) => timestamp.as_millisecond(),
            Err(_) => self.0.duration_since(EPOCH).as_millis() as i64,
        }
    }

    /// Seconds since 1970-01-01: the place of the moment on a plot.
    pub fn seconds(self) -> f64 {
        self.millis() as f64 / 1000.0
    }

    /// Whole days since 1970-01-01.
    pub fn days(self) -> i64 {
        self.millis().div_euclid(86_400_000)
    }

    /// Months since the year 0.
    pub fn months(self) -> i64 {
        i64::from(self.0.year()) * 12 + i64::from(self.0.month()) - 1
    }

    pub(crate) fn millis_of_day(self) -> i64 {
        self.millis().rem_euclid(86_400_000)
    }

    /// 0 for Monday to 6 for Sunday.
    pub(crate) fn weekday(self) -> u8 {
        self.0.weekday().to_monday_zero_offset() as u8
    }

    pub(crate) fn day_of_month(self) -> u32 {
        self.0.day() as u32
    }

    pub(crate) fn days_in_month(self) -> u32 {
        self.0.days_in_month() as u32
    }

    /// The moment `millis` later; `None` past the year 9999.
    pub(crate) fn plus_millis(self, millis: i64) -> Option<Timestamp> {
        self.0.checked_add(jiff::SignedDuration::from_millis(millis)).ok().map(Timestamp)
    }

    pub(crate) fn plus_days(self, days: i64) -> Option<Timestamp> {
        self.plus_millis(days.checked_mul(86_400_000)?)
    }
}

impl fmt::Display for Timestamp {
    /// `2023-01-31`, and the time of day unless it is midnight.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.millis_of_day() {
            0 => write!(f, "{}", self.0.date()),
            _ => write!(f, "{} {}", self.0.date(), self.0.time()),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Timestamp).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_to_both_ends_of_the_calendar() {
        let day = |year, month, day| Timestamp::day(year, month, day).unwrap().millis();
        assert_eq!((day(1970, 1, 1), day(2000, 3, 1)), (0, 951_868_800_000));
        // The first and the last day lie beyond jiff's timestamps.
        assert_eq!(day(9999, 12, 31) - day(9999, 12, 29), 2 * 86_400_000);
        assert_eq!(day(-9999, 1, 3) - day(-9999, 1, 1), 2 * 86_400_000);
        let late = Timestamp::day(1969, 12, 31).unwrap().at(23, 59, 59, 999).unwrap();
        assert_eq!(late.millis(), -1);
    }
}
