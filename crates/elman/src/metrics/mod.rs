//! Metrics: how far a forecast is from what came. Smaller is better.

mod mae;
mod rmse;

pub use mae::MAE;
pub use rmse::RMSE;

use crate::error::{Error, Result, all_finite, unknown_name};

/// A measure of error.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// What a person types.
    pub name: &'static str,
    /// Its formula, with `y` for what came and `f` for the forecast.
    pub formula: &'static str,
    score: fn(&[f64], &[f64]) -> f64,
}

impl Metric {
    /// The error of `forecast` against `actual`, in the unit of the values.
    ///
    /// # Errors
    /// [`Error::Length`] when the two differ in length, [`Error::ShortHistory`] when they are empty, [`Error::NotFinite`]
    /// when a value is NaN or infinite.
    pub fn score(&self, actual: &[f64], forecast: &[f64]) -> Result<f64> {
        if actual.len() != forecast.len() {
            return Err(Error::Length {
                what: "forecast",
                expected: actual.len(),
                got: forecast.len(),
            });
        }
        if actual.is_empty() {
            return Err(Error::ShortHistory { what: self.name, needed: 1, got: 0 });
        }
        all_finite("actual", actual)?;
        all_finite("forecast", forecast)?;
        Ok((self.score)(actual, forecast))
    }
}

/// All metrics.
pub const ALL: &[&Metric] = &[&MAE, &RMSE];

/// The metric of this name.
///
/// # Errors
/// [`Error::UnknownName`] with the nearest names.
pub fn named(name: &str) -> Result<&'static Metric> {
    let found = ALL.iter().find(|m| m.name == name);
    found.copied().ok_or_else(|| {
        unknown_name("metric", name, &ALL.iter().map(|m| m.name).collect::<Vec<_>>())
    })
}
