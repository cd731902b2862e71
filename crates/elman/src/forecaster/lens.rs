//! How the network sees a series: scaled values, or scaled changes from one value to the next.
//!
//! Learning changes makes "as before" the default and lets a series drift away from the range of
//! its past. Held-out MAE over that of the best baseline, changes against values, both with the
//! default settings: airline passengers 0.49 / 1.24, CO2 0.32 / 8.72, world temperature
//! 0.91 / 1.89, half-hourly electricity 0.33 / 0.61, sunspots 0.91 / 0.95, Melbourne's temperature
//! 0.88 / 0.89 (`docs/accuracy.md`, which has all thirteen series).

use serde::{Deserialize, Serialize};

use crate::scalers::{Fitted, Scaler};

/// What the network learns to predict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learn {
    /// The next change.
    #[default]
    Changes,
    /// The next value.
    Values,
}

impl Learn {
    /// Values at the start of a series that the network is not shown by themselves.
    pub(super) fn lost(self) -> usize {
        match self {
            Learn::Changes => 1,
            Learn::Values => 0,
        }
    }
}

/// The way from values to what the network is shown, and back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lens {
    pub(super) learn: Learn,
    pub(super) scaler: Fitted,
}

impl Lens {
    /// Fits the scaler to what is shown of `values`.
    pub(super) fn fit(learn: Learn, scaler: &dyn Scaler, values: &[f64]) -> Self {
        let scaler = match learn {
            Learn::Values => scaler.fit(values),
            Learn::Changes => {
                scaler.fit(&values.windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>())
            }
        };
        Self { learn, scaler }
    }

    /// What the network is shown of `values`: [`Learn::lost`] fewer.
    pub(super) fn shown(&self, values: &[f64]) -> Vec<f32> {
        let scale = |value: f64| self.scaler.transform(value) as f32;
        match self.learn {
            Learn::Values => values.iter().map(|&value| scale(value)).collect(),
            Learn::Changes => values.windows(2).map(|w| scale(w[1] - w[0])).collect(),
        }
    }

    /// The value that the network's `output` stands for after the value `last`.
    pub(super) fn value(&self, last: f64, output: f32) -> f64 {
        let unscaled = self.scaler.inverse(f64::from(output));
        match self.learn {
            Learn::Values => unscaled,
            Learn::Changes => last + unscaled,
        }
    }
}
