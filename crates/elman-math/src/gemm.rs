//! C += A · B, where B was packed beforehand.
//!
//! B (`[K, N]`) is packed into panels of [`PANEL`] columns, each stored row after row, the last
//! one padded with zeros: the innermost loop then reads B in one straight line and needs no tail.
//! Recurrent weights are packed once and used for every time step.
//!
//! A tile of `TILE_ROWS` × `PANEL` sums stays in registers while K runs through. Every element of
//! C is summed in the order of K, whatever the tile it falls into, so that the same instruction
//! set gives the same bits for every number of rows.

pub mod line;

use self::line::Line;
use crate::dispatch::{Isa, Kernel, Tier};
use crate::real::Real;

/// Columns of a panel: one cache line of `f32`.
pub const PANEL: usize = 16;

/// Rows of A that stay in the second-level cache while all panels pass over them.
const ROW_BLOCK: usize = 192;

/// The left operand `[M, K]`: element (m, k) is `data[m * row_stride + k * col_stride]`.
#[derive(Clone, Copy)]
pub struct Lhs<'a, T> {
    data: &'a [T],
    row_stride: usize,
    col_stride: usize,
}

impl<'a, T> Lhs<'a, T> {
    /// A row-major matrix whose rows are `row_stride` apart.
    pub fn rows(data: &'a [T], row_stride: usize) -> Self {
        Self { data, row_stride, col_stride: 1 }
    }

    /// The transpose of a row-major matrix whose rows are `stride` apart.
    pub fn transposed(data: &'a [T], stride: usize) -> Self {
        Self { data, row_stride: 1, col_stride: stride }
    }
}

/// Values that [`pack`] writes for a `[k, n]` matrix.
///
/// # Panics
/// If no address space holds them.
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
        for (i, row) in panel.chunks_exact_mut(PANEL).enumerate() {
            let source = i * row_stride + first * col_stride;
            if col_stride == 1 {
                row[..width].copy_from_slice(&b[source..source + width]);
            } else {
                for (j, value) in row[..width].iter_mut().enumerate() {
                    *value = b[source + j * col_stride];
                }
            }
            row[width..].fill(T::ZERO);
        }
    }
}

/// C `[m, n]` += A `[m, k]` · B `[k, n]`; the rows of C are `n` apart.
///
/// # Panics
/// If a slice is too short for the sizes.
pub fn gemm<T: Real>(
    isa: Isa,
    (m, n, k): (usize, usize, usize),
    a: Lhs<'_, T>,
    packed_b: &[T],
    c: &mut [T],
) {
    if m == 0 || n == 0 || k == 0 {
        return;
    }
    // Checked: a size that wraps round would pass these tests, on which the kernel relies.
    let last = (m - 1)
        .checked_mul(a.row_stride)
        .zip((k - 1).checked_mul(a.col_stride))
        .and_then(|(rows, cols)| rows.checked_add(cols))
        .expect("a size in memory");
    assert!(a.data.len() > last, "A: {} values do not hold [{m}, {k}]", a.data.len());
    assert!(packed_b.len() >= packed_len(k, n), "B: not packed for [{k}, {n}]");
    assert!(
        m.checked_mul(n).is_some_and(|mn| c.len() >= mn),
        "C: {} values do not hold [{m}, {n}]",
        c.len()
    );
    isa.run(Gemm { m, n, k, a, b: packed_b, c });
}

/// C `[m, n]` += Aᵀ · B for row-major A `[k, m]` and B `[k, n]`: a weight's gradient, with K
/// running over time steps and streams. `scratch` holds the rows of B packed block by block and
/// needs [`transposed_scratch_len`] values.
///
/// # Panics
/// If a slice is too short for the sizes.
pub fn gemm_transposed<T: Real>(
    isa: Isa,
    (m, n, k): (usize, usize, usize),
    a: &[T],
    b: &[T],
    c: &mut [T],
    scratch: &mut [T],
) {
    for first in (0..k).step_by(ROW_BLOCK) {
        let rows = ROW_BLOCK.min(k - first);
        pack(rows, n, &b[first * n..], n, 1, scratch);
        gemm(isa, (m, n, rows), Lhs::transposed(&a[first * m..], m), scratch, c);
    }
}

/// Values of scratch that [`gemm_transposed`] needs for `n` columns and `k` rows.
pub fn transposed_scratch_len(n: usize, k: usize) -> usize {
    packed_len(ROW_BLOCK.min(k), n)
}

struct Gemm<'a, T> {
    m: usize,
    n: usize,
    k: usize,
    a: Lhs<'a, T>,
    b: &'a [T],
    c: &'a mut [T],
}

impl<T: Real> Kernel for Gemm<'_, T> {
    #[inline(always)]
    fn run<I: Tier>(mut self) {
        if self.m == 1 {
            return self.one_row::<I>();
        }
        for first in (0..self.m).step_by(ROW_BLOCK) {
            let end = self.m.min(first + ROW_BLOCK);
            for panel in 0..self.n.div_ceil(PANEL) {
                let mut row = first;
                match <T::Line<I>>::TILE_ROWS {
                    12 => self.tiles::<I, 12>(&mut row, end, panel),
                    6 => self.tiles::<I, 6>(&mut row, end, panel),
                    _ => {}
                }
                if <T::Line<I>>::TILE_ROWS > 4 {
                    self.tiles::<I, 4>(&mut row, end, panel);
                }
                self.tiles::<I, 2>(&mut row, end, panel);
                self.tiles::<I, 1>(&mut row, end, panel);
            }
        }
    }
}

impl<T: Real> Gemm<'_, T> {
    /// Full tiles of `R` rows by one panel, from `row` on.
    #[inline(always)]
    fn tiles<I: Tier, const R: usize>(&mut self, row: &mut usize, end: usize, panel: usize) {
        while *row + R <= end {
            self.tile::<I, R, 1>(*row, panel);
            *row += R;
        }
    }

    /// A single row has no other rows to hide the latency of its sums behind: several panels at
    /// a time do it instead.
    #[inline(always)]
    fn one_row<I: Tier>(&mut self) {
        let panels = self.n.div_ceil(PANEL);
        let mut panel = 0;
        while panel + 4 <= panels {
            self.tile::<I, 1, 4>(0, panel);
            panel += 4;
        }
        while panel + 2 <= panels {
            self.tile::<I, 1, 2>(0, panel);
            panel += 2;
        }
        if panel < panels {
            self.tile::<I, 1, 1>(0, panel);
        }
    }

    /// C += A · B on `R` rows and `P` panels.
    #[inline(always)]
    fn tile<I: Tier, const R: usize, const P: usize>(&mut self, row: usize, panel: usize) {
        let Lhs { data, row_stride, col_stride } = self.a;
        let b = &self.b[panel * self.k * PANEL..(panel + P) * self.k * PANEL];
        // SAFETY (also for `add_scaled` and `sums` below): this runs inside the kernel's `run` on
        // tier `I`, whose instructions the machine has.
        let mut lines = [[unsafe { <T::Line<I>>::zero() }; P]; R];
        for k in 0..self.k {
            for (r, lines) in lines.iter_mut().enumerate() {
                // SAFETY: row + r < M and k < K; `gemm` asserted that A holds element (M-1, K-1),
                // and both strides are non-negative.
                let a = unsafe { *data.get_unchecked((row + r) * row_stride + k * col_stride) };
                for (p, line) in lines.iter_mut().enumerate() {
                    // SAFETY: p < P and k < K, so that this line of B ends at or before P·K·PANEL,
                    // the length of `b` by its slicing above.
                    unsafe {
                        let b = b.as_ptr().add((p * self.k + k) * PANEL);
                        line.add_scaled(a, &*b.cast::<[T; PANEL]>());
                    }
                }
            }
        }
        for (r, lines) in lines.into_iter().enumerate() {
            for (p, line) in lines.into_iter().enumerate() {
                let first = (panel + p) * PANEL;
                let width = PANEL.min(self.n - first);
                let start = (row + r) * self.n + first;
                // SAFETY: as for `zero`.
                let sums = unsafe { line.sums() };
                if width == PANEL {
                    add(&mut self.c[start..start + PANEL], &sums);
                } else {
                    add(&mut self.c[start..start + width], &sums);
                }
            }
        }
    }
}

#[inline(always)]
fn add<T: Real>(c: &mut [T], sums: &[T; PANEL]) {
    for (c, &sum) in c.iter_mut().zip(sums) {
        *c += sum;
    }
}

/// C += A · B by the definition, for the tests.
pub fn naive<T: Real>(
    (m, n, k): (usize, usize, usize),
    a: impl Fn(usize, usize) -> T,
    b: impl Fn(usize, usize) -> T,
    c: &mut [T],
) {
    for i in 0..m {
        for j in 0..n {
            for l in 0..k {
                c[i * n + j] += a(i, l) * b(l, j);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    fn numbers<T: Real>(len: usize, name: &str) -> Vec<T> {
        let mut stream = Stream::new(3, name);
        (0..len).map(|_| T::from_f64(stream.uniform(-1.0, 1.0))).collect()
    }

    /// Every edge: one, one less, one more than a tile and a panel, and past a row block.
    const SIZES: [usize; 9] = [1, 2, 3, 5, 7, 15, 16, 17, 33];

    fn agrees<T: Real>(isa: Isa, (m, n, k): (usize, usize, usize), tolerance: f64) {
        let (a, b) = (numbers::<T>(m * k, "a"), numbers::<T>(k * n, "b"));
        let start = numbers::<T>(m * n, "c");
        let mut want = start.clone();
        naive((m, n, k), |i, l| a[i * k + l], |l, j| b[l * n + j], &mut want);

        let mut packed = vec![T::ONE; packed_len(k, n)];
        let check = |what: &str, got: &[T]| {
            for (got, want) in got.iter().zip(&want) {
                let error = (got.to_f64() - want.to_f64()).abs();
                assert!(error <= tolerance, "{what} {isa:?} {m}x{n}x{k}: {got} for {want}");
            }
        };

        pack(k, n, &b, n, 1, &mut packed);
        let mut c = start.clone();
        gemm(isa, (m, n, k), Lhs::rows(&a, k), &packed, &mut c);
        check("A · B", &c);

        let b_transposed: Vec<T> = (0..n * k).map(|i| b[(i % k) * n + i / k]).collect();
        pack(k, n, &b_transposed, 1, k, &mut packed);
        let mut c = start.clone();
        gemm(isa, (m, n, k), Lhs::rows(&a, k), &packed, &mut c);
        check("A · (Bᵀ)ᵀ", &c);

        let a_transposed: Vec<T> = (0..m * k).map(|i| a[(i % m) * k + i / m]).collect();
        let mut scratch = vec![T::ONE; transposed_scratch_len(n, k)];
        let mut c = start;
        gemm_transposed(isa, (m, n, k), &a_transposed, &b, &mut c, &mut scratch);
        check("(Aᵀ)ᵀ · B", &c);
    }

    #[test]
    fn agrees_with_the_definition_at_every_edge_on_every_instruction_set() {
        for isa in Isa::available() {
            for m in SIZES {
                for n in SIZES {
                    for k in SIZES {
                        // 33 terms of at most 1: 34 roundings of at most half a unit of 33.
                        agrees::<f32>(isa, (m, n, k), 34.0 * 16.0 * f64::from(f32::EPSILON));
                        agrees::<f64>(isa, (m, n, k), 34.0 * 16.0 * f64::EPSILON);
                    }
                }
            }
            // Past a row block, in rows and in K: 400 terms.
            agrees::<f64>(isa, (3, 17, 400), 400.0 * 200.0 * f64::EPSILON);
            agrees::<f64>(isa, (400, 17, 3), 4.0 * 4.0 * f64::EPSILON);
        }
    }

    #[test]
    fn sizes_that_wrap_round_are_refused() {
        let refused = |size, a: Lhs<'static, f32>| {
            let call = move || gemm(Isa::Portable, size, a, &[], &mut [0.0]);
            assert!(std::panic::catch_unwind(call).is_err(), "{size:?}");
        };
        refused((1, 1, 1 << 60), Lhs::transposed(&[1.0], 0));
        refused((3, 1, 1), Lhs::rows(&[1.0], 1 << 63));
        refused((1 << 63, 2, 1), Lhs::rows(&[1.0], 0));
    }

    #[test]
    fn the_last_panel_is_padded_with_zeros() {
        let mut packed = vec![f32::NAN; packed_len(2, 17)];
        pack(2, 17, &[1.0; 34], 17, 1, &mut packed);
        assert_eq!(packed.iter().filter(|&&value| value == 1.0).count(), 34);
        assert_eq!(packed.iter().filter(|&&value| value == 0.0).count(), 2 * 15);
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_rows() {
        let (n, k) = (37, 29);
        let (a, b) = (numbers::<f32>(13 * k, "a"), numbers::<f32>(k * n, "b"));
        let mut packed = vec![0.0; packed_len(k, n)];
        pack(k, n, &b, n, 1, &mut packed);
        for isa in Isa::available() {
            let mut together = vec![0.0; 13 * n];
            gemm(isa, (13, n, k), Lhs::rows(&a, k), &packed, &mut together);
            let mut alone = vec![0.0; 13 * n];
            for (a, c) in a.chunks(k).zip(alone.chunks_mut(n)) {
                gemm(isa, (1, n, k), Lhs::rows(a, k), &packed, c);
            }
            assert_eq!(together, alone);
        }
    }
}
