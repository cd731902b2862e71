//! Absolute error: |e|, derivative sign(e), 0 at 0. PyTorch's `L1Loss`.

use elman_math::Real;

pub(super) fn of_error<T: Real>(e: T) -> (T, T) {
    let slope = if e > T::ZERO {
        T::ONE
    } else if e < T::ZERO {
        -T::ONE
    } else {
        // 0, or NaN when e is NaN.
        e
    };
    (e.abs(), slope)
}
