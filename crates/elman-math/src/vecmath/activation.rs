//! The two functions that squash a sum into a gate.
//!
//! sigmoid(x) = 1 / (1 + exp(-x)).
//!
//! tanh(x) = e / (e + 2) with e = exp(2x) - 1 put together as 2ⁿ(exp(r) - 1) + (2ⁿ - 1), which
//! keeps its relative accuracy down to the smallest x: no second formula for small arguments.

use super::Side;
use super::divide;
use super::exp::reduce;
use crate::dispatch::Backend;
use crate::line::{LINE, SimdVector};
use crate::lines::SimdVectors;

/// Which function squashes a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// The logistic function, from 0 to 1.
    Sigmoid,
    /// The hyperbolic tangent, from -1 to 1. Beyond ±9.1 it is ±1 to the last bit of `f32`.
    Tanh,
}

/// The function `by[m]` of each value of `x[m]`: all in step, so that none waits for another.
#[inline(always)]
pub fn activation<I: Backend, const N: usize, const M: usize>(
    x: Side<I, N, M>,
    by: [Activation; M],
) -> Side<I, N, M> {
    let mut scaled = x;
    for m in 0..M {
        scaled[m] = match by[m] {
            Activation::Sigmoid => SimdVectors::splat(0.0) - x[m].at_least(-87.0).at_most(87.0),
            Activation::Tanh => {
                let x = x[m].at_least(-9.1).at_most(9.1);
                x + x
            }
        };
    }
    let (power, rest) = reduce(scaled);
    let (mut above, mut below) = (power, power);
    for m in 0..M {
        (above[m], below[m]) = match by[m] {
            Activation::Sigmoid => {
                let one = SimdVectors::splat(1.0);
                (one, one + power[m].mul_add(rest[m], power[m]))
            }
            Activation::Tanh => {
                let e = power[m].mul_add(rest[m], power[m] - SimdVectors::splat(1.0));
                (e, e + SimdVectors::splat(2.0))
            }
        };
    }
    divide(above, below)
}

/// [`activation`] in `f64`, by the standard library.
#[inline(always)]
pub fn activation_exactly<I: Backend, const N: usize, const M: usize>(
    mut x: [SimdVectors<f64, I, N>; M],
    by: [Activation; M],
) -> [SimdVectors<f64, I, N>; M] {
    for (lines, by) in x.iter_mut().zip(by) {
        for line in &mut lines.0 {
            let mut values = [0.0; LINE];
            line.store(&mut values);
            exactly(&mut values, by);
            *line = SimdVector::load(&values);
        }
    }
    x
}

/// Not inlined: it is for proof, and there would be many copies of it.
#[inline(never)]
fn exactly(values: &mut [f64; LINE], by: Activation) {
    for x in values {
        *x = match by {
            Activation::Sigmoid => 1.0 / (1.0 + (-*x).exp()),
            Activation::Tanh => x.tanh(),
        };
    }
}

/// The logistic function.
#[inline(always)]
pub fn sigmoid<I: Backend, const N: usize>(x: SimdVectors<f32, I, N>) -> SimdVectors<f32, I, N> {
    let [y] = activation([x], [Activation::Sigmoid]);
    y
}

/// The hyperbolic tangent.
#[inline(always)]
pub fn tanh<I: Backend, const N: usize>(x: SimdVectors<f32, I, N>) -> SimdVectors<f32, I, N> {
    let [y] = activation([x], [Activation::Tanh]);
    y
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Function, error_tests, stays_within, value};
    use super::{Backend, SimdVectors};
    use crate::Isa;

    mod sigmoid {
        use super::*;

        #[derive(Clone, Copy)]
        struct Sigmoid;
        impl Function for Sigmoid {
            #[inline(always)]
            fn at<I: Backend, const N: usize>(
                self,
                x: SimdVectors<f32, I, N>,
            ) -> SimdVectors<f32, I, N> {
                super::super::sigmoid(x)
            }
            fn exact(self, x: f64) -> f64 {
                1.0 / (1.0 + (-x).exp())
            }
        }

        error_tests!(Sigmoid, "sigmoid", 87.0, 2.5);

        #[test]
        fn stays_from_0_to_1_and_keeps_nan() {
            for isa in Isa::available() {
                for x in [20.0_f32, 90.0, 1e30, f32::INFINITY] {
                    assert!(value(isa, Sigmoid, x) <= 1.0 && value(isa, Sigmoid, -x) >= 0.0);
                }
                assert!(value(isa, Sigmoid, f32::NAN).is_nan());
            }
        }
    }

    mod tanh {
        use super::*;

        #[derive(Clone, Copy)]
        struct Tanh;
        impl Function for Tanh {
            #[inline(always)]
            fn at<I: Backend, const N: usize>(
                self,
                x: SimdVectors<f32, I, N>,
            ) -> SimdVectors<f32, I, N> {
                super::super::tanh(x)
            }
            fn exact(self, x: f64) -> f64 {
                x.tanh()
            }
        }

        error_tests!(Tanh, "tanh", 100.0, 3.1);

        #[test]
        fn never_leaves_its_range_and_keeps_nan() {
            for isa in Isa::available() {
                for bits in (8.0_f32.to_bits()..10.0_f32.to_bits()).step_by(37) {
                    let x = f32::from_bits(bits);
                    assert!(value(isa, Tanh, x) <= 1.0 && value(isa, Tanh, -x) >= -1.0, "{x}");
                }
                for x in [50.0_f32, f32::INFINITY] {
                    assert!(value(isa, Tanh, x) <= 1.0 && value(isa, Tanh, -x) >= -1.0);
                }
                assert!(value(isa, Tanh, f32::NAN).is_nan());
            }
        }
    }
}
