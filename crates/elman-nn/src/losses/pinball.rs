//! Quantiles at levels τ₁ < … < τ_Q: Q outputs o₁ … o_Q. Koenker and Bassett (1978).
//!
//! ```text
//! c: the level nearest ½, the lower of two      q_c = o_c
//! q_j = q_{j-1} + softplus(o_j) above it      q_j = q_{j+1} - softplus(o_j) below it
//! loss = 2/Q Σ_j max(τ_j (y - q_j), (τ_j - 1) (y - q_j))
//! dq_j = 2/Q (-τ_j if y > q_j, 1 - τ_j if y < q_j, 0 if they are equal)
//! do_c = Σ dq_i      do_j = softplus'(o_j) Σ dq_i over i >= j, for j above c
//!                    do_j = -softplus'(o_j) Σ dq_i over i <= j, for j below c
//! ```
//! Rounding preserves the order, so that quantiles never cross, whatever the outputs; two of them may be
//! equal if the difference is very small. With the single level ½ the loss is the absolute error; with many evenly
//! spaced levels it approaches the continuous ranked probability score. Loss and quantiles have the targets' units.

use elman_math::Real;

use super::softplus::softplus;

/// The index of the level nearest ½, whose output is the quantile itself.
pub(super) fn center(levels: &[f64]) -> usize {
    let distance = |j: &usize| (levels[*j] - 0.5).abs();
    let nearer = |a: usize, b| if distance(&b) < distance(&a) { b } else { a };
    (0..levels.len()).reduce(nearer).unwrap_or(0)
}

/// Calls `with` for each level with its index and its quantile: first the central level, then those
/// above it in ascending order, then those below it in descending order.
pub(super) fn each_quantile<T: Real>(
    outputs: &[T],
    center: usize,
    mut with: impl FnMut(usize, f64),
) {
    let middle = outputs[center].to_f64();
    with(center, middle);
    let mut quantile = middle;
    for (j, output) in outputs.iter().enumerate().skip(center + 1) {
        quantile += softplus(output.to_f64()).0;
        with(j, quantile);
    }
    let mut quantile = middle;
    for (j, output) in outputs[..center].iter().enumerate().rev() {
        quantile -= softplus(output.to_f64()).0;
        with(j, quantile);
    }
}

/// The part of `pred` in the mean loss of `count` values, as [`Loss::share`](super::Loss::share).
pub(super) fn share<T: Real>(
    levels: &[f64],
    pred: &[T],
    target: &[T],
    count: f64,
    dpred: &mut [T],
) -> f64 {
    let (size, center) = (levels.len(), center(levels));
    let factor = 2.0 / (size as f64 * count);
    let mut sum = 0.0;
    let outputs = pred.chunks_exact(size).zip(dpred.chunks_exact_mut(size));
    for ((pred, d), &target) in outputs.zip(target) {
        if target.is_nan() {
            d.fill(T::ZERO);
            continue;
        }
        let y = target.to_f64();
        each_quantile(pred, center, |j, quantile| {
            let (loss, slope) = of_error(levels[j], y - quantile);
            sum += loss;
            d[j] = T::from_f64(slope * factor);
        });
        to_outputs(pred, center, d);
    }
    sum * factor
}

/// The loss of one quantile for the error y - q, and its derivative with respect to q. A NaN stays NaN.
fn of_error(level: f64, e: f64) -> (f64, f64) {
    if e > 0.0 {
        (level * e, -level)
    } else if e < 0.0 {
        ((level - 1.0) * e, 1.0 - level)
    } else {
        (e, e)
    }
}

/// Converts the gradient with respect to the quantiles to that with respect to the outputs.
fn to_outputs<T: Real>(outputs: &[T], center: usize, d: &mut [T]) {
    let (mut above, mut below) = (0.0, 0.0);
    for (d, output) in d.iter_mut().zip(outputs).skip(center + 1).rev() {
        above += d.to_f64();
        *d = T::from_f64(above * softplus(output.to_f64()).1);
    }
    for (d, output) in d.iter_mut().zip(outputs).take(center) {
        below += d.to_f64();
        *d = T::from_f64(-below * softplus(output.to_f64()).1);
    }
    d[center] = T::from_f64(d[center].to_f64() + above + below);
}

/// The quantile at any level `p`: linear between two levels; beyond them, the outermost quantile.
pub(super) fn quantile<T: Real>(levels: &[f64], outputs: &[T], p: f64) -> f64 {
    // The nearest level at or below p, and the nearest at or above.
    let (mut low, mut high) = ((f64::NEG_INFINITY, f64::NAN), (f64::INFINITY, f64::NAN));
    each_quantile(outputs, center(levels), |j, quantile| {
        let level = levels[j];
        if level <= p && level > low.0 {
            low = (level, quantile);
        }
        if level >= p && level < high.0 {
            high = (level, quantile);
        }
    });
    match (low.0.is_finite(), high.0.is_finite()) {
        (true, true) if low.0 < high.0 => {
            low.1 + (high.1 - low.1) * ((p - low.0) / (high.0 - low.0))
        }
        (true, _) => low.1,
        _ => high.1,
    }
}
