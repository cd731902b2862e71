//! Dates that are left out, taken as values that are missing.

use super::{Series, TimeAxis, counted};
use crate::calendar;
use crate::error::{Error, Result};

impl Series {
    /// The series with a row for each date that is left out between its first and its last, whose
    /// value is not known (NaN), and how many those are.
    ///
    /// # Errors
    /// [`Error::Forecast`] for a series without dates, for a step that is no multiple of the usual one, where more
    /// dates are left out than are there, and for covariates, which would not be known either.
    pub fn with_missing_dates(mut self) -> Result<(Series, usize)> {
        let refuse = |reason: &str, help: &str| {
            let reason = format!("series `{}` {reason}", self.name);
            Err(Error::Forecast { reason, help: help.to_owned() })
        };
        const STEP: &str = "name the step with `--freq`, or leave out `--fill-missing-dates`";
        let (TimeAxis::Dates(axis), Some(frequency)) = (&self.time, self.frequency()) else {
            return refuse("has no dates to be filled", "leave out `--fill-missing-dates`");
        };
        let left_out = calendar::gaps(&axis.stamps, frequency).steps;
        if left_out > self.len() {
            let (dates, values) = (counted(left_out, "date"), counted(self.len(), "value"));
            return refuse(&format!("leaves out {dates} and has {values}"), STEP);
        }
        if left_out > 0 && !(self.covariates.future.is_empty() && self.covariates.past.is_empty()) {
            let reason = format!("leaves out {}, and has covariates", counted(left_out, "date"));
            let help = "add rows with these dates, their covariates, and an empty target";
            return refuse(&reason, help);
        }
        let mut values = Vec::with_capacity(self.len() + left_out);
        let mut stamps = Vec::with_capacity(values.capacity());
        for (i, (value, stamp)) in self.values.iter().zip(&axis.stamps).enumerate() {
            values.push(*value);
            stamps.push(*stamp);
            let Some(next) = axis.stamps.get(i + 1) else { break };
            let Some(absent) = calendar::absent(*stamp, *next, frequency) else {
                let (from, to) = (self.label(i), self.label(i + 1));
                let reason =
                    format!("is {frequency}, and has no whole number of steps from {from} to {to}");
                return refuse(&reason, STEP);
            };
            let clock = self.clock_after(i + 1);
            for k in 1..=absent {
                values.push(f64::NAN);
                stamps.extend(clock.stamp(k));
            }
        }
        self.values = values;
        if let TimeAxis::Dates(axis) = &mut self.time {
            axis.stamps = stamps;
        }
        Ok((self, left_out))
    }
}
