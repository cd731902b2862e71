//! Dates that are absent from a series: how many, and rows for them whose values are missing.

use super::{Covariate, Series, TimeAxis, counted};
use crate::data::calendar::{self, Gaps};
use crate::error::{Error, Result};

impl Series {
    /// The dates that are absent between the first and the last, by the step of the series; none without dates.
    pub fn absent_dates(&self) -> Gaps {
        match (&self.time, self.frequency()) {
            (TimeAxis::Dates(axis), Some(frequency)) => calendar::gaps(&axis.stamps, frequency),
            _ => Gaps::default(),
        }
    }

    /// The series with a row for each date that is absent between its first and its last, whose value is missing
    /// (NaN), and how many those are. Covariates keep their last known value there.
    ///
    /// # Errors
    /// [`Error::Forecast`] for a series without dates, for a step that is no multiple of the usual one, and where
    /// more dates are absent than are there.
    pub fn with_missing_dates(mut self) -> Result<(Series, usize)> {
        let refuse = |reason: &str, help: &str| {
            let reason = format!("series `{}` {reason}", self.name);
            Err(Error::Forecast { reason, help: help.to_owned() })
        };
        const STEP: &str = "name the step with `--freq`, or leave out `--missing-dates fill`";
        let (TimeAxis::Dates(axis), Some(frequency)) = (&self.time, self.frequency()) else {
            return refuse("has no dates to be filled", "leave out `--missing-dates fill`");
        };
        let absent = self.absent_dates().steps;
        if absent > self.len() {
            let (dates, values) = (counted(absent, "date"), counted(self.len(), "value"));
            return refuse(&format!("leaves out {dates} and has {values}"), STEP);
        }
        let uneven = |w: &&[calendar::Timestamp]| calendar::absent(w[0], w[1], frequency).is_none();
        if let Some(at) = axis.stamps.windows(2).position(|w| uneven(&w)) {
            let (from, to) = (self.label(at), self.label(at + 1));
            let reason =
                format!("is {frequency}, and has no whole number of steps from {from} to {to}");
            return refuse(&reason, STEP);
        }
        self.fill_missing_dates();
        Ok((self, absent))
    }

    /// Puts the absent dates in place, with missing values. Where no whole number of steps lies between two dates,
    /// the nearest number is taken.
    pub(crate) fn fill_missing_dates(&mut self) {
        let (TimeAxis::Dates(axis), Some(frequency)) = (&self.time, self.frequency()) else {
            return;
        };
        let between = |w: &[calendar::Timestamp]| calendar::absent_about(w[0], w[1], frequency);
        let absent: Vec<usize> = axis.stamps.windows(2).map(between).collect();
        if absent.iter().all(|n| *n == 0) {
            return;
        }
        let mut stamps = Vec::with_capacity(self.len() + absent.iter().sum::<usize>());
        for (i, stamp) in axis.stamps.iter().enumerate() {
            stamps.push(*stamp);
            let clock = self.clock_after(i + 1);
            // Past the year 9999 there is no date, but a date that exists follows here.
            let steps = 1..=absent.get(i).copied().unwrap_or(0);
            stamps.extend(steps.map(|k| clock.stamp(k).unwrap_or(*stamp)));
        }
        self.values = spread(&self.values, &absent, |_| f64::NAN);
        for Covariate { values, .. } in
            self.covariates.future.iter_mut().chain(&mut self.covariates.past)
        {
            *values = spread(values, &absent, |last| last);
        }
        if let TimeAxis::Dates(axis) = &mut self.time {
            axis.stamps = stamps;
        }
    }
}

/// `values` with so many more behind each as `absent` says, made of the value itself.
fn spread(values: &[f64], absent: &[usize], fill: impl Fn(f64) -> f64) -> Vec<f64> {
    let counts = absent.iter().copied().chain(std::iter::repeat(0));
    let with = |(value, n): (&f64, usize)| {
        std::iter::once(*value).chain(std::iter::repeat_n(fill(*value), n))
    };
    values.iter().zip(counts).flat_map(with).collect()
}
