//! Calendar dates along an axis. UTC throughout: a series without a time zone must look the same on every machine.

use super::ticks::Tick;
use jiff::{Timestamp, civil::DateTime, tz::Offset};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The first Monday after the epoch, which was a Thursday.
const MONDAY: i64 = 4 * DAY;

#[derive(Clone, Copy, PartialEq)]
enum Spacing {
    Seconds(i64),
    Days(i64),
    Months(i64),
}

/// From fine to coarse; each at most 3.5 times the one before, so that an axis never ends up with a single label.
const SPACINGS: [Spacing; 32] = {
    use Spacing::{Days, Months, Seconds};
    [
        Seconds(1),
        Seconds(2),
        Seconds(5),
        Seconds(10),
        Seconds(15),
        Seconds(30),
        Seconds(MINUTE),
        Seconds(2 * MINUTE),
        Seconds(5 * MINUTE),
        Seconds(10 * MINUTE),
        Seconds(15 * MINUTE),
        Seconds(30 * MINUTE),
        Seconds(HOUR),
        Seconds(2 * HOUR),
        Seconds(3 * HOUR),
        Seconds(6 * HOUR),
        Seconds(12 * HOUR),
        Days(1),
        Days(2),
        Days(4),
        Days(7),
        Days(14),
        Months(1),
        Months(2),
        Months(3),
        Months(6),
        Months(12),
        Months(24),
        Months(60),
        Months(120),
        Months(240),
        Months(600),
    ]
};

/// `None` where there is no calendar: beyond the years jiff knows, or a span no spacing divides well.
pub(super) fn ticks(low: f64, high: f64, most: usize) -> Option<Vec<Tick>> {
    civil(low)?;
    civil(high)?;
    let most = most.max(2);
    let centuries = [1, 2, 5, 10, 20, 50].map(|k| Spacing::Months(k * 1200));
    let (spacing, places) = SPACINGS
        .into_iter()
        .chain(centuries)
        // Counting by length first keeps a span of centuries from being cut into seconds.
        .filter(|spacing| (high - low) / spacing.seconds() <= most as f64 + 1.0)
        .map(|spacing| (spacing, spacing.inside(low, high)))
        .find(|(_, places)| places.len() <= most)?;
    let mut before: Option<DateTime> = None;
    let mut ticks = Vec::with_capacity(places.len());
    for at in places {
        let now = civil(at)?;
        ticks.push(Tick { at, label: label(spacing, now, before) });
        before = Some(now);
    }
    (ticks.len() >= 2 || high - low < 2.0 * spacing.seconds()).then_some(ticks)
}

/// A moment in full, for a read-out and for the ends of an axis in plain text: `1960-03-01`, `2020-08-03 14:00`.
pub(super) fn moment(seconds: f64) -> Option<String> {
    let at = civil(seconds)?;
    Some(match (at.hour(), at.minute(), at.second()) {
        (0, 0, 0) => at.strftime("%Y-%m-%d").to_string(),
        (_, _, 0) => at.strftime("%Y-%m-%d %H:%M").to_string(),
        _ => at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    })
}

impl Spacing {
    /// About how long: a month counts 30.4 days.
    fn seconds(self) -> f64 {
        match self {
            Spacing::Seconds(count) => count as f64,
            Spacing::Days(count) => (count * DAY) as f64,
            Spacing::Months(count) => count as f64 * 30.4 * DAY as f64,
        }
    }

    /// All places of this spacing inside the range, as seconds since the epoch.
    fn inside(self, low: f64, high: f64) -> Vec<f64> {
        match self {
            Spacing::Seconds(count) => multiples(low, high, count, 0),
            Spacing::Days(count @ (7 | 14)) => multiples(low, high, count * DAY, MONDAY),
            Spacing::Days(count) => multiples(low, high, count * DAY, 0),
            Spacing::Months(count) => months(low, high, count),
        }
    }
}

fn multiples(low: f64, high: f64, size: i64, origin: i64) -> Vec<f64> {
    let index = |seconds: f64| (seconds - origin as f64) / size as f64;
    (index(low).ceil() as i64..=index(high).floor() as i64)
        .map(|i| (i * size + origin) as f64)
        .collect()
}

fn months(low: f64, high: f64, every: i64) -> Vec<f64> {
    let month = |seconds: f64| {
        civil(seconds).map(|at| i64::from(at.year()) * 12 + i64::from(at.month()) - 1)
    };
    let (Some(first), Some(last)) = (month(low), month(high)) else { return Vec::new() };
    (first.div_euclid(every)..=last.div_euclid(every))
        .filter_map(|i| {
            let (year, month) = ((i * every).div_euclid(12), (i * every).rem_euclid(12) + 1);
            let at = DateTime::new(i16::try_from(year).ok()?, month as i8, 1, 0, 0, 0, 0).ok()?;
            Some(Offset::UTC.to_timestamp(at).ok()?.as_second() as f64)
        })
        .filter(|at| (low..=high).contains(at))
        .collect()
}

fn label(spacing: Spacing, now: DateTime, before: Option<DateTime>) -> String {
    let new_year = before.is_none_or(|b| b.year() != now.year());
    let new_day = before.is_none_or(|b| b.date() != now.date());
    let midnight = now.hour() == 0 && now.minute() == 0 && now.second() == 0;
    let format = match spacing {
        Spacing::Months(count) if count % 12 == 0 => "%Y",
        Spacing::Months(_) => "%b %Y",
        Spacing::Days(_) if new_year => "%-d %b %Y",
        Spacing::Days(_) => "%-d %b",
        Spacing::Seconds(_) if new_day && midnight => "%-d %b",
        Spacing::Seconds(MINUTE..) if new_day => "%-d %b %H:%M",
        Spacing::Seconds(MINUTE..) => "%H:%M",
        Spacing::Seconds(_) if new_day => "%-d %b %H:%M:%S",
        Spacing::Seconds(_) => "%H:%M:%S",
    };
    now.strftime(format).to_string()
}

fn civil(seconds: f64) -> Option<DateTime> {
    // `as` saturates, and jiff refuses what lies outside its calendar.
    let at = Timestamp::from_second(seconds.floor() as i64).ok()?;
    Some(Offset::UTC.to_datetime(at))
}
