//! Losses: the mean over all outputs of a function of pred - target.

mod huber;
mod mae;
mod mse;

use elman_math::Real;

use crate::registry::Entry;

/// A line of the registry of losses.
#[derive(Debug)]
pub struct LossEntry<T: Real> {
    name: &'static str,
    summary: &'static str,
    /// Outputs of the head for each value to be predicted.
    pub outputs_per_target: usize,
    /// The loss of one error e = pred - target, and its derivative.
    of_error: fn(T) -> (T, T),
}

impl<T: Real> LossEntry<T> {
    /// The mean loss of `pred` against `target`; writes its gradient to `dpred`. All three have
    /// the same length, and all targets are known. The sum is kept in double precision.
    pub fn mean(&self, pred: &[T], target: &[T], dpred: &mut [T]) -> f64 {
        self.share(pred, target, pred.len(), dpred)
    }

    /// The share of `pred` in the mean loss of `count` values, and its gradient, as
    /// [`mean`](LossEntry::mean). Where the target is NaN, nothing is known: loss and gradient are 0.
    pub fn share(&self, pred: &[T], target: &[T], count: usize, dpred: &mut [T]) -> f64 {
        let divisor = T::from_f64(count as f64);
        let mut sum = 0.0;
        for ((&pred, &target), d) in pred.iter().zip(target).zip(dpred) {
            if target.is_nan() {
                *d = T::ZERO;
                continue;
            }
            let (loss, slope) = (self.of_error)(pred - target);
            sum += loss.to_f64();
            *d = slope / divisor;
        }
        sum / count as f64
    }
}

impl<T: Real> Entry for LossEntry<T> {
    const FAMILY: &'static str = "loss";
    const ALL: &'static [Self] = &[
        Self {
            name: "mse",
            summary: "mean squared error",
            outputs_per_target: 1,
            of_error: mse::of_error,
        },
        Self {
            name: "mae",
            summary: "mean absolute error",
            outputs_per_target: 1,
            of_error: mae::of_error,
        },
        Self {
            name: "huber",
            summary: "squared for errors below 1, absolute beyond",
            outputs_per_target: 1,
            of_error: huber::of_error,
        },
    ];

    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }
}
