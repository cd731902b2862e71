//! Gated recurrent unit (Cho et al., EMNLP 2014). Gate order r, z, n as in PyTorch.
//!
//! ```text
//! r = σ(a_r + r_r)   z = σ(a_z + r_z)   n = tanh(a_n + r ∘ r_n)
//! h_t = (1 - z) ∘ n + z ∘ h_(t-1)
//!
//! dz = dh ∘ (h_(t-1) - n)   dn = dh ∘ (1 - z)   dh_(t-1) = dh ∘ z
//! da_n = dn (1 - n²)        dr = da_n ∘ r_n     dr_n = da_n ∘ r
//! through the gates: σ' = y (1 - y)
//! ```
//!
//! The reset gate r multiplies only the h-part of n, `b_hh` included. So x-part and h-part are kept
//! apart, and their gradients differ in n.
//!
//! Memory of the backward pass: 6·T·B·H gates + (T + 1)·B·H states. Computes exactly PyTorch's
//! `nn.GRU`; the paper applies r before `W_h`.

use elman_math::dispatch::Backend;
use elman_math::vecmath::Activation::{Sigmoid, Tanh};
use elman_math::{Real, SimdVectors};

use super::{Cell, Gate, Gates, States};

/// The GRU cell.
#[derive(Debug)]
pub struct Gru;

impl<T: Real> Cell<T> for Gru {
    const GATES: usize = 3;
    const NAMED_GATES: &'static [Gate] = &[
        Gate::sigmoid("r", "reset gate"),
        Gate::sigmoid("z", "update gate"),
        Gate::tanh("n", "candidate"),
    ];
    const EQUATIONS: &'static [&'static str] = &[
        "r = σ(W_ir x + b_ir + W_hr h + b_hr)",
        "z = σ(W_iz x + b_iz + W_hz h + b_hz)",
        "n = tanh(W_in x + b_in + r ∘ (W_hn h + b_hn))",
        "h' = (1 − z) ∘ n + z ∘ h",
    ];
    const STATES: &'static [&'static str] = &["h"];
    const SPLIT: bool = true;

    #[inline(always)]
    fn step<I: Backend, const N: usize>(
        x_part: &mut Gates<T, I, N>,
        h_part: &mut Gates<T, I, N>,
        [h_before, zero]: States<T, I, N>,
    ) -> States<T, I, N> {
        let ([a_r, a_z, a_n, _], [r_r, r_z, r_n, _]) = (*x_part, *h_part);
        let [r, z] = T::activation([a_r + r_r, a_z + r_z], [Sigmoid, Sigmoid]);
        let [n] = T::activation([a_n + r * r_n], [Tanh]);
        *x_part = [r, z, n, zero];
        [(SimdVectors::splat(T::ONE) - z) * n + z * h_before, zero]
    }

    #[inline(always)]
    fn step_back<I: Backend, const N: usize>(
        x_part: &mut Gates<T, I, N>,
        h_part: &mut Gates<T, I, N>,
        [h_before, zero]: States<T, I, N>,
        _: States<T, I, N>,
        [dh, _]: States<T, I, N>,
    ) -> States<T, I, N> {
        let one = SimdVectors::splat(T::ONE);
        let ([r, z, n, _], [_, _, r_n, _]) = (*x_part, *h_part);
        let da_n = dh * (one - z) * (one - n * n);
        let da_r = da_n * r_n * (r * (one - r));
        let da_z = dh * (h_before - n) * (z * (one - z));
        *x_part = [da_r, da_z, da_n, zero];
        *h_part = [da_r, da_z, da_n * r, zero];
        [dh * z, zero]
    }
}
