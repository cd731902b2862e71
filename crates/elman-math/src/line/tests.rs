use super::{LINE, SimdVector};
use crate::dispatch::{Backend, Isa, Kernel};
use crate::lines::SimdVectors;

/// Runs every operation on three lines of numbers, the last of them a part.
struct Operations<'a> {
    x: &'a [f64],
    y: &'a [f64],
    got: &'a mut Vec<[f64; 35]>,
}

impl Kernel for Operations<'_> {
    #[inline(always)]
    fn run<I: Backend>(self) {
        let (x, y) =
            (SimdVectors::<f64, I, 3>::load(self.x), SimdVectors::<f64, I, 3>::load(self.y));
        let results = [
            x + y,
            x - y,
            x * y,
            x / y,
            x.mul_add(y, x),
            x.at_least(0.5),
            x.at_most(0.5),
            x.zip(y, f64::max),
            SimdVectors::splat(7.0),
        ];
        for lines in results {
            let mut values = [0.0; 35];
            lines.store(&mut values);
            self.got.push(values);
        }
    }
}

#[test]
fn every_operation_is_the_same_in_every_set() {
    let x: Vec<f64> = (0..35).map(|i| f64::from(i) / 8.0 - 2.0).collect();
    let y: Vec<f64> = (0..35).map(|i| 3.0 - f64::from(i) / 16.0).collect();
    let want: [fn(f64, f64) -> f64; 9] = [
        |x, y| x + y,
        |x, y| x - y,
        |x, y| x * y,
        |x, y| x / y,
        |x, y| x * y + x,
        |x, _| x.max(0.5),
        |x, _| x.min(0.5),
        f64::max,
        |_, _| 7.0,
    ];
    for isa in Isa::available() {
        let mut got = Vec::new();
        isa.run(Operations { x: &x, y: &y, got: &mut got });
        for (got, want) in got.iter().zip(want) {
            // All but the quotients are exact in f64, and those are rounded once.
            let want: Vec<f64> = x.iter().zip(&y).map(|(&x, &y)| want(x, y)).collect();
            assert_eq!(got[..], want, "{isa:?}");
        }
    }
}

#[test]
fn limits_keep_nan_and_parts_end_where_they_end() {
    struct Part<'a>(&'a mut [f32; LINE]);
    impl Kernel for Part<'_> {
        #[inline(always)]
        fn run<I: Backend>(self) {
            let part = <I::F32>::load_part(&[f32::NAN, 1.0, 2.0]);
            let limit = |x| <I::F32>::splat(x);
            part.at_least(limit(1.5)).at_most(limit(1.75)).store_part(&mut self.0[..5]);
        }
    }
    for isa in Isa::available() {
        let mut values = [9.0; LINE];
        isa.run(Part(&mut values));
        assert!(values[0].is_nan(), "{isa:?}");
        assert_eq!(values[1..5], [1.5, 1.75, 1.5, 1.5], "{isa:?}");
        assert!(values[5..].iter().all(|&x| x == 9.0), "{isa:?}");
    }
}
