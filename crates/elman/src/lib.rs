//! Forecasting with recurrent networks that remember.
//!
//! One network over all series of a panel, straight from their values:
//!
//! ```
//! use elman::{panel::{PanelForecast, PanelSettings}, series::Series};
//!
//! let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! let panel = [Series::counted("sales", sales)];
//! let settings = PanelSettings { steps: Some(20), ..PanelSettings::new(12) };
//! let forecast = PanelForecast::of(&panel, &settings, &|_progress| ())?;
//! println!("{:?}", forecast.values[0]);
//! # Ok::<(), elman::Error>(())
//! ```
//!
//! One network on one series, with its memory in hand:
//!
//! ```
//! use elman::{Session, Settings, series::Series};
//!
//! let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! let mut settings = Settings::for_series(sales.len(), None);
//! settings.train.steps = 100;
//! let mut session = Session::on_series(Series::counted("sales", sales), settings, None)?;
//! session.run(|_, _| std::ops::ControlFlow::Continue(()))?;
//! let trained = session.finish()?;
//! println!("{:?}", trained.forecast(12)?.values);
//! # Ok::<(), elman::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod baselines;
pub mod calendar;
mod diverged;
pub mod error;
pub mod forecaster;
pub mod metrics;
pub mod panel;
mod ranges;
pub mod read;
pub mod report;
pub mod scalers;
pub mod season;
pub mod series;
pub mod text;
pub mod write;

pub use elman_nn as nn;
pub use error::{Error, Result};
pub use forecaster::{Session, Settings, Trained};
