//! `ŷ[n+k] = y[n] + k (y[n] - y[1]) / (n - 1)`: the straight line through the first and the last value.

use super::{Baseline, needs};
use crate::error::Result;

/// Continues the line through the first and the last value.
pub const DRIFT: Baseline =
    Baseline { name: "drift", summary: "the line through the first and the last value", forecast };

fn forecast(values: &[f64], horizon: usize, _: usize) -> Result<Vec<f64>> {
    needs("drift", 1, values.len())?;
    let (first, last) = (values[0], values[values.len() - 1]);
    let slope = (last - first) / (values.len() - 1).max(1) as f64;
    Ok((1..=horizon).map(|k| last + k as f64 * slope).collect())
}
