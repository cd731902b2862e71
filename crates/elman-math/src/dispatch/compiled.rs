//! The instructions of the target itself.

use super::{Kernel, Tier};

#[inline(never)]
pub(super) fn run<I: Tier, K: Kernel>(kernel: K) {
    kernel.run::<I>();
}
