//! Explanation of a trained network on a series: hidden state and gates over time, how far back a value moves the
//! forecast, how far back a loss reaches the hidden state, and the content of the hidden state at the end.
//!
//! ```
//! use elman::explain::ExplainOptions;
//! use elman::{RnnForecaster, Series};
//!
//! let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! let panel = [Series::counted("sales", sales)];
//! let fitted = RnnForecaster::new(1).max_steps(50).fit(&panel)?;
//! let explanation = fitted.explain(&panel, 0, &ExplainOptions::default())?;
//! println!("{:?} {:?}", explanation.forgetting.half_life, explanation.words);
//! # Ok::<(), elman::Error>(())
//! ```

mod activity;
mod forgetting;
mod gradient;
mod network;
mod run;
mod units;
mod words;

use serde::Serialize;

use crate::data::calendar::FutureIndex;

pub use activity::{Activity, LayerActivity, Rows};
pub use forgetting::ForgettingCurve;
pub use gradient::GradientNorms;
pub use network::NetworkFacts;
pub use units::UnitState;

/// Options of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainOptions {
    /// Number of the network in the ensemble, from 1.
    pub network: usize,
    /// Step of the horizon whose forecast is explained, from 1.
    pub step_ahead: usize,
    /// Time steps to look at, the last of the series; `None` for four seasons, at least 240 and at most 2000.
    pub last: Option<usize>,
}

impl Default for ExplainOptions {
    /// The first network, one step ahead.
    fn default() -> Self {
        Self { network: 1, step_ahead: 1, last: None }
    }
}

/// Explanation of one network on one series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Name of the series.
    pub series: String,
    /// The network.
    pub network: NetworkFacts,
    /// Time steps that were looked at.
    pub window: TimeSteps,
    /// Values of the series at these time steps; NaN where masked.
    pub values: Vec<f64>,
    /// Hidden state and gates of each layer at these time steps.
    pub layers: Vec<LayerActivity>,
    /// Influence of the values on the forecast, by distance.
    pub forgetting: ForgettingCurve,
    /// Gradient norm through time; `None` where no window has targets.
    pub gradient: Option<GradientNorms>,
    /// Units of the last layer at the end, the most active first.
    pub units: Vec<UnitState>,
    /// Sentences that follow from the numbers.
    pub words: Vec<String>,
    /// Notes on the data and on the model, in sentences.
    pub notes: Vec<String>,
}

/// The last time steps of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeSteps {
    /// Number of time steps.
    pub steps: usize,
    /// Dates, or numbers, of the first and the last.
    pub first: String,
    /// The last.
    pub last: String,
    /// Places on the time axis: seconds since 1970, or step numbers.
    pub positions: Vec<f64>,
    /// Clock of the series, by which an axis is labelled.
    #[serde(skip)]
    pub clock: FutureIndex,
}
