//! Files: reading series, writing forecasts.

pub mod read;
pub mod write;
