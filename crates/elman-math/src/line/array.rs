//! Lines that are left to the compiler's vectoriser.

use std::ops::{Add, Div, Mul, Sub};

use super::{Bits, LINE, SimdVector, sealed};
use crate::real::Real;

/// [`LINE`] values.
#[derive(Clone, Copy)]
pub(crate) struct Array<T>([T; LINE]);

impl<T: Real> Array<T> {
    #[inline(always)]
    fn zip(mut self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        for (x, y) in self.0.iter_mut().zip(other.0) {
            *x = f(*x, y);
        }
        self
    }
}

impl<T: Real> Add for Array<T> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |x, y| x + y)
    }
}

impl<T: Real> Sub for Array<T> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |x, y| x - y)
    }
}

impl<T: Real> Mul for Array<T> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |x, y| x * y)
    }
}

impl<T: Real> Div for Array<T> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, |x, y| x / y)
    }
}

impl<T: Real> sealed::Sealed for Array<T> {}

impl<T: Real> SimdVector<T> for Array<T> {
    /// SSE2 and wasm have 16 registers of 16 bytes; a line of `f32` takes four.
    const MOST: usize = 3;

    #[inline(always)]
    fn splat(x: T) -> Self {
        Self([x; LINE])
    }

    #[inline(always)]
    fn load(from: &[T; LINE]) -> Self {
        Self(*from)
    }

    #[inline(always)]
    fn load_part(from: &[T]) -> Self {
        let mut line = Self::splat(T::ZERO);
        for (to, &from) in line.0.iter_mut().zip(from) {
            *to = from;
        }
        line
    }

    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        self * b + c
    }

    #[inline(always)]
    fn at_least(self, limit: Self) -> Self {
        self.zip(limit, |x, limit| if x < limit { limit } else { x })
    }

    #[inline(always)]
    fn at_most(self, limit: Self) -> Self {
        self.zip(limit, |x, limit| if x > limit { limit } else { x })
    }

    #[inline(always)]
    fn store(self, to: &mut [T; LINE]) {
        *to = self.0;
    }

    #[inline(always)]
    fn store_part(self, to: &mut [T]) {
        for (to, from) in to.iter_mut().zip(self.0) {
            *to = from;
        }
    }
}

impl Bits for Array<f32> {
    #[inline(always)]
    fn power_of_two(mut self) -> Self {
        for x in &mut self.0 {
            *x = f32::from_bits((x.to_bits() << 23).wrapping_add(0x3f80_0000));
        }
        self
    }

    #[inline(always)]
    fn bits_below(mut self, origin: u32) -> Self {
        for x in &mut self.0 {
            *x = f32::from_bits(origin.wrapping_sub(x.to_bits()));
        }
        self
    }
}
