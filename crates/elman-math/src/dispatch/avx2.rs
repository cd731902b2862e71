//! AVX2 with fused multiply-add.

use super::{Avx2, Kernel};

#[target_feature(enable = "avx2,fma")]
#[inline(never)]
pub(super) fn run<K: Kernel>(kernel: K) {
    kernel.run::<Avx2>();
}
