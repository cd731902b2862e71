//! Sixteen numbers in registers, and the operations that products and cells need on them.
//!
//! A [`SimdVector`] is as long as a panel of [`gemm`](crate::gemm) is wide. Its types are private and can
//! only be had from a [`Backend`](crate::dispatch::Backend), that is in code which an
//! [`Isa`](crate::dispatch::Isa) of this machine has started: this is why its methods are safe,
//! although they use instructions that another machine may not have.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod array;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
))]
mod vectors;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::ops::{Add, Div, Mul, Sub};

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use array::Array;
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::{NeonF32, NeonF64};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::{Simd128F32, Simd128F64};
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

/// Values of a line: one cache line of `f32`.
pub const LINE: usize = 16;

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// [`LINE`] values of type `T`. The operators work element by element. Sealed: its types are those of the
/// [tiers](crate::dispatch::Backend).
pub trait SimdVector<T>:
    sealed::Sealed
    + Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
    /// Lines that a tile of a product may have: three quarters of the registers, the rest being
    /// for operands.
    const MOST: usize;

    /// `x` in every place.
    fn splat(x: T) -> Self;

    /// The values of `from`.
    fn load(from: &[T; LINE]) -> Self;

    /// The values of `from`, fewer than [`LINE`], and zeros.
    fn load_part(from: &[T]) -> Self;

    /// Asks for the line at `from` to be brought near. Any address will do.
    #[inline(always)]
    fn prefetch(_from: *const T) {}

    /// `self * b + c`, rounded once where the instruction set can, else twice.
    fn mul_add(self, b: Self, c: Self) -> Self;

    /// The larger of each value and that of `limit`; a NaN stays.
    fn at_least(self, limit: Self) -> Self;

    /// The smaller of each value and that of `limit`; a NaN stays.
    fn at_most(self, limit: Self) -> Self;

    /// Writes the values to `to`.
    fn store(self, to: &mut [T; LINE]);

    /// Writes the first values to `to`, which has fewer than [`LINE`].
    fn store_part(self, to: &mut [T]);
}

/// What the functions of [`vecmath`](crate::vecmath) do to the bits of `f32`.
pub trait Bits: SimdVector<f32> {
    /// 2ⁿ for the whole number n that adding 1.5 · 2²³ left in the low bits.
    fn power_of_two(self) -> Self;

    /// `origin` less the bits, as bits.
    fn bits_below(self, origin: u32) -> Self;
}

#[cfg(test)]
mod tests;
