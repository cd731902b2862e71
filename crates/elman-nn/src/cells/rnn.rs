//! The Elman network (Elman, "Finding structure in time", Cognitive Science 14, 1990).
//!
//! ```text
//! h_t = f(a + r)                               f = tanh or max(0, ·)
//! da = dr = dh_t ∘ f'                          tanh' = 1 - h_t²,  relu' = 1 where h_t > 0
//! ```
//!
//! Memory in backward: T·B·H gates + (T + 1)·B·H states. PyTorch's `nn.RNN`, exactly.

use std::marker::PhantomData;

use elman_math::Real;
use elman_math::dispatch::Tier;

use super::{Cell, Rows, RowsMut};

/// The Elman cell with activation `F`.
pub struct Rnn<F>(PhantomData<F>);

/// An activation whose derivative can be read from its value.
pub trait Activation: Send + Sync + 'static {
    /// The value.
    fn value<I: Tier, T: Real>(x: T) -> T;
    /// The derivative, from the value `y`.
    fn slope<T: Real>(y: T) -> T;
}

/// tanh(x); its slope is 1 - y².
pub struct Tanh;
impl Activation for Tanh {
    #[inline(always)]
    fn value<I: Tier, T: Real>(x: T) -> T {
        x.tanh::<I>()
    }
    #[inline(always)]
    fn slope<T: Real>(y: T) -> T {
        T::ONE - y * y
    }
}

/// max(0, x); its slope is 1 for y > 0, else 0.
pub struct Relu;
impl Activation for Relu {
    #[inline(always)]
    fn value<I: Tier, T: Real>(x: T) -> T {
        // Not `max`: that would turn a NaN into 0 and hide that training diverged.
        if x < T::ZERO { T::ZERO } else { x }
    }
    #[inline(always)]
    fn slope<T: Real>(y: T) -> T {
        if y > T::ZERO { T::ONE } else { T::ZERO }
    }
}

impl<T: Real, F: Activation> Cell<T> for Rnn<F> {
    const GATES: usize = 1;
    const STATES: &'static [&'static str] = &["h"];
    const SPLIT: bool = false;

    #[inline(always)]
    fn step<I: Tier>(gates: &mut [T], _: &mut [T], _: Rows<'_, T>, [h, _]: RowsMut<'_, T>) {
        for (h, &a) in h.iter_mut().zip(&*gates) {
            *h = F::value::<I, T>(a);
        }
    }

    #[inline(always)]
    fn step_back<I: Tier>(
        gates: &mut [T],
        _: &mut [T],
        _: Rows<'_, T>,
        [h, _]: Rows<'_, T>,
        [dh, _]: RowsMut<'_, T>,
    ) {
        for ((da, dh), &h) in gates.iter_mut().zip(dh).zip(h) {
            *da = *dh * F::slope(h);
            *dh = T::ZERO;
        }
    }
}
