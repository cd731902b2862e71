//! The forecaster behind the service, and the values that requests and answers have.

use serde::Serialize;

/// Online forecasts of many series by one model or several. One thread of the service owns it.
pub trait Forecaster: Send {
    /// Updates a series with an observation, and forecasts it.
    ///
    /// # Errors
    /// An observation that the series cannot have. Nothing has changed then.
    fn observe(&mut self, observation: &Observation) -> Result<Observed, Refusal>;

    /// Forecasts a series after its last observation; `None` for a series that was never observed. `horizon`: in time steps,
    /// `None` for the default of the forecaster.
    ///
    /// # Errors
    /// A forecast that is not finite; a horizon that the model does not have.
    fn forecast(
        &mut self,
        model: usize,
        unique_id: &str,
        horizon: Option<usize>,
    ) -> Result<Option<Forecast>, Refusal>;

    /// Makes all observations so far durable, in one transaction for each model. After a failure, the next call writes the
    /// observations of this one, too.
    ///
    /// # Errors
    /// The reason why the state cannot be written.
    fn commit(&mut self) -> Result<(), String>;

    /// Counts and errors of each model, in the order of the models.
    fn scores(&self) -> Vec<ModelScores>;
}

/// One value of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Number of the model, from 0.
    pub model: usize,
    /// Name of the series; empty for the series without a name.
    pub unique_id: String,
    /// Date of the value; `None` for a series without dates.
    pub ds: Option<String>,
    /// The value; NaN if it is missing.
    pub y: f64,
}

/// Place of an observation in its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// The next time step.
    Next,
    /// After absent time steps, which count as missing values.
    AfterGap,
    /// After a gap that is too long: the date may be wrong, and the observation is skipped.
    Early,
    /// Soon after an early observation: the hidden state of the series was reset.
    Reset,
    /// The series has a value of this date: the observation changes nothing.
    Duplicate,
    /// Before the last observation: the observation changes nothing.
    Late,
}

/// The answer to an observation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Observed {
    /// Place of the observation in its series.
    pub arrival: Arrival,
    /// Absent time steps before the observation.
    pub missing: usize,
    /// Forecast after the observation.
    #[serde(flatten)]
    pub forecast: Forecast,
}

/// Forecast of one series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// Name of the series.
    pub unique_id: String,
    /// Date or number of the last observation.
    pub cutoff: String,
    /// Dates or numbers of the forecast, one for each time step.
    pub ds: Vec<String>,
    /// Forecast, in the unit of the observations.
    pub values: Vec<f64>,
    /// Prediction intervals, one for each level.
    pub intervals: Vec<Interval>,
}

/// Prediction interval of one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interval {
    /// Level, in per cent.
    pub level: f64,
    /// Lower bounds, one for each time step.
    pub lower: Vec<f64>,
    /// Upper bounds.
    pub upper: Vec<f64>,
}

/// Reason why a request cannot be answered, and the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The reason, in a sentence.
    pub detail: String,
    /// The next step; empty if there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub help: String,
}

/// Counts and prequential errors of one model: each forecast is scored when its observation arrives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelScores {
    /// Number of series.
    pub series: u64,
    /// Observations that changed a series.
    pub observations: u64,
    /// Observations of a date that the series had a value of.
    pub duplicates: u64,
    /// Observations before the last one of their series.
    pub late: u64,
    /// Observations that were skipped, because their date is so far ahead that it may be wrong.
    pub early: u64,
    /// Absent time steps, which count as missing values.
    pub missing: u64,
    /// Resets of the hidden state of a series.
    pub resets: u64,
    /// Scores by time steps ahead.
    pub by_step: Vec<StepScores>,
}

/// Prequential scores so many time steps ahead.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StepScores {
    /// Time steps ahead, from 1.
    pub step: usize,
    /// Number of forecasts whose value has arrived.
    pub scored: u64,
    /// Mean absolute error.
    pub mae: f64,
    /// Mean absolute error of the last value as forecast.
    pub naive_mae: f64,
    /// Levels in per cent, each with the share of values inside its interval (0 to 1).
    pub coverage: Vec<(f64, f64)>,
}
