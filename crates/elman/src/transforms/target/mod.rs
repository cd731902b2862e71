//! Transforms of the target: networks learn the transformed values, and forecasts are transformed back.

mod box_cox;
mod log;
mod log_offset;
mod mean_scale;

pub(crate) use log_offset::OFFSET as LOG_OFFSET;

use std::fmt;

use elman_nn::registry::Entry;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::data::ranges::{self, Checked};
use crate::error::{Error, Result};

/// A transform of the target.
#[derive(Clone, Copy)]
pub struct TargetTransform {
    /// Name that selects the transform.
    pub name: &'static str,
    /// Description, in a few words.
    pub summary: &'static str,
    /// Values that have a transformed value.
    pub domain: Domain,
    /// Whether the transform is linear: a scaler can take its place, and a season can be multiplicative.
    pub is_linear: bool,
    /// Whether errors are symmetric in the logarithms of the values.
    pub(crate) has_errors_in_logs: bool,
    /// Largest distance of a forecast from the level.
    pub(crate) furthest: f64,
    /// Arguments: history without missing values, and seasonal period, 1 for none.
    pub(super) fit: fn(&[f64], usize) -> Fitted,
    pub(super) forward: fn(f64, Fitted) -> f64,
    pub(super) inverse: fn(f64, Fitted) -> f64,
    /// A value whose transformed value is moved by the second argument.
    pub(super) shift: fn(f64, f64, Fitted) -> f64,
}

/// Values that a transform is defined for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Values above 0.
    Positive,
    /// Values of 0 and above.
    NonNegative,
    /// All values.
    All,
}

impl Domain {
    /// Whether `y` has a transformed value.
    pub fn contains(self, y: f64) -> bool {
        match self {
            Self::Positive => y > 0.0,
            Self::NonNegative => y >= 0.0,
            Self::All => true,
        }
    }
}

/// A transform, fitted to the history of one series.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fitted {
    /// Size of the values: their mean |y|, or 1.
    pub(crate) unit: f64,
    /// Exponent, of a transform that has one; otherwise 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(super) power: f64,
}

fn one() -> f64 {
    1.0
}

fn is_one(power: &f64) -> bool {
    *power == 1.0
}

impl Fitted {
    /// The unit is the mean |y|, or 1 where that is 0.
    fn to_mean(history: &[f64]) -> Self {
        let mean = history.iter().map(|y| y.abs()).sum::<f64>() / history.len().max(1) as f64;
        Self { unit: if mean > 0.0 { mean } else { 1.0 }, power: 1.0 }
    }

    /// Exponent.
    pub(crate) fn power(&self) -> f64 {
        self.power
    }

    pub(crate) fn check(&self) -> Checked {
        ranges::positive("unit", &[self.unit])?;
        match self.power {
            0.01..=1.0 => Ok(()),
            power => ranges::refuse("power", power, "from 0.01 to 1"),
        }
    }
}

impl Entry for TargetTransform {
    const FAMILY: &'static str = "transform";
    /// Model selection takes the first whose domain contains all values of a panel.
    const ALL: &'static [Self] = &[Self::LOG, Self::LOG_OFFSET, Self::MEAN_SCALE, box_cox::BOX_COX];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        (self.name, self.summary)
    }
}

impl TargetTransform {
    /// Log transform: ln y, for values above 0.
    pub const LOG: Self = log::LOG;
    /// Log transform with an offset: ln (y / mean + 0.1), for values of 0 and above.
    pub const LOG_OFFSET: Self = log_offset::LOG_OFFSET;
    /// Division by the mean: y / mean |y|.
    pub const MEAN_SCALE: Self = mean_scale::MEAN_SCALE;

    /// Refuses `values` of the series `name` that have no transformed value; missing ones pass. `help` is the next step.
    ///
    /// # Errors
    /// [`Error::Data`], which names the series and the value.
    pub(crate) fn check(self, name: &str, values: &[f64], help: &str) -> Result<()> {
        let is_outside = |y: &&f64| !y.is_nan() && !self.domain.contains(**y);
        let Some(y) = values.iter().find(is_outside) else { return Ok(()) };
        let needed = match self.domain {
            Domain::Positive => "above 0",
            _ => "of 0 and above",
        };
        Err(Error::Data {
            reason: format!(
                "series `{name}` has the value {y}, and the transform `{}` needs values {needed}",
                self.name
            ),
            help: help.to_owned(),
        })
    }

    /// The first transform whose domain contains `lowest`.
    pub(crate) fn for_values_from(lowest: f64) -> Self {
        let found = Self::ALL.iter().find(|transform| transform.domain.contains(lowest));
        found.copied().unwrap_or(Self::MEAN_SCALE)
    }

    /// The value on the scale on which errors are symmetric.
    pub(crate) fn to_error_scale(self, y: f64) -> f64 {
        if self.has_errors_in_logs { y.ln() } else { y }
    }

    /// Inverse of [`to_error_scale`](TargetTransform::to_error_scale), inside the domain.
    pub(crate) fn inverse_error_scale(self, z: f64) -> f64 {
        match self.domain {
            _ if self.has_errors_in_logs => z.exp(),
            Domain::NonNegative => z.max(0.0),
            _ => z,
        }
    }
}

impl PartialEq for TargetTransform {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for TargetTransform {}

impl fmt::Debug for TargetTransform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for TargetTransform {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(self.name)
    }
}

impl<'de> Deserialize<'de> for TargetTransform {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Self::find(&String::deserialize(from)?).copied().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transform_is_monotone_and_transforms_back() {
        for entry in TargetTransform::ALL {
            let from = match entry.domain {
                Domain::Positive => 0.01,
                Domain::NonNegative => 0.0,
                Domain::All => -30.0,
            };
            assert!(entry.domain.contains(from), "{}", entry.name);
            let values: Vec<f64> =
                (0..40).map(|t| from + f64::from(t * t % 37) * (1.0 + f64::from(t % 4))).collect();
            let fitted = (entry.fit)(&values, 4);
            fitted.check().unwrap();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            sorted.dedup();
            let forward: Vec<f64> = sorted.iter().map(|y| (entry.forward)(*y, fitted)).collect();
            assert!(forward.is_sorted_by(|a, b| a < b), "{}: {forward:?}", entry.name);
            for (y, z) in sorted.iter().zip(&forward) {
                let back = (entry.inverse)(*z, fitted);
                assert!((back - y).abs() < 1e-9 * (1.0 + y.abs()), "{}: {y} {back}", entry.name);
                let moved = (entry.shift)(*y, 0.3, fitted);
                let expected = (entry.inverse)(z + 0.3, fitted);
                assert!((moved - expected).abs() < 1e-9 * (1.0 + y.abs()), "{}", entry.name);
            }
            // A value outside the domain is no forecast.
            assert!(entry.domain.contains((entry.inverse)(-20.0, fitted)), "{}", entry.name);
        }
    }

    #[test]
    fn the_transform_follows_from_the_lowest_value() {
        let found = [0.5, 0.0, -0.5].map(TargetTransform::for_values_from);
        use TargetTransform as T;
        assert_eq!(found, [T::LOG, T::LOG_OFFSET, T::MEAN_SCALE]);
        assert!(T::find("box_cox").is_ok() && T::find("boxcox").is_err());
    }
}
