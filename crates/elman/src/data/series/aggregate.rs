//! A series by coarser periods: days as weeks, hours as days, months as quarters.

use super::{Covariate, Covariates, DateAxis, Series, TimeAxis};
use crate::data::calendar::{Dates, Frequency, FutureIndex, Timestamp};
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

/// The periods of a coarser calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    /// Their length: months, quarters and years by the calendar, weeks, days, hours.
    pub frequency: Frequency,
    /// The last day of a week, 0 for Monday to 6 for Sunday, which then names it. Without one, weeks end on Sundays, and
    /// Monday names them as the first day names other periods.
    pub week_ends: Option<u8>,
}

/// A series by periods, and what was left out.
#[derive(Debug)]
pub struct Aggregated {
    /// The series, its periods each named by its first day or moment; none where no period is whole.
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

impl Periods {
    /// When the period of a moment begins; `origin` is the first moment of the data.
    fn start(self, stamp: Timestamp, origin: Timestamp) -> Option<Timestamp> {
        const DAY: i64 = 86_400_000;
        let days = |first: i64, n: i64| {
            let start = first + (stamp.days() - first).div_euclid(n) * n;
            stamp.plus_millis(start * DAY - stamp.millis())
        };
        match self.frequency {
            Frequency::Months(n) => {
                let n = i64::from(n);
                let month = stamp.months().div_euclid(n) * n;
                Timestamp::day(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1)
            }
            Frequency::Days(n) if n % 7 == 0 => {
                let first_day = i64::from(self.week_ends.unwrap_or(6)) + 1;
                let back = (i64::from(origin.weekday()) - first_day).rem_euclid(7);
                days(origin.days() - back, i64::from(n))
            }
            Frequency::Days(n) => days(origin.days(), i64::from(n)),
            Frequency::Millis(n) => {
                let (n, midnight) = (i64::try_from(n).ok()?, origin.days() * DAY);
                let start = midnight + (stamp.millis() - midnight).div_euclid(n) * n;
                stamp.plus_millis(start - stamp.millis())
            }
            _ => None,
        }
    }

    /// The date of a period that begins there.
    fn date(self, start: Timestamp) -> Option<Timestamp> {
        match (self.frequency, self.week_ends) {
            (Frequency::Days(n), Some(_)) if n % 7 == 0 => start.plus_days(i64::from(n) - 1),
            _ => Some(start),
        }
    }

    /// When the next period begins.
    fn next(self, start: Timestamp) -> Option<Timestamp> {
        match self.frequency {
            Frequency::Months(n) => {
                let month = start.months() + i64::from(n);
                Timestamp::day(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1)
            }
            Frequency::Days(n) => start.plus_days(i64::from(n)),
            Frequency::Millis(n) => start.plus_millis(i64::try_from(n).ok()?),
            _ => None,
        }
    }
}

/// A period, and the steps in it.
struct Period {
    start: Timestamp,
    steps: Range<usize>,
    /// Whether all of its steps are there.
    whole: bool,
}

impl Series {
    /// The series by coarser `periods`, named by their first day. Periods at the two ends that are not whole are left
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
        let Some(mut all) = self.periods(axis, own, periods) else {
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
        let series = (known > 0).then(|| self.by(how, periods, &all, known)).flatten();
        Ok(Aggregated { series, first, last })
    }

    fn refuse(&self, reason: &str, help: &str) -> Error {
        let reason = format!("series `{}` {reason}", self.name);
        Error::Forecast { reason, help: help.to_owned() }
    }

    /// The periods of all steps, those ahead of the last value too where covariates know them. None for what makes no
    /// periods, or past the year 9999.
    fn periods(&self, axis: &DateAxis, own: Frequency, periods: Periods) -> Option<Vec<Period>> {
        let known_ahead = self.covariates.future.iter().map(|c| c.values.len());
        let ahead = known_ahead.max().map_or(0, |len| len.saturating_sub(self.len()));
        let clock = self.clock();
        let stamps = axis.stamps().iter().copied().map(Some);
        let stamps = stamps.chain((1..=ahead).map(|k| clock.stamp(k)));
        let origin = *axis.stamps().first()?;
        let mut all: Vec<Period> = Vec::new();
        for (i, stamp) in stamps.enumerate() {
            let start = periods.start(stamp?, origin)?;
            match all.last_mut().filter(|last| last.start == start) {
                Some(last) => last.steps.end = i + 1,
                None => all.push(Period { start, steps: i..i + 1, whole: true }),
            }
        }
        // Between the ends every period is whole, as far as the calendar of the series has steps in it.
        let usual = all.get(1).map_or(0, |second| second.steps.len());
        let first = all.first_mut()?;
        first.whole = match before(origin, own) {
            Some(before) => before < first.start,
            None => first.steps.len() >= usual,
        };
        let last = all.last_mut()?;
        last.whole &= clock.stamp(ahead + 1)? >= periods.next(last.start)?;
        Some(all)
    }

    /// The series by these periods, of which so many are `known`.
    fn by(self, how: Aggregate, periods: Periods, all: &[Period], known: usize) -> Option<Self> {
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
        let FutureIndex::Dates { style, .. } = self.clock() else { return None };
        let stamps = all[..known].iter().map(|period| periods.date(period.start));
        let stamps = stamps.collect::<Option<Vec<_>>>()?;
        let axis = DateAxis::new(Dates { stamps, style }, Some(periods.frequency))?;
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
        Frequency::Months(n) => {
            let month = stamp.months() - i64::from(n);
            Timestamp::day(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1)
        }
        Frequency::Days(n) => stamp.plus_days(-i64::from(n)),
        Frequency::Millis(n) => stamp.plus_millis(-i64::try_from(n).ok()?),
        Frequency::Weekdays(days) => {
            (1..=7).filter_map(|n| stamp.plus_days(-n)).find(|day| days.has(day.weekday()))
        }
        _ => None,
    }
}
