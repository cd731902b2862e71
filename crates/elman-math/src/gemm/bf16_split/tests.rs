//! How exact products in tiles are, on a machine that has them.

use super::super::tests::numbers;
use super::super::{
    GemmTransposed, Gradient, Lhs, Rhs, gemm, pack, packed_len, transposed_scratch_len,
};
use crate::dispatch::Isa;

const M: usize = 40;
const N: usize = 80;

/// A `[M, k]` · B `[k, N]`.
fn product(isa: Isa, k: usize, a: &[f32], b: &[f32]) -> Vec<f32> {
    let mut packed = vec![0.0; packed_len::<f32>(isa, k, N)];
    pack(isa, (k, N), Rhs::Rows(b, N), &mut packed);
    let mut c = vec![0.0; M * N];
    gemm(isa, (M, N, k), Lhs::rows(a, k), &packed, &mut c);
    c
}

/// The mean and the largest error over the sums of the magnitudes, in units of 2⁻²⁴.
fn errors(k: usize, a: &[f32], b: &[f32], c: &[f32]) -> [f64; 2] {
    let mut errors = Vec::new();
    for (i, row) in c.chunks(N).enumerate() {
        for (j, &got) in row.iter().enumerate() {
            let terms = (0..k).map(|l| f64::from(a[i * k + l]) * f64::from(b[l * N + j]));
            let want: f64 = terms.clone().sum();
            let size: f64 = terms.map(f64::abs).sum();
            errors.push((f64::from(got) - want).abs() / size * 2_f64.powi(24));
        }
    }
    [errors.iter().sum::<f64>() / errors.len() as f64, errors.into_iter().fold(0.0, f64::max)]
}

#[test]
fn products_in_tiles_are_at_least_as_exact_as_chains_of_multiply_adds() {
    let Some(amx) = Isa::find("amx") else { return };
    for k in [64, 256, 1024] {
        let (a, b) = (numbers::<f32>(M * k, "a"), numbers::<f32>(k * N, "b"));
        let positive = |x: &[f32]| x.iter().map(|x| x.abs()).collect::<Vec<_>>();
        // Of magnitudes from 2⁻¹⁵ to 2¹⁵.
        let uneven = |x: &[f32]| -> Vec<f32> {
            x.iter().enumerate().map(|(i, x)| x * 2_f32.powi(i as i32 * 7 % 31 - 15)).collect()
        };
        for (what, a, b) in [
            ("of both signs", a.clone(), b.clone()),
            ("positive", positive(&a), positive(&b)),
            ("uneven", uneven(&a), uneven(&b)),
            ("large", a.iter().map(|x| x * 1e30).collect(), b.clone()),
            ("small", a.iter().map(|x| x * 1e-30).collect(), b.clone()),
        ] {
            let tiles = errors(k, &a, &b, &product(amx, k, &a, &b));
            let chains = Isa::find("avx512").expect("a machine with AMX has AVX-512");
            let chains = errors(k, &a, &b, &product(chains, k, &a, &b));
            println!("K {k:4} {what:13}: mean, largest: tiles {tiles:.3?}, chains {chains:.3?}");
            assert!(tiles[0] <= chains[0] && tiles[1] <= chains[1], "{what} {k}");
        }
    }
}

#[test]
fn no_digit_of_a_value_is_lost() {
    let Some(amx) = Isa::find("amx") else { return };
    let k = 64;
    let a = numbers::<f32>(M * k, "a");
    let mut unit = vec![0.0; k * N];
    (0..k).for_each(|l| unit[l * N + l] = 1.0);
    let c = product(amx, k, &a, &unit);
    for (a, c) in a.chunks(k).zip(c.chunks(N)) {
        assert_eq!(a, &c[..k]);
    }
}

#[test]
fn what_is_no_number_stays_none_and_keeps_to_its_row() {
    let Some(amx) = Isa::find("amx") else { return };
    let k = 70;
    let strange = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX];
    let payloads = [0x7f80_0001, 0x7fff_ffff, 0xffff_ffff, 0xff80_0001].map(f32::from_bits);
    for value in strange.into_iter().chain(payloads) {
        let (mut a, b) = (numbers::<f32>(M * k, "a"), numbers::<f32>(k * N, "b"));
        a[3 * k + 33] = value;
        let c = product(amx, k, &a, &b);
        for (i, row) in c.chunks(N).enumerate() {
            assert!(row.iter().all(|c| c.is_finite() == (i != 3)), "{value} {i} {row:?}");
        }
        // The same value in B, as the gradient of a weight would meet it.
        let mut gradient = vec![0.0; k * N];
        let mut scratch = vec![0.0; transposed_scratch_len(amx, &[N], M)];
        let (a, b) = (numbers::<f32>(M * k, "a"), numbers::<f32>(M * N, "b"));
        let b: Vec<f32> =
            b.iter().enumerate().map(|(i, &b)| if i == 5 * N + 7 { value } else { b }).collect();
        amx.run(GemmTransposed {
            isa: amx,
            size: (k, M),
            a: &a,
            a_stride: k,
            to: [Gradient { n: N, b: &b, c: &mut gradient }],
            scratch: &mut scratch,
        });
        for (i, &c) in gradient.iter().enumerate() {
            assert_eq!(c.is_finite(), i % N != 7, "{value} {i} {c}");
        }
    }
}
