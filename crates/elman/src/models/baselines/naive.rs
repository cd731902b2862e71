//! `ŷ[n+k] = y[n]` for every k.

use super::{Baseline, needs};
use crate::error::Result;
use std::ops::Range;

/// Repeats the last value.
pub const NAIVE: Baseline =
    Baseline { name: "naive", about: "the last value", one_step: Some(one_step), forecast };

fn one_step(values: &[f64], range: Range<usize>, _: usize) -> Result<Vec<f64>> {
    needs("naive", 1, range.start)?;
    Ok(range.map(|t| values[t - 1]).collect())
}

fn forecast(values: &[f64], horizon: usize, _: usize) -> Result<Vec<f64>> {
    needs("naive", 1, values.len())?;
    Ok(vec![values[values.len() - 1]; horizon])
}
