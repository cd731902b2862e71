//! The mean of the history: a strong baseline for noise.

use super::{Baseline, needs};
use crate::error::Result;
use std::ops::Range;

/// The mean of all values before.
pub const MEAN: Baseline =
    Baseline { name: "mean", about: "the mean of the history", one_step: Some(one_step), forecast };

fn one_step(values: &[f64], range: Range<usize>, _: usize) -> Result<Vec<f64>> {
    needs("mean", 1, range.start)?;
    let mut sum: f64 = values[..range.start].iter().sum();
    let mut means = Vec::with_capacity(range.len());
    for t in range {
        means.push(sum / t as f64);
        sum += values[t];
    }
    Ok(means)
}

fn forecast(values: &[f64], horizon: usize, _: usize) -> Result<Vec<f64>> {
    needs("mean", 1, values.len())?;
    Ok(vec![values.iter().sum::<f64>() / values.len() as f64; horizon])
}

#[cfg(test)]
mod tests {
    use super::MEAN;

    #[test]
    fn only_the_past_counts() {
        let values = [1.0, 3.0, 8.0, 100.0];
        assert_eq!(MEAN.one_step(&values, 1..4, 1).unwrap().unwrap(), [1.0, 2.0, 4.0]);
        assert_eq!(MEAN.forecast(&values, 2, 1).unwrap(), [28.0, 28.0]);
        assert!(MEAN.one_step(&values, 0..2, 1).is_err());
    }
}
