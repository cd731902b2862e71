//! Forecasts of time series with recurrent networks, compared with naive, theta and ETS.
//!
//! Fit on a panel of series, with model selection, and predict:
//!
//! ```
//! use elman::{panel::{AutoConfig, Forecast}, series::Series};
//!
//! let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! let panel = [Series::counted("sales", sales)];
//! let config = AutoConfig { max_steps: Some(20), ..AutoConfig::new(12) };
//! let forecast = Forecast::fit_predict(&panel, &config, &|_progress| ())?;
//! println!("{:?}", forecast.values[0]);
//! # Ok::<(), elman::Error>(())
//! ```
//!
//! Train one network on one series, and forecast from its hidden state:
//!
//! ```
//! use elman::{SeriesConfig, TrainingRun, series::Series};
//!
//! let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! let mut config = SeriesConfig::for_series(sales.len(), None);
//! config.train.max_steps = 100;
//! let mut run = TrainingRun::new(Series::counted("sales", sales), config, None)?;
//! run.run(|_, _| std::ops::ControlFlow::Continue(()))?;
//! let fitted = run.into_fitted()?;
//! println!("{:?}", fitted.forecast(12)?.values);
//! # Ok::<(), elman::Error>(())
//! ```
//!
//! | I want to | use |
//! |---|---|
//! | read a file | [`read::read_panel`], [`read::read_series`] |
//! | forecast many series | [`panel::Forecast::fit_predict`] |
//! | keep a model, and forecast newer data | [`panel::FittedAuto`] |
//! | evaluate at earlier cutoffs | [`panel::Backtest`] |
//! | search hyperparameters | [`panel::Tuning`] |
//! | train one network, stop and resume | [`TrainingRun`] |
//! | update a hidden state with new values | [`StatefulForecaster::update`] |
//! | train a character model, generate text | [`text::TextTrainingRun`], [`text::TextModel`] |
//! | draw a chart | [`report::write`] |
//! | build a network of your own | [`nn`] |
#![forbid(unsafe_code)]

pub mod backtest;
pub mod data;
pub mod error;
pub mod features;
pub mod forecaster;
pub mod intervals;
pub mod io;
pub mod metrics;
pub mod models;
pub mod report;
pub mod season;
pub mod select;
pub mod text;
pub mod transforms;

pub use elman_nn as nn;
pub use error::{Error, Result};
pub use forecaster::{SeriesConfig, StatefulForecaster, TrainingRun};
