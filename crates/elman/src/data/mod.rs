//! Data in memory: series and their covariates, calendars, histories up to a cutoff.

pub mod calendar;
pub(crate) mod hash;
mod history;
mod interval;
pub(crate) mod parallel;
pub(crate) mod ranges;
mod series;
pub mod synthetic;

pub use history::{CovariateValues, History, HistoryView};
pub(crate) use interval::bounds;
pub use interval::{Intervals, PredictionInterval};
pub use series::{
    Aggregate, Aggregated, Covariate, Covariates, DateAxis, NumberAxis, Periods, Series, TimeAxis,
    counted, thousands,
};

/// Forecasts by series, origin and step ahead.
pub type Forecasts = Vec<Vec<Vec<f64>>>;
