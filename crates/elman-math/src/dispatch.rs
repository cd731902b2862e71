//! The instruction set: found once at run time, then carried as a value.
//!
//! The shipped binary is compiled for the oldest machine of its architecture. A [`Kernel`] is a
//! piece of work whose body is inlined into a function compiled for a newer instruction set, so
//! that its plain loops become that set's vector instructions.
//!
//! That function stands in a module of its own for each set: the compiler keeps what comes out of one module
//! together, and works on several at a time. It is not inlined: what kernels start through [`Backend::run`] they
//! share.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod compiled;

use crate::line::{self, Bits, SimdVector};

/// An instruction set of *this* machine that the kernels are compiled for.
///
/// The only ways to get one look at the machine first, so that holding one is proof enough to run
/// on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Isa(Set);

/// From the oldest to the newest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Set {
    /// Whatever the target guarantees, through the compiler's vectoriser: SSE2 on x86-64. Not in WebAssembly with vectors,
    /// whose every machine has them: each kernel would be loaded twice, and run once.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    Portable,
    /// AArch64: every such machine has NEON.
    #[cfg(target_arch = "aarch64")]
    Neon,
    /// wasm32, compiled for its vectors.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128,
    /// x86-64 with AVX2 and fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// x86-64 with AVX-512 F, VL, BW and DQ, and fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// The same, with the matrix unit of [`amx`](crate::amx) for large products.
    #[cfg(target_arch = "x86_64")]
    Amx,
}

/// A piece of work to be compiled once for each [`Isa`].
pub trait Kernel {
    /// Does the work. Mark the implementation and all hot functions that it calls `#[inline(always)]`: only inlined
    /// functions, and kernels started by [`Backend::run`], are compiled for the instruction set.
    fn run<I: Backend>(self);
}

mod sealed {
    pub trait Sealed {}
}

/// What a kernel's body may know of the instruction set it is compiled for: its vectors, where the
/// vectoriser cannot be trusted to find them. The types behind it are private and appear only
/// inside a kernel that runs on them. Sealed: a tier of another crate could name an instruction set that the machine
/// does not have.
pub trait Backend: sealed::Sealed {
    /// Sixteen `f32`.
    type F32: SimdVector<f32> + Bits;
    /// Sixteen `f64`.
    type F64: SimdVector<f64>;
    /// Whether a fused multiply-add is an instruction, and not a call of a library.
    const FUSED: bool;

    /// Runs a kernel within a kernel: a plain call of its code for the same instruction set, or
    /// that code inlined.
    fn run<K: Kernel>(kernel: K);
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
struct Portable;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl sealed::Sealed for Portable {}
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl Backend for Portable {
    type F32 = line::Array<f32>;
    type F64 = line::Array<f64>;
    const FUSED: bool = false;

    #[inline(always)]
    fn run<K: Kernel>(kernel: K) {
        compiled::run::<Self, K>(kernel);
    }
}

#[cfg(target_arch = "aarch64")]
struct Neon;
#[cfg(target_arch = "aarch64")]
impl sealed::Sealed for Neon {}
#[cfg(target_arch = "aarch64")]
impl Backend for Neon {
    type F32 = line::NeonF32;
    type F64 = line::NeonF64;
    const FUSED: bool = true;

    #[inline(always)]
    fn run<K: Kernel>(kernel: K) {
        compiled::run::<Self, K>(kernel);
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
struct Simd128;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
impl sealed::Sealed for Simd128 {}
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
impl Backend for Simd128 {
    type F32 = line::Simd128F32;
    type F64 = line::Simd128F64;
    const FUSED: bool = false;

    #[inline(always)]
    fn run<K: Kernel>(kernel: K) {
        compiled::run::<Self, K>(kernel);
    }
}

#[cfg(target_arch = "x86_64")]
struct Avx2;
#[cfg(target_arch = "x86_64")]
impl sealed::Sealed for Avx2 {}
#[cfg(target_arch = "x86_64")]
impl Backend for Avx2 {
    type F32 = line::Avx2F32;
    type F64 = line::Avx2F64;
    const FUSED: bool = true;

    #[inline(always)]
    fn run<K: Kernel>(kernel: K) {
        // SAFETY: this type is private and named only by `Isa::run`, which found the features.
        unsafe { avx2::run(kernel) }
    }
}

#[cfg(target_arch = "x86_64")]
struct Avx512;
#[cfg(target_arch = "x86_64")]
impl sealed::Sealed for Avx512 {}
#[cfg(target_arch = "x86_64")]
impl Backend for Avx512 {
    type F32 = line::Avx512F32;
    type F64 = line::Avx512F64;
    const FUSED: bool = true;

    #[inline(always)]
    fn run<K: Kernel>(kernel: K) {
        // SAFETY: as above, for the features that `avx512::run` enables.
        unsafe { avx512::run(kernel) }
    }
}

impl Isa {
    /// The best instruction set of the machine this runs on, but for [tiles](Isa::has_tiles), which
    /// have to be asked for.
    pub fn detect() -> Self {
        Self::available().rfind(|isa| !isa.has_tiles()).unwrap_or(Isa(Set::OLDEST))
    }

    /// Whether large products of `f32` go through a matrix unit.
    #[inline]
    pub fn has_tiles(self) -> bool {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Amx => true,
            _ => false,
        }
    }

    /// Every instruction set this machine can run, from the oldest to the newest.
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        let sets = [
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            Set::Portable,
            #[cfg(target_arch = "aarch64")]
            Set::Neon,
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Set::Simd128,
            #[cfg(target_arch = "x86_64")]
            Set::Avx2,
            #[cfg(target_arch = "x86_64")]
            Set::Avx512,
            #[cfg(target_arch = "x86_64")]
            Set::Amx,
        ];
        sets.into_iter().filter(|set| set.is_supported()).map(Isa)
    }

    /// The instruction set called `name`, if this machine has it.
    pub fn find(name: &str) -> Option<Self> {
        Self::available().find(|isa| isa.name() == name)
    }

    /// `portable`, `avx2`, `avx512`, `amx`, `neon` or `simd128`.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            Set::Portable => "portable",
            #[cfg(target_arch = "aarch64")]
            Set::Neon => "neon",
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Set::Simd128 => "simd128",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Set::Amx => "amx",
        }
    }

    /// Runs `kernel`, compiled for this instruction set.
    #[inline]
    pub fn run<K: Kernel>(self, kernel: K) {
        match self.0 {
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            Set::Portable => Portable::run(kernel),
            #[cfg(target_arch = "aarch64")]
            Set::Neon => Neon::run(kernel),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Set::Simd128 => Simd128::run(kernel),
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => Avx2::run(kernel),
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 | Set::Amx => Avx512::run(kernel),
        }
    }
}

impl std::fmt::Debug for Isa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Set {
    /// The set of every machine that this program was built for.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    const OLDEST: Self = Set::Portable;
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    const OLDEST: Self = Set::Simd128;

    fn is_supported(self) -> bool {
        match self {
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            Set::Portable => true,
            #[cfg(target_arch = "aarch64")]
            Set::Neon => true,
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Set::Simd128 => true,
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => {
                std::arch::is_x86_feature_detected!("avx2")
                    && std::arch::is_x86_feature_detected!("fma")
            }
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => {
                std::arch::is_x86_feature_detected!("avx512f")
                    && std::arch::is_x86_feature_detected!("avx512vl")
                    && std::arch::is_x86_feature_detected!("avx512bw")
                    && std::arch::is_x86_feature_detected!("avx512dq")
                    && std::arch::is_x86_feature_detected!("avx2")
                    && std::arch::is_x86_feature_detected!("fma")
            }
            #[cfg(target_arch = "x86_64")]
            Set::Amx => Set::Avx512.is_supported() && crate::amx::is_there(),
        }
    }
}
