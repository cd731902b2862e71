//! Long short-term memory (Hochreiter and Schmidhuber, Neural Computation 9, 1997; forget gate:
//! Gers, Schmidhuber and Cummins, 2000). Gate order i, f, g, o as in PyTorch.
//!
//! ```text
//! i = σ(a_i + r_i)   f = σ(a_f + r_f)   g = tanh(a_g + r_g)   o = σ(a_o + r_o)
//! c_t = f ∘ c_(t-1) + i ∘ g
//! h_t = o ∘ tanh(c_t)
//!
//! do = dh ∘ tanh(c_t)            dc = dc + dh ∘ o ∘ (1 - tanh²(c_t))
//! di = dc ∘ g    df = dc ∘ c_(t-1)    dg = dc ∘ i    dc_(t-1) = dc ∘ f
//! through the activations: σ' = y (1 - y), tanh' = 1 - y²
//! ```
//!
//! Memory of the backward pass: 4·T·B·H gates + 2·(T + 1)·B·H states. tanh(c_t) is recomputed, not
//! stored. Computes exactly PyTorch's `nn.LSTM`, without peepholes.

use elman_math::dispatch::Backend;
use elman_math::vecmath::Activation::{Sigmoid, Tanh};
use elman_math::{Real, SimdVectors};

use super::{Cell, Gate, Gates, States};

/// The LSTM cell.
#[derive(Debug)]
pub struct Lstm;

impl<T: Real> Cell<T> for Lstm {
    const GATES: usize = 4;
    const NAMED_GATES: &'static [Gate] = &[
        Gate::sigmoid("i", "input gate"),
        Gate::sigmoid("f", "forget gate"),
        Gate::tanh("g", "candidate"),
        Gate::sigmoid("o", "output gate"),
    ];
    const EQUATIONS: &'static [&'static str] = &[
        "i = σ(W_ii x + b_ii + W_hi h + b_hi)",
        "f = σ(W_if x + b_if + W_hf h + b_hf)",
        "g = tanh(W_ig x + b_ig + W_hg h + b_hg)",
        "o = σ(W_io x + b_io + W_ho h + b_ho)",
        "c' = f ∘ c + i ∘ g",
        "h' = o ∘ tanh(c')",
    ];
    const STATES: &'static [&'static str] = &["h", "c"];
    const SPLIT: bool = false;

    #[inline(always)]
    fn step<I: Backend, const N: usize>(
        gates: &mut Gates<T, I, N>,
        _: &mut Gates<T, I, N>,
        [_, c_before]: States<T, I, N>,
    ) -> States<T, I, N> {
        *gates = T::activation(*gates, [Sigmoid, Sigmoid, Tanh, Sigmoid]);
        let [i, f, g, o] = *gates;
        let c = f * c_before + i * g;
        let [tanh_c] = T::activation([c], [Tanh]);
        [o * tanh_c, c]
    }

    #[inline(always)]
    fn step_back<I: Backend, const N: usize>(
        gates: &mut Gates<T, I, N>,
        _: &mut Gates<T, I, N>,
        [_, c_before]: States<T, I, N>,
        [_, c]: States<T, I, N>,
        [dh, dc]: States<T, I, N>,
    ) -> States<T, I, N> {
        let one = SimdVectors::splat(T::ONE);
        let [tanh_c] = T::activation([c], [Tanh]);
        let [i, f, g, o] = *gates;
        let dc = dc + dh * o * (one - tanh_c * tanh_c);
        *gates = [
            dc * g * (i * (one - i)),
            dc * c_before * (f * (one - f)),
            dc * i * (one - g * g),
            dh * tanh_c * (o * (one - o)),
        ];
        [SimdVectors::splat(T::ZERO), dc * f]
    }
}
