//! The innermost loop of all products, and what happens to its sums.

#![expect(
    clippy::needless_range_loop,
    reason = "loops over constant sizes unroll; iterators over arrays of vectors stay in memory"
)]

use super::{Gemm, Lhs, PANEL, Start};
use crate::dispatch::Backend;
use crate::line::SimdVector;
use crate::real::Real;

/// Lines of B that are asked for before they are needed: B is read in straight lines, but the
/// hardware's own foresight ends at every 4 KiB, that is after 64 lines.
const AHEAD: usize = 16;

/// How a tile finds the values of A.
pub(super) trait Left<T>: Copy {
    /// Whether B is read once or twice from far away, and is to be asked for ahead of time.
    const B_IS_FAR: bool;

    /// Element (`first` + `r`, `k`) of A.
    ///
    /// # Safety
    /// A must have it.
    unsafe fn at(self, first: usize, r: usize, k: usize) -> T;
}

/// A as it stands.
#[derive(Clone, Copy)]
pub(super) struct Strided<'a, T>(pub(super) Lhs<'a, T>);

impl<T: Real> Left<T> for Strided<'_, T> {
    const B_IS_FAR: bool = true;

    #[inline(always)]
    unsafe fn at(self, first: usize, r: usize, k: usize) -> T {
        let Lhs { data, stride } = self.0;
        // SAFETY: by the contract of the trait.
        unsafe { *data.get_unchecked((first + r) * stride + k) }
    }
}

/// A tile's rows, packed: `R` values for each k.
#[derive(Clone, Copy)]
pub(super) struct Tiled<'a, T, const R: usize>(pub(super) &'a [T]);

impl<T: Real, const R: usize> Left<T> for Tiled<'_, T, R> {
    const B_IS_FAR: bool = false;

    #[inline(always)]
    unsafe fn at(self, _: usize, r: usize, k: usize) -> T {
        // SAFETY: by the contract of the trait.
        unsafe { *self.0.get_unchecked(k * R + r) }
    }
}

/// The sums over `k` of `R` rows of A, from `row` on, and `P` panels of B. They go in `CHAINS` turns.
///
/// # Safety
/// A must have the rows and `k` columns, and `b` the P·k lines of the panels.
#[inline(always)]
pub(super) unsafe fn product<
    I: Backend,
    T: Real,
    L: Left<T>,
    const R: usize,
    const P: usize,
    const CHAINS: usize,
>(
    a: L,
    row: usize,
    k: usize,
    b: &[T],
) -> [[T::SimdVector<I>; P]; R] {
    debug_assert!(b.len() >= P * k * PANEL);
    let all = k;
    let mut chains = [[[<T::SimdVector<I>>::splat(T::ZERO); P]; R]; CHAINS];
    let mut k = 0;
    while k + CHAINS <= all {
        for (c, lines) in chains.iter_mut().enumerate() {
            // SAFETY: by the contract, and k + c < `all`.
            unsafe { multiply::<I, T, L, R, P>(a, row, (k + c, all), b, lines) };
        }
        k += CHAINS;
    }
    while k < all {
        // SAFETY: as above.
        unsafe { multiply::<I, T, L, R, P>(a, row, (k, all), b, &mut chains[0]) };
        k += 1;
    }
    let mut width = CHAINS;
    while width > 1 {
        width /= 2;
        for c in 0..width {
            for r in 0..R {
                for p in 0..P {
                    chains[c][r][p] = chains[c][r][p] + chains[c + width][r][p];
                }
            }
        }
    }
    chains[0]
}

/// One step of K on a tile: step `k` of `all`.
///
/// # Safety
/// That of [`product`], and k < `all`.
#[inline(always)]
unsafe fn multiply<I: Backend, T: Real, L: Left<T>, const R: usize, const P: usize>(
    a: L,
    row: usize,
    (k, all): (usize, usize),
    b: &[T],
    lines: &mut [[T::SimdVector<I>; P]; R],
) {
    let b: [T::SimdVector<I>; P] = std::array::from_fn(|p| {
        // SAFETY: p < P and k < `all`, so that this line ends at or before P·all·PANEL, which `b`
        // holds by the contract.
        unsafe {
            let line = b.as_ptr().add((p * all + k) * PANEL);
            if L::B_IS_FAR {
                <T::SimdVector<I>>::prefetch(line.wrapping_add(AHEAD * PANEL));
            }
            <T::SimdVector<I>>::load(&*line.cast::<[T; PANEL]>())
        }
    });
    for (r, lines) in lines.iter_mut().enumerate() {
        // SAFETY: by the contract.
        let a = <T::SimdVector<I>>::splat(unsafe { a.at(row, r, k) });
        for (line, &b) in lines.iter_mut().zip(&b) {
            *line = a.mul_add(b, *line);
        }
    }
}

impl<T: Real> Gemm<'_, T> {
    /// Asks for a tile of C, which is wanted when its sums are done.
    #[inline(always)]
    pub(super) fn ask<I: Backend, const R: usize, const P: usize>(&self, row: usize, panel: usize) {
        let c = self.c.as_ptr();
        for r in 0..R {
            for p in 0..P {
                let place = (row + r) * self.c_stride + (panel + p) * PANEL;
                <T::SimdVector<I>>::prefetch(c.wrapping_add(place));
            }
        }
    }

    /// Adds the sums of a tile, or of its first `rows` rows, to where they belong.
    #[inline(always)]
    pub(super) fn finish<I: Backend, const R: usize, const P: usize>(
        &mut self,
        row: usize,
        rows: usize,
        panel: usize,
        sums: &[[T::SimdVector<I>; P]; R],
    ) {
        let column = panel * PANEL;
        if rows < R || column + P * PANEL > self.n {
            // The sums leave their registers one by one, by constant places: an array that is
            // looked up by a variable would have to live in memory, all through the product.
            let mut lines = [[[T::ZERO; PANEL]; P]; R];
            for r in 0..R {
                for p in 0..P {
                    sums[r][p].store(&mut lines[r][p]);
                }
            }
            for (r, lines) in lines[..rows].iter().enumerate() {
                self.finish_edge(row + r, column, lines.as_flattened());
            }
            return;
        }
        let c_stride = self.c_stride;
        let c = self.c.as_mut_ptr();
        // SAFETY: row + r < M and column + (p + 1)·PANEL ≤ N, and `checked` asserted that C holds
        // element (M-1, N-1) with rows `c_stride` apart. One line is borrowed at a time.
        let line = |r: usize, p: usize| unsafe {
            &mut *c.add((row + r) * c_stride + column + p * PANEL).cast::<[T; PANEL]>()
        };
        match self.start {
            Start::Present => {
                for r in 0..R {
                    for p in 0..P {
                        let c = line(r, p);
                        (<T::SimdVector<I>>::load(c) + sums[r][p]).store(c);
                    }
                }
            }
            Start::Zero => {
                for r in 0..R {
                    for p in 0..P {
                        sums[r][p].store(line(r, p));
                    }
                }
            }
            Start::Row(start) => {
                let start = &start[column..column + P * PANEL];
                for r in 0..R {
                    for p in 0..P {
                        let start = start[p * PANEL..].first_chunk().expect("P lines");
                        (<T::SimdVector<I>>::load(start) + sums[r][p]).store(line(r, p));
                    }
                }
            }
        }
    }

    /// One row of a tile that reaches beyond the last row or column.
    #[inline(always)]
    fn finish_edge(&mut self, row: usize, column: usize, sums: &[T]) {
        let c = &mut self.c[row * self.c_stride..][column..self.n];
        match self.start {
            Start::Present => {}
            Start::Zero => c.fill(T::ZERO),
            Start::Row(row) => c.copy_from_slice(&row[column..self.n]),
        }
        for (c, &sum) in c.iter_mut().zip(sums) {
            *c += sum;
        }
    }
}
