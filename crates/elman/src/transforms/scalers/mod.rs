//! Scalers: networks learn values near 0 more easily than, say, sales of 20,000.

mod min_max;
mod none;
mod robust;
mod standard;

pub use min_max::{FittedMinMax, MIN_MAX};
pub use none::NONE;
pub use robust::{FittedRobust, ROBUST};
pub use standard::{FittedStandard, STANDARD};

use crate::data::ranges::{self, Checked};
use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};

/// A kind of scaling, not yet fitted to values.
#[derive(Clone, Copy, Debug)]
pub struct Scaler {
    /// The name that selects the scaler.
    pub name: &'static str,
    /// A description, in one sentence.
    pub summary: &'static str,
    fit: fn(&[f64]) -> FittedScaler,
}

impl Scaler {
    /// Fits the scaler to values.
    pub fn fit(&self, values: &[f64]) -> FittedScaler {
        (self.fit)(values)
    }
}

impl Entry for Scaler {
    const FAMILY: &'static str = "scaler";
    const ALL: &'static [Self] = &[STANDARD, ROBUST, MIN_MAX, NONE];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

/// A scaler fitted to values; stored in the model file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "scaler", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FittedScaler {
    /// No scaling.
    None,
    /// Mean 0, standard deviation 1.
    Standard(FittedStandard),
    /// Median 0, interquartile range 1.
    Robust(FittedRobust),
    /// Minimum 0, maximum 1.
    MinMax(FittedMinMax),
}

impl FittedScaler {
    /// Checks that values can be scaled and transformed back.
    pub(crate) fn check(&self) -> Checked {
        let (zero, width) = self.zero_and_width();
        ranges::finite("scaler", &[zero])?;
        ranges::positive("scaler", &[width])
    }

    /// The value that is scaled to 0, and the width that is scaled to 1.
    pub(crate) fn zero_and_width(&self) -> (f64, f64) {
        match *self {
            FittedScaler::None => (0.0, 1.0),
            FittedScaler::Standard(FittedStandard { mean, deviation }) => (mean, deviation),
            FittedScaler::Robust(FittedRobust { median, interquartile_range }) => {
                (median, interquartile_range)
            }
            FittedScaler::MinMax(FittedMinMax { least, range }) => (least, range),
        }
    }

    /// Scales a value of the series.
    pub fn transform(&self, value: f64) -> f64 {
        let (zero, width) = self.zero_and_width();
        (value - zero) / width
    }

    /// Transforms a scaled value back.
    pub fn inverse(&self, scaled: f64) -> f64 {
        let (zero, width) = self.zero_and_width();
        scaled * width + zero
    }

    /// [`transform`](FittedScaler::transform) of many values.
    pub fn transform_all(&self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|v| self.transform(*v)).collect()
    }

    /// [`inverse`](FittedScaler::inverse) of many values.
    pub fn inverse_all(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().map(|v| self.inverse(*v)).collect()
    }
}

/// Returns `width`, a spread of `values`, or 1 if it is not above their rounding errors, so that
/// equal values can be transformed back, too.
fn width_or_one(width: f64, values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if width > largest * 1e-14 && width.is_normal() { width } else { 1.0 }
}
