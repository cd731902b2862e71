//! Transforms of the values of a series: outliers and constant beginnings left out, unit, season, scalers.

pub(crate) mod beginning;
pub(crate) mod borrowed_season;
pub(crate) mod falling;
pub(crate) mod normalizer;
pub(crate) mod outliers;
mod preprocessing;
pub mod scalers;
pub(crate) mod series_transform;
mod target;

pub use preprocessing::Preprocessing;
pub(crate) use target::LOG_OFFSET;
pub use target::{Domain, TargetTransform};
