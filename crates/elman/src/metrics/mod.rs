//! Metrics: how far a forecast is from what came. Smaller is better.

mod claim;
mod mae;
mod mape;
mod mase;
mod rmse;
mod rmsse;
pub(crate) mod scale;
mod smape;

pub use claim::{Claim, Errors, Evidence, Verdict};
pub use mae::MAE;
pub use mape::MAPE;
pub use mase::MASE;
pub use rmse::RMSE;
pub use rmsse::RMSSE;
pub use smape::SMAPE;

use crate::error::{Error, Result, all_finite, unknown_name};

/// A measure of error.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// What a person types.
    pub name: &'static str,
    /// Its formula, with `y` for what came, `f` for the forecast, `x` for the history of n values and m for the season.
    pub formula: &'static str,
    score: fn(&Case<'_>) -> Option<f64>,
}

/// One forecast, what came, and what was known before.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What came.
    pub actual: &'a [f64],
    /// What was said.
    pub forecast: &'a [f64],
    /// What was known; only scaled metrics look at it.
    pub history: &'a [f64],
    /// All values of the series that are known by now, the history first; they are the scale where the history was as good
    /// as still. The history itself, if there are no others.
    pub all: &'a [f64],
    /// The length of the season in steps; 1 for none.
    pub season: usize,
}

impl Case<'_> {
    fn errors(&self) -> impl Iterator<Item = f64> {
        self.actual.iter().zip(self.forecast).map(|(y, f)| y - f)
    }

    fn mean(&self, of: impl Iterator<Item = f64>) -> f64 {
        of.sum::<f64>() / self.actual.len() as f64
    }

    /// The mean of `size(x[t] - x[t-m])` over the history; none where it has no such steps, or never moved. Where that is
    /// next to nothing beside the same over all values, it is the latter.
    pub(crate) fn scale(&self, size: fn(f64) -> f64) -> Option<f64> {
        scale::scale(self.history, self.all, self.season.max(1), size, 1)
    }
}

impl Metric {
    /// The error of `forecast` against `actual`, for a metric that needs no history.
    ///
    /// # Errors
    /// As [`of`](Metric::of); [`Error::ShortHistory`] for a scaled metric, and where the metric is not defined.
    pub fn score(&self, actual: &[f64], forecast: &[f64]) -> Result<f64> {
        let needs = Error::ShortHistory { what: self.name, needed: 2, got: 0 };
        self.of(&Case { actual, forecast, history: &[], all: &[], season: 1 })?.ok_or(needs)
    }

    /// The error of a forecast. `None` where the metric is not defined: MAPE when a 0 came, scaled metrics when the
    /// history is no longer than a season or repeats itself exactly.
    ///
    /// # Errors
    /// [`Error::Length`] when the two differ in length, [`Error::ShortHistory`] when they are empty, [`Error::NotFinite`]
    /// when a value is NaN or infinite.
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

/// All metrics.
pub const ALL: &[&Metric] = &[&MAE, &RMSE, &MAPE, &SMAPE, &MASE, &RMSSE];

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
