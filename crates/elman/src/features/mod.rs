//! Features: the columns of one row of inputs, from the series, its season, the calendar and covariates.

mod calendar_features;
mod covariates;
mod encoded_series;
mod scaled_covariates;

pub use covariates::{CovariateDims, CovariateSchema};
pub(crate) use encoded_series::EncodedSeries;
