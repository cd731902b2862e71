//! `exp`, `tanh`, `sigmoid` and `softplus` in `f32`: no branch, no table, no call.
//!
//! All rest on one reduction (`exp::reduce`). Where the instruction set has a fused multiply-add, a
//! division becomes a reciprocal by iteration, which takes a quarter of the time; so the last bits
//! differ between the tiers with and without one.
//!
//! Largest errors over every `f32` of the useful range, in units in the last place, against `f64`
//! (`cargo test -p elman-math --release -- --ignored --nocapture`; the plain tests take every 331st):
//!
//! | | fused | portable |
//! |---|---|---|
//! | `exp` | 1.07 | 1.03 |
//! | `sigmoid` | 2.48 | 2.48 |
//! | `tanh` | 3.03 | 2.61 |
//! | `softplus` | 3.26 | 2.80 |

#![expect(
    clippy::needless_range_loop,
    reason = "loops over constant sizes unroll; iterators over arrays of vectors stay in memory"
)]

mod activation;
mod exp;
mod softplus;

use crate::dispatch::Backend;
use crate::line::Bits;
use crate::lines::SimdVectors;

pub use activation::{Activation, activation, activation_exactly, sigmoid, tanh};
pub use exp::{exp, exp_exactly};
pub use softplus::softplus;

/// Several [`SimdVectors`] that are worked on in step.
type Side<I, const N: usize, const M: usize> = [SimdVectors<f32, I, N>; M];

/// a / b for b from 1 to 2¹²⁶.
///
/// A difference of bit patterns is 1/b to within an eighth; each turn of
/// y ← y (1 + e + e²), e = 1 - b y, leaves the cube of the error: 2e-3, then 7e-9.
#[inline(always)]
fn divide<I: Backend, const N: usize, const M: usize>(
    a: Side<I, N, M>,
    b: Side<I, N, M>,
) -> Side<I, N, M> {
    let (mut y, mut e, mut minus_b) = (b, b, b);
    if !I::FUSED {
        for m in 0..M {
            y[m] = a[m] / b[m];
        }
        return y;
    }
    for m in 0..M {
        for n in 0..N {
            y[m].0[n] = b[m].0[n].bits_below(0x7ef3_11c7);
        }
        minus_b[m] = SimdVectors::splat(0.0) - b[m];
    }
    for _ in 0..2 {
        for m in 0..M {
            e[m] = minus_b[m].mul_add(y[m], SimdVectors::splat(1.0));
        }
        for m in 0..M {
            e[m] = e[m].mul_add(e[m], e[m]);
        }
        for m in 0..M {
            y[m] = y[m].mul_add(e[m], y[m]);
        }
    }
    for m in 0..M {
        y[m] = a[m] * y[m];
    }
    y
}

#[cfg(test)]
pub(crate) mod tests;
