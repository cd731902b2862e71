//! Products of `f32` in tiles of bf16.
//!
//! A bf16 is the upper half of an `f32`: its exponent and the first 8 of its 24 digits. So
//! x = x₁ + x₂ + x₃, exactly, where x₁ is x rounded to bf16, x₂ the rest cut off to bf16, and x₃ the rest of
//! that; and
//!
//! ```text
//! x · y ≈ x₁y₁ + (x₁y₂ + x₂y₁) + (x₁y₃ + x₂y₂ + x₃y₁)
//! ```
//!
//! What is left out, x₂y₃ + x₃y₂ + x₃y₃, is at most 2⁻²² of x · y, as |x₂| ≤ 2⁻⁸|x| and |x₃| < 2⁻¹⁵|x|. It is mostly
//! far less, and of either sign, since x₂ is.
//!
//! A product of bf16 is exact in `f32`, and a tile adds sixteen of them before it rounds a sum of C,
//! so that sums are more exact than a chain of multiply-adds. Values above 3.39 · 10³⁸ become infinite,
//! infinite ones NaN; of values below 10⁻³³ the last digits are lost.
//!
//! A *strip* is 16 rows of A or 16 columns of B, tile after tile along K, each tile in its three
//! parts. A row of a tile holds for its row of A, or for each column of B, the values of K number
//! j and j + 16 side by side.

use std::arch::x86_64::{
    __m512, __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_add_epi32, _mm512_and_si512,
    _mm512_castps_si512, _mm512_castsi512_ps, _mm512_loadu_si512, _mm512_mask_mov_epi16,
    _mm512_maskz_loadu_ps, _mm512_permutex2var_ps, _mm512_set1_epi32, _mm512_setzero_ps,
    _mm512_srli_epi32, _mm512_storeu_si512, _mm512_sub_ps,
};
use std::cell::RefCell;
use std::ops::Range;

use super::{Gemm, GemmTransposed, ROW_BLOCK, Rhs, Start};
use crate::amx::{PARTS, SIDE, STEP, TILE, Unit};
use crate::dispatch::Isa;
use crate::real::Real;
use crate::{Aligned, zeros};

/// K of the part of A that is split at a time, for [`ROW_BLOCK`] rows: a part of the second-level
/// cache. Fewer rows have more of K.
const K_BLOCK: usize = 512;

/// Rows of Aᵀ that are split at a time.
const M_BLOCK: usize = 256;

/// Rows and columns of C that a product in registers has.
const PATCH: usize = 2 * SIDE;

/// A row of a product's start.
static ZEROS: [f32; PATCH] = [0.0; PATCH];

thread_local! {
    /// The strips of a block of A, made when a thread first needs them: 576 KiB.
    static LEFT: RefCell<Aligned<f32>> = RefCell::new(zeros(0));
}

/// Whether a matrix `[k, n]` is worth tiles: smaller ones would leave most of them empty.
#[inline(always)]
pub(super) fn suit<T: Real>(isa: Isa, k: usize, n: usize) -> bool {
    isa.has_tiles() && T::IS_F32 && k >= SIDE && n >= SIDE && k.saturating_mul(n) > 4096
}

/// Values of `strips` strips of `k`.
pub(super) const fn strips_len(strips: usize, k: usize) -> usize {
    strips * k.div_ceil(STEP) * TILE
}

/// Values of scratch for [`transposed`].
pub(super) fn transposed_scratch_len(n: &[usize], k: usize) -> usize {
    let strips = n.iter().map(|n| n.div_ceil(SIDE)).sum::<usize>() + M_BLOCK / SIDE;
    strips_len(strips, k)
}

/// B `[k, n]` to strips.
pub(super) fn pack(isa: Isa, (k, n): (usize, usize), b: Rhs<'_, f32>, packed: &mut [f32]) {
    assert!(isa.has_tiles(), "{isa:?} has no tiles");
    let source = match b {
        Rhs::Rows(b, stride) => Source::Down(b, stride),
        Rhs::Columns(b, stride) => Source::Along(b, stride),
    };
    let packed = &mut packed[..strips_len(n.div_ceil(SIDE), k)];
    // SAFETY: an instruction set with tiles is only to be had on a machine with these features.
    unsafe { split::<false>(source, 0..n, 0..k, packed) };
}

/// A product with B in strips.
pub(super) fn product(gemm: Gemm<'_, f32>) {
    let unit = Unit::new(gemm.isa);
    LEFT.with_borrow_mut(|left| {
        left.resize(strips_len(ROW_BLOCK / SIDE, K_BLOCK), 0.0);
        // SAFETY: where there is a unit, there are these features.
        unsafe { in_blocks(&unit, gemm, left) };
    });
}

/// Those gradients of weights that suit tiles.
pub(super) fn transposed<const N: usize>(gemm: GemmTransposed<'_, f32, N>) {
    let unit = Unit::new(gemm.isa);
    // SAFETY: as above.
    unsafe { in_transposed_blocks(&unit, gemm) };
}

/// A product, block by block of A.
#[target_feature(enable = "avx512f,avx512bw")]
fn in_blocks(unit: &Unit, gemm: Gemm<'_, f32>, left: &mut [f32]) {
    let Gemm { m, n, k, a, b, start, c, c_stride, .. } = gemm;
    for row in (0..m).step_by(ROW_BLOCK) {
        let rows = row..m.min(row + ROW_BLOCK);
        let k_block = ROW_BLOCK / rows.len().next_multiple_of(SIDE) * K_BLOCK;
        for first in (0..k).step_by(k_block) {
            let ks = first..k.min(first + k_block);
            split::<true>(Source::Along(a.data, a.stride), rows.clone(), ks.clone(), left);
            let right = Strips { tiles: &b[first / STEP * TILE..], len: strips_len(1, k) };
            let start = if first == 0 { start } else { Start::Present };
            let c = &mut c[row * c_stride..];
            multiply(unit, (rows.len(), n, ks.len()), left, right, start, c, c_stride);
        }
    }
}

/// Gradients of weights, block by block of K and of the rows of Aᵀ.
#[target_feature(enable = "avx512f,avx512bw")]
fn in_transposed_blocks<const N: usize>(unit: &Unit, gemm: GemmTransposed<'_, f32, N>) {
    let GemmTransposed { isa, size: (m, k), a, a_stride, mut to, scratch } = gemm;
    for first in (0..k).step_by(ROW_BLOCK) {
        let ks = ROW_BLOCK.min(k - first);
        let mut left = &mut *scratch;
        let mut right = [&[][..]; N];
        for (to, right) in to.iter().zip(&mut right).filter(|(to, _)| suit::<f32>(isa, m, to.n)) {
            let strips = left.split_off_mut(..strips_len(to.n.div_ceil(SIDE), ks));
            let strips = strips.expect("room for every B");
            split::<false>(Source::Down(&to.b[first * to.n..], to.n), 0..to.n, 0..ks, strips);
            *right = strips;
        }
        for row in (0..m).step_by(M_BLOCK) {
            let rows = row..m.min(row + M_BLOCK);
            let a = Source::Down(&a[first * a_stride..], a_stride);
            split::<true>(a, rows.clone(), 0..ks, left);
            for (to, tiles) in to.iter_mut().zip(right).filter(|(_, tiles)| !tiles.is_empty()) {
                let right = Strips { tiles, len: strips_len(1, ks) };
                let c = &mut to.c[row * to.n..];
                multiply(unit, (rows.len(), to.n, ks), left, right, Start::Present, c, to.n);
            }
        }
    }
}

/// Strips one after the other, `len` values apart.
#[derive(Clone, Copy)]
struct Strips<'a> {
    tiles: &'a [f32],
    len: usize,
}

impl Strips<'_> {
    /// The strip at row or column `first` of `all` and the next, or twice the last one, each with
    /// `k` of K.
    #[inline]
    fn two(self, first: usize, all: usize, k: usize) -> [*const f32; 2] {
        let last = (all - 1) / SIDE;
        let strip = first / SIDE * self.len;
        let next = last.min(first / SIDE + 1) * self.len;
        let len = strips_len(1, k);
        [self.tiles[strip..][..len].as_ptr(), self.tiles[next..][..len].as_ptr()]
    }
}

/// C `[m, n]` = start + left `[m, k]` · right `[k, n]`, in patches of two strips by two.
#[inline]
fn multiply(
    unit: &Unit,
    (m, n, k): (usize, usize, usize),
    left: &[f32],
    right: Strips<'_>,
    start: Start<'_, f32>,
    c: &mut [f32],
    c_stride: usize,
) {
    let left = Strips { tiles: left, len: strips_len(1, k) };
    let steps = k.div_ceil(STEP);
    for column in (0..n).step_by(PATCH) {
        let b = right.two(column, n, k);
        let width = PATCH.min(n - column);
        for row in (0..m).step_by(PATCH) {
            let a = left.two(row, m, k);
            let height = PATCH.min(m - row);
            let next = if row + PATCH < m { (row + PATCH, column) } else { (0, column + PATCH) };
            ask(&c[(next.0 * c_stride + next.1).min(c.len())..], c_stride, height);
            let c = &mut c[row * c_stride + column..];
            assert!(c.len() >= (height - 1) * c_stride + width, "a patch of C");
            if width == PATCH && height.is_multiple_of(SIDE) {
                let c = (c.as_mut_ptr(), c_stride);
                let start = match start {
                    Start::Present => (c.0.cast_const(), c_stride),
                    Start::Zero => (ZEROS.as_ptr(), 0),
                    Start::Row(row) => (row[column..][..width].as_ptr(), 0),
                };
                // SAFETY: `two` found the steps of all strips; C and the start have the rows.
                unsafe { patch_product(unit, height, a, b, steps, start, c) };
            } else {
                let mut whole = [0.0; PATCH * PATCH];
                for (to, from) in whole.chunks_mut(PATCH).zip(c.chunks(c_stride)).take(height) {
                    match start {
                        Start::Present => to[..width].copy_from_slice(&from[..width]),
                        Start::Zero => {}
                        Start::Row(row) => to[..width].copy_from_slice(&row[column..][..width]),
                    }
                }
                let patch = (whole.as_mut_ptr(), PATCH);
                // SAFETY: as above; the patch has 32 rows of 32.
                unsafe { patch_product(unit, height, a, b, steps, (patch.0, PATCH), patch) };
                for (from, to) in whole.chunks(PATCH).zip(c.chunks_mut(c_stride)).take(height) {
                    to[..width].copy_from_slice(&from[..width]);
                }
            }
        }
    }
}

/// Asks for a patch of C, two cache lines of each row, before it is needed.
#[inline]
fn ask(c: &[f32], c_stride: usize, rows: usize) {
    for row in 0..rows {
        for line in [0, SIDE] {
            let place = c.as_ptr().wrapping_add(row * c_stride + line);
            // SAFETY: any address will do.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) };
        }
    }
}

/// C = start + left · right for one strip of rows or two, by the height.
///
/// # Safety
/// That of [`Unit::two_strips`] or [`Unit::one_strip`].
#[inline]
unsafe fn patch_product(
    unit: &Unit,
    height: usize,
    a: [*const f32; 2],
    b: [*const f32; 2],
    steps: usize,
    start: (*const f32, usize),
    c: (*mut f32, usize),
) {
    // SAFETY: by the contract.
    unsafe {
        match height {
            ..=SIDE => unit.one_strip(a[0], b, steps, start, c),
            _ => unit.two_strips(a, b, steps, start, c),
        }
    }
}

/// A matrix in memory, by the way in which K runs through it; its rows are as many values apart as
/// the number says.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// Along a row.
    Along(&'a [f32], usize),
    /// From row to row.
    Down(&'a [f32], usize),
}

/// The values `ks` of the lines `lines`, rows of the left operand or columns of the right one, to
/// strips. What lacks to a whole tile is zero.
#[target_feature(enable = "avx512f,avx512bw")]
fn split<const LEFT: bool>(
    source: Source<'_>,
    lines: Range<usize>,
    ks: Range<usize>,
    strips: &mut [f32],
) {
    let strip_len = strips_len(1, ks.len());
    let mut tile = |line: usize, k: usize| {
        let place = (line - lines.start) / SIDE * strip_len + (k - ks.start) / STEP * TILE;
        let tile = strips[place..].first_chunk_mut().expect("a tile");
        let lines = line..lines.end.min(line + SIDE);
        let [middle, end] = [SIDE, STEP].map(|far| ks.end.min(k + far));
        split_tile::<LEFT>(source, lines, [k..middle, middle..end], tile);
    };
    // Along the rows of the matrix, as memory likes to be read.
    match source {
        Source::Along(..) => {
            for line in lines.clone().step_by(SIDE) {
                ks.clone().step_by(STEP).for_each(|k| tile(line, k));
            }
        }
        Source::Down(..) => {
            for k in ks.clone().step_by(STEP) {
                lines.clone().step_by(SIDE).for_each(|line| tile(line, k));
            }
        }
    }
}

/// At most 16 lines and the two halves of a step of K to a tile.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn split_tile<const LEFT: bool>(
    source: Source<'_>,
    lines: Range<usize>,
    [low, high]: [Range<usize>; 2],
    tile: &mut [f32; TILE],
) {
    let (low, high) = match source {
        Source::Along(data, stride) => {
            (block(data, stride, lines.clone(), low), block(data, stride, lines, high))
        }
        Source::Down(data, stride) => {
            (block(data, stride, low, lines.clone()), block(data, stride, high, lines))
        }
    };
    match (LEFT, source) {
        (true, Source::Along(..)) | (false, Source::Down(..)) => write(low, high, tile),
        _ => write(transpose(low), transpose(high), tile),
    }
}

/// Sixteen lines.
type Block = [__m512; SIDE];

/// At most 16 by 16 values of a matrix with rows `stride` apart, and zeros.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn block(data: &[f32], stride: usize, rows: Range<usize>, columns: Range<usize>) -> Block {
    let mut lines = [_mm512_setzero_ps(); SIDE];
    let mask = ((1_u32 << columns.len()) - 1) as u16;
    for (line, row) in lines.iter_mut().zip(rows) {
        let from = &data[row * stride..][columns.clone()];
        // SAFETY: the mask leaves out what is not in the slice.
        *line = unsafe { _mm512_maskz_loadu_ps(mask, from.as_ptr()) };
    }
    lines
}

/// Writes a tile in its parts: row j holds the values of lines j of both blocks side by side.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn write(low: Block, high: Block, tile: &mut [f32; TILE]) {
    let (rows, _) = tile.as_chunks_mut::<SIDE>();
    for (j, (low, high)) in low.into_iter().zip(high).enumerate() {
        for (part, (low, high)) in parts(low).into_iter().zip(parts(high)).enumerate() {
            let both = _mm512_mask_mov_epi16(_mm512_srli_epi32::<16>(low), UPPER_HALVES, high);
            // SAFETY: a row has the size of a vector.
            unsafe { _mm512_storeu_si512(rows[part * SIDE + j].as_mut_ptr().cast(), both) };
        }
    }
}

/// The upper half of each 32 bits, as a mask of halves.
const UPPER_HALVES: u32 = 0xaaaa_aaaa;

/// Three bf16 whose sum is each value, in the upper halves of the results.
///
/// The first is rounded. The rest has 16 digits: the second is cut off after 8 of them, which leaves the
/// third. Of a NaN one at least is none; of an infinite value the first is infinite and the rest NaN.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn parts(x: __m512) -> [__m512i; PARTS] {
    let upper = _mm512_set1_epi32(0xffff_0000_u32.cast_signed());
    let half = _mm512_set1_epi32(0x8000);
    let first = _mm512_and_si512(_mm512_add_epi32(_mm512_castps_si512(x), half), upper);
    let rest = _mm512_sub_ps(x, _mm512_castsi512_ps(first));
    let second = _mm512_and_si512(_mm512_castps_si512(rest), upper);
    let third = _mm512_sub_ps(rest, _mm512_castsi512_ps(second));
    [first, second, _mm512_castps_si512(third)]
}

/// The transpose of sixteen lines: blocks of 8, 4, 2 and 1 change places.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn transpose(lines: Block) -> Block {
    exchange::<1>(exchange::<2>(exchange::<4>(exchange::<8>(lines))))
}

/// Each block of `S` by `S` values right of the diagonal of `2S` by `2S` changes places with the one
/// below it.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn exchange<const S: usize>(mut lines: Block) -> Block {
    let mut upper = [0; SIDE];
    let mut lower = [0; SIDE];
    for j in 0..SIDE {
        let right = j & S != 0;
        upper[j] = if right { SIDE + j - S } else { j } as i32;
        lower[j] = if right { SIDE + j } else { j + S } as i32;
    }
    // SAFETY: the indices are sixteen.
    let [upper, lower] = unsafe {
        [_mm512_loadu_si512(upper.as_ptr().cast()), _mm512_loadu_si512(lower.as_ptr().cast())]
    };
    for i in 0..SIDE {
        if i & S == 0 {
            let [a, b] = [lines[i], lines[i + S]];
            lines[i] = _mm512_permutex2var_ps(a, upper, b);
            lines[i + S] = _mm512_permutex2var_ps(a, lower, b);
        }
    }
    lines
}

#[cfg(test)]
mod tests;
