//! The service at the level of its routes, with a forecaster of a few lines.

mod client;
mod forecaster;
mod limits;
mod observe;
mod openapi;
mod owner;
mod reading;
