//! Metrics: the error of a forecast. Smaller is better.

mod claim;
pub(crate) mod diverged;
mod error_sums;
mod evaluate;
mod interval;
mod mae;
mod mape;
mod mase;
mod rmse;
mod rmsse;
pub(crate) mod scale;
mod sentence;
mod smape;

pub use claim::{Claim, Errors, Evidence, Verdict};
pub(crate) use error_sums::{ErrorSums, MeanErrors, best_by_halves};
pub use evaluate::Crps;
pub(crate) use evaluate::{ErrorTable, Evaluation, Part};
pub use mae::MAE;
pub use mape::MAPE;
pub use mase::MASE;
pub use rmse::RMSE;
pub use rmsse::RMSSE;
pub use sentence::{fixed, per_cent};
pub use smape::SMAPE;

use elman_nn::registry::Entry;

use crate::error::{Error, Result, all_finite};

/// A metric of forecast errors.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The name that selects the metric.
    pub name: &'static str,
    /// The formula: `y` actual values, `f` forecast, `x` history of n values, m seasonal period.
    pub formula: &'static str,
    score: fn(&Case<'_>) -> Option<f64>,
}

/// One forecast, its actual values, and the history.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The actual values.
    pub actual: &'a [f64],
    /// The forecast values.
    pub forecast: &'a [f64],
    /// The values before the forecast; only scaled metrics use them.
    pub history: &'a [f64],
    /// All known values of the series, the history first. They give the scale if the history is almost constant. Equal
    /// to the history if no other values are known.
    pub all: &'a [f64],
    /// The seasonal period in time steps; 1 for none.
    pub season: usize,
}

impl Case<'_> {
    fn errors(&self) -> impl Iterator<Item = f64> {
        self.actual.iter().zip(self.forecast).map(|(y, f)| y - f)
    }

    fn mean(&self, of: impl Iterator<Item = f64>) -> f64 {
        of.sum::<f64>() / self.actual.len() as f64
    }

    /// The mean of `size(x[t] - x[t-m])` over the history; `None` if it has no such differences, or only zeros. If it
    /// is negligible compared with the same mean over all values, returns the latter.
    pub(crate) fn scale(&self, size: fn(f64) -> f64) -> Option<f64> {
        scale::scale(self.history, self.all, self.season.max(1), size, 1)
    }
}

impl Metric {
    /// Computes the error of `forecast` against `actual`, for a metric that needs no history.
    ///
    /// # Errors
    /// As [`of`](Metric::of); [`Error::ShortHistory`] for a scaled metric, and if the metric is not defined.
    pub fn score(&self, actual: &[f64], forecast: &[f64]) -> Result<f64> {
        let needs = Error::ShortHistory { what: self.name, needed: 2, got: 0 };
        self.of(&Case { actual, forecast, history: &[], all: &[], season: 1 })?.ok_or(needs)
    }

    /// Computes the error of a forecast. `None` if the metric is not defined: MAPE if an actual value is 0, scaled
    /// metrics if the history is no longer than a season or repeats itself exactly.
    ///
    /// # Errors
    /// [`Error::Length`] if forecast and actual values differ in length, [`Error::ShortHistory`] if they are empty,
    /// [`Error::NotFinite`] if a value is NaN or infinite.
    pub fn of(&self, case: &Case<'_>) -> Result<Option<f64>> {
        let Case { actual, forecast, history, .. } = case;
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
        all_finite("history", history)?;
        Ok((self.score)(case))
    }
}

impl Entry for Metric {
    const FAMILY: &'static str = "metric";
    const ALL: &'static [Self] = &[MAE, RMSE, MAPE, SMAPE, MASE, RMSSE];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.formula)
    }
}
