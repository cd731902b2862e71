//! Pretrained network: a recurrent network that has learned from many series, and forecasts other series without training.
//!
//! Each series is encoded without units (`encoding.rs`), so that one network reads series of all sizes and frequencies. A
//! forecast takes less than a millisecond. [`Pretrained::shipped`] is the network of this crate; [`Pretrained::train`] trains
//! another one. How it was trained, on what data, and its limits: `docs/pretrained.md`.

mod encoding;
mod episodes;
mod frequency_class;
mod network;
mod quantile_forecast;
#[cfg(test)]
mod tests;
mod training;

pub(crate) use encoding::MAX_VALUES;
pub use episodes::TrainingSet;
pub use frequency_class::FrequencyClass;
#[cfg(feature = "weights")]
pub use network::SHIPPED;
pub use network::{PastValues, Pretrained};
pub use quantile_forecast::QuantileForecast;
pub use training::PretrainingConfig;
