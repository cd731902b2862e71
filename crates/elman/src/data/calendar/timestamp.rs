//! One moment on the wall clock and calendar, without a time zone.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A date and time of day, to the millisecond, in eight bytes: a panel has one for each value. Serialised as ISO text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const DAY: i64 = 86_400_000;
/// Days of the calendar, from 1970-01-01: the years -9999 to 9999.
const FIRST_DAY: i64 = -4_371_587;
const LAST_DAY: i64 = 2_932_896;

impl Timestamp {
    /// Midnight of a day; `None` when there is no such day.
    pub fn day(year: i64, month: u32, day: u32) -> Option<Timestamp> {
        let year = i16::try_from(year).ok()?;
        DateTime::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?, 0, 0, 0, 0)
            .ok()
            .map(Timestamp::of)
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

    /// So many milliseconds after 1970-01-01; `None` outside the calendar.
    pub(crate) fn of_millis(millis: i64) -> Option<Timestamp> {
        let day = millis.div_euclid(DAY);
        (FIRST_DAY..=LAST_DAY).contains(&day).then_some(Timestamp(millis))
    }

    /// A smaller part of a second than a millisecond is cut off.
    pub(super) fn of(civil: DateTime) -> Timestamp {
        // The first and the last day of the calendar are no timestamps of jiff.
        Timestamp(match Offset::UTC.to_timestamp(civil) {
            Ok(timestamp) => timestamp.as_nanosecond().div_euclid(1_000_000) as i64,
            Err(_) => civil.duration_since(EPOCH).as_nanos().div_euclid(1_000_000) as i64,
        })
    }

    pub(crate) fn civil(self) -> DateTime {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => Offset::UTC.to_datetime(timestamp),
            Err(_) => EPOCH.saturating_add(jiff::SignedDuration::from_millis(self.0)),
        }
    }

    fn start_of_day(self) -> Timestamp {
        Timestamp(self.days() * DAY)
    }

    /// Milliseconds since 1970-01-01, as if the clock stood on UTC.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Seconds since 1970-01-01: the place of the moment on a plot.
    pub fn seconds(self) -> f64 {
        self.millis() as f64 / 1000.0
    }

    /// Whole days since 1970-01-01.
    pub fn days(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// Months since the year 0.
    pub fn months(self) -> i64 {
        let civil = self.civil();
        i64::from(civil.year()) * 12 + i64::from(civil.month()) - 1
    }

    pub(crate) fn millis_of_day(self) -> i64 {
        self.0.rem_euclid(DAY)
    }

    /// 0 for Monday to 6 for Sunday.
    pub(crate) fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        (self.days() + 3).rem_euclid(7) as u8
    }

    pub(crate) fn day_of_month(self) -> u32 {
        self.civil().day() as u32
    }

    pub(crate) fn days_in_month(self) -> u32 {
        self.civil().days_in_month() as u32
    }

    /// The moment `millis` later; `None` outside the calendar.
    pub(crate) fn plus_millis(self, millis: i64) -> Option<Timestamp> {
        Timestamp::of_millis(self.0.checked_add(millis)?)
    }

    pub(crate) fn plus_days(self, days: i64) -> Option<Timestamp> {
        self.plus_millis(days.checked_mul(DAY)?)
    }
}

impl fmt::Display for Timestamp {
    /// `2023-01-31`, and the time of day unless it is midnight.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil();
        match self.millis_of_day() {
            0 => write!(f, "{}", civil.date()),
            _ => write!(f, "{} {}", civil.date(), civil.time()),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({})", self.civil())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.civil())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Timestamp::of).map_err(de::Error::custom)
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

    #[test]
    fn the_calendar_ends_where_the_calendar_of_jiff_ends() {
        let (first, last) = (Timestamp::of(DateTime::MIN), Timestamp::of(DateTime::MAX));
        assert_eq!((first.days(), last.days()), (FIRST_DAY, LAST_DAY));
        assert_eq!((first.civil(), last.civil().date()), (DateTime::MIN, DateTime::MAX.date()));
        assert_eq!((first.plus_millis(-1), last.plus_millis(1)), (None, None));
        assert_eq!(last.plus_millis(-1).unwrap().millis(), last.millis() - 1);
        assert_eq!(Timestamp::of_millis(i64::MAX), None);
    }

    #[test]
    fn weekdays_are_those_of_jiff() {
        for days in [-3_000_000, -1, 0, 1, 5, 20_000, 2_000_000] {
            let day = Timestamp::of_millis(days * DAY).unwrap();
            let expected = day.civil().weekday().to_monday_zero_offset();
            assert_eq!(i64::from(day.weekday()), i64::from(expected), "{day}");
        }
    }

    #[test]
    fn a_part_of_a_millisecond_is_cut_off() {
        let before: DateTime = "1969-12-31T23:59:59.9985".parse().unwrap();
        assert_eq!(Timestamp::of(before).millis(), -2);
        assert_eq!(serde_json::to_string(&Timestamp(1_500)).unwrap(), r#""1970-01-01T00:00:01.5""#);
    }
}
