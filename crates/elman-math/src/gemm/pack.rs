//! The packed form of B.

use crate::line::LINE;
use crate::real::Real;

/// Columns of a panel: a line.
pub const PANEL: usize = LINE;

/// Values that [`pack`] writes for a `[k, n]` matrix.
///
/// # Panics
/// If no address space holds them.
#[inline]
pub fn packed_len(k: usize, n: usize) -> usize {
    n.checked_next_multiple_of(PANEL).and_then(|n| k.checked_mul(n)).expect("a size in memory")
}

/// Packs B `[k, n]`, whose element (i, j) is `b[i * row_stride + j * col_stride]`.
///
/// # Panics
/// If `b` or `packed` is too short.
pub fn pack<T: Real>(
    k: usize,
    n: usize,
    b: &[T],
    row_stride: usize,
    col_stride: usize,
    packed: &mut [T],
) {
    for (p, panel) in packed[..packed_len(k, n)].chunks_exact_mut((k * PANEL).max(1)).enumerate() {
        let first = p * PANEL;
        let width = PANEL.min(n - first);
        let panel = panel.as_chunks_mut::<PANEL>().0;
        if col_stride == 1 {
            for (i, line) in panel.iter_mut().enumerate() {
                let source = &b[i * row_stride + first..];
                match source.first_chunk().filter(|_| width == PANEL) {
                    Some(source) => *line = *source,
                    None => {
                        line[..width].copy_from_slice(&source[..width]);
                        line[width..].fill(T::ZERO);
                    }
                }
            }
        } else if row_stride == 1 {
            // Columns of B are contiguous: each is read in one go.
            for j in 0..width {
                let column = &b[(first + j) * col_stride..][..k];
                for (line, &value) in panel.iter_mut().zip(column) {
                    line[j] = value;
                }
            }
            for line in panel {
                line[width..].fill(T::ZERO);
            }
        } else {
            for (i, line) in panel.iter_mut().enumerate() {
                for (j, value) in line[..width].iter_mut().enumerate() {
                    *value = b[i * row_stride + (first + j) * col_stride];
                }
                line[width..].fill(T::ZERO);
            }
        }
    }
}
