//! Gradient clipping by global norm (Pascanu, Mikolov and Bengio, ICML 2013).

use elman_math::dispatch::Backend;
use elman_math::{Isa, Kernel, Real};

use crate::params::Params;

/// Scales `grads` so that the norm over all variables together is at most `max_norm`; returns the norm
/// before clipping. As PyTorch's `clip_grad_norm_`: the factor is max_norm / (norm + 1e-6), if below 1.
pub fn clip_norm<T: Real>(isa: Isa, grads: &mut Params<T>, max_norm: f64) -> f64 {
    let norm = norm(isa, grads);
    let factor = max_norm / (norm + 1e-6);
    if factor < 1.0 {
        let factor = T::from_f64(factor);
        for value in grads.values_mut() {
            *value *= factor;
        }
    }
    norm
}

/// The L2 norm of all variables together, summed in double precision.
pub fn norm<T: Real>(isa: Isa, params: &Params<T>) -> f64 {
    let mut sum = 0.0;
    isa.run(Squares { values: params.values(), sum: &mut sum });
    sum.sqrt()
}

struct Squares<'a, T> {
    values: &'a [T],
    sum: &'a mut f64,
}

impl<T: Real> Kernel for Squares<'_, T> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        // 32 independent sums, so that an addition does not wait for the one before it.
        let (chunks, rest) = self.values.as_chunks::<32>();
        let mut sums = [0.0; 32];
        for chunk in chunks {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                *sum += value.to_f64() * value.to_f64();
            }
        }
        let rest: f64 = rest.iter().map(|value| value.to_f64() * value.to_f64()).sum();
        *self.sum = sums.iter().sum::<f64>() + rest;
    }
}
