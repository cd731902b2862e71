//! Scalers: a network learns values near 0 more easily than sales of 20,000.

mod none;
mod standard;

pub use none::NoScaler;
pub use standard::{FittedStandard, Standard};

use crate::error::{Result, unknown_name};
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
}

impl Fitted {
    /// A value of the series, scaled.
    pub fn transform(&self, value: f64) -> f64 {
        match self {
            Fitted::None => value,
            Fitted::Standard(fitted) => fitted.transform(value),
        }
    }

    /// The value of the series that a scaled value stands for.
    pub fn inverse(&self, scaled: f64) -> f64 {
        match self {
            Fitted::None => scaled,
            Fitted::Standard(fitted) => fitted.inverse(scaled),
        }
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
pub const ALL: &[&dyn Scaler] = &[&Standard, &NoScaler];

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
