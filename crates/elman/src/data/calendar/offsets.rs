//! Moments whose distance from Greenwich changes, such as `+01:00` in winter and `+02:00` in summer.

use super::parse::{DateError, Dates};
use super::scan::Pieces;
use super::{DateFormat, Timestamp};
use serde::{Deserialize, Serialize};

/// How such moments are written: the wall clock's time, and the distance that was in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offsets {
    /// The style without its zone.
    local: DateFormat,
    /// From when on which distance is in force; the last one stays.
    changes: Vec<Change>,
    /// Whether the moments are in UTC; else they are as the wall clock shows them.
    in_utc: bool,
}

/// A distance from Greenwich, and since when it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Change {
    from: Timestamp,
    minutes: i64,
    /// How the file writes it.
    text: String,
}

/// More changes than two a year for a hundred years are no summer time: such dates are written in UTC.
const MAX_CHANGES: usize = 200;

impl Offsets {
    /// The style of the first of them.
    pub(super) fn first(&self) -> DateFormat {
        let zone = self.changes.first().map_or("", |change| &change.text);
        with_zone(self.local.clone(), zone)
    }

    /// Writes a moment.
    pub(super) fn write(&self, stamp: Timestamp) -> String {
        let zone = self.change(stamp).map_or("", |change| &change.text);
        self.local.write(self.on_wall(stamp)) + zone
    }

    /// What is in force at a moment.
    fn change(&self, stamp: Timestamp) -> Option<&Change> {
        let at = self.changes.partition_point(|change| change.from <= stamp);
        self.changes.get(at.saturating_sub(1))
    }

    /// A moment on the wall clock.
    pub(super) fn on_wall(&self, stamp: Timestamp) -> Timestamp {
        let change = self.change(stamp).filter(|_| self.in_utc);
        let local = change.and_then(|change| stamp.plus_millis(change.minutes * MINUTE));
        local.unwrap_or(stamp)
    }

    /// Whether the moments are in UTC; else they are as the wall clock shows them.
    pub fn in_utc(&self) -> bool {
        self.in_utc
    }
}

const MINUTE: i64 = 60_000;

/// Makes one time axis of wall-clock times with their zones. Where the zone is the same, the wall clock is the axis. Where
/// it changes, values of one time of day stay so, as days do; others would repeat an hour in autumn, and are put in UTC.
pub(super) fn settle(
    pieces: &[Pieces],
    local: Vec<Timestamp>,
    style: DateFormat,
) -> Result<Dates, DateError> {
    let zone = |p: &Pieces| p.time.as_ref().and_then(|t| t.offset);
    let mut zones = pieces.iter().filter_map(zone);
    let Some(first) = zones.next() else { return Ok(Dates { stamps: local, style }) };
    if zones.all(|other| other == first) {
        return Ok(Dates { stamps: local, style });
    }
    // Without a zone among zones that differ, it is not known which moment is meant.
    let minutes = pieces.iter().enumerate().map(|(row, p)| zone(p).ok_or(DateError::Mixed(row)));
    let minutes = minutes.collect::<Result<Vec<i64>, _>>()?;
    let utc = local.iter().zip(&minutes).enumerate().map(|(row, (stamp, minutes))| {
        stamp.plus_millis(-minutes * MINUTE).ok_or(DateError::NoSuchDay(row))
    });
    let utc = utc.collect::<Result<Vec<_>, _>>()?;
    let in_utc = local.iter().any(|s| s.millis_of_day() != local[0].millis_of_day());
    let stamps = if in_utc { &utc } else { &local };
    let mut order: Vec<usize> = (0..stamps.len()).collect();
    order.sort_by_key(|i| stamps[*i]);
    let mut changes: Vec<Change> = Vec::new();
    for i in order {
        let minutes = minutes[i];
        if changes.last().is_none_or(|last| last.minutes != minutes) {
            let text = pieces[i].time.as_ref().map_or("", |t| t.zone).to_string();
            changes.push(Change { from: stamps[i], minutes, text });
        }
    }
    if changes.len() > MAX_CHANGES {
        return Ok(Dates { stamps: utc, style: with_zone(style, "Z") });
    }
    let stamps = if in_utc { utc } else { local };
    let offsets = Offsets { local: with_zone(style, ""), changes, in_utc };
    Ok(Dates { stamps, style: DateFormat::Offsets(Box::new(offsets)) })
}

fn with_zone(style: DateFormat, zone: &str) -> DateFormat {
    match style {
        DateFormat::Time { date, between, seconds, decimals, .. } => {
            DateFormat::Time { date, between, seconds, decimals, zone: zone.to_string() }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use crate::data::calendar::{DateError, dates};

    #[test]
    fn a_zone_that_changes_comes_back_as_given() {
        let hours = [
            "2024-03-31T00:00:00+01:00",
            "2024-03-31T01:00:00+01:00",
            "2024-03-31T03:00:00+02:00",
            "2024-03-31T04:00:00+02:00",
        ];
        let read = dates(&hours, None).unwrap();
        assert!(read.stamps.windows(2).all(|w| w[1].millis() - w[0].millis() == 3_600_000));
        let written: Vec<String> = read.stamps.iter().map(|s| read.style.write(*s)).collect();
        assert_eq!(written, hours);
        let next = read.stamps[3].plus_millis(3_600_000).unwrap();
        assert_eq!(read.style.write(next), "2024-03-31T05:00:00+02:00");
    }

    #[test]
    fn the_hour_that_comes_twice_is_two_hours() {
        let hours = ["2024-10-27 02:00+0200", "2024-10-27 02:00+0100", "2024-10-27 03:00+0100"];
        let read = dates(&hours, None).unwrap();
        assert!(read.stamps.windows(2).all(|w| w[1].millis() - w[0].millis() == 3_600_000));
        let written: Vec<String> = read.stamps.iter().map(|s| read.style.write(*s)).collect();
        assert_eq!(written, hours);
    }

    #[test]
    fn days_stay_days() {
        let days = ["2024-03-30T00:00+01:00", "2024-03-31T00:00+01:00", "2024-04-01T00:00+02:00"];
        let read = dates(&days, None).unwrap();
        assert!(read.stamps.windows(2).all(|w| w[1].millis() - w[0].millis() == 86_400_000));
        let written: Vec<String> = read.stamps.iter().map(|s| read.style.write(*s)).collect();
        assert_eq!(written, days);
    }

    #[test]
    fn a_time_without_a_zone_among_others_is_of_another_kind() {
        let mixed = ["2024-03-30T00:00+01:00", "2024-03-31T00:00+02:00", "2024-04-01T00:00"];
        assert_eq!(dates(&mixed, None), Err(DateError::Mixed(2)));
    }
}
