//! When a value is: as the data write it, and as a date for files that have a type for dates.

use crate::data::Series;
use crate::data::calendar::{DateFormat, FutureIndex, Timestamp, offset};
use std::fmt;

/// A time as the data write it, and the date that it is.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// As the data write it: a date, a number, a count of steps.
    pub text: String,
    /// The date; none for a number, a step, or past the year 9999.
    pub at: Option<Moment>,
}

/// A date and time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// On the clock of its zone.
    pub stamp: Timestamp,
    /// Minutes east of Greenwich of that zone; none where the data have no zone.
    pub east: Option<i64>,
}

impl When {
    /// Future step `k` of a clock, from 1.
    pub fn after(clock: &FutureIndex, k: usize) -> Self {
        Self::new(clock.label(k), clock.stamp(k), zone(clock))
    }

    /// Value `i` of a series, from 0.
    pub fn of_value(series: &Series, i: usize) -> Self {
        Self::of(series, i, zone(&series.clock()))
    }

    /// Value `i` of a series whose clock has this `zone`.
    pub(crate) fn of(series: &Series, i: usize, zone: Option<Option<i64>>) -> Self {
        Self::new(series.label(i), series.stamp(i), zone)
    }

    fn new(text: String, stamp: Option<Timestamp>, zone: Option<Option<i64>>) -> Self {
        let at = stamp.zip(zone).map(|(stamp, east)| Moment { stamp, east });
        Self { text, at }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for When {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), at: None }
    }
}

/// Minutes east of Greenwich of the zone that a clock writes; `Some(None)` where it writes none, `None` where that zone
/// is not known.
pub(crate) fn zone(clock: &FutureIndex) -> Option<Option<i64>> {
    match clock {
        FutureIndex::Dates { style: DateFormat::Time { zone, .. }, .. } => offset(zone.trim()),
        // On a wall clock that changes, the text alone says which moment is meant.
        FutureIndex::Dates {
            style: DateFormat::Zoned { .. } | DateFormat::Offsets { .. }, ..
        } => None,
        _ => Some(None),
    }
}
