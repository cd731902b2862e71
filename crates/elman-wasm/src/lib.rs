//! The engine of the playground: networks that learn a series or a text, one optimizer step at a time.
//!
//! [`training`] is common to both. Of a series, [`engine`] trains, [`evaluation`] runs the network over the whole series
//! for the pictures, [`series`] has the data, [`inside`] computes gradients through time and single units, and [`abi`] is
//! the thin layer of C functions that a page calls. The same of a text are in [`text`] and [`text_abi`].
//!
//! With the feature `forecast`, `session` forecasts a file, `model_file` writes and reads networks of the page, and [`file_abi`] has the functions for both. The page has the engine
//! without this feature, and loads a second module with it when a file is first forecast, or a model file saved or loaded.
#![deny(unsafe_code)]
#![warn(unreachable_pub)]

pub mod abi;
mod description;
mod engine;
mod evaluation;
#[cfg(feature = "forecast")]
pub mod file_abi;
mod inside;
#[cfg(feature = "forecast")]
mod model_file;
mod scale;
mod series;
#[cfg(feature = "forecast")]
mod session;
#[cfg(test)]
mod tests;
mod text;
pub mod text_abi;
mod training;
mod unit;
