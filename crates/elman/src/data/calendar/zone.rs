//! Time zones by name: dates in UTC, or with offsets, on the wall clock of a place.
//!
//! People get up by the wall clock. In UTC a daily season moves by an hour twice a year; on the wall clock it stays
//! where it is, one hour of spring is missing, and one of autumn comes twice.

use super::{DateFormat, Dates, Timestamp};
use crate::error::{Error, Result, unknown_name};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A time zone of the IANA database, such as `Europe/Berlin`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl FromStr for Zone {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match TimeZone::get(name) {
            Ok(zone) => Ok(Self { name: name.to_owned(), zone }),
            Err(_) => {
                let known: Vec<String> =
                    jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                Err(unknown_name("time zone", name, &known))
            }
        }
    }
}

impl TryFrom<String> for Zone {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        name.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

impl Zone {
    /// The wall clock at a moment in UTC.
    fn local(&self, utc: Timestamp) -> Option<Timestamp> {
        let moment = jiff::Timestamp::from_millisecond(utc.millis()).ok()?;
        Some(Timestamp::of(self.zone.to_datetime(moment)))
    }

    /// The moment of a time on the wall clock: the first of two in autumn, and in the hour that spring leaves out as
    /// much behind it.
    fn moment(&self, local: Timestamp) -> Option<jiff::Timestamp> {
        self.zone.to_ambiguous_timestamp(local.civil()).compatible().ok()
    }

    /// A time on the wall clock in UTC.
    pub(super) fn in_utc(&self, local: Timestamp) -> Option<Timestamp> {
        Timestamp::day(1970, 1, 1)?.plus_millis(self.moment(local)?.as_millisecond())
    }

    /// The day, counted from 1970-01-01, that begins at a moment, in nanoseconds since then; `None` for another moment. Where the
    /// clock jumps at midnight a day begins at 1:00.
    pub fn day_begun(&self, nanos: i128) -> Option<i64> {
        let moment = jiff::Timestamp::from_nanosecond(nanos).ok()?;
        let day = self.zone.to_datetime(moment).date().at(0, 0, 0, 0);
        let begins = self.zone.to_ambiguous_timestamp(day).compatible().ok()?;
        (begins == moment).then(|| Timestamp::of(day).days())
    }

    /// Whether the wall clock ever shows this time: not in the hour that spring leaves out.
    pub(super) fn has(&self, local: Timestamp) -> bool {
        let offset = self.zone.to_ambiguous_timestamp(local.civil()).offset();
        !matches!(offset, AmbiguousOffset::Gap { .. })
    }

    /// Writes a time on the wall clock: in UTC, or with the offset that the zone has then, written as `like`.
    pub(super) fn write(&self, local: Timestamp, style: &DateFormat, in_utc: bool) -> String {
        let Some(moment) = self.moment(local) else { return style.write(local) };
        if in_utc {
            return style.write(self.in_utc(local).unwrap_or(local));
        }
        match style {
            DateFormat::Time { date, between, seconds, decimals, zone } => {
                let zone = offset_like(zone, self.zone.to_offset(moment).seconds());
                let (date, between) = (date.clone(), between.clone());
                DateFormat::Time { date, between, seconds: *seconds, decimals: *decimals, zone }
                    .write(local)
            }
            other => other.write(local),
        }
    }
}

/// An offset in seconds, written like another one: `+01:00`, `+0100`, `+01`, with the space before it.
fn offset_like(like: &str, seconds: i32) -> String {
    let space: String = like.chars().take_while(|c| c.is_whitespace()).collect();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match like.trim() {
        like if like.contains(':') => {
            format!("{space}{sign}{hours:02}:{minutes:02}")
        }
        like if like.len() <= 3 && minutes == 0 => format!("{space}{sign}{hours:02}"),
        _ => format!("{space}{sign}{hours:02}{minutes:02}"),
    }
}

/// The wall clock of a zone beside dates in UTC, or with offsets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WallClock {
    zone: Zone,
    /// Minutes from UTC at which the dates stand.
    offset: i64,
    style: DateFormat,
    /// Whether the file writes no offset, so that its times are taken as UTC.
    pub(crate) taken_as_utc: bool,
}

impl WallClock {
    /// The clock of `zone` beside dates of a style; `None` where their offset is none.
    pub(crate) fn of(style: &DateFormat, zone: &Zone) -> Option<Self> {
        let (style, offset, in_utc, taken_as_utc) = match style {
            DateFormat::Offsets(offsets) if !offsets.in_utc() => return None,
            DateFormat::Offsets(offsets) => (offsets.first(), 0, false, false),
            DateFormat::Epoch(unit) => (DateFormat::Epoch(*unit), 0, true, false),
            DateFormat::Time { zone: written, .. } => {
                let written = written.trim();
                let offset = super::scan::offset(written)?;
                let in_utc = !written.starts_with(['+', '-']);
                (style.clone(), offset.unwrap_or(0), in_utc, offset.is_none())
            }
            other => (other.clone(), 0, true, true),
        };
        let style = DateFormat::Zoned { style: Box::new(style), zone: zone.clone(), in_utc };
        Some(Self { zone: zone.clone(), offset, style, taken_as_utc })
    }

    /// The time on the wall clock at a date.
    pub(crate) fn local(&self, stamp: Timestamp) -> Option<Timestamp> {
        self.zone.local(stamp.plus_millis(-self.offset * 60_000)?)
    }

    /// The date at a time on the wall clock.
    pub(crate) fn date(&self, local: Timestamp) -> Option<Timestamp> {
        self.zone.in_utc(local)?.plus_millis(self.offset * 60_000)
    }

    /// How times on the wall clock are written in the style of the dates.
    pub(crate) fn style(&self) -> &DateFormat {
        &self.style
    }

    /// Whether dates are days rather than moments: without times of day, or at one time of their own that the wall clock moves.
    pub(crate) fn has_days_of(&self, stamps: &[Timestamp]) -> bool {
        let one_time = |mut all: std::vec::IntoIter<Option<Timestamp>>| {
            let first = all.next().flatten().map(Timestamp::millis_of_day);
            all.all(|s| s.map(Timestamp::millis_of_day) == first)
        };
        let own: Vec<_> = stamps.iter().copied().map(Some).collect();
        let local: Vec<_> = stamps.iter().map(|s| self.local(*s)).collect();
        let is_midnight = stamps.first().is_none_or(|s| s.millis_of_day() == 0);
        one_time(own.into_iter())
            && (self.taken_as_utc || is_midnight || !one_time(local.into_iter()))
    }
}

/// What became of dates on a wall clock.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OnWallClock {
    pub(crate) dates: Dates,
    /// Whether the file wrote no offset, so that its times were taken as UTC.
    pub(crate) taken_as_utc: bool,
}

impl Dates {
    /// These dates on the wall clock of `zone`, in the same order. `None` for days, and past the year 9999.
    pub(crate) fn on_wall_clock(self, zone: &Zone) -> Option<OnWallClock> {
        let clock = WallClock::of(&self.style, zone)?;
        if clock.has_days_of(&self.stamps) {
            return None;
        }
        let stamps: Vec<Timestamp> =
            self.stamps.iter().map(|s| clock.local(*s)).collect::<Option<_>>()?;
        let WallClock { style, taken_as_utc, .. } = clock;
        Some(OnWallClock { dates: Dates { stamps, style }, taken_as_utc })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::calendar::dates;

    fn berlin(cells: &[&str]) -> Dates {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        dates(cells, None).unwrap().on_wall_clock(&zone).unwrap().dates
    }

    #[test]
    fn dates_come_back_as_they_were_given() {
        for cells in [
            ["2024-01-01T00:00:00Z", "2024-03-31T01:00:00Z", "2024-07-01T00:00:00Z"],
            ["2024-01-01 00:00", "2024-03-31 01:00", "2024-07-01 00:00"],
        ] {
            let local = berlin(&cells);
            let hours: Vec<i64> =
                local.stamps.iter().map(|s| s.millis_of_day() / 3_600_000).collect();
            assert_eq!(hours, [1, 3, 2]);
            let written: Vec<String> = local.stamps.iter().map(|s| local.style.write(*s)).collect();
            assert_eq!(written, cells);
        }
        // With offsets: those of the zone.
        let given = ["2024-01-01T00:00:00+01:00", "2024-07-01T03:00:00+02:00"];
        let local = berlin(&given);
        let written: Vec<String> = local.stamps.iter().map(|s| local.style.write(*s)).collect();
        assert_eq!(written, given);
        let local = berlin(&["2024-01-01T00:00:00+01:00", "2024-07-01T04:00:00+01:00"]);
        let written: Vec<String> = local.stamps.iter().map(|s| local.style.write(*s)).collect();
        assert_eq!(written, ["2024-01-01T00:00:00+01:00", "2024-07-01T05:00:00+02:00"]);
    }

    #[test]
    fn an_unknown_zone_names_the_nearest() {
        let error = "Europe/Berlim".parse::<Zone>().unwrap_err().to_string();
        assert!(error.contains("Europe/Berlin"), "{error}");
    }

    #[test]
    fn offsets_are_written_like_those_of_the_file() {
        for (like, seconds, want) in [
            ("+01:00", 7200, "+02:00"),
            ("+0100", -19_800, "-0530"),
            ("+01", 7200, "+02"),
            ("+01", 19_800, "+0530"),
            (" +01:00", 0, " +00:00"),
        ] {
            assert_eq!(offset_like(like, seconds), want);
        }
    }
}
