//! Recurrent networks for a panel: one network runs over each series with its hidden state, and forecasts the whole
//! horizon at every time step.

pub(crate) mod batches;
mod config;
pub(crate) mod early_stopping;
mod likelihood;
mod model;
mod online;
mod online_persistence;
mod persistence;
mod predictions;
pub(crate) mod trainings;
mod validation_loss;

pub(crate) use config::MAX_SERIES;
pub use config::{RnnConfig, StackConfig};
pub use likelihood::{Likelihood, OutputSpec};
pub(crate) use likelihood::{all_ends, is_count, no_count, taus};
pub use model::RnnModel;
pub(crate) use model::RnnRef;
pub(crate) use online::{LANES, OnlineRnn, RnnState, SavedSeriesState, SeriesState};
pub(crate) use predictions::{Predictions, mean};
pub(crate) use validation_loss::ValidationLoss;
