//! Whether new data continue the series of a memory, and from which value on they are new.

use std::borrow::Cow;

use super::memory::Memory;
use crate::data::{NumberAxis, Series, TimeAxis};
use crate::error::{Error, Result};

/// Fewest values by which a file without dates is recognized as the known series.
const MIN_RECOGNIZED: usize = 8;

/// Gaps between new values that are allowed besides one for two values. Chosen by hand, not measured.
const FEW_GAPS: usize = 4;

impl Memory {
    /// The data on the time axis of the memory: a single number, and numbers in steps of 1, are read as counted values.
    pub(super) fn on_axis<'a>(&self, data: &'a Series) -> Cow<'a, Series> {
        match (&self.recent.time, &data.time) {
            (TimeAxis::Numbers(axis), TimeAxis::Steps { first })
                if data.len() == 1 || axis.step == 1.0 =>
            {
                let values = (0..data.len()).map(|k| (first + k as i64) as f64).collect();
                let time = TimeAxis::Numbers(NumberAxis { values, ..axis.clone() });
                Cow::Owned(Series { time, ..data.clone() })
            }
            _ => Cow::Borrowed(data),
        }
    }

    /// Number of the first values of `data` that the memory includes already; `None` if the data do not continue the series.
    pub(super) fn known_in(&self, data: &Series) -> Result<Option<usize>> {
        let ours = self.recent.clock();
        let has_dates = |series: &Series| matches!(series.time, TimeAxis::Dates(_));
        let are_of_one_kind =
            std::mem::discriminant(&self.recent.time) == std::mem::discriminant(&data.time);
        if !are_of_one_kind && !has_dates(&self.recent) && !has_dates(data) {
            return Err(Error::Data {
                reason:
                    "the numbers of these data have another step than those of the model, or gaps"
                        .to_owned(),
                help: "give a row for each time step, without a value where none is known"
                    .to_owned(),
            });
        }
        if !are_of_one_kind {
            return Err(Error::Data {
                reason: "the model and these data have different time axes: one has dates, and the other has none or has numbers".to_owned(),
                help: "read the same columns as in training, with `--time-col`".to_owned(),
            });
        }
        if let (TimeAxis::Steps { first: ours }, TimeAxis::Steps { first: theirs }) =
            (&self.recent.time, &data.time)
        {
            // Values without numbers are counted from 1 in each file.
            return match *theirs {
                1 => Ok(Some(self.known_by_values(data))),
                first => self.known_by_numbers(data, first, *ours),
            };
        }
        // A date within a quarter of a time step of another is the same date.
        let next = ours.position(1);
        let last = match self.recent.len() {
            0 => next - 1.0,
            values => self.recent.position(values - 1),
        };
        let near = 0.25 * (next - last).abs();
        let known = (0..data.len()).take_while(|&i| data.position(i) < next - near).count();
        let continues = match known {
            // A few time steps may be absent before the first new value, as between new values.
            0 => {
                let first = data.position(0);
                (first - next).abs() <= near || (first > next && self.check_step(data, 0).is_ok())
            }
            _ => (data.position(known - 1) - last).abs() <= near,
        };
        if continues {
            self.check_overlap(data, known)?;
            self.check_step(data, known)?;
            return Ok(Some(known));
        }
        let (ours, theirs) = (ours.frequency(), data.frequency());
        if data.len() > 2 && ours != theirs {
            let named = |frequency: Option<_>| {
                frequency
                    .map_or("without dates".to_owned(), |f: crate::data::calendar::Frequency| {
                        f.to_string()
                    })
            };
            let (ours, theirs) = (named(ours), named(theirs));
            return Err(Error::Data {
                reason: format!("the model is {ours}, and these data are {theirs}"),
                help: "another series? Train on these data instead".to_owned(),
            });
        }
        Ok(None)
    }

    /// Number of known values at the start of `data` without dates: all of them, if the recent values stand there at their
    /// steps; otherwise none.
    fn known_by_values(&self, data: &Series) -> usize {
        let recent = &self.recent.values;
        let at = self.steps.saturating_sub(recent.len());
        let there = data.values.get(at..self.steps);
        let is_equal = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
        let is_known = there.is_some_and(|there| there.iter().zip(recent).all(is_equal));
        if is_known && recent.len() >= MIN_RECOGNIZED { self.steps } else { 0 }
    }

    /// Number of known values at the start of `data`, whose values have the numbers from `theirs` on; those of the memory have
    /// the numbers from `ours` on. `None` if numbers are absent between them, or the data end before the memory.
    fn known_by_numbers(&self, data: &Series, theirs: i64, ours: i64) -> Result<Option<usize>> {
        let next = ours.saturating_add_unsigned(self.recent.len() as u64);
        let Ok(known) = usize::try_from(next.saturating_sub(theirs)) else { return Ok(None) };
        if known > data.len() {
            return Ok(None);
        }
        self.check_overlap(data, known)?;
        Ok(Some(known))
    }

    /// Checks that the values that the data and the memory have in common are equal.
    fn check_overlap(&self, data: &Series, known: usize) -> Result<()> {
        let ours = self.recent.values.iter().rev();
        for (i, (&theirs, &ours)) in
            (0..known).rev().zip(data.values[..known].iter().rev().zip(ours))
        {
            // A number may have been written with fewer digits.
            if (theirs - ours).abs() > 1e-6 * ours.abs().max(1e-6) {
                let at = data.label(i);
                let reason = format!("the value of {at} is {theirs}, and {ours} in the model");
                let help =
                    "give only the new rows of the same series, or train a model on these data";
                return Err(Error::Data { reason, help: help.to_owned() });
            }
        }
        Ok(())
    }

    /// Checks that the values from `from` on have the frequency of the series, with a few gaps allowed.
    fn check_step(&self, data: &Series, from: usize) -> Result<()> {
        let new = data.len() - from;
        if new == 0 {
            return Ok(());
        }
        let clock = self.recent.clock();
        // The number of time steps of the series up to the last new value.
        let most = new + new / 2 + FEW_GAPS;
        let last = data.position(data.len() - 1);
        let half = 0.5 * (clock.position(2) - clock.position(1)).abs();
        let steps = (1..=most).take_while(|&k| clock.position(k) < last + half).count();
        if (new..most).contains(&steps) {
            return Ok(());
        }
        let (first, last) = (data.label(from), data.label(data.len() - 1));
        let reason =
            format!("{new} values from {first} to {last} do not have the frequency of the model");
        let help = format!("the model expects {new} values up to about {}", clock.label(new));
        Err(Error::Data { reason, help })
    }
}
