//! Scalers: a network learns values near 0 more easily than sales of 20,000.

mod min_max;
mod none;
mod robust;
mod standard;

pub use min_max::{FittedMinMax, MinMax};
pub use none::NoScaler;
pub use robust::{FittedRobust, Robust};
pub use standard::{FittedStandard, Standard};

use crate::error::{Result, unknown_name};
use crate::ranges::{self, Checked};
use serde::{Deserialize, Serialize};

/// A way to scale, not yet fitted to any values.
pub trait Scaler: Sync {
    /// What a person types.
    fn name(&self) -> &'static str;

    /// What it does, in one sentence.
    fn about(&self) -> &'static str;

    /// Fits it to values.
    fn fit(&self, values: &[f64]) -> Fitted;
}

/// A scaler fitted to values; it goes into the model file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "scaler", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fitted {
    /// Values stay what they are.
    None,
    /// Mean 0, deviation 1.
    Standard(FittedStandard),
    /// Median 0, interquartile range 1.
    Robust(FittedRobust),
    /// From 0 to 1.
    MinMax(FittedMinMax),
}

impl Fitted {
    /// Whether values can be scaled so, and back.
    pub(crate) fn check(&self) -> Checked {
        let (zero, width) = self.zero_and_width();
        ranges::finite("scaler", &[zero])?;
        ranges::positive("scaler", &[width])
    }

    /// What 0 and a width of 1 stand for.
    fn zero_and_width(&self) -> (f64, f64) {
        match *self {
            Fitted::None => (0.0, 1.0),
            Fitted::Standard(FittedStandard { mean, deviation }) => (mean, deviation),
            Fitted::Robust(FittedRobust { median, interquartile_range }) => {
                (median, interquartile_range)
            }
            Fitted::MinMax(FittedMinMax { least, range }) => (least, range),
        }
    }

    /// A value of the series, scaled.
    pub fn transform(&self, value: f64) -> f64 {
        let (zero, width) = self.zero_and_width();
        (value - zero) / width
    }

    /// The value of the series that a scaled value stands for.
    pub fn inverse(&self, scaled: f64) -> f64 {
        let (zero, width) = self.zero_and_width();
        scaled * width + zero
    }

    /// [`transform`](Fitted::transform) of many.
    pub fn transform_all(&self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|v| self.transform(*v)).collect()
    }

    /// [`inverse`](Fitted::inverse) of many.
    pub fn inverse_all(&self, scaled: &[f64]) -> Vec<f64> {
        scaled.iter().map(|v| self.inverse(*v)).collect()
    }
}

/// All scalers.
pub const ALL: &[&dyn Scaler] = &[&Standard, &Robust, &MinMax, &NoScaler];

/// The scaler of this name.
///
/// # Errors
/// [`Error::UnknownName`](crate::error::Error::UnknownName) with the nearest names.
pub fn named(name: &str) -> Result<&'static dyn Scaler> {
    let found = ALL.iter().find(|s| s.name() == name);
    found.copied().ok_or_else(|| {
        unknown_name("scaler", name, &ALL.iter().map(|s| s.name()).collect::<Vec<_>>())
    })
}

/// The width that `values` have in some sense; 1 where that is no more than their rounding, so that values
/// that are all alike too go there and back.
fn width_or_one(width: f64, values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if width > largest * 1e-14 && width.is_normal() { width } else { 1.0 }
}
