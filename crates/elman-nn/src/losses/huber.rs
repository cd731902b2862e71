//! Huber's loss (1964) with δ = 1: e²/2 for |e| < 1, |e| - 1/2 beyond; derivative e limited to ±1.
//! PyTorch's `HuberLoss`.

use elman_math::Real;

pub(super) fn of_error<T: Real>(e: T) -> (T, T) {
    let half = T::from_f64(0.5);
    if e > T::ONE {
        (e - half, T::ONE)
    } else if e < -T::ONE {
        (-e - half, -T::ONE)
    } else {
        (half * e * e, e)
    }
}
