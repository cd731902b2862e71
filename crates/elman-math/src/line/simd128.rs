//! Lines in the vectors of WebAssembly, for builds with `-C target-feature=+simd128`.

#![allow(unused_unsafe, reason = "wasm's operations are safe, those of other sets are not")]

use std::arch::wasm32::v128;

use super::vectors::line;
use super::{Bits, LINE, SimdVector};

/// The operations under one name for both types. `pmax` and `pmin` give the first operand if one
/// is NaN, so that theirs are turned round.
macro_rules! set {
    ($name:ident, $type:ty, $splat:ident, $add:ident, $sub:ident, $mul:ident, $div:ident,
     $max:ident, $min:ident) => {
        mod $name {
            use std::arch::wasm32::{v128, v128_load, v128_store};
            pub(super) use std::arch::wasm32::{
                $add as add, $div as div, $mul as mul, $splat as splat, $sub as sub,
            };

            /// # Safety
            /// 16 bytes must be readable at `from`.
            #[inline(always)]
            pub(super) unsafe fn load(from: *const $type) -> v128 {
                // SAFETY: by the contract; the load needs no alignment.
                unsafe { v128_load(from.cast()) }
            }

            /// # Safety
            /// 16 bytes must be writable at `to`.
            #[inline(always)]
            pub(super) unsafe fn store(to: *mut $type, vector: v128) {
                // SAFETY: by the contract; the store needs no alignment.
                unsafe { v128_store(to.cast(), vector) };
            }

            #[inline(always)]
            pub(super) fn mul_add(a: v128, b: v128, c: v128) -> v128 {
                add(mul(a, b), c)
            }

            #[inline(always)]
            pub(super) fn max(a: v128, b: v128) -> v128 {
                std::arch::wasm32::$max(b, a)
            }

            #[inline(always)]
            pub(super) fn min(a: v128, b: v128) -> v128 {
                std::arch::wasm32::$min(b, a)
            }

            /// The first `len` values at `from`, and zeros.
            ///
            /// # Safety
            /// They must be there, and `len` be at most a vector.
            #[inline(always)]
            pub(super) unsafe fn load_first(from: *const $type, len: usize) -> v128 {
                let mut values = [0.0; size_of::<v128>() / size_of::<$type>()];
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
            pub(super) unsafe fn store_first(to: *mut $type, len: usize, vector: v128) {
                let mut values = [0.0; size_of::<v128>() / size_of::<$type>()];
                // SAFETY: `values` is a vector long.
                unsafe { store(values.as_mut_ptr(), vector) };
                for (i, &value) in values[..len].iter().enumerate() {
                    // SAFETY: by the contract.
                    unsafe { *to.add(i) = value };
                }
            }

            /// There is no such instruction.
            ///
            /// # Safety
            /// None is needed.
            #[inline(always)]
            pub(super) unsafe fn prefetch(_: *const i8) {}
        }
    };
}

set!(f32x4, f32, f32x4_splat, f32x4_add, f32x4_sub, f32x4_mul, f32x4_div, f32x4_pmax, f32x4_pmin);
set!(f64x2, f64, f64x2_splat, f64x2_add, f64x2_sub, f64x2_mul, f64x2_div, f64x2_pmax, f64x2_pmin);

line!(Simd128F32, f32, v128, 4, 3, f32x4);
line!(Simd128F64, f64, v128, 2, 1, f64x2);

impl Bits for Simd128F32 {
    #[inline(always)]
    fn power_of_two(mut self) -> Self {
        use std::arch::wasm32::{u32x4_add, u32x4_shl, u32x4_splat};
        for x in &mut self.0 {
            *x = u32x4_add(u32x4_shl(*x, 23), u32x4_splat(0x3f80_0000));
        }
        self
    }

    #[inline(always)]
    fn bits_below(mut self, origin: u32) -> Self {
        use std::arch::wasm32::{u32x4_splat, u32x4_sub};
        for x in &mut self.0 {
            *x = u32x4_sub(u32x4_splat(origin), *x);
        }
        self
    }
}
