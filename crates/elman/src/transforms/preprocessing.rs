//! Preprocessing of a candidate: the inputs and targets that a network is trained on.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::target::{Domain, TargetTransform};
use crate::data::ranges::{self, Checked};
use crate::season::Decomposition;

/// Preprocessing of one candidate. The inputs at time step t are the last [`lags`](Preprocessing::lags) values minus
/// the level, optionally divided by the mean absolute difference. The targets are preprocessed in the same way. Minus the
/// level of one value, the targets are differences: a network that outputs zeros gives the naive forecast, and a series
/// may leave the range of its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// Transform of the target.
    pub transform: TargetTransform,
    /// Whether the season is removed from the inputs and added to the forecast.
    pub deseasonalize: bool,
    /// Seasonal decomposition.
    #[serde(default)]
    pub decomposition: Decomposition,
    /// Order of differencing: 1 for inputs and targets minus the level, 0 for the values themselves.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub differences: usize,
    /// Values in the moving level, which is their mean; 1 for the last value.
    pub local_level: usize,
    /// Whether inputs and targets are divided by the mean absolute difference.
    pub diff_normalized: bool,
    /// Number of lags: values of the series in the inputs at a time step.
    pub lags: usize,
    /// Whether the seasonal values of the horizon are inputs.
    pub seasonal_features: bool,
    /// Whether a linear map from input to output is added to the network.
    pub linear_skip: bool,
    /// Whether the covariates are inputs.
    #[serde(default)]
    pub use_covariates: bool,
    /// Scaler, by name, in place of the mean |y| of [`TargetTransform::MEAN_SCALE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaler: Option<String>,
    /// Whether forecasts can fall below 0 if no known value does.
    #[serde(default)]
    pub no_floor: bool,
    /// Whether an untrained forecast continues the line through the last values.
    #[serde(default)]
    pub drift: bool,
}

fn one() -> usize {
    1
}

fn is_one(differences: &usize) -> bool {
    *differences == 1
}

impl Preprocessing {
    /// Checks that the settings fit together and are in their range.
    pub(crate) fn check(&self) -> Checked {
        ranges::steps("local_level", self.local_level)?;
        ranges::steps("lags", self.lags)?;
        if self.differences > 1 {
            return ranges::refuse("differences", self.differences, "0 or 1");
        }
        // The distance from the level limits a forecast with a log transform.
        if self.differences == 0 && self.transform.furthest.is_finite() {
            return ranges::refuse("differences", self.differences, "1 for a log transform");
        }
        // A transform of values of 0 and above gives no forecast below 0.
        if self.no_floor && self.transform.domain != Domain::All {
            return ranges::refuse("no_floor", self.no_floor, "false for this transform");
        }
        if self.drift && !self.no_floor {
            return ranges::refuse("drift", self.drift, "false where values have a floor");
        }
        Ok(())
    }

    /// Inputs at a time step from the series itself, without covariates.
    pub fn inputs(&self, horizon: usize) -> usize {
        self.lags
            + usize::from(self.diff_normalized)
            + if self.seasonal_features { horizon } else { 0 }
    }
}

/// Preprocessing in words: `log transform, 24 lags, normalized differences`.
impl fmt::Display for Preprocessing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transform = match &self.scaler {
            Some(scaler) if self.transform.is_linear => scaler,
            _ => self.transform.summary,
        };
        write!(f, "{transform}, {} lags", self.lags)?;
        if self.local_level > 1 {
            write!(f, ", moving level of {} values", self.local_level)?;
        }
        let parts = [
            (self.differences == 0, "no differences"),
            (self.diff_normalized, "normalized differences"),
            (!self.deseasonalize, "not deseasonalized"),
            (self.seasonal_features, "seasonal features"),
            (self.linear_skip, "linear skip"),
            (self.use_covariates, "covariates"),
            (self.no_floor, "no floor at 0"),
            (self.drift, "drift"),
        ];
        parts.iter().filter(|(has, _)| *has).try_for_each(|(_, part)| write!(f, ", {part}"))
    }
}
