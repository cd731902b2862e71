//! Time steps that are absent from a series, by its dates or numbers: how many, and rows for them whose values are missing.

use super::{Covariate, NumberAxis, Series, TimeAxis, counted};
use crate::data::calendar::{self, Gaps};
use crate::error::{Error, Result};

impl Series {
    /// The dates or numbers that are absent between the first and the last, by the step of the series; none where values
    /// are counted.
    pub fn absent_dates(&self) -> Gaps {
        match (&self.time, self.frequency()) {
            (TimeAxis::Dates(axis), Some(frequency)) => calendar::gaps(&axis.stamps, frequency),
            (TimeAxis::Numbers(axis), _) => axis.gaps(),
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
        let absent = self.absent_dates().steps;
        if matches!(self.time, TimeAxis::Steps { .. }) {
            return refuse("has no dates to be filled", "leave out `--missing-dates fill`");
        }
        if absent > self.len() {
            let (dates, values) = (counted(absent, "date"), counted(self.len(), "value"));
            return refuse(&format!("leaves out {dates} and has {values}"), STEP);
        }
        let mut between = (0..self.len().saturating_sub(1)).map(|i| self.absent_after(i));
        if let Some(at) = between.position(|absent| absent.is_none()) {
            let (from, to) = (self.label(at), self.label(at + 1));
            let usual = match &self.time {
                TimeAxis::Dates(_) => format!("is {}", self.usual_step()),
                _ => format!("has steps of {}", self.usual_step()),
            };
            let reason = format!("{usual}, and has no whole number of steps from {from} to {to}");
            return refuse(&reason, STEP);
        }
        self.fill_missing_dates();
        Ok((self, absent))
    }

    /// The usual step in words, such as `daily` or `2`.
    pub(crate) fn usual_step(&self) -> String {
        match (&self.time, self.frequency()) {
            (TimeAxis::Numbers(axis), _) => axis.step.to_string(),
            (_, Some(frequency)) => frequency.to_string(),
            _ => "1".to_owned(),
        }
    }

    /// Dates or numbers that are absent after value `i`; `None` where no whole number of steps leads to the next.
    fn absent_after(&self, i: usize) -> Option<usize> {
        match (&self.time, self.frequency()) {
            (TimeAxis::Dates(axis), Some(frequency)) => {
                calendar::absent(axis.stamps[i], axis.stamps[i + 1], frequency)
            }
            (TimeAxis::Numbers(axis), _) => axis.absent_after(i),
            _ => Some(0),
        }
    }

    /// As [`absent_after`](Series::absent_after), to the nearest whole number of steps.
    fn absent_about(&self, i: usize) -> usize {
        match (&self.time, self.frequency()) {
            (TimeAxis::Dates(axis), Some(frequency)) => {
                calendar::absent_about(axis.stamps[i], axis.stamps[i + 1], frequency)
            }
            (TimeAxis::Numbers(axis), _) => {
                (axis.steps_after(i).round() as usize).saturating_sub(1)
            }
            _ => 0,
        }
    }

    /// Puts the absent dates or numbers in place, with missing values. Where no whole number of steps lies between two
    /// of them, the nearest number is taken.
    pub(crate) fn fill_missing_dates(&mut self) {
        let absent: Vec<usize> =
            (0..self.len().saturating_sub(1)).map(|i| self.absent_about(i)).collect();
        if absent.iter().all(|n| *n == 0) {
            return;
        }
        let time = self.filled_time(&absent);
        self.values = spread(&self.values, &absent, |_| f64::NAN);
        for Covariate { values, .. } in
            self.covariates.future.iter_mut().chain(&mut self.covariates.past)
        {
            *values = spread(values, &absent, |last| last);
        }
        self.time = time;
    }

    /// The time axis with so many steps more behind each value as `absent` has.
    fn filled_time(&self, absent: &[usize]) -> TimeAxis {
        let mut time = self.time.clone();
        let places = (0..self.len())
            .flat_map(|i| (0..=absent.get(i).copied().unwrap_or(0)).map(move |k| (i, k)));
        match &mut time {
            TimeAxis::Dates(filled) => {
                let TimeAxis::Dates(axis) = &self.time else { return time };
                // Past the year 9999 there is no date, but a date that exists follows here.
                filled.stamps = places
                    .map(|(i, k)| match k {
                        0 => axis.stamps[i],
                        k => self.clock_after(i + 1).stamp(k).unwrap_or(axis.stamps[i]),
                    })
                    .collect();
            }
            TimeAxis::Numbers(axis) => {
                let at = |(i, k): (usize, usize)| axis.values[i] + k as f64 * axis.step;
                axis.values = places.map(at).collect();
            }
            TimeAxis::Steps { .. } => {}
        }
        time
    }
}

impl NumberAxis {
    /// Part of a step by which a number may be off.
    const NEAR: f64 = 0.25;

    /// Steps from value `i` to the next.
    fn steps_after(&self, i: usize) -> f64 {
        (self.values[i + 1] - self.values[i]) / self.step
    }

    /// Numbers that are absent after value `i`; `None` where no whole number of steps is near.
    fn absent_after(&self, i: usize) -> Option<usize> {
        let steps = self.steps_after(i);
        let whole = steps.round();
        (whole >= 1.0 && (steps - whole).abs() <= Self::NEAR).then(|| whole as usize - 1)
    }

    fn gaps(&self) -> Gaps {
        let mut gaps = Gaps::default();
        for i in 0..self.values.len().saturating_sub(1) {
            let absent = self.absent_after(i);
            gaps.uneven += usize::from(absent.is_none());
            gaps.places += usize::from(absent > Some(0));
            gaps.steps = gaps.steps.saturating_add(absent.unwrap_or(0));
        }
        gaps
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
