//! `ŷ[n+k] = y[n] + k (y[n] - y[1]) / (n - 1)`: the straight line through the first and the last value.

use super::{Baseline, needs};
use crate::error::Result;
use std::ops::Range;

/// Goes on along the line from the first value to the last.
pub const DRIFT: Baseline = Baseline {
    name: "drift",
    about: "go on along the line from the first value to the last",
    one_step: Some(one_step),
    forecast,
};

fn slope(values: &[f64]) -> f64 {
    (values[values.len() - 1] - values[0]) / (values.len() - 1).max(1) as f64
}

fn one_step(values: &[f64], range: Range<usize>, _: usize) -> Result<Vec<f64>> {
    needs("drift", 1, range.start)?;
    Ok(range.map(|t| values[t - 1] + slope(&values[..t])).collect())
}

fn forecast(values: &[f64], horizon: usize, _: usize) -> Result<Vec<f64>> {
    needs("drift", 1, values.len())?;
    let (last, slope) = (values[values.len() - 1], slope(values));
    Ok((1..=horizon).map(|k| last + k as f64 * slope).collect())
}
