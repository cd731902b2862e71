//! What the tests of all functions share.

use crate::dispatch::{Backend, Isa, Kernel};
use crate::lines::SimdVectors;

/// A function under test.
pub(crate) trait Function: Copy {
    fn at<I: Backend, const N: usize>(self, x: SimdVectors<f32, I, N>) -> SimdVectors<f32, I, N>;
    fn exact(self, x: f64) -> f64;
}

struct Values<'a, F>(F, &'a [f32], &'a mut [f32]);

impl<F: Function> Kernel for Values<'_, F> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        for (y, x) in self.2.chunks_mut(32).zip(self.1.chunks(32)) {
            self.0.at(SimdVectors::<f32, I, 2>::load(x)).store(y);
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

/// The two tests of a function: a part of all values, by a prime number so that all digits vary, and all.
macro_rules! error_tests {
    ($function:expr, $name:literal, $limit:expr, $most:expr) => {
        #[test]
        fn stays_within_its_stated_error() {
            stays_within($function, $name, $limit, 331, $most);
        }

        #[test]
        #[ignore = "every f32 of the range: a minute or two"]
        fn stays_within_its_stated_error_everywhere() {
            stays_within($function, $name, $limit, 1, $most);
        }
    };
}
pub(crate) use error_tests;
