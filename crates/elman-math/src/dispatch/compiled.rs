//! The instructions of the target itself.

use super::{Backend, Kernel};

#[inline(never)]
pub(super) fn run<I: Backend, K: Kernel>(kernel: K) {
    kernel.run::<I>();
}
