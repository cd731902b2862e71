//! `ŷ[n+k] = y[n + k - m·⌈k/m⌉]`: the last known value of the same phase of the season.

use super::{Baseline, needs};
use crate::error::Result;
use std::ops::Range;

/// Repeats the last season.
pub const SEASONAL_NAIVE: Baseline = Baseline {
    name: "seasonal_naive",
    about: "the last season",
    one_step: Some(one_step),
    forecast,
};

fn one_step(values: &[f64], range: Range<usize>, season: usize) -> Result<Vec<f64>> {
    let season = season.max(1);
    needs("seasonal_naive", season, range.start)?;
    Ok(range.map(|t| values[t - season]).collect())
}

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    let season = season.max(1);
    needs("seasonal_naive", season, values.len())?;
    let last = &values[values.len() - season..];
    Ok((0..horizon).map(|k| last[k % season]).collect())
}
