//! `ŷ[n+k] = y[n + k - m·⌈k/m⌉]`: the last known value of the same phase of the season.

use super::{Baseline, needs};
use crate::error::Result;

/// Repeats the last season.
pub const SEASONAL_NAIVE: Baseline =
    Baseline { name: "seasonal_naive", summary: "the last season", forecast };

fn forecast(values: &[f64], horizon: usize, season: usize) -> Result<Vec<f64>> {
    let season = season.max(1);
    needs("seasonal_naive", season, values.len())?;
    let last = &values[values.len() - season..];
    Ok((0..horizon).map(|k| last[k % season]).collect())
}
