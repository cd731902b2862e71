//! The periods of a coarser calendar, and the one that a moment lies in.

use crate::data::calendar::{
    Frequency, MonthAnchor, PeriodAnchor, Span, Timestamp, WallClock, Zone, first_of,
};

/// The periods of a coarser calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Periods {
    /// Their length: months, quarters and years by the calendar, weeks, days, hours.
    pub frequency: Frequency,
    /// Where they begin or end. Without one they are those of the calendar, weeks from Monday on, and are dated by their first day.
    pub anchor: Option<PeriodAnchor>,
    /// The zone in whose days they are counted, of dates in UTC or with offsets. Without one, days are those of the dates.
    pub zone: Option<Zone>,
}

impl Periods {
    /// Where periods are counted from: the first date, of hours its midnight; on the clock `wall` if there is one.
    pub(super) fn origin(&self, first: Timestamp, wall: Option<&WallClock>) -> Option<Timestamp> {
        let local = wall.map_or(Some(first), |wall| wall.local(first))?;
        if self.frequency.has_days() {
            return Some(local);
        }
        let midnight = local.plus_millis(-local.millis_of_day())?;
        wall.map_or(Some(midnight), |wall| wall.date(midnight))
    }

    /// The period of a moment, counted from `origin`.
    pub(super) fn span(&self, stamp: Timestamp, origin: Timestamp) -> Option<Span> {
        match (self.frequency, self.anchor) {
            (Frequency::Months(n), Some(PeriodAnchor::Begin(rule))) => {
                rule.span_from(stamp, origin, i64::from(n))
            }
            (Frequency::Months(n), Some(PeriodAnchor::End(rule))) => {
                rule.span_to(stamp, origin, i64::from(n))
            }
            (Frequency::Months(n), _) => {
                let n = i64::from(n);
                let month = stamp.months().div_euclid(n) * n;
                let start = first_of(month)?;
                Some(Span { start, next: first_of(month + n)?, date: start })
            }
            (Frequency::Days(n), Some(PeriodAnchor::WeekEnd(last))) => {
                // Of several weeks the data begin in the last.
                let first = first_of_week(origin, last) - i64::from(n) + 7;
                let span = of_days(stamp, first, n)?;
                Some(Span { date: span.next.plus_days(-1)?, ..span })
            }
            (Frequency::Days(n), None) if n % 7 == 0 => of_days(stamp, first_of_week(origin, 6), n),
            (Frequency::Days(n), _) => of_days(stamp, origin.days(), n),
            (Frequency::Millis(n), _) => of_length(stamp, origin.millis(), i64::try_from(n).ok()?),
            _ => None,
        }
    }

    /// The day of the month that dates these periods.
    pub(super) fn day_of_month(&self, date: Timestamp) -> MonthAnchor {
        match self.anchor {
            Some(PeriodAnchor::Begin(rule) | PeriodAnchor::End(rule)) => rule.day(),
            _ => MonthAnchor::Day(date.day_of_month()),
        }
    }
}

const DAY: i64 = 86_400_000;

/// The first day of the week of a moment, of weeks that end on the day `last`.
fn first_of_week(stamp: Timestamp, last: u8) -> i64 {
    let first = i64::from(last) + 1;
    stamp.days() - (i64::from(stamp.weekday()) - first).rem_euclid(7)
}

/// The period of `n` days of a moment, of periods that begin on the day `first`.
fn of_days(stamp: Timestamp, first: i64, n: u32) -> Option<Span> {
    of_length(stamp, first * DAY, i64::from(n) * DAY)
}

/// The period of `n` milliseconds of a moment, of periods that begin at `first`.
fn of_length(stamp: Timestamp, first: i64, n: i64) -> Option<Span> {
    let start = stamp.plus_millis(-(stamp.millis() - first).rem_euclid(n))?;
    Some(Span { start, next: start.plus_millis(n)?, date: start })
}
