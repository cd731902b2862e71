//! Features: the columns of one row of inputs, from the series, its season, the calendar and covariates.

mod calendar_features;
mod covariates;
mod encoded_series;
mod row;
mod scaled_covariates;
mod series_cursor;

pub use covariates::CovariateDims;
pub(crate) use covariates::CovariateSchema;
pub(crate) use encoded_series::EncodedSeries;
pub(crate) use row::{FLOOR, input_names};
pub(crate) use series_cursor::{CursorState, Encoded, SeriesCursor};
