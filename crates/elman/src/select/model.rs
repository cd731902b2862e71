//! Models that a forecast can be asked from.

use elman_nn::registry::Entry;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::models::baselines::{
    Baseline, COMBINED, CROSTON, DAMPED, DRIFT, ETS, MEAN, NAIVE, NAIVE2, SEASONAL_NAIVE, THETA,
    TSB,
};

/// Model of a forecast.
#[derive(Debug, Clone, Copy, Default)]
pub enum Model {
    /// Networks trained on the panel, the pretrained network and statistical models, each with the weight that it earns.
    #[default]
    Auto,
    /// Networks trained on the panel.
    Network,
    /// The pretrained network: no training.
    Pretrained,
    /// The pretrained network after some training on the panel.
    FineTuned,
    /// One statistical model.
    Statistical(Baseline),
}

impl Model {
    /// Name of the column of its forecasts: `elman` for `auto`, and for `network` if it is alone in the table; otherwise the
    /// name of the model.
    pub fn column(self, is_alone: bool) -> &'static str {
        match self {
            Self::Auto => "elman",
            Self::Network if is_alone => "elman",
            _ => self.name(),
        }
    }

    /// Whether networks are trained on the panel from random weights.
    pub(crate) fn trains(self) -> bool {
        matches!(self, Self::Auto | Self::Network)
    }

    /// Whether only the newest values of a history are read.
    pub(crate) fn reads_newest_values(self) -> bool {
        matches!(self, Self::Pretrained | Self::FineTuned)
    }

    /// The statistical models of the forecast.
    pub(crate) fn statistical(self) -> Vec<Baseline> {
        match self {
            Self::Auto => COMBINED.to_vec(),
            Self::Network | Self::Pretrained | Self::FineTuned => Vec::new(),
            Self::Statistical(model) => vec![model],
        }
    }
}

impl Entry for Model {
    const FAMILY: &'static str = "model";
    const ALL: &'static [Self] = &[
        Self::Auto,
        Self::Network,
        Self::Pretrained,
        Self::FineTuned,
        Self::Statistical(THETA),
        Self::Statistical(ETS),
        Self::Statistical(DAMPED),
        Self::Statistical(NAIVE),
        Self::Statistical(SEASONAL_NAIVE),
        Self::Statistical(NAIVE2),
        Self::Statistical(MEAN),
        Self::Statistical(DRIFT),
        Self::Statistical(CROSTON),
        Self::Statistical(TSB),
    ];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Auto => {
                ("auto", "networks, pretrained network and statistical models, by their weights")
            }
            Self::Network => ("network", "networks trained on the data"),
            Self::Pretrained => ("pretrained", "the pretrained network, without training"),
            Self::FineTuned => {
                ("fine-tuned", "the pretrained network, fine-tuned on the data for a few seconds")
            }
            Self::Statistical(model) => (model.name, model.summary),
        }
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

/// By name.
impl Serialize for Model {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::find(&name).copied().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_baseline_is_a_model() {
        for baseline in Baseline::ALL {
            assert!(Model::find(baseline.name).is_ok(), "{}", baseline.name);
        }
        let json = serde_json::to_string(&Model::Statistical(THETA)).unwrap();
        assert_eq!(json, "\"theta\"");
        assert_eq!(serde_json::from_str::<Model>(&json).unwrap(), Model::Statistical(THETA));
        assert!(serde_json::from_str::<Model>("\"prophet\"").is_err());
    }
}
