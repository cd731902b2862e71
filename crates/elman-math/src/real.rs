//! The two number types of the engine: `f32` for work, `f64` for proof.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::dispatch::Backend;
use crate::line::SimdVector;
use crate::lines::SimdVectors;
use crate::vecmath::{self, Activation};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A floating-point type the engine runs in. Sealed: `f32` and `f64`.
///
/// [`activation`](Real::activation) is branch-free in `f32`, with the error stated in [`vecmath`]; in `f64` it
/// is the standard library's, so that gradient checks see no approximation at all.
pub trait Real:
    sealed::Sealed
    + Copy
    + Default
    + PartialOrd
    + Debug
    + Display
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + Sum
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Bytes of one value.
    const BYTES: usize = size_of::<Self>();
    /// Whether it is `f32`.
    const IS_F32: bool;
    /// Sixteen values in the registers of tier `I`.
    type SimdVector<I: Backend>: SimdVector<Self>;

    /// The nearest value to `x`.
    fn from_f64(x: f64) -> Self;
    /// The same value in double precision, exactly.
    fn to_f64(self) -> f64;
    /// |x|.
    fn abs(self) -> Self;
    /// The correctly rounded square root.
    fn sqrt(self) -> Self;
    /// self · a + b, rounded once; a library call where the target has no such instruction.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// The larger of two values; a NaN loses.
    fn max(self, other: Self) -> Self;
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Whether it is no number.
    fn is_nan(self) -> bool;
    /// The function `by[m]` of each value of `x[m]`.
    fn activation<I: Backend, const N: usize, const M: usize>(
        x: [SimdVectors<Self, I, N>; M],
        by: [Activation; M],
    ) -> [SimdVectors<Self, I, N>; M];
    /// The exponential of each value; in `f32` of what [`vecmath`] limits it to.
    fn exp<I: Backend, const N: usize>(x: SimdVectors<Self, I, N>) -> SimdVectors<Self, I, N>;
    /// The same values, if the type [is `f32`](Real::IS_F32).
    ///
    /// # Panics
    /// If it is not.
    fn as_f32(values: &[Self]) -> &[f32];
    /// [`as_f32`](Real::as_f32) of values to be written.
    ///
    /// # Panics
    /// If it is not.
    fn as_f32_mut(values: &mut [Self]) -> &mut [f32];
    /// Appends the value's bytes, little-endian.
    fn write_le(self, out: &mut Vec<u8>);
    /// Reads a value from the first [`BYTES`](Real::BYTES) little-endian bytes.
    ///
    /// # Panics
    /// If `bytes` is shorter than that.
    fn read_le(bytes: &[u8]) -> Self;
}

macro_rules! real {
    ($type:ty, $line:ident, $activation:expr, $exp:expr, $is_f32:literal, |$values:ident| $as_f32:expr) => {
        impl Real for $type {
            type SimdVector<I: Backend> = I::$line;

            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const IS_F32: bool = $is_f32;

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $type
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn abs(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                self.mul_add(a, b)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                self.max(other)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                self.is_finite()
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                self.is_nan()
            }
            #[inline(always)]
            fn activation<I: Backend, const N: usize, const M: usize>(
                x: [SimdVectors<Self, I, N>; M],
                by: [Activation; M],
            ) -> [SimdVectors<Self, I, N>; M] {
                $activation(x, by)
            }
            #[inline(always)]
            fn exp<I: Backend, const N: usize>(
                x: SimdVectors<Self, I, N>,
            ) -> SimdVectors<Self, I, N> {
                $exp(x)
            }
            #[inline(always)]
            fn as_f32($values: &[Self]) -> &[f32] {
                $as_f32
            }
            #[inline(always)]
            fn as_f32_mut($values: &mut [Self]) -> &mut [f32] {
                $as_f32
            }
            fn write_le(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn read_le(bytes: &[u8]) -> Self {
                let (head, _) = bytes.split_first_chunk().expect("a whole value");
                <$type>::from_le_bytes(*head)
            }
        }
    };
}

real!(f32, F32, vecmath::activation, vecmath::exp, true, |values| values);
real!(f64, F64, vecmath::activation_exactly, vecmath::exp_exactly, false, |_values| unreachable!(
    "values of f64"
));
