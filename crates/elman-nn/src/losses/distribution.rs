//! Losses whose outputs are the parameters of a distribution: the negative log-likelihood.

use elman_math::Real;

use super::parameter::Parameter;

/// A distribution with `P` parameters, each computed from one raw output by a function of its own.
///
/// All computations are in double precision, whatever type the network uses.
pub(super) trait Distribution<const P: usize>: 'static {
    /// The parameters, in the order of the raw outputs.
    const PARAMETERS: [Parameter; P];

    /// -ln p(y), in nats, and its gradient with respect to the raw outputs.
    fn loss(raw: [f64; P], y: f64) -> (f64, [f64; P]);
    /// The point forecast.
    fn point(raw: [f64; P]) -> f64;
    /// The quantile at level `p`, in (0, 1): the smallest value that is not exceeded with that probability.
    fn quantile(raw: [f64; P], p: f64) -> f64;
}

/// The functions of one distribution, as its registry entry holds them.
#[derive(Debug)]
pub(super) struct Functions<T> {
    pub(super) parameters: &'static [Parameter],
    /// The part of `pred` in the mean loss of `count` values, as [`Loss::share`](super::Loss::share).
    pub(super) share: fn(pred: &[T], target: &[T], count: f64, dpred: &mut [T]) -> f64,
    pub(super) point: fn(&[T]) -> f64,
    pub(super) quantile: fn(&[T], f64) -> f64,
}

impl<T: Real> Functions<T> {
    pub(super) const fn of<D: Distribution<P>, const P: usize>() -> Self {
        Self {
            parameters: &D::PARAMETERS,
            share: share::<T, D, P>,
            point: |outputs| D::point(raw(outputs)),
            quantile: |outputs, p| D::quantile(raw(outputs), p),
        }
    }
}

fn raw<T: Real, const P: usize>(outputs: &[T]) -> [f64; P] {
    std::array::from_fn(|i| outputs[i].to_f64())
}

fn share<T: Real, D: Distribution<P>, const P: usize>(
    pred: &[T],
    target: &[T],
    count: f64,
    dpred: &mut [T],
) -> f64 {
    let mut sum = 0.0;
    let outputs = pred.chunks_exact(P).zip(dpred.chunks_exact_mut(P));
    for ((pred, d), &target) in outputs.zip(target) {
        if target.is_nan() {
            d.fill(T::ZERO);
            continue;
        }
        let (loss, slopes) = D::loss(raw(pred), target.to_f64());
        sum += loss;
        for (d, slope) in d.iter_mut().zip(slopes) {
            *d = T::from_f64(slope / count);
        }
    }
    sum / count
}
