//! Counts of the rows and values of a series, or of a panel.

use std::iter::Sum;
use std::ops::Add;

use serde::Serialize;

use crate::data::Series;
use crate::data::calendar::Gaps;

/// Counts of rows and values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ValueCounts {
    /// Dates without a row between the first and the last.
    pub absent_dates: usize,
    /// Gaps: places where dates are absent, one after another.
    pub gaps: usize,
    /// Steps between two dates that are no whole number of time steps.
    pub uneven_steps: usize,
    /// Rows that were merged into another row of the same date.
    pub duplicates: usize,
    /// Cells without a value.
    pub missing: usize,
    /// Values of 0.
    pub zeros: usize,
    /// Values below 0.
    pub negative: usize,
}

impl ValueCounts {
    /// Counts of the rows of `series` before absent dates are put in place; those of the values are 0.
    pub(super) fn of_rows(series: &Series, duplicates: usize) -> Self {
        let Gaps { places: gaps, steps: absent_dates, uneven: uneven_steps, .. } =
            series.absent_dates();
        let missing = series.values.iter().filter(|y| y.is_nan()).count();
        Self { absent_dates, gaps, uneven_steps, duplicates, missing, ..Self::default() }
    }
}

impl Add for ValueCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            absent_dates: self.absent_dates + other.absent_dates,
            gaps: self.gaps + other.gaps,
            uneven_steps: self.uneven_steps + other.uneven_steps,
            duplicates: self.duplicates + other.duplicates,
            missing: self.missing + other.missing,
            zeros: self.zeros + other.zeros,
            negative: self.negative + other.negative,
        }
    }
}

impl Sum for ValueCounts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Self::add)
    }
}
