//! What `bf16_split` is on a processor without a matrix unit: no matrix suits it.

use super::{Gemm, GemmTransposed, Rhs};
use crate::dispatch::Isa;
use crate::real::Real;

const NONE: &str = "no instruction set here has tiles";

pub(super) fn suit<T: Real>(isa: Isa, _k: usize, _n: usize) -> bool {
    isa.has_tiles()
}

pub(super) fn strips_len(_strips: usize, _k: usize) -> usize {
    unreachable!("{NONE}")
}

pub(super) fn transposed_scratch_len(_n: &[usize], _k: usize) -> usize {
    unreachable!("{NONE}")
}

pub(super) fn pack(_: Isa, _size: (usize, usize), _: Rhs<'_, f32>, _packed: &mut [f32]) {
    unreachable!("{NONE}")
}

pub(super) fn product(_: Gemm<'_, f32>) {
    unreachable!("{NONE}")
}

pub(super) fn transposed<const N: usize>(_: GemmTransposed<'_, f32, N>) {
    unreachable!("{NONE}")
}
