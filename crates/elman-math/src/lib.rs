//! Numbers: slices in, slices out.
//!
//! The lowest storey of elman. It knows nothing of networks, files or clocks, and is the only crate
//! of the workspace that contains `unsafe`.
//!
//! * [`Real`]: `f32` for work, `f64` for proof, from one source.
//! * [`Isa`] and [`Kernel`]: the instruction set, chosen once at run time.
//! * [`gemm`]: matrix products on packed panels one or two cache lines wide.
//! * [`SimdVectors`]: numbers in registers, sixteen and more at a time.
//! * [`vecmath`]: `exp`, `tanh`, `sigmoid` and `softplus` of them.
//! * [`Team`]: threads that share out work in microseconds.
//! * [`Stream`]: named, seeded, resumable random streams.

#[cfg(target_arch = "x86_64")]
mod amx;
pub mod dispatch;
pub mod gemm;
pub mod line;
pub mod lines;
pub mod real;
pub mod rng;
pub mod team;
pub mod vecmath;

pub use dispatch::{Isa, Kernel};
pub use lines::SimdVectors;
pub use real::Real;
pub use rng::Stream;
pub use team::Team;

/// A vector whose first element stands on a 64-byte boundary: one cache line, one AVX-512 register.
pub type Aligned<T> = aligned_vec::AVec<T, aligned_vec::ConstAlign<64>>;

/// An [`Aligned`] vector of `len` zeros.
pub fn zeros<T: Real>(len: usize) -> Aligned<T> {
    Aligned::from_iter(64, std::iter::repeat_n(T::ZERO, len))
}
