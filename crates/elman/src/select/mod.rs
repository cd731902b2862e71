//! Automatic forecasts of a panel: model selection, an ensemble of the selected networks, hyperparameter search.
//!
//! [`AutoForecaster::fit`] does everything: it detects the seasonal periods, compares several
//! [`Preprocessing`](crate::transforms::Preprocessing)s on a validation window, trains the best on all data, and computes
//! prediction intervals from the validation errors. A single series is a panel of one. With [`Scope::Local`] each series
//! is a panel with networks of its own.

mod blend;
mod comparison;
mod composition;
mod config;
mod continuation;
mod decision;
mod ensemble;
mod fine_tuning;
mod fitted;
mod forecast;
mod greedy;
mod memory;
mod model;
mod model_file;
mod notes;
mod online;
mod online_bytes;
mod online_networks;
mod online_state;
mod outcome;
mod prepared;
mod recent_values;
mod rnn_forecaster;
mod run;
mod sample;
mod score;
mod search_space;
mod selection;
mod setup;
mod survivors;
#[cfg(test)]
mod tests;
mod trained_on;
mod training_record;
mod tune;
mod validation;
mod weights;
mod what_if;

pub(crate) use comparison::Comparison;
pub use comparison::{BenchmarkScore, SeriesScores};
pub use composition::ModelWeight;
pub use config::{AutoForecaster, Point, Scope};
pub(crate) use ensemble::{Ensemble, clamp_to_zero};
pub use fitted::FittedForecaster;
pub use forecast::Forecast;
pub use memory::{Memory, Updated};
pub use model::Model;
pub use model_file::ModelKind;
pub use notes::{ended_early, too_short};
pub(crate) use notes::{left_out, named};
pub use online::{OnlineForecast, OnlineForecaster};
pub(crate) use online_networks::OnlineNetworks;
pub(crate) use online_state::OnlineState;
pub use online_state::SavedOnlineState;
pub(crate) use prepared::{PreparedPanel, check};
pub(crate) use recent_values::{OddValuesRule, RecentValues, candidate_periods, recent_values};
pub use rnn_forecaster::RnnForecaster;
pub use run::{Progress, RunContext};
pub use selection::{CandidateScore, FineTuningScores, LeftOut, SelectionReport};
pub use trained_on::TrainedOn;
pub(crate) use training_record::MAX_SINE_VALUES;
pub use training_record::{Provenance, TrainingRecord};
pub use tune::{Hyperparameters, TunedTrial, Tuning, fingerprint};
pub use what_if::{Assumption, Difference};
