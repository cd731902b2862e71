//! The packed form of B.

use crate::dispatch::Isa;
use crate::line::LINE;
use crate::real::Real;

/// Columns of a panel: a line.
pub const PANEL: usize = LINE;

/// The right operand `[K, N]` before it is packed.
#[derive(Debug, Clone, Copy)]
pub enum Rhs<'a, T> {
    /// Row-major, with this many values from one row to the next.
    Rows(&'a [T], usize),
    /// Column-major, with this many values from one column to the next: the transpose of a weight.
    Columns(&'a [T], usize),
}

/// Values that [`pack`] writes for a `[k, n]` matrix.
///
/// # Panics
/// If no address space holds them.
#[inline]
pub fn packed_len<T: Real>(isa: Isa, k: usize, n: usize) -> usize {
    if super::bf16_split::suit::<T>(isa, k, n) {
        return super::bf16_split::strips_len(n.div_ceil(PANEL), k);
    }
    panels_len(k, n)
}

/// Packs B `[k, n]` for [`Gemm`](super::Gemm) on the same instruction set.
///
/// # Panics
/// If `b` or `packed` is too short.
pub fn pack<T: Real>(isa: Isa, (k, n): (usize, usize), b: Rhs<'_, T>, packed: &mut [T]) {
    if super::bf16_split::suit::<T>(isa, k, n) {
        return super::bf16_split::pack(isa, (k, n), b.as_f32(), T::as_f32_mut(packed));
    }
    pack_panels((k, n), b, packed);
}

/// Values that [`pack_panels`] writes.
#[inline]
pub(super) fn panels_len(k: usize, n: usize) -> usize {
    n.checked_next_multiple_of(PANEL).and_then(|n| k.checked_mul(n)).expect("a size in memory")
}

/// Packs B in panels of a line.
pub(super) fn pack_panels<T: Real>((k, n): (usize, usize), b: Rhs<'_, T>, packed: &mut [T]) {
    for (p, panel) in packed[..panels_len(k, n)].chunks_exact_mut((k * PANEL).max(1)).enumerate() {
        let first = p * PANEL;
        let width = PANEL.min(n - first);
        let panel = panel.as_chunks_mut::<PANEL>().0;
        match b {
            Rhs::Rows(b, stride) => {
                for (i, line) in panel.iter_mut().enumerate() {
                    let source = &b[i * stride + first..];
                    match source.first_chunk().filter(|_| width == PANEL) {
                        Some(source) => *line = *source,
                        None => {
                            line[..width].copy_from_slice(&source[..width]);
                            line[width..].fill(T::ZERO);
                        }
                    }
                }
            }
            Rhs::Columns(b, stride) => {
                for j in 0..width {
                    let column = &b[(first + j) * stride..][..k];
                    for (line, &value) in panel.iter_mut().zip(column) {
                        line[j] = value;
                    }
                }
                for line in panel {
                    line[width..].fill(T::ZERO);
                }
            }
        }
    }
}

impl<'a, T: Real> Rhs<'a, T> {
    fn as_f32(self) -> Rhs<'a, f32> {
        match self {
            Self::Rows(b, stride) => Rhs::Rows(T::as_f32(b), stride),
            Self::Columns(b, stride) => Rhs::Columns(T::as_f32(b), stride),
        }
    }
}
