//! C += Aᵀ · B with the long side of both running through K: the gradient of a weight.

use super::pack::{PANEL, Rhs, pack_panels, panels_len};
use super::tile::{Tiled, product};
use super::{Gemm, Lhs, MAX_ROWS, ROW_BLOCK};
use crate::dispatch::{Backend, Isa, Kernel};
use crate::line::SimdVector;
use crate::real::Real;

/// Rows of C whose part of A is packed at a time: with [`ROW_BLOCK`] of K a part of the
/// second-level cache.
const M_BLOCK: usize = 240;

/// Rows of A that are read together, in whole cache lines, while they are packed.
const TILES_AT_ONCE: usize = 8;

/// C `[m, n]` += Aᵀ · B for row-major A `[k, m]` with rows `a_stride` apart and B `[k, n]`: a
/// weight's gradient, with K running over time steps and streams. `N` of them have A in common.
///
/// All operands are packed, block by block: read down its columns, A would ask for a new page of
/// memory at every step of K.
#[derive(Debug)]
pub struct GemmTransposed<'a, T, const N: usize> {
    /// The instruction set that runs it.
    pub isa: Isa,
    /// m, k.
    pub size: (usize, usize),
    /// A.
    pub a: &'a [T],
    /// Values from one row of A to the next.
    pub a_stride: usize,
    /// What A is multiplied by.
    pub to: [Gradient<'a, T>; N],
    /// Room for the packed blocks: [`transposed_scratch_len`] values.
    pub scratch: &'a mut [T],
}

/// A right operand of [`GemmTransposed`] with its C.
#[derive(Debug)]
pub struct Gradient<'a, T> {
    /// n.
    pub n: usize,
    /// B.
    pub b: &'a [T],
    /// C.
    pub c: &'a mut [T],
}

/// Values of scratch that [`GemmTransposed`] needs for the n of each of its B and up to `k` rows.
pub fn transposed_scratch_len(isa: Isa, n: &[usize], k: usize) -> usize {
    let k = ROW_BLOCK.min(k);
    match isa.has_tiles() {
        true => super::bf16_split::transposed_scratch_len(n, k),
        false => n.iter().map(|&n| panels_len(k, n)).sum::<usize>() + k * M_BLOCK,
    }
}

impl<T: Real, const N: usize> Kernel for GemmTransposed<'_, T, N> {
    /// # Panics
    /// If a slice is too short for the sizes.
    #[inline(always)]
    fn run<I: Backend>(mut self) {
        let Self { isa, size: (m, k), a, a_stride, .. } = self;
        for Gradient { b, c, .. } in self.to.iter_mut().filter(|to| to.n == 1) {
            // A panel would be one part of work and fifteen of padding.
            for (a, &b) in a.chunks(a_stride).zip(&b[..k]) {
                for (c, &a) in c[..m].iter_mut().zip(a) {
                    *c += a * b;
                }
            }
        }
        let in_tiles = |n| super::bf16_split::suit::<T>(isa, m, n);
        if self.to.iter().any(|to| in_tiles(to.n)) {
            super::bf16_split::transposed(self.as_f32());
        }
        if self.to.iter().any(|to| to.n > 1 && !in_tiles(to.n)) {
            match MAX_ROWS.min(<T::SimdVector<I>>::MOST) {
                8 => self.in_panels::<I, 8>(in_tiles),
                6 => self.in_panels::<I, 6>(in_tiles),
                _ => self.in_panels::<I, 3>(in_tiles),
            }
        }
    }
}

impl<T: Real, const N: usize> GemmTransposed<'_, T, N> {
    fn as_f32(&mut self) -> GemmTransposed<'_, f32, N> {
        let to = self.to.each_mut();
        GemmTransposed {
            isa: self.isa,
            size: self.size,
            a: T::as_f32(self.a),
            a_stride: self.a_stride,
            to: to.map(|Gradient { n, b, c }| Gradient {
                n: *n,
                b: T::as_f32(b),
                c: T::as_f32_mut(c),
            }),
            scratch: T::as_f32_mut(self.scratch),
        }
    }

    /// All products that nothing else takes, in tiles of `R` rows.
    #[inline(always)]
    fn in_panels<I: Backend, const R: usize>(&mut self, in_tiles: impl Fn(usize) -> bool) {
        let Self { isa, size: (m, k), a, a_stride, .. } = *self;
        for first in (0..k).step_by(ROW_BLOCK) {
            let rows = ROW_BLOCK.min(k - first);
            let mut scratch = &mut *self.scratch;
            let packed_b = self.to.each_ref().map(|to| {
                let len = if to.n > 1 && !in_tiles(to.n) { panels_len(rows, to.n) } else { 0 };
                let packed = scratch.split_off_mut(..len).expect("room for every B");
                if len > 0 {
                    pack_panels((rows, to.n), Rhs::Rows(&to.b[first * to.n..], to.n), packed);
                }
                &*packed
            });
            for row in (0..m).step_by(M_BLOCK) {
                let m = M_BLOCK.min(m - row);
                pack_tiles::<T, R>((m, rows), &a[first * a_stride + row..], a_stride, scratch);
                for (to, packed_b) in self.to.iter_mut().zip(packed_b) {
                    if !packed_b.is_empty() {
                        let size = (m, to.n, rows);
                        let c = &mut to.c[row * to.n..];
                        I::run(Block::<T, R> { isa, size, packed_a: scratch, packed_b, c });
                    }
                }
            }
        }
    }
}

/// A block of C, in tiles of `R` rows.
struct Block<'a, T, const R: usize> {
    isa: Isa,
    size: (usize, usize, usize),
    packed_a: &'a [T],
    packed_b: &'a [T],
    c: &'a mut [T],
}

impl<T: Real, const R: usize> Kernel for Block<'_, T, R> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let Self { isa, size: (m, n, k), packed_a, packed_b, c } = self;
        // The product as `Gemm` would do it; its A is not used.
        let mut gemm = Gemm::new(isa, (m, n, 0), Lhs::rows(&[], 0), &[], c);
        let panels = n.div_ceil(PANEL);
        let most = (<T::SimdVector<I>>::MOST / R).clamp(1, 3);
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
fn strip<I: Backend, T: Real, const R: usize, const P: usize>(
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
                *tiles[(tile * k + l) * R..].first_chunk_mut().expect("R values") = *values;
            }
            if !rest.is_empty() {
                let to = &mut tiles[(whole.len() * k + l) * R..][..R];
                to[..rest.len()].copy_from_slice(rest);
                to[rest.len()..].fill(T::ZERO);
            }
        }
    }
}
