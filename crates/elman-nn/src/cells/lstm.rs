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
//! Memory in backward: 4·T·B·H gates + 2·(T + 1)·B·H states. tanh(c_t) is computed again rather
//! than kept. PyTorch's `nn.LSTM`, exactly; no peepholes.

use elman_math::Real;
use elman_math::dispatch::Tier;

use super::{Cell, Rows, RowsMut};

/// The LSTM cell.
pub struct Lstm;

impl<T: Real> Cell<T> for Lstm {
    const GATES: usize = 4;
    const STATES: &'static [&'static str] = &["h", "c"];
    const SPLIT: bool = false;

    #[inline(always)]
    fn step<I: Tier>(
        gates: &mut [T],
        _: &mut [T],
        [_, c_before]: Rows<'_, T>,
        [h, c]: RowsMut<'_, T>,
    ) {
        let [i, f, g, o] = quarters(gates);
        let size = h.len();
        let (i, f, g, o) = (&mut i[..size], &mut f[..size], &mut g[..size], &mut o[..size]);
        let (c_before, c) = (&c_before[..size], &mut c[..size]);
        // Two loops: the second, one long chain from c to h, then overlaps with its neighbours.
        for k in 0..size {
            i[k] = i[k].sigmoid::<I>();
            f[k] = f[k].sigmoid::<I>();
            g[k] = g[k].tanh::<I>();
            o[k] = o[k].sigmoid::<I>();
            c[k] = f[k] * c_before[k] + i[k] * g[k];
        }
        for k in 0..size {
            h[k] = o[k] * c[k].tanh::<I>();
        }
    }

    #[inline(always)]
    fn step_back<I: Tier>(
        gates: &mut [T],
        _: &mut [T],
        [_, c_before]: Rows<'_, T>,
        [_, c]: Rows<'_, T>,
        [dh, dc]: RowsMut<'_, T>,
    ) {
        let [i, f, g, o] = quarters(gates);
        let size = dh.len();
        let (i, f, g, o) = (&mut i[..size], &mut f[..size], &mut g[..size], &mut o[..size]);
        let (c_before, c, dc) = (&c_before[..size], &c[..size], &mut dc[..size]);
        for k in 0..size {
            let tanh_c = c[k].tanh::<I>();
            let (i_k, f_k, g_k, o_k) = (i[k], f[k], g[k], o[k]);
            let dc_k = dc[k] + dh[k] * o_k * (T::ONE - tanh_c * tanh_c);
            i[k] = dc_k * g_k * (i_k * (T::ONE - i_k));
            f[k] = dc_k * c_before[k] * (f_k * (T::ONE - f_k));
            g[k] = dc_k * i_k * (T::ONE - g_k * g_k);
            o[k] = dh[k] * tanh_c * (o_k * (T::ONE - o_k));
            dc[k] = dc_k * f_k;
            dh[k] = T::ZERO;
        }
    }
}

/// The four gates of a row.
#[inline(always)]
fn quarters<T>(gates: &mut [T]) -> [&mut [T]; 4] {
    let size = gates.len() / 4;
    let (i, rest) = gates.split_at_mut(size);
    let (f, rest) = rest.split_at_mut(size);
    let (g, o) = rest.split_at_mut(size);
    [i, f, g, o]
}
