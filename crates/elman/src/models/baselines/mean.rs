//! The mean of the history: a strong baseline for noise.

use super::{Baseline, needs};
use crate::error::Result;

/// The mean of all values before.
pub const MEAN: Baseline = Baseline { name: "mean", summary: "the mean of the history", forecast };

fn forecast(values: &[f64], horizon: usize, _: usize) -> Result<Vec<f64>> {
    needs("mean", 1, values.len())?;
    Ok(vec![values.iter().sum::<f64>() / values.len() as f64; horizon])
}
