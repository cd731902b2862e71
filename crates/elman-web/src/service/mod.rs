//! Online forecasts over HTTP: observations come in, forecasts go out.
//!
//! `connections` accepts, `routes` checks and answers, `request` reads, `owner` is the thread that owns the [`Forecaster`].

mod answers;
mod connections;
mod forecaster;
mod limits;
mod metrics;
mod openapi;
mod owner;
mod problem;
mod request;
mod routes;
mod server;
#[cfg(test)]
mod tests;

pub use forecaster::{
    Arrival, Forecast, Forecaster, Interval, ModelScores, Observation, Observed, Refusal,
    StepScores,
};
pub use limits::{ServiceConfig, Token};
pub use server::ForecastServer;
