//! Forecasts of time series with recurrent networks, compared with naive, theta and ETS.
//!
//! Fit on a panel of series, with model selection, and predict:
//!
//! ```
//! use elman::{AutoForecaster, Series};
//!
//! let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! let panel = [Series::counted("sales", sales)];
//! let fitted = AutoForecaster::new(12).levels([80.0, 95.0]).max_steps(20).fit(&panel)?;
//! println!("{:?}", fitted.predict(&panel)?.values[0]);
//! # Ok::<(), elman::Error>(())
//! ```
//!
//! Then forecast value by value: an update moves the hidden states on, and costs one time step of each network.
//!
//! ```
//! # use elman::{AutoForecaster, Series};
//! # let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! # let series = Series::counted("sales", sales);
//! # let fitted = AutoForecaster::new(12).max_steps(20).fit(std::slice::from_ref(&series))?;
//! let mut online = fitted.online(&series)?;
//! online.update(58.4)?;
//! println!("{:?}", online.forecast()?.values);
//! # Ok::<(), elman::Error>(())
//! ```
//!
//! Train one network on one series, and forecast from its hidden state:
//!
//! ```
//! use elman::{Series, SeriesConfig, TrainingRun};
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
//! | read a file | [`io::read::read_panel`], [`io::read::read_series`] |
//! | forecast many series | [`AutoForecaster::fit`] |
//! | keep a model, and forecast newer data | [`select::FittedAuto`] |
//! | evaluate at earlier cutoffs | [`backtest::Backtest`] |
//! | search hyperparameters | [`select::Tuning`] |
//! | train one network, stop and resume | [`TrainingRun`] |
//! | forecast value by value, with the hidden state kept | [`select::FittedAuto::online`] |
//! | update the hidden state of one network with new values | [`StatefulForecaster::update`] |
//! | train a character model, generate text | [`text::TextTrainingRun`], [`text::TextModel`] |
//! | draw a chart | [`report::write`] |
//! | build a network of your own | [`nn`] |
#![forbid(unsafe_code)]
#![warn(unreachable_pub)]

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

pub use data::Series;
pub use elman_nn as nn;
pub use error::{Error, Result};
pub use forecaster::{SeriesConfig, StatefulForecaster, TrainingRun};
pub use select::AutoForecaster;
