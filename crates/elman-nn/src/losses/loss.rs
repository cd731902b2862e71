//! A configured loss: its registry entry, with its levels.

use elman_math::{Isa, Real};

use super::{Kind, LossEntry, Parameter, Predicts, cross_entropy, pinball};
use crate::error::Error;
use crate::registry::Entry;

/// The loss of outputs `[.., K, P]` against targets `[.., K]`: P adjacent outputs per target.
#[derive(Debug, Clone)]
pub struct Loss<T: Real> {
    entry: &'static LossEntry<T>,
    levels: Vec<f64>,
    classes: usize,
    isa: Isa,
}

impl<T: Real> Loss<T> {
    /// The loss called `name`; `quantiles` are the levels of `pinball`, and of no other loss.
    ///
    /// # Errors
    /// An unknown name; levels that are not strictly ascending between 0 and 1; `pinball` without
    /// levels, or another loss with levels.
    pub fn new(name: &str, quantiles: &[f64]) -> Result<Self, Error> {
        let entry = LossEntry::find(name)?;
        let must_be = if entry.predicts() != Predicts::Quantiles {
            (!quantiles.is_empty()).then_some("empty: only the loss `pinball` has levels")
        } else if quantiles.is_empty() {
            Some("the levels of the loss `pinball`, one at least")
        } else {
            let inside = quantiles.iter().all(|&level| 0.0 < level && level < 1.0);
            let ascending = quantiles.is_sorted_by(|a, b| a < b);
            (!inside || !ascending).then_some("strictly ascending, above 0 and below 1")
        };
        match must_be {
            Some(must_be) => {
                Err(Error::Setting { name: "quantiles", got: format!("{quantiles:?}"), must_be })
            }
            None => Ok(Self { entry, levels: quantiles.to_vec(), classes: 2, isa: Isa::detect() }),
        }
    }

    /// The parameters of a distribution, in the order of the P outputs for one target; empty for other losses.
    pub fn parameters(&self) -> &'static [Parameter] {
        match &self.entry.kind {
            Kind::Distribution(functions) => functions.parameters,
            _ => &[],
        }
    }

    /// The levels of the loss `pinball`, strictly ascending; empty for other losses.
    pub fn levels(&self) -> &[f64] {
        &self.levels
    }

    /// Sets the number of classes of a loss of classes (2 by default); other losses ignore it.
    pub fn among(self, classes: usize) -> Self {
        Self { classes, ..self }
    }

    /// Selects another instruction set of this machine.
    pub fn with_isa(self, isa: Isa) -> Self {
        Self { isa, ..self }
    }

    /// The registry entry.
    pub fn entry(&self) -> &'static LossEntry<T> {
        self.entry
    }

    /// P, the outputs of the head per target.
    pub fn outputs_per_target(&self) -> usize {
        match &self.entry.kind {
            Kind::Error(_) => 1,
            Kind::Quantiles => self.levels.len(),
            Kind::Distribution(functions) => functions.parameters.len(),
            Kind::Classes => self.classes,
        }
    }

    /// Computes the mean loss of `pred` against `target` and writes its gradient to `dpred`. `pred` and
    /// `dpred` have P values per target. The sum is in double precision.
    pub fn mean(&self, pred: &[T], target: &[T], dpred: &mut [T]) -> f64 {
        self.share(pred, target, target.len(), dpred)
    }

    /// Computes the part of `pred` in the mean loss of `count` targets, and its gradient, as
    /// [`mean`](Loss::mean). Where the target is NaN, it is masked: loss and gradient are 0.
    ///
    /// # Panics
    /// If a target of a loss of classes is not one of the classes.
    pub fn share(&self, pred: &[T], target: &[T], count: usize, dpred: &mut [T]) -> f64 {
        let divisor = count as f64;
        match &self.entry.kind {
            Kind::Error(of_error) => of_errors(*of_error, pred, target, divisor, dpred),
            Kind::Quantiles => pinball::share(&self.levels, pred, target, divisor, dpred),
            Kind::Distribution(functions) => (functions.share)(pred, target, divisor, dpred),
            Kind::Classes => cross_entropy::share(self.isa, pred, target, divisor, dpred),
        }
    }

    /// The index, among the P outputs of one target, of the output that is the center of the prediction: the quantile whose
    /// level is nearest ½, the center of a distribution, the logarithm of the mean of a distribution of counts. 0 for classes.
    pub fn center(&self) -> usize {
        match &self.entry.kind {
            Kind::Quantiles => pinball::center(&self.levels),
            _ => 0,
        }
    }

    /// The point forecast from the P outputs of one target: the output itself, the quantile whose
    /// level is nearest ½, or the point that [`Predicts`] defines for a distribution.
    ///
    /// # Panics
    /// If there are fewer than P outputs.
    pub fn point(&self, outputs: &[T]) -> f64 {
        match &self.entry.kind {
            Kind::Error(_) => outputs[0].to_f64(),
            Kind::Quantiles => outputs[pinball::center(&self.levels)].to_f64(),
            Kind::Distribution(functions) => (functions.point)(outputs),
            Kind::Classes => cross_entropy::most_likely(outputs) as f64,
        }
    }

    /// The quantile at level `p` from the P outputs of one target: the value that is not exceeded
    /// with probability `p`. Interpolates linearly between the levels of `pinball`; beyond them it is the outermost
    /// quantile. `None` if the loss predicts only a point or a class, or if `p` is not between 0 and 1.
    ///
    /// # Panics
    /// If there are fewer than P outputs.
    pub fn quantile(&self, outputs: &[T], p: f64) -> Option<f64> {
        if !(0.0 < p && p < 1.0) {
            return None;
        }
        match &self.entry.kind {
            Kind::Error(_) | Kind::Classes => None,
            Kind::Quantiles => Some(pinball::quantile(&self.levels, outputs, p)),
            Kind::Distribution(functions) => Some((functions.quantile)(outputs, p)),
        }
    }
}

fn of_errors<T: Real>(
    of_error: fn(T) -> (T, T),
    pred: &[T],
    target: &[T],
    count: f64,
    dpred: &mut [T],
) -> f64 {
    let divisor = T::from_f64(count);
    let mut sum = 0.0;
    for ((&pred, &target), d) in pred.iter().zip(target).zip(dpred) {
        if target.is_nan() {
            *d = T::ZERO;
            continue;
        }
        let (loss, slope) = of_error(pred - target);
        sum += loss.to_f64();
        *d = slope / divisor;
    }
    sum / count
}

/// The part in the mean of outputs that are already losses, and its gradient; masked targets have none.
pub(crate) fn share_of_losses<T: Real>(
    losses: &[T],
    target: &[T],
    count: usize,
    dlosses: &mut [T],
) -> f64 {
    let weight = T::from_f64(1.0 / count as f64);
    for (d, target) in dlosses.iter_mut().zip(target) {
        *d = if target.is_nan() { T::ZERO } else { weight };
    }
    losses.iter().map(|loss| loss.to_f64()).sum::<f64>() / count as f64
}
