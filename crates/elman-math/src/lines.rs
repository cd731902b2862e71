//! Several lines side by side: what a cell computes with.
//!
//! An operation on N lines is N instructions that do not wait for each other. A function like tanh
//! is a chain of some twenty operations of four cycles each; a processor looks only so far ahead,
//! and finds work for its waiting time only if independent chains stand interleaved in the program.

use std::fmt;
use std::ops::{Add, Div, Mul, Sub};

use crate::dispatch::Backend;
use crate::line::{LINE, SimdVector};
use crate::real::Real;

/// `N` lines of type `T` on tier `I`. The operators work element by element.
pub struct SimdVectors<T: Real, I: Backend, const N: usize>(pub(crate) [T::SimdVector<I>; N]);

impl<T: Real, I: Backend, const N: usize> fmt::Debug for SimdVectors<T, I, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimdVectors").finish_non_exhaustive()
    }
}

impl<T: Real, I: Backend, const N: usize> Clone for SimdVectors<T, I, N> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Real, I: Backend, const N: usize> Copy for SimdVectors<T, I, N> {}

impl<T: Real, I: Backend, const N: usize> SimdVectors<T, I, N> {
    /// Values of the lines.
    pub const LEN: usize = N * LINE;

    /// `x` in every place.
    #[inline(always)]
    pub fn splat(x: T) -> Self {
        Self([<T::SimdVector<I>>::splat(x); N])
    }

    /// The values of `from`, [`LEN`](Self::LEN) or fewer, and zeros.
    #[inline(always)]
    pub fn load(from: &[T]) -> Self {
        let mut lines = Self::splat(T::ZERO);
        for n in 0..N {
            let from = &from[(n * LINE).min(from.len())..];
            lines.0[n] = match from.first_chunk() {
                Some(line) => <T::SimdVector<I>>::load(line),
                None => <T::SimdVector<I>>::load_part(from),
            };
        }
        lines
    }

    /// Writes the first values to `to`, [`LEN`](Self::LEN) or fewer.
    #[inline(always)]
    pub fn store(self, to: &mut [T]) {
        for n in 0..N {
            let first = (n * LINE).min(to.len());
            let to = &mut to[first..];
            match to.first_chunk_mut() {
                Some(line) => self.0[n].store(line),
                None => self.0[n].store_part(to),
            }
        }
    }

    /// `self * b + c`, rounded once where the instruction set can, else twice.
    #[inline(always)]
    pub fn mul_add(mut self, b: Self, c: Self) -> Self {
        for n in 0..N {
            self.0[n] = self.0[n].mul_add(b.0[n], c.0[n]);
        }
        self
    }

    /// The larger of each value and `limit`; a NaN stays.
    #[inline(always)]
    pub fn at_least(mut self, limit: T) -> Self {
        for n in 0..N {
            self.0[n] = self.0[n].at_least(<T::SimdVector<I>>::splat(limit));
        }
        self
    }

    /// The smaller of each value and `limit`; a NaN stays.
    #[inline(always)]
    pub fn at_most(mut self, limit: T) -> Self {
        for n in 0..N {
            self.0[n] = self.0[n].at_most(<T::SimdVector<I>>::splat(limit));
        }
        self
    }

    /// Each value on its own, where the vectoriser may do what it can.
    #[inline(always)]
    pub fn zip(mut self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        for n in 0..N {
            let mut x = [T::ZERO; LINE];
            let mut y = [T::ZERO; LINE];
            self.0[n].store(&mut x);
            other.0[n].store(&mut y);
            for (x, y) in x.iter_mut().zip(y) {
                *x = f(*x, y);
            }
            self.0[n] = <T::SimdVector<I>>::load(&x);
        }
        self
    }
}

macro_rules! operator {
    ($trait:ident, $op:ident) => {
        impl<T: Real, I: Backend, const N: usize> $trait for SimdVectors<T, I, N> {
            type Output = Self;

            #[inline(always)]
            fn $op(mut self, other: Self) -> Self {
                for n in 0..N {
                    self.0[n] = self.0[n].$op(other.0[n]);
                }
                self
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);
