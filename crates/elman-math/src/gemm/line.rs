//! One row of a panel in registers: [`PANEL`] sums, and the few operations a product needs on them.

use super::PANEL;

/// [`PANEL`] running sums.
///
/// # Safety
/// The methods use the instructions of the tier that names the type in
/// [`Tier`](crate::dispatch::Tier): they may only be called inside a
/// [`Kernel`](crate::dispatch::Kernel) running on that tier.
pub trait Line<T>: Copy {
    /// Lines that a tile may have: three quarters of the registers, the rest being for operands.
    const MOST: usize;

    /// All zeros.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn zero() -> Self;

    /// The values of `from`.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn load(from: &[T; PANEL]) -> Self;

    /// Asks for the line at `from` to be brought near. Any address will do.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn prefetch(_from: *const T) {}

    /// `self += a * b`, element by element; fused where the instruction set can.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn add_scaled(&mut self, a: T, b: Self);

    /// `self + other`, element by element.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn plus(self, other: Self) -> Self;

    /// Writes the sums to `to`.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn store(self, to: &mut [T; PANEL]);
}

/// Sums that are left to the compiler's vectoriser.
#[derive(Clone, Copy)]
pub struct Array<T>([T; PANEL]);

impl<T: crate::Real> Line<T> for Array<T> {
    /// AArch64 has 32 registers of 16 bytes, SSE2 and wasm 16; a line of `f32` takes four.
    const MOST: usize = if cfg!(target_arch = "aarch64") { 6 } else { 3 };

    #[inline(always)]
    unsafe fn zero() -> Self {
        Self([T::ZERO; PANEL])
    }

    #[inline(always)]
    unsafe fn load(from: &[T; PANEL]) -> Self {
        Self(*from)
    }

    #[inline(always)]
    unsafe fn add_scaled(&mut self, a: T, b: Self) {
        for (sum, b) in self.0.iter_mut().zip(b.0) {
            // Where the target has no fused instruction it would be a call of a library function.
            *sum = if cfg!(target_arch = "aarch64") { a.mul_add(b, *sum) } else { *sum + a * b };
        }
    }

    #[inline(always)]
    unsafe fn plus(mut self, other: Self) -> Self {
        for (sum, other) in self.0.iter_mut().zip(other.0) {
            *sum += other;
        }
        self
    }

    #[inline(always)]
    unsafe fn store(self, to: &mut [T; PANEL]) {
        *to = self.0;
    }
}

/// A line of x86 vectors.
#[cfg(target_arch = "x86_64")]
macro_rules! x86_line {
    ($name:ident, $type:ty, $vector:ty, $lanes:literal, $most:literal,
     $zero:ident, $splat:ident, $load:ident, $fma:ident, $add:ident, $store:ident) => {
        #[doc = concat!("[`PANEL`] sums in vectors of ", $lanes, ".")]
        #[derive(Clone, Copy)]
        pub struct $name([$vector; PANEL / $lanes]);

        impl Line<$type> for $name {
            const MOST: usize = $most;

            #[inline(always)]
            unsafe fn zero() -> Self {
                // SAFETY: the caller runs on a machine with these instructions (trait contract).
                Self([unsafe { std::arch::x86_64::$zero() }; PANEL / $lanes])
            }

            #[inline(always)]
            unsafe fn load(from: &[$type; PANEL]) -> Self {
                let chunks = from.as_chunks::<$lanes>().0;
                // SAFETY: each chunk has as many values as a vector; the load needs no alignment;
                // the instructions are there (trait contract).
                Self(std::array::from_fn(|v| unsafe {
                    std::arch::x86_64::$load(chunks[v].as_ptr())
                }))
            }

            #[inline(always)]
            unsafe fn prefetch(from: *const $type) {
                use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
                // SAFETY: a prefetch of any address has no effect but on the caches.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) };
            }

            #[inline(always)]
            unsafe fn add_scaled(&mut self, a: $type, b: Self) {
                use std::arch::x86_64::{$fma, $splat};
                for (sum, b) in self.0.iter_mut().zip(b.0) {
                    // SAFETY: the instructions are there (trait contract).
                    *sum = unsafe { $fma($splat(a), b, *sum) };
                }
            }

            #[inline(always)]
            unsafe fn plus(mut self, other: Self) -> Self {
                for (sum, other) in self.0.iter_mut().zip(other.0) {
                    // SAFETY: the instructions are there (trait contract).
                    *sum = unsafe { std::arch::x86_64::$add(*sum, other) };
                }
                self
            }

            #[inline(always)]
            unsafe fn store(self, to: &mut [$type; PANEL]) {
                for (to, vector) in to.as_chunks_mut::<$lanes>().0.iter_mut().zip(self.0) {
                    // SAFETY: `to` has as many values as a vector; the store needs no alignment;
                    // the instructions are there (trait contract).
                    unsafe { std::arch::x86_64::$store(to.as_mut_ptr(), vector) };
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
pub use x86::*;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Line, PANEL};
    use std::arch::x86_64::{__m256, __m256d, __m512, __m512d};

    x86_line!(
        Avx2F32,
        f32,
        __m256,
        8,
        6,
        _mm256_setzero_ps,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_fmadd_ps,
        _mm256_add_ps,
        _mm256_storeu_ps
    );
    x86_line!(
        Avx2F64,
        f64,
        __m256d,
        4,
        3,
        _mm256_setzero_pd,
        _mm256_set1_pd,
        _mm256_loadu_pd,
        _mm256_fmadd_pd,
        _mm256_add_pd,
        _mm256_storeu_pd
    );
    x86_line!(
        Avx512F32,
        f32,
        __m512,
        16,
        24,
        _mm512_setzero_ps,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_fmadd_ps,
        _mm512_add_ps,
        _mm512_storeu_ps
    );
    x86_line!(
        Avx512F64,
        f64,
        __m512d,
        8,
        12,
        _mm512_setzero_pd,
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_fmadd_pd,
        _mm512_add_pd,
        _mm512_storeu_pd
    );
}
