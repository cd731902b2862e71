//! Dates that are left out, taken as values that are missing.

use super::{Series, TimeAxis, counted};
use crate::calendar;
use crate::error::{Error, Result};

impl Series {
    /// The series with a row for each date that is left out between its first and its last, whose
    /// value is not known (NaN), and how many those are. A series without dates stays as it is.
    ///
    /// # Errors
    /// [`Error::Forecast`] where steps are no multiple of the usual one, where more dates are left out than
    /// are there, and for covariates, which would not be known either.
    pub fn with_missing_dates(mut self) -> Result<(Series, usize)> {
        let TimeAxis::Dates(axis) = &self.time else { return Ok((self, 0)) };
        let Some(frequency) = axis.frequency() else { return Ok((self, 0)) };
        let found = calendar::gaps(&axis.stamps, frequency);
        if found.places == 0 && found.uneven == 0 {
            return Ok((self, 0));
        }
        let refuse =
            |reason: String, help: &str| Err(Error::Forecast { reason, help: help.to_owned() });
        let name = &self.name;
        if found.uneven > 0 {
            let uneven = counted(found.uneven, "step");
            let reason = format!(
                "series `{name}` has {uneven} that no whole number of {frequency} steps makes up"
            );
            return refuse(
                reason,
                "name the step with `--freq`, or leave out `--fill-missing-dates`",
            );
        }
        if found.steps > self.len() {
            let absent = counted(found.steps, "date");
            let reason = format!(
                "series `{name}` leaves out {absent} and has {}",
                counted(self.len(), "value")
            );
            return refuse(
                reason,
                "name the step with `--freq`, or leave out `--fill-missing-dates`",
            );
        }
        if !(self.covariates.future.is_empty() && self.covariates.past.is_empty()) {
            let reason = format!(
                "the covariates of series `{name}` are not known for {} that it leaves out",
                counted(found.steps, "date")
            );
            return refuse(
                reason,
                "add rows with these dates, their covariates, and an empty target",
            );
        }
        let mut values = Vec::with_capacity(self.len() + found.steps);
        let mut stamps = Vec::with_capacity(values.capacity());
        for (i, (value, stamp)) in self.values.iter().zip(&axis.stamps).enumerate() {
            values.push(*value);
            stamps.push(*stamp);
            let Some(next) = axis.stamps.get(i + 1) else { break };
            let clock = self.clock_after(i + 1);
            for k in 1..=calendar::absent(*stamp, *next, frequency).unwrap_or(0) {
                values.push(f64::NAN);
                stamps.extend(clock.stamp(k));
            }
        }
        self.values = values;
        if let TimeAxis::Dates(axis) = &mut self.time {
            axis.stamps = stamps;
        }
        Ok((self, found.steps))
    }
}
