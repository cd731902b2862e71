//! Lines in NEON vectors, which every AArch64 machine has.

#![allow(unused_unsafe, reason = "which operations are safe differs between compilers")]

use std::arch::aarch64::{float32x4_t, float64x2_t};

use super::vectors::line;
use super::{Bits, LINE, SimdVector};

/// The operations under one name for both types. `max` and `min` give NaN if one operand is NaN;
/// the first is always a number here, so that this is the second.
macro_rules! set {
    ($name:ident, $type:ty, $vector:ty, $splat:ident, $load:ident, $store:ident, $add:ident, $sub:ident,
     $mul:ident, $div:ident, $fma:ident, $max:ident, $min:ident) => {
        mod $name {
            pub(super) use std::arch::aarch64::{
                $add as add, $div as div, $load as load, $max as max, $min as min, $mul as mul,
                $splat as splat, $store as store, $sub as sub,
            };

            /// a · b + c.
            ///
            /// # Safety
            /// The machine must have NEON.
            #[inline(always)]
            pub(super) unsafe fn mul_add(a: $vector, b: $vector, c: $vector) -> $vector {
                // SAFETY: by the contract.
                unsafe { std::arch::aarch64::$fma(c, a, b) }
            }

            /// The first `len` values at `from`, and zeros.
            ///
            /// # Safety
            /// They must be there, and `len` be at most a vector.
            #[inline(always)]
            pub(super) unsafe fn load_first(from: *const $type, len: usize) -> $vector {
                let mut values = [0.0; size_of::<$vector>() / size_of::<$type>()];
                for (i, value) in values[..len].iter_mut().enumerate() {
                    // SAFETY: by the contract.
                    *value = unsafe { *from.add(i) };
                }
                // SAFETY: `values` is a vector long.
                unsafe { load(values.as_ptr()) }
            }

            /// Writes the first `len` values to `to`.
            ///
            /// # Safety
            /// There must be room, and `len` be at most a vector.
            #[inline(always)]
            pub(super) unsafe fn store_first(to: *mut $type, len: usize, vector: $vector) {
                let mut values = [0.0; size_of::<$vector>() / size_of::<$type>()];
                // SAFETY: `values` is a vector long.
                unsafe { store(values.as_mut_ptr(), vector) };
                for (i, &value) in values[..len].iter().enumerate() {
                    // SAFETY: by the contract.
                    unsafe { *to.add(i) = value };
                }
            }

            /// Left to the hardware.
            ///
            /// # Safety
            /// None is needed.
            #[inline(always)]
            pub(super) unsafe fn prefetch(_: *const i8) {}
        }
    };
}

use std::arch::aarch64::{float32x4_t as F32, float64x2_t as F64};
set!(
    f32x4,
    f32,
    super::F32,
    vdupq_n_f32,
    vld1q_f32,
    vst1q_f32,
    vaddq_f32,
    vsubq_f32,
    vmulq_f32,
    vdivq_f32,
    vfmaq_f32,
    vmaxq_f32,
    vminq_f32
);
set!(
    f64x2,
    f64,
    super::F64,
    vdupq_n_f64,
    vld1q_f64,
    vst1q_f64,
    vaddq_f64,
    vsubq_f64,
    vmulq_f64,
    vdivq_f64,
    vfmaq_f64,
    vmaxq_f64,
    vminq_f64
);

line!(NeonF32, f32, float32x4_t, 4, 6, f32x4);
line!(NeonF64, f64, float64x2_t, 2, 3, f64x2);

impl Bits for NeonF32 {
    #[inline(always)]
    fn power_of_two(mut self) -> Self {
        use std::arch::aarch64::{
            vaddq_u32, vdupq_n_u32, vreinterpretq_f32_u32, vreinterpretq_u32_f32, vshlq_n_u32,
        };
        for x in &mut self.0 {
            // SAFETY: the instructions are there, see `line`.
            *x = unsafe {
                let shifted = vshlq_n_u32::<23>(vreinterpretq_u32_f32(*x));
                vreinterpretq_f32_u32(vaddq_u32(shifted, vdupq_n_u32(0x3f80_0000)))
            };
        }
        self
    }

    #[inline(always)]
    fn bits_below(mut self, origin: u32) -> Self {
        use std::arch::aarch64::{
            vdupq_n_u32, vreinterpretq_f32_u32, vreinterpretq_u32_f32, vsubq_u32,
        };
        for x in &mut self.0 {
            // SAFETY: the instructions are there, see `line`.
            *x = unsafe {
                let bits = vreinterpretq_u32_f32(*x);
                vreinterpretq_f32_u32(vsubq_u32(vdupq_n_u32(origin), bits))
            };
        }
        self
    }
}
