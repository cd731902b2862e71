//! A series by coarser periods: days as weeks, hours as days, months as quarters.

use super::periods::Periods;
use super::{Covariate, Covariates, DateAxis, Series, TimeAxis};
use crate::data::calendar::{
    DateFormat, Dates, Frequency, FutureIndex, InferredFrequency, Span, Timestamp, WallClock,
    first_of,
};
use crate::error::{Error, Result};
use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What the values of a period become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Their sum; missing where one of them is, as a sum without it would be too small.
    Sum,
    /// The mean of those that are known.
    Mean,
    /// The first that is known.
    First,
    /// The last that is known.
    Last,
    /// The least that is known.
    Min,
    /// The largest that is known.
    Max,
}

impl Entry for Aggregate {
    const FAMILY: &'static str = "aggregation";
    const ALL: &'static [Self] =
        &[Self::Sum, Self::Mean, Self::First, Self::Last, Self::Min, Self::Max];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Sum => ("sum", "sum of the values; missing if one of them is"),
            Self::Mean => ("mean", "mean of the known values"),
            Self::First => ("first", "first known value"),
            Self::Last => ("last", "last known value"),
            Self::Min => ("min", "least known value"),
            Self::Max => ("max", "largest known value"),
        }
    }
}

/// A series by periods, and what was left out.
#[derive(Debug)]
pub struct Aggregated {
    /// The series, its periods each dated as [`Periods`] says; none where no period is whole.
    pub series: Option<Series>,
    /// Whether the first period of the data was not whole.
    pub first: bool,
    /// Whether the last one was not.
    pub last: bool,
}

impl Aggregate {
    fn of(self, values: &[f64]) -> f64 {
        let mut known = values.iter().copied().filter(|y| !y.is_nan());
        match self {
            Aggregate::Sum => values.iter().sum(),
            Aggregate::First => known.next().unwrap_or(f64::NAN),
            Aggregate::Last => known.next_back().unwrap_or(f64::NAN),
            // The minimum and maximum of NaN and a number are the number.
            Aggregate::Min => known.fold(f64::NAN, f64::min),
            Aggregate::Max => known.fold(f64::NAN, f64::max),
            Aggregate::Mean => {
                let (mut sum, mut count) = (0.0, 0.0);
                known.for_each(|y| (sum, count) = (sum + y, count + 1.0));
                sum / count
            }
        }
    }

    /// What covariates become: prices and flags of days do not add up when their sales do.
    fn of_covariates(self) -> Self {
        match self {
            Aggregate::First | Aggregate::Last => self,
            _ => Aggregate::Mean,
        }
    }
}

/// A period, and the steps in it.
struct Period {
    span: Span,
    steps: Range<usize>,
    /// Whether all of its steps are there.
    whole: bool,
}

impl Series {
    /// The series by coarser `periods`. Periods at the two ends that are not whole are left
    /// out: their sums would be too small. Covariates become their means, or the first or last as the values do.
    ///
    /// # Errors
    /// [`Error::Forecast`] for a series without dates, for periods that are shorter than the series' own steps, and for
    /// calendars that are no periods, such as working days.
    pub fn aggregated(self, how: Aggregate, periods: Periods) -> Result<Aggregated> {
        let (TimeAxis::Dates(axis), Some(own)) = (&self.time, self.frequency()) else {
            return Err(self.refuse("has no dates", "leave out `--agg`"));
        };
        if own.typical_seconds() > 1.01 * periods.frequency.typical_seconds() {
            let reason = format!("is {own}, and {} is finer", periods.frequency);
            return Err(
                self.refuse(&reason, "name a coarser step with `--freq`, or leave out `--agg`")
            );
        }
        let clock = self.clock_of_days(&periods);
        let Some(mut all) = self.periods(axis, own, &periods, clock.as_ref()) else {
            let reason = format!("cannot be brought to `--freq` {}", periods.frequency);
            return Err(self
                .refuse(&reason, "`--agg` makes hours, days, weeks, months, quarters and years"));
        };
        let first = all.first().is_some_and(|period| !period.whole);
        all.drain(..usize::from(first));
        let known = all.iter().take_while(|p| p.whole && p.steps.end <= self.len()).count();
        let last = all.get(known).is_some_and(|period| period.steps.start < self.len());
        let ahead = all[known..].iter().take_while(|period| period.whole).count();
        all.truncate(known + ahead);
        // Hours are moments as the dates are; days are on the wall clock.
        let clock = clock.filter(|_| periods.frequency.has_days());
        let style = clock.map(|clock| clock.style().clone());
        let series = (known > 0).then(|| self.by(how, &periods, &all[..], known, style)).flatten();
        Ok(Aggregated { series, first, last })
    }

    fn refuse(&self, reason: &str, help: &str) -> Error {
        let reason = format!("series `{}` {reason}", self.name);
        Error::Forecast { reason, help: help.to_owned() }
    }

    /// The wall clock of the zone in whose days periods are counted.
    fn clock_of_days(&self, periods: &Periods) -> Option<WallClock> {
        let FutureIndex::Dates { style, .. } = self.clock() else { return None };
        WallClock::of(&style, periods.zone.as_ref()?)
    }

    /// The periods of all steps, those ahead of the last value too where covariates know them. None for what makes no
    /// periods, or past the year 9999.
    fn periods(
        &self,
        axis: &DateAxis,
        own: Frequency,
        periods: &Periods,
        wall: Option<&WallClock>,
    ) -> Option<Vec<Period>> {
        let known_ahead = self.covariates.future.iter().map(|c| c.values.len());
        let ahead = known_ahead.max().map_or(0, |len| len.saturating_sub(self.len()));
        let clock = self.clock();
        let origin = periods.origin(*axis.stamps().first()?, wall)?;
        let wall = wall.filter(|_| periods.frequency.has_days());
        let local = |s: Timestamp| wall.map_or(Some(s), |wall| wall.local(s));
        let stamps = axis.stamps().iter().copied().map(Some);
        let stamps = stamps.chain((1..=ahead).map(|k| clock.stamp(k)));
        let mut all: Vec<Period> = Vec::new();
        for (i, stamp) in stamps.enumerate() {
            let stamp = local(stamp?)?;
            match all.last_mut().filter(|last| stamp < last.span.next) {
                Some(last) => last.steps.end = i + 1,
                None => {
                    let span = periods.span(stamp, origin)?;
                    all.push(Period { span, steps: i..i + 1, whole: true });
                }
            }
        }
        // Between the ends every period is whole, as far as the calendar of the series has steps in it.
        let usual = all.get(1).map_or(0, |second| second.steps.len());
        let first = all.first_mut()?;
        first.whole = match before(*axis.stamps().first()?, own) {
            Some(before) => local(before)? < first.span.start,
            None => first.steps.len() >= usual,
        };
        let last = all.last_mut()?;
        last.whole &= local(clock.stamp(ahead + 1)?)? >= last.span.next;
        Some(all)
    }

    /// The series by these periods, of which so many are `known`; `style` is that of dates on a wall clock.
    fn by(
        self,
        how: Aggregate,
        periods: &Periods,
        all: &[Period],
        known: usize,
        style: Option<DateFormat>,
    ) -> Option<Self> {
        let each = |values: &[f64], how: Aggregate, periods: &[Period]| -> Vec<f64> {
            periods.iter().map(|period| how.of(&values[period.steps.clone()])).collect()
        };
        let covariates = |covariates: &[Covariate], periods: &[Period]| {
            let one = |c: &Covariate| Covariate {
                name: c.name.clone(),
                values: each(&c.values, how.of_covariates(), periods),
            };
            covariates.iter().map(one).collect()
        };
        let FutureIndex::Dates { style: own, .. } = self.clock() else { return None };
        let style = style.unwrap_or(own);
        let stamps: Vec<_> = all[..known].iter().map(|period| period.span.date).collect();
        let anchor = periods.day_of_month(*stamps.last()?);
        let found = InferredFrequency { frequency: periods.frequency, anchor };
        let axis = DateAxis::on(Dates { stamps, style }, found)?;
        Some(Self {
            values: each(&self.values, how, &all[..known]),
            time: TimeAxis::Dates(axis),
            covariates: Covariates {
                future: covariates(&self.covariates.future, all),
                past: covariates(&self.covariates.past, &all[..known]),
                fixed: self.covariates.fixed,
            },
            name: self.name,
        })
    }
}

/// The step before a moment; none where a calendar is not gone backwards.
fn before(stamp: Timestamp, frequency: Frequency) -> Option<Timestamp> {
    match frequency {
        // Of that month the first day, as the day of the month is of no account here.
        Frequency::Months(n) => first_of(stamp.months() - i64::from(n)),
        Frequency::Days(n) => stamp.plus_days(-i64::from(n)),
        Frequency::Millis(n) => stamp.plus_millis(-i64::try_from(n).ok()?),
        Frequency::Weekdays(days) => {
            (1..=7).filter_map(|n| stamp.plus_days(-n)).find(|day| days.has(day.weekday()))
        }
        _ => None,
    }
}
