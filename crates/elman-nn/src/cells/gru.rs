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
//! The reset gate r multiplies only the h-part of n (its `b_hh` included), so that x-part and
//! h-part must stay apart, and their gradients differ in n.
//!
//! Memory in backward: 6·T·B·H gates + (T + 1)·B·H states. PyTorch's `nn.GRU`, exactly; the
//! paper applies r before `W_h`.

use elman_math::Real;
use elman_math::dispatch::Tier;

use super::{Cell, Rows, RowsMut};

/// The GRU cell.
pub struct Gru;

impl<T: Real> Cell<T> for Gru {
    const GATES: usize = 3;
    const STATES: &'static [&'static str] = &["h"];
    const SPLIT: bool = true;

    #[inline(always)]
    fn step<I: Tier>(
        gates: &mut [T],
        recurrent: &mut [T],
        [h_before, _]: Rows<'_, T>,
        [h, _]: RowsMut<'_, T>,
    ) {
        let size = h.len();
        let ([r, z, n], [part_r, part_z, part_n]) = (thirds(gates), thirds(recurrent));
        let (r, z, n, h_before) =
            (&mut r[..size], &mut z[..size], &mut n[..size], &h_before[..size]);
        let (part_r, part_z, part_n) = (&part_r[..size], &part_z[..size], &part_n[..size]);
        for k in 0..size {
            r[k] = (r[k] + part_r[k]).sigmoid::<I>();
            z[k] = (z[k] + part_z[k]).sigmoid::<I>();
            n[k] = (n[k] + r[k] * part_n[k]).tanh::<I>();
            h[k] = (T::ONE - z[k]) * n[k] + z[k] * h_before[k];
        }
    }

    #[inline(always)]
    fn step_back<I: Tier>(
        gates: &mut [T],
        recurrent: &mut [T],
        [h_before, _]: Rows<'_, T>,
        _: Rows<'_, T>,
        [dh, _]: RowsMut<'_, T>,
    ) {
        let size = dh.len();
        let ([r, z, n], [part_r, part_z, part_n]) = (thirds(gates), thirds(recurrent));
        let (r, z, n, h_before) =
            (&mut r[..size], &mut z[..size], &mut n[..size], &h_before[..size]);
        let (part_r, part_z, part_n) =
            (&mut part_r[..size], &mut part_z[..size], &mut part_n[..size]);
        for k in 0..size {
            let (r_k, z_k, n_k) = (r[k], z[k], n[k]);
            let da_n = dh[k] * (T::ONE - z_k) * (T::ONE - n_k * n_k);
            let da_r = da_n * part_n[k] * (r_k * (T::ONE - r_k));
            let da_z = dh[k] * (h_before[k] - n_k) * (z_k * (T::ONE - z_k));
            (r[k], z[k], n[k]) = (da_r, da_z, da_n);
            (part_r[k], part_z[k], part_n[k]) = (da_r, da_z, da_n * r_k);
            dh[k] *= z_k;
        }
    }
}

/// The three gates of a row.
#[inline(always)]
fn thirds<T>(gates: &mut [T]) -> [&mut [T]; 3] {
    let size = gates.len() / 3;
    let (r, rest) = gates.split_at_mut(size);
    let (z, n) = rest.split_at_mut(size);
    [r, z, n]
}
