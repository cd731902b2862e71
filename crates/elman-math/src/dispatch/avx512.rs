//! AVX-512 F, VL, BW and DQ, with fused multiply-add.

use super::{Avx512, Kernel};

#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
#[inline(never)]
pub(super) fn run<K: Kernel>(kernel: K) {
    kernel.run::<Avx512>();
}
