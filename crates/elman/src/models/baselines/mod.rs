//! Baselines: simple forecasts to compare with.

mod combination;
mod croston;
mod damped;
mod drift;
mod ets;
mod log_sums;
mod mean;
mod naive;
mod naive2;
mod seasonal_naive;
mod theta;
mod tsb;

pub use combination::COMBINED;
pub(crate) use combination::{Combined, combination};
pub use croston::CROSTON;
pub use damped::DAMPED;
pub use drift::DRIFT;
pub use ets::ETS;
pub use mean::MEAN;
pub use naive::NAIVE;
pub use naive2::NAIVE2;
pub use seasonal_naive::SEASONAL_NAIVE;
pub use theta::THETA;
pub use tsb::TSB;

use elman_nn::registry::Entry;

use crate::data::{Forecasts, HistoryView};
use crate::error::{Error, Result};
use crate::metrics::Evaluation;

/// A forecasting method without training.
#[derive(Clone, Copy, Debug)]
pub struct Baseline {
    /// The name that selects the baseline.
    pub name: &'static str,
    /// A description, in one sentence.
    pub summary: &'static str,
    forecast: Ahead,
}

/// Arguments: values, horizon, and the seasonal period.
type Ahead = fn(&[f64], usize, usize) -> Result<Vec<f64>>;

impl Baseline {
    /// Baselines that a forecast is compared with. The other ones are for intermittent demand, and for those who ask for them.
    pub const COMPARED: &'static [Self] =
        &[NAIVE, SEASONAL_NAIVE, MEAN, DRIFT, NAIVE2, THETA, DAMPED, ETS];

    /// Forecasts the `horizon` time steps after the last value.
    ///
    /// # Errors
    /// [`Error::ShortHistory`] if there are too few values.
    pub fn forecast(&self, values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
        (self.forecast)(values, horizon, season)
    }

    /// Forecasts after each origin of each series. The seasonal period is 1 before the end of the first season.
    ///
    /// # Errors
    /// As [`forecast`](Baseline::forecast).
    pub(crate) fn forecasts(&self, at: &Evaluation<'_>) -> Result<Forecasts> {
        let of_series = |(y, origins): (&HistoryView<'_>, &Vec<usize>)| {
            let after = |origin: &usize| {
                let season = if *origin >= at.season { at.season } else { 1 };
                self.forecast(&y.filled()[..*origin], at.horizon, season)
            };
            origins.iter().map(after).collect()
        };
        at.panel.iter().zip(at.origins).map(of_series).collect()
    }
}

impl Entry for Baseline {
    const FAMILY: &'static str = "baseline";
    const ALL: &'static [Self] =
        &[NAIVE, SEASONAL_NAIVE, MEAN, DRIFT, NAIVE2, THETA, DAMPED, ETS, CROSTON, TSB];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

/// The last values of a long series, enough to fit smoothing parameters.
fn newest(values: &[f64]) -> &[f64] {
    const MOST: usize = 1000;
    &values[values.len().saturating_sub(MOST)..]
}

/// Checks that there are at least `needed` values.
fn needs(what: &'static str, needed: usize, got: usize) -> Result<()> {
    if got < needed { Err(Error::ShortHistory { what, needed, got }) } else { Ok(()) }
}
