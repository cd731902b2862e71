//! Squared error: e², derivative 2e. PyTorch's `MSELoss`.

use elman_math::Real;

pub(super) fn of_error<T: Real>(e: T) -> (T, T) {
    (e * e, e + e)
}
