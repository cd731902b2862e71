//! The Elman network (Elman, "Finding structure in time", Cognitive Science 14, 1990).
//!
//! ```text
//! h_t = f(a + r)                               f = tanh or max(0, ·)
//! da = dr = dh_t ∘ f'                          tanh' = 1 - h_t²,  relu' = 1 where h_t > 0
//! ```
//!
//! Memory of the backward pass: T·B·H gates + (T + 1)·B·H states. Computes exactly PyTorch's `nn.RNN`.

use std::marker::PhantomData;

use elman_math::dispatch::Backend;
use elman_math::vecmath::Activation;
use elman_math::{Real, SimdVectors};

use super::{Cell, Gate, Gates, States};

/// The Elman cell with activation `F`.
#[derive(Debug)]
pub struct Rnn<F>(PhantomData<F>);

/// An activation function whose derivative can be computed from its output.
pub trait CellActivation: Send + Sync + 'static {
    /// The equation of an Elman network with the function.
    const EQUATION: &'static str;
    /// Its lowest and its highest value.
    const RANGE: [f64; 2];
    /// The output of the function.
    fn value<T: Real, I: Backend, const N: usize>(x: SimdVectors<T, I, N>) -> SimdVectors<T, I, N>;
    /// `d` times the derivative, computed from the output `y`.
    fn back<T: Real, I: Backend, const N: usize>(
        d: SimdVectors<T, I, N>,
        y: SimdVectors<T, I, N>,
    ) -> SimdVectors<T, I, N>;
}

/// tanh(x); its derivative is 1 - y².
#[derive(Debug)]
pub struct Tanh;
impl CellActivation for Tanh {
    const EQUATION: &'static str = "h' = tanh(W_ih x + b_ih + W_hh h + b_hh)";
    const RANGE: [f64; 2] = [-1.0, 1.0];

    #[inline(always)]
    fn value<T: Real, I: Backend, const N: usize>(x: SimdVectors<T, I, N>) -> SimdVectors<T, I, N> {
        let [y] = T::activation([x], [Activation::Tanh]);
        y
    }
    #[inline(always)]
    fn back<T: Real, I: Backend, const N: usize>(
        d: SimdVectors<T, I, N>,
        y: SimdVectors<T, I, N>,
    ) -> SimdVectors<T, I, N> {
        d * (SimdVectors::splat(T::ONE) - y * y)
    }
}

/// max(0, x); its derivative is 1 for y > 0, else 0.
#[derive(Debug)]
pub struct Relu;
impl CellActivation for Relu {
    const EQUATION: &'static str = "h' = max(0, W_ih x + b_ih + W_hh h + b_hh)";
    const RANGE: [f64; 2] = [0.0, f64::INFINITY];

    #[inline(always)]
    fn value<T: Real, I: Backend, const N: usize>(x: SimdVectors<T, I, N>) -> SimdVectors<T, I, N> {
        // A NaN stays NaN: turned into 0, it would hide that training diverged.
        x.at_least(T::ZERO)
    }
    #[inline(always)]
    fn back<T: Real, I: Backend, const N: usize>(
        d: SimdVectors<T, I, N>,
        y: SimdVectors<T, I, N>,
    ) -> SimdVectors<T, I, N> {
        d.zip(y, |d, y| if y > T::ZERO { d } else { T::ZERO })
    }
}

impl<T: Real, F: CellActivation> Cell<T> for Rnn<F> {
    const GATES: usize = 1;
    const NAMED_GATES: &'static [Gate] = &[];
    const EQUATIONS: &'static [&'static str] = &[F::EQUATION];
    const STATES: &'static [&'static str] = &["h"];
    const HIDDEN_RANGE: [f64; 2] = F::RANGE;
    const SPLIT: bool = false;

    #[inline(always)]
    fn step<I: Backend, const N: usize>(
        [sum, ..]: &mut Gates<T, I, N>,
        _: &mut Gates<T, I, N>,
        [_, zero]: States<T, I, N>,
    ) -> States<T, I, N> {
        [F::value(*sum), zero]
    }

    #[inline(always)]
    fn step_back<I: Backend, const N: usize>(
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
