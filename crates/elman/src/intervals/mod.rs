//! Prediction intervals: levels, bounds, and conformal calibration.

mod borrowed;
mod conformal;
mod interval;
pub mod levels;
mod scale;

pub use crate::data::{Intervals, PredictionInterval};
pub(crate) use borrowed::widen;
pub(crate) use conformal::Conformal;
pub(crate) use scale::{RunningScale, range};
