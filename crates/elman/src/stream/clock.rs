//! Clock of a series in a stream: the next date, and the place of the date of an observation.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::arrival::Arrival;
use super::calendar::{Calendar, in_utc, read};
use crate::data::calendar::{
    DateFormat, Dates, Frequency, FutureIndex, Timestamp, absent, absent_about, infer, is_off,
    looks_like_date,
};
use crate::error::{Error, Result};

/// Most absent dates of a calendar with holidays that are no gap.
const MAX_HOLIDAYS: usize = 5;

/// Time steps that two dates are compared over where a frequency has no formula.
const MAX_STEPS: usize = 1 << 20;

/// Clock after the last observation of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SeriesClock {
    axis: Axis,
    /// Date of the last observation, as it was written, and the next date.
    cutoff: String,
    next: String,
    /// Date of an [early](Arrival::Early) observation after it.
    early: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Axis {
    /// Observations without dates are counted.
    Counted,
    /// Dates whose frequency is known.
    Known(FutureIndex),
    /// One date, whose frequency follows from the next one.
    First { last: Timestamp, style: DateFormat },
}

impl SeriesClock {
    /// Clock after `count` observations without dates.
    pub(super) fn counted(count: usize) -> Self {
        let mut clock = Self {
            axis: Axis::Counted,
            cutoff: count.to_string(),
            next: String::new(),
            early: None,
        };
        clock.write_next(count);
        clock
    }

    /// Clock after the date of the last observation, `cutoff`, on a known time axis.
    pub(super) fn of(axis: FutureIndex, cutoff: String) -> Self {
        let next = axis.label(1);
        Self { axis: Axis::Known(axis), cutoff, next, early: None }
    }

    /// Clock after the first observation of a series, whose date is `ds`.
    ///
    /// # Errors
    /// A text that is no date and no whole number.
    pub(super) fn first(ds: &str, calendar: &Calendar) -> Result<Self> {
        if let Some(axis) = calendar.numbers(ds) {
            return Ok(Self::of(axis, ds.to_owned()));
        }
        let Some(Dates { stamps, style }) = calendar.read(ds) else {
            let Ok(last) = ds.parse::<i64>() else { return Err(not_a_date(ds)) };
            return Ok(Self::of(FutureIndex::Steps { last }, ds.to_owned()));
        };
        let last = stamps[0];
        Ok(match calendar.frequency {
            Some(frequency) => {
                let anchor = calendar.anchor(last);
                let axis = FutureIndex::Dates { last, frequency, anchor, style };
                Self::of(axis, ds.to_owned())
            }
            None => {
                let next = format!("{ds}+1");
                Self { axis: Axis::First { last, style }, cutoff: ds.to_owned(), next, early: None }
            }
        })
    }

    /// Date of the last observation, as it was written.
    pub(super) fn cutoff(&self) -> &str {
        &self.cutoff
    }

    /// Date `k` time steps after the last observation (k from 1).
    pub(super) fn label(&self, k: usize) -> String {
        match &self.axis {
            _ if k == 1 => self.next.clone(),
            Axis::Known(axis) => axis.label(k),
            Axis::Counted => (self.count() + k).to_string(),
            Axis::First { .. } => format!("{}+{k}", self.cutoff),
        }
    }

    /// The next date.
    pub(super) fn next(&self) -> &str {
        &self.next
    }

    fn count(&self) -> usize {
        self.cutoff.parse().unwrap_or(0)
    }

    fn write_next(&mut self, count: usize) {
        use std::fmt::Write;
        self.next.clear();
        // A `String` takes every text.
        let _ = write!(self.next, "{}", count + 1);
    }

    /// Place of the date `ds`, or of the next observation without a date. A gap of more than `max_gap` time steps is a reset
    /// if two observations in a row are after it: one alone can have a wrong date.
    ///
    /// # Errors
    /// A text that is no date; a date that is no whole number of time steps after the last one; a date where the series has
    /// none, or none where the series has dates.
    pub(super) fn place(&self, ds: Option<&str>, max_gap: usize) -> Result<Arrival> {
        let after = |missing| match missing {
            0 => Arrival::Next,
            _ if missing <= max_gap => Arrival::AfterGap { missing },
            _ if ds.is_some_and(|ds| self.confirms(ds, max_gap)) => Arrival::Reset { missing },
            _ => Arrival::Early { missing },
        };
        match (&self.axis, ds) {
            (Axis::Counted, None) => Ok(Arrival::Next),
            (Axis::Counted, Some(ds)) => Err(self.another_axis(ds)),
            (Axis::Known(FutureIndex::Steps { .. }), None) => Ok(Arrival::Next),
            (_, None) => Err(self.another_axis("")),
            (_, Some(ds)) if ds == self.next => Ok(Arrival::Next),
            (_, Some(ds)) if ds == self.cutoff => Ok(Arrival::Duplicate),
            (Axis::Known(FutureIndex::Steps { last }), Some(ds)) => {
                let number: i64 = ds.parse().map_err(|_| self.another_axis(ds))?;
                Ok(match number.checked_sub(*last) {
                    Some(0) => Arrival::Duplicate,
                    Some(ahead @ 1..) => after(ahead as usize - 1),
                    _ => Arrival::Late,
                })
            }
            (Axis::Known(FutureIndex::Numbers { last, step, .. }), Some(ds)) => {
                let number: f64 = ds.parse().map_err(|_| self.unreadable(ds))?;
                self.number(number, *last, *step)
                    .map(|place| place.map_or_else(|known| known, after))
            }
            (Axis::Known(FutureIndex::Dates { last, style, .. }), Some(ds))
            | (Axis::First { last, style }, Some(ds)) => {
                let (last, at) = self.instants(ds, *last, style)?;
                match at.cmp(&last) {
                    Ordering::Less => Ok(Arrival::Late),
                    Ordering::Equal => Ok(Arrival::Duplicate),
                    Ordering::Greater => self.missing_before(ds, last, at).map(after),
                }
            }
        }
    }

    /// Whether the date `ds` is soon after that of an early observation.
    fn confirms(&self, ds: &str, max_gap: usize) -> bool {
        let Some(early) = &self.early else { return false };
        let mut there = Self { early: None, ..self.clone() };
        let Ok(Arrival::Early { missing }) = there.place(Some(early), max_gap) else {
            return false;
        };
        there.advance(Some(early), Arrival::Reset { missing });
        matches!(there.place(Some(ds), max_gap), Ok(Arrival::Next | Arrival::AfterGap { .. }))
    }

    /// Keeps the date of an early observation.
    pub(super) fn keep_early(&mut self, ds: Option<&str>) {
        self.early = ds.map(str::to_owned);
    }

    /// The last date and the date `ds`, on the same clock. The date may have another format, and no other time zone.
    fn instants(
        &self,
        ds: &str,
        last: Timestamp,
        style: &DateFormat,
    ) -> Result<(Timestamp, Timestamp)> {
        let order = style.date_order();
        let own = read(&[ds], order).ok_or_else(|| self.unreadable(ds))?;
        let has_one_zone = !matches!(style, DateFormat::Zoned { .. } | DateFormat::Offsets(_));
        if let (true, Some(in_utc), Some(at)) =
            (has_one_zone, in_utc(last, style), in_utc(own.stamps[0], &own.style))
        {
            // Days are days of the wall clock.
            return Ok(if self.is_within_days() { (in_utc, at) } else { (last, own.stamps[0]) });
        }
        if has_one_zone && own.style.zone() != style.zone() {
            return Err(Error::Data {
                reason: format!("the date {ds} has another time zone than {}", self.cutoff),
                help: format!("write dates in one time zone; the next date is {}", self.next),
            });
        }
        match read(&[&self.cutoff, ds], order) {
            Some(Dates { stamps, .. }) => Ok((stamps[0], stamps[1])),
            None if has_one_zone => Ok((last, own.stamps[0])),
            None => Err(self.unreadable(ds)),
        }
    }

    /// Whether time steps are shorter than a day.
    fn is_within_days(&self) -> bool {
        match &self.axis {
            Axis::Known(axis) => matches!(axis.frequency(), Some(Frequency::Millis(_))),
            Axis::First { .. } => true,
            Axis::Counted => false,
        }
    }

    fn unreadable(&self, ds: &str) -> Error {
        let reason = match looks_like_date(ds) {
            true => "can be read in two ways, or is no day of the calendar",
            false => "is no date",
        };
        Error::Data {
            reason: format!("`{ds}` {reason}"),
            help: format!("write dates like the next one, {}", self.next),
        }
    }

    /// Time steps between the last value and a number, or another place of the number.
    fn number(
        &self,
        number: f64,
        last: f64,
        step: f64,
    ) -> Result<std::result::Result<usize, Arrival>> {
        let ahead = (number - last) / step;
        if !ahead.is_finite() || (ahead - ahead.round()).abs() > 0.25 {
            return Err(self.off_the_axis(&number.to_string()));
        }
        Ok(match ahead.round() as i64 {
            0 => Err(Arrival::Duplicate),
            ahead @ 1.. => Ok(ahead as usize - 1),
            _ => Err(Arrival::Late),
        })
    }

    /// Absent time steps between the date of the last observation and that of this one.
    fn missing_before(&self, ds: &str, last: Timestamp, at: Timestamp) -> Result<usize> {
        let Axis::Known(axis) = &self.axis else { return Ok(0) };
        let Some(frequency) = axis.frequency() else { return Ok(0) };
        if let Some(missing) = absent(last, at, frequency).filter(|_| !is_off(last, at, frequency))
        {
            let is_holiday = frequency.has_holidays() && missing <= MAX_HOLIDAYS;
            return Ok(if is_holiday { 0 } else { missing });
        }
        if frequency.has_holidays() {
            return Err(self.off_the_axis(ds));
        }
        // The ends of months, and the hours around a change of the clock, are no whole number of steps apart.
        let about = absent_about(last, at, frequency).min(MAX_STEPS);
        let near = about.saturating_sub(1)..=about + 1;
        let found = near.into_iter().find(|missing| axis.label(missing + 1) == ds);
        found.ok_or_else(|| self.off_the_axis(ds))
    }

    /// Moves to the date `ds` of an observation that [arrived](SeriesClock::place), or to the next time step.
    pub(super) fn advance(&mut self, ds: Option<&str>, arrival: Arrival) {
        let missing = match arrival {
            Arrival::Next => 0,
            Arrival::AfterGap { missing } | Arrival::Reset { missing } => missing,
            Arrival::Duplicate | Arrival::Late | Arrival::Early { .. } => return,
        };
        self.early = None;
        match (&mut self.axis, ds) {
            (Axis::Known(axis), ds) => {
                let is_next = missing == 0 && ds.is_none_or(|ds| ds == self.next);
                let stamp = axis.stamp(missing + 1);
                match axis {
                    FutureIndex::Steps { last } => {
                        *last = last.saturating_add_unsigned(missing as u64 + 1);
                    }
                    FutureIndex::Numbers { last, step, .. } => {
                        let number = ds.and_then(|ds| ds.parse().ok());
                        *last = number.unwrap_or(*last + *step * (missing + 1) as f64);
                    }
                    FutureIndex::Dates { last, frequency, style, .. } => {
                        // After holidays, the calendar continues from the date itself.
                        let own = ds.filter(|_| frequency.has_holidays() && !is_next);
                        let read = own.and_then(|ds| read(&[ds], style.date_order()));
                        *last = read.map(|dates| dates.stamps[0]).or(stamp).unwrap_or(*last);
                    }
                }
                match ds {
                    Some(ds) if !is_next => {
                        self.cutoff.clear();
                        self.cutoff.push_str(ds);
                    }
                    _ => std::mem::swap(&mut self.cutoff, &mut self.next),
                }
                self.next.clear();
                self.next.push_str(&axis.label(1));
            }
            (Axis::First { last, style }, Some(ds)) => {
                let order = style.date_order();
                if let Some(dates) = read(&[&self.cutoff, ds], order) {
                    let (at, style) = (dates.stamps[1], dates.style);
                    let found = infer(&[*last, at]);
                    let axis = found.map(|found| FutureIndex::Dates {
                        last: at,
                        frequency: found.frequency,
                        anchor: found.anchor,
                        style,
                    });
                    if let Some(axis) = axis {
                        *self = Self::of(axis, ds.to_owned());
                    }
                }
            }
            _ => {
                let count = self.count() + missing + 1;
                self.cutoff.clone_from(&self.next);
                self.write_next(count);
            }
        }
    }

    /// Checks that the dates can continue.
    pub(super) fn check(&self) -> crate::data::ranges::Checked {
        match &self.axis {
            Axis::Known(axis) => axis.check(),
            Axis::Counted | Axis::First { .. } => Ok(()),
        }
    }

    fn off_the_axis(&self, ds: &str) -> Error {
        Error::Data {
            reason: format!("the date {ds} is no whole number of time steps after {}", self.cutoff),
            help: format!(
                "the next date is {}; give the frequency of the data: `--freq`",
                self.next
            ),
        }
    }

    fn another_axis(&self, ds: &str) -> Error {
        let reason = match &self.axis {
            Axis::Counted | Axis::Known(FutureIndex::Steps { .. }) => {
                format!("the series has no dates, and this observation has {ds}")
            }
            _ => {
                format!("the series has dates up to {}, and this observation has none", self.cutoff)
            }
        };
        Error::Data { reason, help: format!("the next date is {}", self.next) }
    }
}

fn not_a_date(ds: &str) -> Error {
    Error::Data {
        reason: format!("`{ds}` is no date"),
        help: "write dates such as 2024-01-31 or 2024-01-31 12:00".to_owned(),
    }
}
