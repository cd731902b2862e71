//! Lines in AVX2 and AVX-512 vectors.

use std::arch::x86_64::{__m256, __m256d, __m512, __m512d};

use super::vectors::line;
use super::{Bits, LINE, SimdVector};

/// The operations under one name in every set; each has its own way to mask a part of a vector.
/// `max` and `min` give the second operand if one is NaN.
macro_rules! set {
    ($name:ident, $splat:ident, $load:ident, $store:ident, $add:ident, $sub:ident, $mul:ident,
     $div:ident, $mul_add:ident, $max:ident, $min:ident,
     $type:ty, $vector:ident, |$len:ident, $from:ident, $to:ident, $values:ident, $m:ident|
     { $($part:ident),* } { $mask:expr } { $load_first:expr } { $store_first:expr }) => {
        mod $name {
            use std::arch::x86_64::{$vector, $($part),*};
            pub(super) use std::arch::x86_64::{
                $add as add, $div as div, $load as load, $max as max, $min as min, $mul as mul,
                $mul_add as mul_add, $splat as splat, $store as store, $sub as sub,
            };

            /// The first values, and zeros.
            ///
            /// # Safety
            /// They must be there, at most a vector, and the machine have these instructions.
            #[inline(always)]
            pub(super) unsafe fn load_first($from: *const $type, $len: usize) -> $vector {
                // SAFETY: by the contract; what the mask leaves out is not touched.
                unsafe {
                    let $m = $mask;
                    $load_first
                }
            }

            /// Writes the first values.
            ///
            /// # Safety
            /// There must be room, at most a vector, and the machine have these instructions.
            #[inline(always)]
            pub(super) unsafe fn store_first($to: *mut $type, $len: usize, $values: $vector) {
                // SAFETY: by the contract; what the mask leaves out is not touched.
                unsafe {
                    let $m = $mask;
                    $store_first
                }
            }

            /// # Safety
            /// None is needed: it has no effect but on the caches.
            #[inline(always)]
            pub(super) unsafe fn prefetch(from: *const i8) {
                use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
                // SAFETY: as above.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(from) };
            }
        }
    };
}

set!(
    ps256,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_add_ps,
    _mm256_sub_ps,
    _mm256_mul_ps,
    _mm256_div_ps,
    _mm256_fmadd_ps,
    _mm256_max_ps,
    _mm256_min_ps,
    f32,
    __m256,
    |len, from, to, vector, mask|
    {
        _mm256_cmpgt_epi32,
        _mm256_maskload_ps,
        _mm256_maskstore_ps,
        _mm256_set1_epi32,
        _mm256_setr_epi32
    }
    { _mm256_cmpgt_epi32(_mm256_set1_epi32(len as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)) }
    { _mm256_maskload_ps(from, mask) }
    { _mm256_maskstore_ps(to, mask, vector) }
);
set!(
    pd256,
    _mm256_set1_pd,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_add_pd,
    _mm256_sub_pd,
    _mm256_mul_pd,
    _mm256_div_pd,
    _mm256_fmadd_pd,
    _mm256_max_pd,
    _mm256_min_pd,
    f64,
    __m256d,
    |len, from, to, vector, mask|
    {
        _mm256_cmpgt_epi64,
        _mm256_maskload_pd,
        _mm256_maskstore_pd,
        _mm256_set1_epi64x,
        _mm256_setr_epi64x
    }
    { _mm256_cmpgt_epi64(_mm256_set1_epi64x(len as i64), _mm256_setr_epi64x(0, 1, 2, 3)) }
    { _mm256_maskload_pd(from, mask) }
    { _mm256_maskstore_pd(to, mask, vector) }
);
set!(
    ps512,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_add_ps,
    _mm512_sub_ps,
    _mm512_mul_ps,
    _mm512_div_ps,
    _mm512_fmadd_ps,
    _mm512_max_ps,
    _mm512_min_ps,
    f32,
    __m512,
    |len, from, to, vector, mask|
    {
        _mm512_mask_storeu_ps,
        _mm512_maskz_loadu_ps
    }
    { ((1_u32 << len) - 1) as u16 }
    { _mm512_maskz_loadu_ps(mask, from) }
    { _mm512_mask_storeu_ps(to, mask, vector) }
);
set!(
    pd512,
    _mm512_set1_pd,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_add_pd,
    _mm512_sub_pd,
    _mm512_mul_pd,
    _mm512_div_pd,
    _mm512_fmadd_pd,
    _mm512_max_pd,
    _mm512_min_pd,
    f64,
    __m512d,
    |len, from, to, vector, mask|
    {
        _mm512_mask_storeu_pd,
        _mm512_maskz_loadu_pd
    }
    { ((1_u32 << len) - 1) as u8 }
    { _mm512_maskz_loadu_pd(mask, from) }
    { _mm512_mask_storeu_pd(to, mask, vector) }
);

line!(Avx2F32, f32, __m256, 8, 6, ps256);
line!(Avx2F64, f64, __m256d, 4, 3, pd256);
line!(Avx512F32, f32, __m512, 16, 24, ps512);
line!(Avx512F64, f64, __m512d, 8, 12, pd512);

impl Bits for Avx2F32 {
    #[inline(always)]
    fn power_of_two(mut self) -> Self {
        use std::arch::x86_64::{
            _mm256_add_epi32, _mm256_castps_si256, _mm256_castsi256_ps, _mm256_set1_epi32,
            _mm256_slli_epi32,
        };
        for x in &mut self.0 {
            // SAFETY: the instructions are there, see `line`.
            *x = unsafe {
                let shifted = _mm256_slli_epi32::<23>(_mm256_castps_si256(*x));
                _mm256_castsi256_ps(_mm256_add_epi32(shifted, _mm256_set1_epi32(0x3f80_0000)))
            };
        }
        self
    }

    #[inline(always)]
    fn bits_below(mut self, origin: u32) -> Self {
        use std::arch::x86_64::{
            _mm256_castps_si256, _mm256_castsi256_ps, _mm256_set1_epi32, _mm256_sub_epi32,
        };
        for x in &mut self.0 {
            // SAFETY: the instructions are there, see `line`.
            *x = unsafe {
                let origin = _mm256_set1_epi32(origin.cast_signed());
                _mm256_castsi256_ps(_mm256_sub_epi32(origin, _mm256_castps_si256(*x)))
            };
        }
        self
    }
}

impl Bits for Avx512F32 {
    #[inline(always)]
    fn power_of_two(mut self) -> Self {
        use std::arch::x86_64::{
            _mm512_add_epi32, _mm512_castps_si512, _mm512_castsi512_ps, _mm512_set1_epi32,
            _mm512_slli_epi32,
        };
        for x in &mut self.0 {
            // SAFETY: the instructions are there, see `line`.
            *x = unsafe {
                let shifted = _mm512_slli_epi32::<23>(_mm512_castps_si512(*x));
                _mm512_castsi512_ps(_mm512_add_epi32(shifted, _mm512_set1_epi32(0x3f80_0000)))
            };
        }
        self
    }

    #[inline(always)]
    fn bits_below(mut self, origin: u32) -> Self {
        use std::arch::x86_64::{
            _mm512_castps_si512, _mm512_castsi512_ps, _mm512_set1_epi32, _mm512_sub_epi32,
        };
        for x in &mut self.0 {
            // SAFETY: the instructions are there, see `line`.
            *x = unsafe {
                let origin = _mm512_set1_epi32(origin.cast_signed());
                _mm512_castsi512_ps(_mm512_sub_epi32(origin, _mm512_castps_si512(*x)))
            };
        }
        self
    }
}
