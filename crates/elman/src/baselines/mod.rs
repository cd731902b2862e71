//! Baselines: what a forecast must beat to be worth anything.

mod damped;
mod drift;
mod ets;
mod mean;
mod naive;
mod naive2;
mod seasonal_naive;
mod theta;

pub use damped::DAMPED;
pub use drift::DRIFT;
pub use ets::ETS;
pub use mean::MEAN;
pub use naive::NAIVE;
pub use naive2::NAIVE2;
pub use seasonal_naive::SEASONAL_NAIVE;
pub use theta::THETA;

use crate::error::{Error, Result, unknown_name};
use std::ops::Range;

/// A forecast that needs no learning.
#[derive(Clone, Copy, Debug)]
pub struct Baseline {
    /// What a person types.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    one_step: Option<OneStep>,
    forecast: Ahead,
}

/// From values, a range of them and the season.
type OneStep = fn(&[f64], Range<usize>, usize) -> Result<Vec<f64>>;

/// From values, the horizon and the season.
type Ahead = fn(&[f64], usize, usize) -> Result<Vec<f64>>;

impl Baseline {
    /// For each `t` of `range` the forecast of `values[t]` from the values before `t` alone. `season` is the length of the
    /// season in steps, for baselines that have one. `None` for a baseline that is for
    /// whole horizons: one step ahead it would be fitted anew for every step, or is nearly another.
    ///
    /// # Errors
    /// [`Error::ShortHistory`] when the range starts too early, [`Error::Length`] when it ends past the values.
    pub fn one_step(
        &self,
        values: &[f64],
        range: Range<usize>,
        season: usize,
    ) -> Result<Option<Vec<f64>>> {
        if range.end > values.len() {
            return Err(Error::Length { what: "values", expected: range.end, got: values.len() });
        }
        self.one_step.map(|one_step| one_step(values, range, season)).transpose()
    }

    /// The `horizon` steps after the last value.
    ///
    /// # Errors
    /// [`Error::ShortHistory`] when there are too few values.
    pub fn forecast(&self, values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
        (self.forecast)(values, horizon, season)
    }
}

/// All baselines.
pub const ALL: &[&Baseline] =
    &[&NAIVE, &SEASONAL_NAIVE, &MEAN, &DRIFT, &NAIVE2, &THETA, &DAMPED, &ETS];

/// The baseline of this name.
///
/// # Errors
/// [`Error::UnknownName`] with the nearest names.
pub fn named(name: &str) -> Result<&'static Baseline> {
    let found = ALL.iter().find(|b| b.name == name);
    found.copied().ok_or_else(|| {
        unknown_name("baseline", name, &ALL.iter().map(|b| b.name).collect::<Vec<_>>())
    })
}

/// The last values of a long series: enough to choose how to smooth it by.
fn newest(values: &[f64]) -> &[f64] {
    const MOST: usize = 1000;
    &values[values.len().saturating_sub(MOST)..]
}

/// Refuses less history than needed.
fn needs(what: &'static str, needed: usize, got: usize) -> Result<()> {
    if got < needed { Err(Error::ShortHistory { what, needed, got }) } else { Ok(()) }
}
