//! C += Aᵀ · B with the long side of both running through K: the gradient of a weight.

use super::pack::{PANEL, Rhs, pack_panels, panels_len};
use super::tile::{Tiled, product};
use super::{Gemm, Lhs, MOST_ROWS, ROW_BLOCK};
use crate::dispatch::{Isa, Kernel, Tier};
use crate::line::Line;
use crate::real::Real;

/// Rows of C whose part of A is packed at a time: with [`ROW_BLOCK`] of K a part of the
/// second-level cache.
const M_BLOCK: usize = 240;

/// Rows of A that are read together, in whole cache lines, while they are packed.
const TILES_AT_ONCE: usize = 8;

/// C `[m, n]` += Aᵀ · B for row-major A `[k, m]` with rows `a_stride` apart and B `[k, n]`: a
/// weight's gradient, with K running over time steps and streams.
///
/// Both operands are packed, block by block: read down its columns, A would ask for a new page of
/// memory at every step of K.
pub struct GemmTransposed<'a, T> {
    /// The instruction set that runs it.
    pub isa: Isa,
    /// m, n, k.
    pub size: (usize, usize, usize),
    /// A.
    pub a: &'a [T],
    /// Values from one row of A to the next.
    pub a_stride: usize,
    /// B.
    pub b: &'a [T],
    /// C.
    pub c: &'a mut [T],
    /// Room for the packed blocks: [`transposed_scratch_len`] values.
    pub scratch: &'a mut [T],
}

/// Values of scratch that [`GemmTransposed`] needs for up to `n` columns and `k` rows.
pub fn transposed_scratch_len(isa: Isa, n: usize, k: usize) -> usize {
    if isa.has_tiles() {
        return super::planes::transposed_scratch_len(n, k);
    }
    let k = ROW_BLOCK.min(k);
    panels_len(k, n) + k * M_BLOCK
}

impl<T: Real> Kernel for GemmTransposed<'_, T> {
    /// # Panics
    /// If a slice is too short for the sizes.
    #[inline(always)]
    fn run<I: Tier>(self) {
        let Self { isa, size: (m, n, k), a, a_stride, b, c, scratch } = self;
        if super::planes::suit::<T>(isa, m, n) {
            let [a, b] = [a, b].map(T::as_f32);
            let [c, scratch] = [c, scratch].map(T::as_f32_mut);
            let size = (m, n, k);
            return super::planes::transposed(GemmTransposed {
                isa,
                size,
                a,
                a_stride,
                b,
                c,
                scratch,
            });
        }
        if n == 1 {
            // A panel would be one part of work and fifteen of padding.
            for (a, &b) in a.chunks(a_stride).zip(&b[..k]) {
                for (c, &a) in c[..m].iter_mut().zip(a) {
                    *c += a * b;
                }
            }
            return;
        }
        for first in (0..k).step_by(ROW_BLOCK) {
            let rows = ROW_BLOCK.min(k - first);
            let (packed_b, packed_a) = scratch.split_at_mut(panels_len(rows, n));
            pack_panels((rows, n), Rhs::Rows(&b[first * n..], n), packed_b);
            for row in (0..m).step_by(M_BLOCK) {
                let size = (M_BLOCK.min(m - row), n, rows);
                let a = &a[first * a_stride + row..];
                let c = &mut c[row * n..];
                match MOST_ROWS.min(<T::Line<I>>::MOST) {
                    8 => I::run(Block::<T, 8> { isa, size, a, a_stride, packed_a, packed_b, c }),
                    6 => I::run(Block::<T, 6> { isa, size, a, a_stride, packed_a, packed_b, c }),
                    _ => I::run(Block::<T, 3> { isa, size, a, a_stride, packed_a, packed_b, c }),
                }
            }
        }
    }
}

/// A block of C, in tiles of `R` rows.
struct Block<'a, T, const R: usize> {
    isa: Isa,
    size: (usize, usize, usize),
    a: &'a [T],
    a_stride: usize,
    packed_a: &'a mut [T],
    packed_b: &'a [T],
    c: &'a mut [T],
}

impl<T: Real, const R: usize> Kernel for Block<'_, T, R> {
    #[inline(always)]
    fn run<I: Tier>(self) {
        let Self { isa, size: (m, n, k), a, a_stride, packed_a, packed_b, c } = self;
        pack_tiles::<T, R>((m, k), a, a_stride, packed_a);
        // The product as `Gemm` would do it; its A is not used.
        let mut gemm = Gemm::new(isa, (m, n, 0), Lhs::rows(&[], 0), &[], c);
        let panels = n.div_ceil(PANEL);
        let most = (<T::Line<I>>::MOST / R).clamp(1, 3);
        let mut panel = 0;
        while panel < panels {
            let b = &packed_b[panel * k * PANEL..];
            panel += match most.min(panels - panel) {
                3 => strip::<I, T, R, 3>(&mut gemm, k, packed_a, b, panel),
                2 => strip::<I, T, R, 2>(&mut gemm, k, packed_a, b, panel),
                _ => strip::<I, T, R, 1>(&mut gemm, k, packed_a, b, panel),
            };
        }
    }
}

/// `P` panels of all tiles. Returns `P`.
#[inline(always)]
fn strip<I: Tier, T: Real, const R: usize, const P: usize>(
    gemm: &mut Gemm<'_, T>,
    k: usize,
    packed_a: &[T],
    b: &[T],
    panel: usize,
) -> usize {
    let b = &b[..P * k * PANEL];
    for (tile, a) in packed_a.chunks_exact(k * R).take(gemm.m.div_ceil(R)).enumerate() {
        gemm.ask::<I, R, P>(tile * R, panel);
        // SAFETY: a tile's chunk has R values for each of the k, and `b` has P·k lines.
        let sums = unsafe { product::<I, T, _, R, P, 1>(Tiled::<T, R>(a), 0, k, b) };
        let row = tile * R;
        gemm.finish::<I, R, P>(row, R.min(gemm.m - row), panel, &sums);
    }
    P
}

/// Packs Aᵀ, m rows from the columns of `a`, into tiles of `R` rows: `R` values for each k, tile
/// after tile, the last one padded with zeros.
#[inline(always)]
fn pack_tiles<T: Real, const R: usize>(
    (m, k): (usize, usize),
    a: &[T],
    a_stride: usize,
    packed: &mut [T],
) {
    let tiles = &mut packed[..m.div_ceil(R) * k * R];
    for (group, tiles) in tiles.chunks_mut(TILES_AT_ONCE * k * R).enumerate() {
        let first = group * TILES_AT_ONCE * R;
        for l in 0..k {
            let row = &a[l * a_stride..][first..m.min(first + TILES_AT_ONCE * R)];
            let (whole, rest) = row.as_chunks::<R>();
            for (tile, values) in whole.iter().enumerate() {
                tiles[(tile * k + l) * R..][..R].copy_from_slice(values);
            }
            if !rest.is_empty() {
                let to = &mut tiles[(whole.len() * k + l) * R..][..R];
                to[..rest.len()].copy_from_slice(rest);
                to[rest.len()..].fill(T::ZERO);
            }
        }
    }
}
