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
//! Train one network, and forecast from its hidden state after the last value:
//!
//! ```
//! use elman::{RnnForecaster, Series};
//!
//! let sales: Vec<f64> = (0..120).map(|t| 50.0 + 10.0 * (f64::from(t) / 6.0).sin()).collect();
//! let fitted = RnnForecaster::new(1).max_steps(50).fit(&[Series::counted("sales", sales)])?;
//! println!("{:?}", fitted.continued()?.forecast_ahead(12)?.values);
//! # Ok::<(), elman::Error>(())
//! ```
//!
//! | I want to | use |
//! |---|---|
//! | describe a data file or a model file | [`inspect::file`] |
//! | read a file | [`io::read::read_panel`], [`io::read::read_series`] |
//! | forecast many series | [`AutoForecaster::fit`] |
//! | keep a model, and forecast newer data | [`select::FittedForecaster`] |
//! | evaluate at earlier cutoffs | [`backtest::Backtest`] |
//! | search hyperparameters | [`select::Tuning`] |
//! | train one network | [`RnnForecaster::fit`] |
//! | train one network, watch each step, stop and resume | [`TrainingRun`] |
//! | forecast value by value, with the hidden state kept | [`select::FittedForecaster::online`] |
//! | forecast many series value by value, with a state file and online training | [`stream::Stream`] |
//! | update the hidden state of a model file with new values | [`select::FittedForecaster::update`] |
//! | train a character model, generate text | [`text::TextTrainingRun`], [`text::TextModel`] |
//! | look inside a trained network | [`select::FittedForecaster::explain`] |
//! | export a network as an ONNX model | [`export::onnx`] |
//! | draw a chart | [`report::write`] |
//! | build a network of your own | [`nn`] |
//!
//! Guarantees, each with the test that holds it:
//!
//! | guarantee | test |
//! |---|---|
//! | no forecast depends on a value after its cutoff | `forecasts/panel.rs`, `forecasts/covariates.rs` |
//! | the same seed gives the same bits, for any number of threads | `networks/threads.rs` of elman-nn, `forecasts/panel.rs` |
//! | a resumed training gives the same bits as a training without a stop | `networks/resume.rs` of elman-nn, `forecasts/training_run.rs` |
//! | an update gives the forecast from the whole history, within 1e-5 | `select/tests/online.rs`, `forecasts/training_run.rs` |
//! | a stream that continues from its state file gives the same bits as a stream without a stop | `stream/tests.rs` |
//! | every gradient is the slope of the loss | `networks/gradient.rs` of elman-nn |
//! | a training step of a network allocates nothing | `networks/allocations.rs` of elman-nn |
//! | a damaged file is an error, and takes little memory | `forecasts/strangers.rs`, `tests/memory.rs`, `fuzz/` |
//!
//! Features, all on by default: `columnar` (Parquet, Arrow), `excel` (workbooks), `report` (charts), `time-zones` (their
//! database), `weights` (the pretrained network, whose file is otherwise given to [`models::pretrained::Pretrained::provide`]). Without them the library
//! has 66 dependencies in place of 127, and compiles for wasm32.
#![forbid(unsafe_code)]
#![warn(unreachable_pub)]

pub mod backtest;
pub mod data;
pub mod error;
pub mod explain;
pub mod export;
pub mod features;
pub mod inspect;
pub mod intervals;
pub mod io;
pub mod metrics;
pub mod models;
#[cfg(feature = "report")]
pub mod report;
pub mod season;
pub mod select;
pub mod stream;
pub mod text;
pub mod training;
pub mod transforms;

pub use data::Series;
pub use elman_nn as nn;
pub use error::{Error, Result};
pub use select::{AutoForecaster, FittedForecaster, RnnForecaster};
pub use training::TrainingRun;
