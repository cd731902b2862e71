//! `exp`, `tanh`, `sigmoid` and `softplus` in `f32`: no branch, no table, no call, so that a loop
//! over them becomes vector instructions of whatever set it is compiled for.
//!
//! All rest on one reduction (`exp::reduce`). Where the instruction set has a fused multiply-add
//! it is used, and a division becomes a reciprocal by iteration, which takes a quarter of the time;
//! so the last bits differ between the portable tier and the others.
//!
//! Largest errors over every `f32` of the useful range, in units in the last place, against `f64`
//! (`cargo test -p elman-math --release -- --ignored --nocapture`; the plain tests take every 64th):
//!
//! | | fused | portable |
//! |---|---|---|
//! | `exp` | 1.06 | 1.03 |
//! | `sigmoid` | 2.48 | 2.48 |
//! | `tanh` | 3.00 | 2.50 |
//! | `softplus` | 3.26 | 2.80 |

mod exp;
mod sigmoid;
mod softplus;
mod tanh;

use crate::dispatch::Tier;

pub use exp::exp;
pub use sigmoid::sigmoid;
pub use softplus::softplus;
pub use tanh::tanh;

/// a · b + c, fused on tiers that can.
#[inline(always)]
fn mul_add<I: Tier>(a: f32, b: f32, c: f32) -> f32 {
    if I::FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// a / b for b from 1 to 2¹²⁶.
///
/// A difference of bit patterns is 1/b to within an eighth; each turn of
/// y ← y (1 + e + e²), e = 1 - b y, leaves the cube of the error: 2e-3, then 7e-9.
#[inline(always)]
fn divide<I: Tier>(a: f32, b: f32) -> f32 {
    if !I::FUSED {
        return a / b;
    }
    let mut y = f32::from_bits(0x7ef3_11c7_u32.wrapping_sub(b.to_bits()));
    for _ in 0..2 {
        let e = b.mul_add(-y, 1.0);
        y = y.mul_add(e.mul_add(e, e), y);
    }
    a * y
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::dispatch::{Isa, Kernel, Tier};

    /// A function under test.
    pub(crate) trait Function: Copy {
        fn at<I: Tier>(self, x: f32) -> f32;
        fn exact(self, x: f64) -> f64;
    }

    struct Values<'a, F>(F, &'a [f32], &'a mut [f32]);

    impl<F: Function> Kernel for Values<'_, F> {
        #[inline(always)]
        fn run<I: Tier>(self) {
            for (y, &x) in self.2.iter_mut().zip(self.1) {
                *y = self.0.at::<I>(x);
            }
        }
    }

    /// The value at `x`.
    pub(crate) fn value(isa: Isa, f: impl Function, x: f32) -> f32 {
        let mut y = [0.0];
        isa.run(Values(f, &[x], &mut y));
        y[0]
    }

    /// Prints the largest error over every `stride`-th `f32` of [-limit, limit], in units in the
    /// last place of the exact result, on every instruction set, and fails beyond `most`.
    pub(crate) fn stays_within(f: impl Function, name: &str, limit: f32, stride: usize, most: f64) {
        for isa in Isa::available() {
            let (error, at) = worst_ulp(isa, f, limit, stride);
            println!("{name} {isa:?}: {error:.3} ulp at {at:e}");
            assert!(error <= most, "{name} {isa:?}: {error} ulp at {at:e}");
        }
    }

    fn worst_ulp(isa: Isa, f: impl Function, limit: f32, stride: usize) -> (f64, f32) {
        let mut worst = (0.0, 0.0);
        let bits: Vec<u32> = (0..=limit.to_bits()).step_by(stride * 4096).collect();
        let mut y = vec![0.0; 8192];
        for first in bits {
            let last = first.saturating_add(4096 * stride as u32 - 1).min(limit.to_bits());
            let x: Vec<f32> = (first..=last)
                .step_by(stride)
                .flat_map(|bits| [f32::from_bits(bits), -f32::from_bits(bits)])
                .collect();
            isa.run(Values(f, &x, &mut y[..x.len()]));
            for (&x, &y) in x.iter().zip(&y) {
                let want = f.exact(f64::from(x));
                // One unit in the last place of the f32 nearest to the exact result; below the
                // smallest normal number the unit no longer shrinks.
                let size = want.abs().max(f64::from(f32::MIN_POSITIVE));
                let ulp = f64::from_bits((size.to_bits() >> 52 << 52) - (23 << 52));
                let error = (f64::from(y) - want).abs() / ulp;
                assert!(!error.is_nan(), "NaN at {x:e}");
                if error > worst.0 {
                    worst = (error, x);
                }
            }
        }
        worst
    }

    /// The two tests of a function: a part of all values, and all.
    macro_rules! error_tests {
        ($function:expr, $name:literal, $limit:expr, $most:expr) => {
            #[test]
            fn stays_within_its_stated_error() {
                stays_within($function, $name, $limit, 64, $most);
            }

            #[test]
            #[ignore = "every f32 of the range: a minute or two"]
            fn stays_within_its_stated_error_everywhere() {
                stays_within($function, $name, $limit, 1, $most);
            }
        };
    }
    pub(crate) use error_tests;
}
