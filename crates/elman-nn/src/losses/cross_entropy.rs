//! The cross-entropy of V classes, whose logits are the outputs z: PyTorch's `nn.CrossEntropyLoss` of the target
//! class y, in nats.
//!
//! ```text
//! p_v = exp(z_v) / Σ exp(z_w)        loss = -ln p_y        d loss / d z_v = p_v - [v = y]
//! ```
//!
//! The largest z is subtracted from all of them first, so that no exponential overflows.

use elman_math::dispatch::Backend;
use elman_math::line::LINE;
use elman_math::{Isa, Kernel, Real, SimdVectors};

/// The part of `pred` `[.., V]` in the mean loss over `divisor` classes `target` `[..]`, and its gradient.
pub(super) fn share<T: Real>(
    isa: Isa,
    pred: &[T],
    target: &[T],
    divisor: f64,
    dpred: &mut [T],
) -> f64 {
    check_classes(target, pred.len() / target.len().max(1));
    let mut loss = 0.0;
    isa.run(CrossEntropy { pred, target, divisor, dpred, loss: &mut loss });
    loss
}

/// Checks that every target that is not masked is a class below `classes`.
///
/// # Panics
/// If a target is not such a class.
pub(crate) fn check_classes<T: Real>(target: &[T], classes: usize) {
    let classes = 0.0..classes as f64;
    let is_class = |target: &T| target.is_nan() || classes.contains(&target.to_f64());
    assert!(target.iter().all(is_class), "a target that is no class");
}

/// Writes the probabilities p of logits `z` `[V]` to `p`; returns ln Σ exp z.
pub fn softmax<T: Real>(isa: Isa, z: &[T], p: &mut [T]) -> T {
    let mut log_sum = T::ZERO;
    isa.run(Softmax { z, p, log_sum: &mut log_sum });
    log_sum
}

/// The most likely class.
pub(super) fn most_likely<T: Real>(logits: &[T]) -> usize {
    let mut best = 0;
    for (class, &logit) in logits.iter().enumerate() {
        if logit > logits[best] {
            best = class;
        }
    }
    best
}

struct CrossEntropy<'a, T> {
    pred: &'a [T],
    target: &'a [T],
    divisor: f64,
    dpred: &'a mut [T],
    loss: &'a mut f64,
}

impl<T: Real> Kernel for CrossEntropy<'_, T> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let Self { pred, target, divisor, dpred, loss } = self;
        let classes = pred.len() / target.len().max(1);
        let weight = T::from_f64(1.0 / divisor);
        let rows = pred.chunks_exact(classes.max(1)).zip(dpred.chunks_exact_mut(classes.max(1)));
        for ((z, d), &class) in rows.zip(target) {
            if class.is_nan() {
                d.fill(T::ZERO);
                continue;
            }
            let class = class.to_f64() as usize;
            let (largest, sum) = exponentials::<T, I>(z, d);
            *loss += sum.to_f64().ln() + (largest - z[class]).to_f64();
            let scale = weight / sum;
            for d in d.iter_mut() {
                *d *= scale;
            }
            d[class] -= weight;
        }
        *loss /= divisor;
    }
}

struct Softmax<'a, T> {
    z: &'a [T],
    p: &'a mut [T],
    log_sum: &'a mut T,
}

impl<T: Real> Kernel for Softmax<'_, T> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let Self { z, p, log_sum } = self;
        let (largest, sum) = exponentials::<T, I>(z, p);
        let scale = T::ONE / sum;
        for p in p.iter_mut() {
            *p *= scale;
        }
        *log_sum = largest + T::from_f64(sum.to_f64().ln());
    }
}

/// Writes exp(z - max z) to `to`; returns the largest z and the sum.
#[inline(always)]
fn exponentials<T: Real, I: Backend>(z: &[T], to: &mut [T]) -> (T, T) {
    let mut largest = z[0];
    for &z in z {
        // A NaN is kept: the loss is then NaN, too, and training rolls back.
        largest = if z > largest || z.is_nan() { z } else { largest };
    }
    let shift = <SimdVectors<T, I, 1>>::splat(largest);
    let mut sums = <SimdVectors<T, I, 1>>::splat(T::ZERO);
    let (whole, rest) = z.as_chunks::<LINE>();
    let (to_whole, to_rest) = to.as_chunks_mut::<LINE>();
    for (z, to) in whole.iter().zip(to_whole) {
        let e = T::exp(<SimdVectors<T, I, 1>>::load(z) - shift);
        e.store(to);
        sums = sums + e;
    }
    let mut lanes = [T::ZERO; LINE];
    sums.store(&mut lanes);
    let mut sum: T = lanes.into_iter().sum();
    if !rest.is_empty() {
        T::exp(<SimdVectors<T, I, 1>>::load(rest) - shift).store(to_rest);
        sum += to_rest.iter().copied().sum();
    }
    (largest, sum)
}
