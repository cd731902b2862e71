//! The instruction set: found once at run time, then carried as a value.
//!
//! The shipped binary is compiled for the oldest machine of its architecture. A [`Kernel`] is a
//! piece of work whose body is inlined into a function compiled for a newer instruction set, so
//! that its plain loops become that set's vector instructions.

use crate::gemm::line::{self, Line};

/// An instruction set the kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Isa {
    /// Whatever the target guarantees; on x86-64 that is SSE2.
    Portable,
    /// x86-64 with AVX2 and fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// x86-64 with AVX-512 F, VL, BW and DQ, and fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// A piece of work to be compiled once for each [`Isa`].
pub trait Kernel {
    /// Does the work. Mark the implementation `#[inline(always)]`, and everything hot that it
    /// calls: only what is inlined is compiled for the instruction set.
    fn run<I: Tier>(self);
}

/// What a kernel's body may know of the instruction set it is compiled for: its vectors, where the
/// vectoriser cannot be trusted to find them.
pub trait Tier {
    /// A panel's row of `f32` sums.
    type F32: Line<f32>;
    /// A panel's row of `f64` sums.
    type F64: Line<f64>;
}

struct Portable;
impl Tier for Portable {
    type F32 = line::Array<f32>;
    type F64 = line::Array<f64>;
}

#[cfg(target_arch = "x86_64")]
struct Avx2;
#[cfg(target_arch = "x86_64")]
impl Tier for Avx2 {
    type F32 = line::Avx2F32;
    type F64 = line::Avx2F64;
}

#[cfg(target_arch = "x86_64")]
struct Avx512;
#[cfg(target_arch = "x86_64")]
impl Tier for Avx512 {
    type F32 = line::Avx512F32;
    type F64 = line::Avx512F64;
}

impl Isa {
    /// The best instruction set of the machine this runs on.
    pub fn detect() -> Self {
        Self::available().next_back().unwrap_or(Isa::Portable)
    }

    /// Every instruction set this machine can run, from the oldest to the newest.
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let sets = [Isa::Portable, Isa::Avx2, Isa::Avx512];
        #[cfg(not(target_arch = "x86_64"))]
        let sets = [Isa::Portable];
        sets.into_iter().filter(|isa| isa.is_supported())
    }

    fn is_supported(self) -> bool {
        match self {
            Isa::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                std::arch::is_x86_feature_detected!("avx2")
                    && std::arch::is_x86_feature_detected!("fma")
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                std::arch::is_x86_feature_detected!("avx512f")
                    && std::arch::is_x86_feature_detected!("avx512vl")
                    && std::arch::is_x86_feature_detected!("avx512bw")
                    && std::arch::is_x86_feature_detected!("avx512dq")
                    && std::arch::is_x86_feature_detected!("fma")
            }
        }
    }

    /// Runs `kernel`, compiled for this instruction set.
    ///
    /// # Panics
    /// If the machine does not have the instruction set.
    #[inline]
    pub fn run<K: Kernel>(self, kernel: K) {
        match self {
            Isa::Portable => kernel.run::<Portable>(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                assert!(self.is_supported(), "this machine has no AVX2");
                // SAFETY: the features that `run_avx2` enables were just found on this machine
                // (the check reads a cached flag).
                unsafe { run_avx2(kernel) }
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                assert!(self.is_supported(), "this machine has no AVX-512");
                // SAFETY: as above, for the features that `run_avx512` enables.
                unsafe { run_avx512(kernel) }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: Kernel>(kernel: K) {
    kernel.run::<Avx2>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
fn run_avx512<K: Kernel>(kernel: K) {
    kernel.run::<Avx512>();
}
