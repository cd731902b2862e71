//! The time zone of a column of moments, and what a person should know of it.

use super::{ColumnFound, ReadOptions, Role};
use crate::data::calendar::{DateFormat, FutureIndex, WallClock, Zone};
use crate::data::{Series, TimeAxis};

pub(super) const NO_TIMES_OF_DAY: &str = "`--tz` is without effect: the dates have no times of day";
pub(super) const TAKEN_AS_UTC: &str =
    "the dates have no UTC offset: read as UTC, and converted to the local time of `--tz`";

/// Whether the days of a zone that was asked for are not those of the dates, and a note.
pub(super) fn applies(series: &Series, zone: &Zone) -> (bool, Option<String>) {
    let without = (false, Some(NO_TIMES_OF_DAY.to_owned()));
    let (TimeAxis::Dates(axis), FutureIndex::Dates { style, .. }) = (&series.time, series.clock())
    else {
        return without;
    };
    match WallClock::of(&style, zone) {
        Some(clock) if !clock.has_days_of(axis.stamps()) => {
            (true, clock.taken_as_utc.then(|| TAKEN_AS_UTC.to_owned()))
        }
        _ => without,
    }
}

/// A note, if the dates of a series have offsets that change, as those of summer and winter do.
pub(super) fn days_in_utc(series: &Series) -> Option<String> {
    let FutureIndex::Dates { style: DateFormat::Offsets(offsets), .. } = series.clock() else {
        return None;
    };
    let note = "the UTC offset of the dates changes: days are those of UTC; `--tz` names a local time zone";
    offsets.in_utc().then(|| note.to_owned())
}

/// The zone of a column of moments, which `place` names. A name that is not known gets a note.
pub(super) fn of_column(
    place: Option<String>,
    columns: &[ColumnFound],
    options: &ReadOptions,
    notes: &mut Vec<String>,
) -> Option<Zone> {
    let place = place.filter(|_| options.tz.is_none())?;
    let zone = place.parse().ok();
    if zone.is_none() {
        notes.insert(0, taken_in_utc(columns, &place));
    }
    zone
}

/// The note on a column of moments in a zone by name, whose dates are taken in UTC.
pub(super) fn taken_in_utc(columns: &[ColumnFound], place: &str) -> String {
    let time = columns.iter().find(|column| column.role == Role::Time);
    let name = time.map_or("the time", |column| column.name.as_str());
    format!("`{name}` is taken in UTC, not in {place}")
}
