//! The servers of `elman`: one for a page and the events of a training, one for online forecasts.
//!
//! [`Server`] serves a list of [`Asset`]s, and, if there is a [`Feed`], its events at `/events` as server-sent events. The server
//! answers requests to its own address alone: other values of `Host` and `Origin` are refused, so that no page of another
//! site can read from the server. The caller binds the listener, to 127.0.0.1.
//!
//! [`ForecastServer`] takes observations and answers them with forecasts of a [`Forecaster`], which the caller implements: this
//! crate knows no networks.
//!
//! ```
//! use std::net::{Ipv4Addr, TcpListener};
//! use std::time::Duration;
//! use elman_web::{Asset, Server, Site};
//!
//! let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
//! let server = Server::start(listener, Site::new([Asset::html("/", "<!doctype html>")]))?;
//! println!("http://127.0.0.1:{}/", server.port());
//! server.stop(Duration::from_secs(2));
//! # std::io::Result::Ok(())
//! ```

#![forbid(unsafe_code)]

mod asset;
mod events;
mod feed;
mod guard;
mod server;
mod service;
mod site;

pub use asset::Asset;
pub use feed::{Event, Feed, Snapshot};
pub use server::Server;
pub use service::{
    Arrival, Forecast, ForecastServer, Forecaster, Interval, ModelScores, Observation, Observed,
    Refusal, ServiceConfig, StepScores, Token,
};
pub use site::Site;
