//! The Elman network (Elman, "Finding structure in time", Cognitive Science 14, 1990).
//!
//! ```text
//! h_t = f(a + r)                               f = tanh or max(0, ·)
//! da = dr = dh_t ∘ f'                          tanh' = 1 - h_t²,  relu' = 1 where h_t > 0
//! ```
//!
//! Memory in backward: T·B·H gates + (T + 1)·B·H states. PyTorch's `nn.RNN`, exactly.

use std::marker::PhantomData;

use elman_math::dispatch::Tier;
use elman_math::vecmath::Squash;
use elman_math::{Lines, Real};

use super::{Cell, Gates, States};

/// The Elman cell with activation `F`.
pub struct Rnn<F>(PhantomData<F>);

/// An activation whose derivative can be read from its value.
pub trait Activation: Send + Sync + 'static {
    /// The value.
    fn value<T: Real, I: Tier, const N: usize>(x: Lines<T, I, N>) -> Lines<T, I, N>;
    /// `d` times the derivative, from the value `y`.
    fn back<T: Real, I: Tier, const N: usize>(
        d: Lines<T, I, N>,
        y: Lines<T, I, N>,
    ) -> Lines<T, I, N>;
}

/// tanh(x); its slope is 1 - y².
pub struct Tanh;
impl Activation for Tanh {
    #[inline(always)]
    fn value<T: Real, I: Tier, const N: usize>(x: Lines<T, I, N>) -> Lines<T, I, N> {
        let [y] = T::squash([x], [Squash::Tanh]);
        y
    }
    #[inline(always)]
    fn back<T: Real, I: Tier, const N: usize>(
        d: Lines<T, I, N>,
        y: Lines<T, I, N>,
    ) -> Lines<T, I, N> {
        d * (Lines::splat(T::ONE) - y * y)
    }
}

/// max(0, x); its slope is 1 for y > 0, else 0.
pub struct Relu;
impl Activation for Relu {
    #[inline(always)]
    fn value<T: Real, I: Tier, const N: usize>(x: Lines<T, I, N>) -> Lines<T, I, N> {
        // A NaN stays: turned into 0, it would hide that training diverged.
        x.at_least(T::ZERO)
    }
    #[inline(always)]
    fn back<T: Real, I: Tier, const N: usize>(
        d: Lines<T, I, N>,
        y: Lines<T, I, N>,
    ) -> Lines<T, I, N> {
        d.zip(y, |d, y| if y > T::ZERO { d } else { T::ZERO })
    }
}

impl<T: Real, F: Activation> Cell<T> for Rnn<F> {
    const GATES: usize = 1;
    const STATES: &'static [&'static str] = &["h"];
    const SPLIT: bool = false;

    #[inline(always)]
    fn step<I: Tier, const N: usize>(
        [sum, ..]: &mut Gates<T, I, N>,
        _: &mut Gates<T, I, N>,
        [_, zero]: States<T, I, N>,
    ) -> States<T, I, N> {
        [F::value(*sum), zero]
    }

    #[inline(always)]
    fn step_back<I: Tier, const N: usize>(
        [sum, ..]: &mut Gates<T, I, N>,
        _: &mut Gates<T, I, N>,
        _: States<T, I, N>,
        [h, _]: States<T, I, N>,
        [dh, zero]: States<T, I, N>,
    ) -> States<T, I, N> {
        *sum = F::back(dh, h);
        [zero, zero]
    }
}
