//! Global recurrent networks for a panel: a network runs over each series with its hidden state, and forecasts the
//! whole horizon at every time step.
//!
//! [`Forecast::fit_predict`] does everything: it detects the seasonal periods, compares several [`Preprocessing`]s on a
//! validation window, trains the best on all data, and computes prediction intervals from the validation errors. A
//! single series is a panel of one. With [`Scope::Local`] each series is a panel with networks of its own.

mod auto;
mod backtest;
mod batches;
mod beginning;
mod borrowed_season;
mod calendar_features;
mod conformal;
mod covariates;
mod early_stopping;
mod encoded_series;
mod ensemble;
mod evaluator;
mod falling;
mod fitted;
mod history;
mod interval;
pub mod levels;
mod likelihood;
mod model_file;
mod notes;
mod outcome;
mod outliers;
mod parallel;
mod persistence;
mod prepared;
mod preprocessing;
mod recent_values;
mod rnn;
mod sample;
mod scaled_covariates;
mod search_space;
mod seasons;
mod selection;
mod series_transform;
mod setup;
mod survivors;
#[cfg(test)]
mod tests;
mod trainings;
mod tune;
mod validation;

pub use auto::{AutoConfig, Forecast, Progress, Scope};
pub use backtest::{Backtest, BacktestSettings, Crps, ModelScores};
pub use covariates::{CovariateDims, CovariateValues};
pub use fitted::FittedAuto;
pub use history::{History, HistoryView};
pub use interval::PredictionInterval;
pub use likelihood::{Likelihood, OutputSpec};
pub use notes::ended_early;
pub use preprocessing::{Preprocessing, TargetTransform};
pub use rnn::{RnnConfig, RnnModel, StackConfig};
pub use seasons::seasons;
pub use selection::{BenchmarkScore, CandidateScore, LeftOut, SelectionReport};
pub use tune::{Hyperparameters, TunedTrial, Tuning, fingerprint};

/// Forecasts by series, origin and step ahead.
pub type Forecasts = Vec<Vec<Vec<f64>>>;

/// Prediction intervals by series, origin and level.
pub type Intervals = Vec<Vec<Vec<PredictionInterval>>>;
