//! Columns of moments as text: as days where all are midnights, else with as many decimals as one of them needs.

use crate::data::calendar::{self, Zone};
use arrow_array::cast::AsArray;
use arrow_array::{Array, types};
use arrow_schema::{DataType, TimeUnit};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::fmt::Write;

/// How a column writes its moments.
pub(super) struct Instants {
    /// Behind each: `+00:00`, `+01:00`; nothing where the column has no zone.
    zone: String,
    /// Seconds east of Greenwich of that zone.
    east: i64,
    /// The zone's name, where it is a place: then the moments are in UTC.
    place: Option<String>,
    /// That zone, if all moments are midnights there: then they are days.
    days_in: Option<Zone>,
    days_only: bool,
    /// Decimals of the seconds: 0, 3, 6 or 9.
    decimals: usize,
}

const DAY: i128 = 86_400 * SECOND;
const SECOND: i128 = 1_000_000_000;
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Instants {
    /// Sees what a part of the column needs.
    pub(super) fn look_at(&mut self, part: &dyn Array) {
        let part = match part.as_any_dictionary_opt() {
            Some(dictionary) => dictionary.values().as_ref(),
            None => part,
        };
        for nanos in (0..part.len()).filter(|i| part.is_valid(*i)).filter_map(|i| nanos(part, i)) {
            self.days_only &= nanos % DAY == 0;
            self.days_in.take_if(|zone| zone.day_begun(nanos).is_none());
            while self.decimals < 9 && nanos % 10_i128.pow(9 - self.decimals as u32) != 0 {
                self.decimals += 3;
            }
        }
    }

    /// For a column before any of it was seen; none for one of something else.
    pub(super) fn without(kind: &DataType) -> Option<Self> {
        let zone = match kind {
            DataType::Dictionary(_, values) => return Self::without(values),
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None) => None,
            DataType::Timestamp(_, Some(zone)) => Some(zone),
            _ => return None,
        };
        // What has a zone is stored in UTC. Names of places need a table of summer times: they stay in UTC.
        let is_utc = |zone: &str| matches!(zone, "UTC" | "Z" | "GMT" | "Etc/UTC");
        let place = zone.filter(|zone| offset(zone).is_none() && !is_utc(zone));
        let place = place.map(|place| place.to_string());
        let (zone, east) = match zone {
            None => (String::new(), 0),
            Some(zone) => match offset(zone) {
                Some(east) => (zone.to_string(), east),
                None => ("+00:00".to_string(), 0),
            },
        };
        let days_in = place.as_ref().and_then(|place| place.parse().ok());
        Some(Self { days_only: zone.is_empty(), zone, east, place, days_in, decimals: 0 })
    }

    /// The zone's name, where the moments are in UTC.
    pub(super) fn place(&self) -> Option<String> {
        self.place.clone().filter(|_| self.days_in.is_none())
    }

    /// Writes the moment in row `i`.
    pub(super) fn write(&self, array: &dyn Array, i: usize, cell: &mut String) {
        let Some(moment) = nanos(array, i) else { return };
        let day = self.days_in.as_ref().and_then(|zone| zone.day_begun(moment));
        let nanos = match day {
            Some(day) => i128::from(day) * DAY,
            None => moment + i128::from(self.east) * SECOND,
        };
        let (seconds, rest) = (nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND));
        let since = i64::try_from(seconds).map(|s| SignedDuration::new(s, rest as i32));
        let Some(at) = since.ok().and_then(|since| EPOCH.checked_add(since).ok()) else {
            // Outside the calendar: the reader refuses the text, and names the row.
            _ = write!(cell, "{seconds} s");
            return;
        };
        // Writing to a String cannot fail.
        _ = write!(cell, "{:04}-{:02}-{:02}", at.year(), at.month(), at.day());
        if self.days_only || day.is_some() {
            return;
        }
        _ = write!(cell, " {:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
        if self.decimals > 0 {
            let fraction = format!("{rest:09}");
            _ = write!(cell, ".{}", &fraction[..self.decimals]);
        }
        cell.push_str(&self.zone);
    }
}

/// Nanoseconds since 1970.
fn nanos(array: &dyn Array, i: usize) -> Option<i128> {
    let (value, unit) = match array.data_type() {
        DataType::Date32 => (i64::from(array.as_primitive::<types::Date32Type>().value(i)), DAY),
        DataType::Date64 => (array.as_primitive::<types::Date64Type>().value(i), SECOND / 1000),
        DataType::Timestamp(TimeUnit::Second, _) => {
            (array.as_primitive::<types::TimestampSecondType>().value(i), SECOND)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            (array.as_primitive::<types::TimestampMillisecondType>().value(i), SECOND / 1000)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            (array.as_primitive::<types::TimestampMicrosecondType>().value(i), 1000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            (array.as_primitive::<types::TimestampNanosecondType>().value(i), 1)
        }
        _ => return None,
    };
    Some(i128::from(value) * unit)
}

/// Seconds east of Greenwich of a zone like `+01:00`, `-0330` or `+01`; none for a name.
fn offset(zone: &str) -> Option<i64> {
    let is_offset = zone.starts_with(['+', '-']);
    calendar::offset(zone).flatten().filter(|_| is_offset).map(|minutes| minutes * 60)
}
