//! One row of a panel in registers: [`PANEL`] sums, and the one operation a product needs on them.

use super::PANEL;

/// [`PANEL`] running sums.
///
/// # Safety
/// The methods use the instructions of the tier that names the type in
/// [`Tier`](crate::dispatch::Tier): they may only be called inside a
/// [`Kernel`](crate::dispatch::Kernel) running on that tier.
pub trait Line<T>: Copy {
    /// Rows of a full tile: as many lines as the registers hold, and enough to hide the latency
    /// of a multiply-add.
    const TILE_ROWS: usize;

    /// All zeros.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn zero() -> Self;

    /// `self += a * b`, element by element; fused where the instruction set can.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn add_scaled(&mut self, a: T, b: &[T; PANEL]);

    /// The sums.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn sums(self) -> [T; PANEL];
}

/// Sums that are left to the compiler's vectoriser.
#[derive(Clone, Copy)]
pub struct Array<T>([T; PANEL]);

impl<T: crate::Real> Line<T> for Array<T> {
    const TILE_ROWS: usize = 2;

    #[inline(always)]
    unsafe fn zero() -> Self {
        Self([T::ZERO; PANEL])
    }

    #[inline(always)]
    unsafe fn add_scaled(&mut self, a: T, b: &[T; PANEL]) {
        for (sum, &b) in self.0.iter_mut().zip(b) {
            *sum += a * b;
        }
    }

    #[inline(always)]
    unsafe fn sums(self) -> [T; PANEL] {
        self.0
    }
}

/// A line of x86 vectors.
#[cfg(target_arch = "x86_64")]
macro_rules! x86_line {
    ($name:ident, $type:ty, $vector:ty, $lanes:literal, $rows:literal,
     $zero:ident, $splat:ident, $load:ident, $fma:ident, $store:ident) => {
        #[doc = concat!("[`PANEL`] sums in vectors of ", $lanes, ".")]
        #[derive(Clone, Copy)]
        pub struct $name([$vector; PANEL / $lanes]);

        impl Line<$type> for $name {
            const TILE_ROWS: usize = $rows;

            #[inline(always)]
            unsafe fn zero() -> Self {
                // SAFETY: the caller runs on a machine with these instructions (trait contract).
                Self([unsafe { std::arch::x86_64::$zero() }; PANEL / $lanes])
            }

            #[inline(always)]
            unsafe fn add_scaled(&mut self, a: $type, b: &[$type; PANEL]) {
                use std::arch::x86_64::{$fma, $load, $splat};
                for (sum, b) in self.0.iter_mut().zip(b.as_chunks::<$lanes>().0) {
                    // SAFETY: `b` has as many values as a vector; the load needs no alignment; the
                    // instructions are there (trait contract).
                    *sum = unsafe { $fma($splat(a), $load(b.as_ptr()), *sum) };
                }
            }

            #[inline(always)]
            unsafe fn sums(self) -> [$type; PANEL] {
                let mut sums = [0.0; PANEL];
                for (sums, vector) in sums.as_chunks_mut::<$lanes>().0.iter_mut().zip(self.0) {
                    // SAFETY: `sums` has as many values as a vector; the store needs no alignment;
                    // the instructions are there (trait contract).
                    unsafe { std::arch::x86_64::$store(sums.as_mut_ptr(), vector) };
                }
                sums
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
        _mm256_storeu_ps
    );
    x86_line!(
        Avx2F64,
        f64,
        __m256d,
        4,
        2,
        _mm256_setzero_pd,
        _mm256_set1_pd,
        _mm256_loadu_pd,
        _mm256_fmadd_pd,
        _mm256_storeu_pd
    );
    x86_line!(
        Avx512F32,
        f32,
        __m512,
        16,
        12,
        _mm512_setzero_ps,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_fmadd_ps,
        _mm512_storeu_ps
    );
    x86_line!(
        Avx512F64,
        f64,
        __m512d,
        8,
        6,
        _mm512_setzero_pd,
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_fmadd_pd,
        _mm512_storeu_pd
    );
}
