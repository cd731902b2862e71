//! `ŷ[n+k] = y[n]` for every k.

use super::{Baseline, needs};
use crate::error::Result;

/// Repeats the last value.
pub const NAIVE: Baseline = Baseline { name: "naive", summary: "the last value", forecast };

fn forecast(values: &[f64], horizon: usize, _: usize) -> Result<Vec<f64>> {
    needs("naive", 1, values.len())?;
    Ok(vec![values[values.len() - 1]; horizon])
}
