//! C += A · B, where B was packed beforehand.
//!
//! B (`[K, N]`) is packed into panels of [`PANEL`] columns, each stored row after row, the last
//! one padded with zeros: the innermost loop then reads B in straight lines and needs no tail.
//! Recurrent weights are packed once and used for every time step.
//!
//! A tile of rows by panels stays in registers while K runs through: as many of both as the
//! instruction set's registers hold, since a tile of R rows and P panels reads R + P operands for
//! R·P multiply-adds. Rows are dealt out evenly over the tiles, so that no size falls off a cliff.
//!
//! Every element of C is summed in the order of K, whatever the tile it falls into: the same
//! instruction set gives the same bits for every number of rows from two on. A single row is summed
//! in interleaved chains, as there are no other rows to hide the latency of its sums behind.

#[cfg_attr(not(target_arch = "x86_64"), path = "gemm/no_bf16_split.rs")]
mod bf16_split;
mod pack;
mod tile;
mod transposed;

use self::tile::{Strided, product};
use crate::dispatch::{Backend, Isa, Kernel};
use crate::line::SimdVector;
use crate::real::Real;

pub use pack::{PANEL, Rhs, pack, packed_len};
pub use transposed::{GemmTransposed, Gradient, transposed_scratch_len};

/// Rows of A that stay in the second-level cache while all panels pass over them.
pub const ROW_BLOCK: usize = 192;

/// The most rows of a tile.
const MAX_ROWS: usize = 8;

/// The left operand `[M, K]`, row-major.
#[derive(Debug, Clone, Copy)]
pub struct Lhs<'a, T> {
    data: &'a [T],
    stride: usize,
}

impl<'a, T> Lhs<'a, T> {
    /// A matrix whose rows are `stride` apart.
    #[inline(always)]
    pub fn rows(data: &'a [T], stride: usize) -> Self {
        Self { data, stride }
    }
}

/// What a product is added to.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a, T> {
    /// The values that stand in C.
    Present,
    /// Zero: C is written, not read.
    Zero,
    /// This row, N values, in every row of C.
    Row(&'a [T]),
}

/// C `[M, N]` = start + A `[M, K]` · B `[K, N]`, as a [`Kernel`]: run it on an [`Isa`], or within
/// another kernel through [`Backend::run`].
#[derive(Debug)]
pub struct Gemm<'a, T> {
    isa: Isa,
    m: usize,
    n: usize,
    k: usize,
    a: Lhs<'a, T>,
    b: &'a [T],
    start: Start<'a, T>,
    c: &'a mut [T],
    c_stride: usize,
}

impl<'a, T: Real> Gemm<'a, T> {
    /// The product of `a` and the `b` that was packed for `isa`, to be added to `c`, whose rows are N
    /// apart.
    ///
    /// # Panics
    /// If a slice is too short for the sizes.
    #[inline(always)]
    pub fn new(
        isa: Isa,
        (m, n, k): (usize, usize, usize),
        a: Lhs<'a, T>,
        packed_b: &'a [T],
        c: &'a mut [T],
    ) -> Self {
        Self { isa, m, n, k, a, b: packed_b, start: Start::Present, c, c_stride: n }.checked()
    }

    /// The same with rows of C that are `c_stride` apart.
    ///
    /// # Panics
    /// If C is too short for that, or the rows overlap.
    #[inline(always)]
    pub fn with_stride(mut self, c_stride: usize) -> Self {
        self.c_stride = c_stride;
        self.checked()
    }

    /// The same added to something else than the values in C.
    ///
    /// # Panics
    /// If a row is shorter than N.
    #[inline(always)]
    pub fn onto(mut self, start: Start<'a, T>) -> Self {
        if let Start::Row(row) = start {
            assert!(row.len() >= self.n, "a row of {} values, not {}", row.len(), self.n);
        }
        self.start = start;
        self
    }

    /// Everything on which the kernel's unchecked reads rely. Sizes that wrap round are refused.
    #[inline(always)]
    fn checked(self) -> Self {
        let Self { m, n, k, a, ref c, c_stride, .. } = self;
        let last = |rows: usize, stride: usize, columns: usize| {
            let row = rows.saturating_sub(1).checked_mul(stride);
            row.and_then(|row| row.checked_add(columns.saturating_sub(1))).unwrap_or(usize::MAX)
        };
        if m > 0 && n > 0 && k > 0 {
            let last_a = last(m, a.stride, k);
            assert!(a.data.len() > last_a, "A: {} values do not hold [{m}, {k}]", a.data.len());
        }
        if m > 0 && n > 0 {
            assert!(c_stride >= n, "C: rows of {n} values, {c_stride} apart");
            let last_c = last(m, c_stride, n);
            assert!(c.len() > last_c, "C: {} values do not hold [{m}, {n}]", c.len());
        }
        self
    }
}

impl<'a, T: Real> Gemm<'a, T> {
    fn into_f32(self) -> Gemm<'a, f32> {
        let Self { isa, m, n, k, a, b, start, c, c_stride } = self;
        let a = Lhs::rows(T::as_f32(a.data), a.stride);
        let start = match start {
            Start::Present => Start::Present,
            Start::Zero => Start::Zero,
            Start::Row(row) => Start::Row(T::as_f32(row)),
        };
        Gemm { isa, m, n, k, a, b: T::as_f32(b), start, c: T::as_f32_mut(c), c_stride }
    }
}

/// C `[m, n]` += A `[m, k]` · B `[k, n]`; the rows of C are `n` apart.
///
/// # Panics
/// If a slice is too short for the sizes.
pub fn gemm<T: Real>(
    isa: Isa,
    size: (usize, usize, usize),
    a: Lhs<'_, T>,
    packed_b: &[T],
    c: &mut [T],
) {
    isa.run(Gemm::new(isa, size, a, packed_b, c));
}

impl<T: Real> Kernel for Gemm<'_, T> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let Self { isa, m, n, k, .. } = self;
        if bf16_split::suit::<T>(isa, k, n) {
            return bf16_split::product(self.into_f32());
        }
        assert!(self.b.len() >= pack::panels_len(k, n), "B: not packed for [{k}, {n}]");
        match m {
            1 => I::run(OneRow(self)),
            _ => I::run(Tiles(self)),
        }
    }
}

/// A product of several rows.
struct Tiles<'a, T>(Gemm<'a, T>);

/// A product of one row: a function of its own, with little to set up, since small networks spend
/// their time in it.
struct OneRow<'a, T>(Gemm<'a, T>);

impl<T: Real> Kernel for Tiles<'_, T> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let gemm = &mut { self.0 };
        // As many rows as the registers hold with one panel, at most.
        let most_rows = MAX_ROWS.min(<T::SimdVector<I>>::MOST);
        for first in (0..gemm.m).step_by(ROW_BLOCK) {
            let rows = ROW_BLOCK.min(gemm.m - first);
            match rows.div_ceil(rows.div_ceil(most_rows)) {
                8 => I::run(Block::<T, 8, 7> { gemm, first, rows }),
                7 => I::run(Block::<T, 7, 6> { gemm, first, rows }),
                6 => I::run(Block::<T, 6, 5> { gemm, first, rows }),
                5 => I::run(Block::<T, 5, 4> { gemm, first, rows }),
                4 => I::run(Block::<T, 4, 3> { gemm, first, rows }),
                3 => I::run(Block::<T, 3, 2> { gemm, first, rows }),
                2 => I::run(Block::<T, 2, 1> { gemm, first, rows }),
                _ => I::run(Block::<T, 1, 1> { gemm, first, rows }),
            }
        }
    }
}

impl<T: Real> Kernel for OneRow<'_, T> {
    /// A few panels at a time, in so many chains of sums that none waits for another. Four panels and two chains read
    /// weights from the second-level cache a third faster than eight panels, on Zen 4 (106 GB/s for 79).
    #[inline(always)]
    fn run<I: Backend>(self) {
        let mut gemm = self.0;
        let panels = gemm.n.div_ceil(PANEL);
        let most = <T::SimdVector<I>>::MOST;
        let mut panel = 0;
        while panel < panels {
            panel += match panels - panel {
                4.. if most >= 8 => gemm.one_row_of::<I, 4, 2>(panel),
                2.. if most >= 8 => gemm.one_row_of::<I, 2, 4>(panel),
                1 if most >= 8 => gemm.one_row_of::<I, 1, 8>(panel),
                4.. if most >= 4 => gemm.one_row_of::<I, 4, 1>(panel),
                2.. if most >= 4 => gemm.one_row_of::<I, 2, 2>(panel),
                1 if most >= 4 => gemm.one_row_of::<I, 1, 4>(panel),
                2.. => gemm.one_row_of::<I, 2, 1>(panel),
                _ => gemm.one_row_of::<I, 1, 2>(panel),
            };
        }
    }
}

/// All columns of `rows` rows from `first` on, in tiles of `R` rows and then of `S` = R - 1. A function
/// of its own for each R: all in one take the compiler far longer.
struct Block<'g, 'a, T, const R: usize, const S: usize> {
    gemm: &'g mut Gemm<'a, T>,
    first: usize,
    rows: usize,
}

impl<T: Real, const R: usize, const S: usize> Kernel for Block<'_, '_, T, R, S> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let Self { gemm, first, rows } = self;
        let tiles = rows.div_ceil(R);
        let of_r = rows - tiles * S;
        let panels = gemm.n.div_ceil(PANEL);
        let most = (<T::SimdVector<I>>::MOST / R).max(1);
        let mut panel = 0;
        while panel < panels {
            // The last two strips share what is left: a thin one would wait for its own sums.
            let left = panels - panel;
            let left = if left < 2 * most { left.div_ceil(left.div_ceil(most)) } else { most };
            panel += match left {
                1 => gemm.strip::<I, R, S, 1>(first, rows, of_r, panel),
                2 => gemm.strip::<I, R, S, 2>(first, rows, of_r, panel),
                3 => gemm.strip::<I, R, S, 3>(first, rows, of_r, panel),
                4 | 5 if R <= 6 => gemm.strip::<I, R, S, 4>(first, rows, of_r, panel),
                6.. if R <= 4 => gemm.strip::<I, R, S, 6>(first, rows, of_r, panel),
                _ => unreachable!("a tile that no register file holds"),
            };
        }
    }
}

impl<T: Real> Gemm<'_, T> {
    /// `P` panels of all rows of a block. Returns `P`.
    #[inline(always)]
    fn strip<I: Backend, const R: usize, const S: usize, const P: usize>(
        &mut self,
        first: usize,
        rows: usize,
        of_r: usize,
        panel: usize,
    ) -> usize {
        let mut row = first;
        for _ in 0..of_r {
            self.tile::<I, R, P, 1>(row, panel);
            row += R;
        }
        while row < first + rows {
            self.tile::<I, S, P, 1>(row, panel);
            row += S;
        }
        P
    }

    #[inline(always)]
    fn one_row_of<I: Backend, const P: usize, const CHAINS: usize>(
        &mut self,
        panel: usize,
    ) -> usize {
        self.tile::<I, 1, P, CHAINS>(0, panel);
        P
    }

    #[inline(always)]
    fn tile<I: Backend, const R: usize, const P: usize, const CHAINS: usize>(
        &mut self,
        row: usize,
        panel: usize,
    ) {
        if R > 1 {
            self.ask::<I, R, P>(row, panel);
        }
        let b = &self.b[panel * self.k * PANEL..(panel + P) * self.k * PANEL];
        // SAFETY: row + R ≤ M, and `checked` asserted that A holds element (M-1, K-1); `b` has P·K
        // lines by its slicing.
        let sums = unsafe { product::<I, T, _, R, P, CHAINS>(Strided(self.a), row, self.k, b) };
        self.finish::<I, R, P>(row, R, panel, &sums);
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

    pub(super) fn numbers<T: Real>(len: usize, name: &str) -> Vec<T> {
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

        let mut packed = vec![T::ONE; packed_len::<T>(isa, k, n)];
        let check = |what: &str, want: &[T], got: &[T]| {
            assert_eq!(got.len(), want.len());
            for (got, want) in got.iter().zip(want) {
                let error = (got.to_f64() - want.to_f64()).abs();
                assert!(error <= tolerance, "{what} {isa:?} {m}x{n}x{k}: {got} for {want}");
            }
        };

        pack(isa, (k, n), Rhs::Rows(&b, n), &mut packed);
        let mut c = start.clone();
        gemm(isa, (m, n, k), Lhs::rows(&a, k), &packed, &mut c);
        check("A · B", &want, &c);

        let b_transposed: Vec<T> = (0..n * k).map(|i| b[(i % k) * n + i / k]).collect();
        pack(isa, (k, n), Rhs::Columns(&b_transposed, k), &mut packed);
        let mut c = start.clone();
        gemm(isa, (m, n, k), Lhs::rows(&a, k), &packed, &mut c);
        check("A · (Bᵀ)ᵀ", &want, &c);

        // Rows of Aᵀ with something else between them.
        let (a_stride, between) = (m + 2, T::from_f64(77.0));
        let a_transposed: Vec<T> = (0..a_stride * k)
            .map(|i| if i % a_stride < m { a[(i % a_stride) * k + i / a_stride] } else { between })
            .collect();
        let half = n.div_ceil(2);
        let narrow = numbers::<T>(k * half, "narrow");
        let mut want_narrow = vec![T::ZERO; m * half];
        naive((m, half, k), |i, l| a[i * k + l], |l, j| narrow[l * half + j], &mut want_narrow);
        let mut scratch = vec![T::ONE; transposed_scratch_len(isa, &[n, half], k)];
        let mut c = start;
        let mut c_narrow = vec![T::ZERO; m * half];
        isa.run(GemmTransposed {
            isa,
            size: (m, k),
            a: &a_transposed,
            a_stride,
            to: [
                Gradient { n, b: &b, c: &mut c },
                Gradient { n: half, b: &narrow, c: &mut c_narrow },
            ],
            scratch: &mut scratch,
        });
        check("(Aᵀ)ᵀ · B", &want, &c);
        check("(Aᵀ)ᵀ · half of B", &want_narrow, &c_narrow);

        // Wider rows of C, from a row that is not what stands there.
        let row = numbers::<T>(n, "row");
        let stride = n + 3;
        let mut want: Vec<T> = (0..m).flat_map(|_| row.clone()).collect();
        naive((m, n, k), |i, l| a[i * k + l], |l, j| b[l * n + j], &mut want);
        pack(isa, (k, n), Rhs::Rows(&b, n), &mut packed);
        for start in [Start::Row(&row[..]), Start::Zero] {
            let mut c = vec![T::from_f64(99.0); m * stride];
            let product = Gemm::new(isa, (m, n, k), Lhs::rows(&a, k), &packed, &mut c);
            isa.run(product.with_stride(stride).onto(start));
            for (i, c) in c.chunks(stride).enumerate() {
                for (j, &got) in c.iter().enumerate() {
                    let want = match (start, j < n) {
                        (_, false) => 99.0,
                        (Start::Zero, _) => (want[i * n + j] - row[j]).to_f64(),
                        _ => want[i * n + j].to_f64(),
                    };
                    let error = (got.to_f64() - want).abs();
                    assert!(error <= tolerance, "stride {isa:?} {m}x{n}x{k}: {got} for {want}");
                }
            }
        }
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
            agrees::<f32>(isa, (250, 49, 200), 200.0 * 100.0 * f64::from(f32::EPSILON));
            // Sizes that a matrix unit takes: whole tiles, one strip of rows, edges of all kinds, more
            // than a block of rows, of K, and of the rows of a gradient; last, a gradient in tiles beside one
            // half as wide in panels.
            for size in [
                (32, 64, 96),
                (16, 80, 64),
                (1, 70, 75),
                (17, 65, 97),
                (47, 200, 33),
                (33, 72, 600),
                (230, 72, 530),
                (300, 33, 160),
                (70, 70, 40),
            ] {
                let k = size.2 as f64;
                agrees::<f32>(isa, size, k * k / 2.0 * f64::from(f32::EPSILON));
            }
        }
    }

    #[test]
    fn sizes_that_wrap_round_are_refused() {
        let refused = |size, a: Lhs<'static, f32>| {
            let call = move || gemm(Isa::detect(), size, a, &[], &mut [0.0]);
            assert!(std::panic::catch_unwind(call).is_err(), "{size:?}");
        };
        refused((1, 1, 1 << 60), Lhs::rows(&[1.0], 0));
        refused((2, 1, usize::MAX), Lhs::rows(&[1.0], 1 << 62));
        refused((3, 1, 1), Lhs::rows(&[1.0], 1 << 63));
        refused((1 << 63, 2, 1), Lhs::rows(&[1.0], 0));
    }

    #[test]
    fn the_last_panel_is_padded_with_zeros() {
        let isa = Isa::detect();
        let mut packed = vec![f32::NAN; packed_len::<f32>(isa, 2, 17)];
        pack(isa, (2, 17), Rhs::Rows(&[1.0; 34], 17), &mut packed);
        assert_eq!(packed.iter().filter(|&&value| value == 1.0).count(), 34);
        assert_eq!(packed.iter().filter(|&&value| value == 0.0).count(), 2 * 15);
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_rows() {
        for (n, k) in [(37, 29), (80, 70)] {
            the_bits_do_not_depend_on_rows(n, k);
        }
    }

    /// From two rows on: by twos and a five, and thirteen at once.
    fn the_bits_do_not_depend_on_rows(n: usize, k: usize) {
        let (a, b) = (numbers::<f32>(13 * k, "a"), numbers::<f32>(k * n, "b"));
        for isa in Isa::available() {
            let mut packed = vec![0.0; packed_len::<f32>(isa, k, n)];
            pack(isa, (k, n), Rhs::Rows(&b, n), &mut packed);
            let mut together = vec![0.0; 13 * n];
            gemm(isa, (13, n, k), Lhs::rows(&a, k), &packed, &mut together);
            let mut alone = vec![0.0; 13 * n];
            for (first, rows) in [(0, 2), (2, 2), (4, 2), (6, 2), (8, 5)] {
                let (a, c) = (&a[first * k..], &mut alone[first * n..]);
                gemm(isa, (rows, n, k), Lhs::rows(a, k), &packed, c);
            }
            assert_eq!(together, alone);
        }
    }
}
