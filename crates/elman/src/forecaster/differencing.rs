//! The inputs and targets of a network on one series: scaled values, or their scaled differences.
//!
//! With differences, a network that outputs zeros gives the naive forecast, and a series may leave the range of its
//! history. Test MAE divided by that of the best baseline, with differences / with values, both with the default
//! settings: airline passengers 0.49 / 1.24, CO2 0.32 / 8.72, world temperature 0.91 / 1.89, half-hourly electricity
//! 0.33 / 0.61, sunspots 0.91 / 0.95, Melbourne's temperature 0.88 / 0.89 (`docs/experiments.md` has all thirteen series).

use crate::transforms::scalers::{FittedScaler, Scaler};

/// Differencing and scaling, fitted to a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Differencing {
    /// The order: 0 or 1.
    pub(super) differences: usize,
    pub(super) scaler: FittedScaler,
}

impl Differencing {
    /// Fits the scaler to the differences of `values`, or to the values.
    pub(super) fn fit(differences: usize, scaler: &dyn Scaler, values: &[f64]) -> Self {
        let scaler = match differences {
            0 => scaler.fit(values),
            _ => scaler.fit(&values.windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>()),
        };
        Self { differences, scaler }
    }

    /// The scaled differences of `values`, one fewer than values; or the scaled values.
    pub(super) fn transform(&self, values: &[f64]) -> Vec<f32> {
        let scale = |value: f64| self.scaler.transform(value) as f32;
        match self.differences {
            0 => values.iter().map(|&value| scale(value)).collect(),
            _ => values.windows(2).map(|w| scale(w[1] - w[0])).collect(),
        }
    }

    /// The value after `last`, from an `output` of the network.
    pub(super) fn inverse(&self, last: f64, output: f32) -> f64 {
        let unscaled = self.scaler.inverse(f64::from(output));
        match self.differences {
            0 => unscaled,
            _ => last + unscaled,
        }
    }
}
