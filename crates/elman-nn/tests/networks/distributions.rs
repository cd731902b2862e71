//! Losses that predict a whole distribution: slopes, order of the quantiles, and what is refused.
//!
//! Their values are compared with PyTorch's and SciPy's in `golden.rs`.

use elman_nn::losses::{Loss, LossEntry, Predicts};
use elman_nn::registry::Entry;
use proptest::prelude::*;

const LEVELS: [f64; 5] = [0.05, 0.25, 0.4, 0.8, 0.975];

/// Every loss but those of a point, `pinball` at [`LEVELS`].
fn losses() -> impl Iterator<Item = Loss<f64>> {
    let entries = LossEntry::<f64>::ALL
        .iter()
        .filter(|e| !matches!(e.predicts(), Predicts::Point | Predicts::Classes));
    entries.map(|entry| match entry.predicts() {
        Predicts::Quantiles => Loss::new(entry.name(), &LEVELS).unwrap(),
        _ => Loss::new(entry.name(), &[]).unwrap(),
    })
}

fn name(loss: &Loss<f64>) -> &'static str {
    loss.entry().name()
}

proptest! {
    /// The slope is taken by the five-point formula at h = 1e-4 and at h / 2. Its error is h⁴ / 30 times
    /// the fifth derivative, which is large where the scale is near h: the difference of the two slopes
    /// bounds the error of the finer one. Rounding adds 1e-16 / h times the loss, which may be hundreds.
    /// A kink of `pinball` may lie within h.
    #[test]
    fn gradients_are_slopes(
        outputs in prop::collection::vec(-9.0..9.0, LEVELS.len()),
        y in -20.0..20.0,
    ) {
        for loss in losses() {
            let outputs = &outputs[..loss.outputs_per_target()];
            let counts = loss.entry().predicts() == Predicts::Counts;
            let y = if counts { f64::abs(y).round() } else { y };
            let kink = |level| (loss.quantile(outputs, level).unwrap() - y).abs() < 1e-3;
            if loss.entry().predicts() == Predicts::Quantiles && LEVELS.into_iter().any(kink) {
                continue;
            }
            let mut d = vec![0.0; outputs.len()];
            let value = loss.mean(outputs, &[y], &mut d);
            prop_assert!(value.is_finite());
            for i in 0..outputs.len() {
                let at = |by: f64| {
                    let mut moved = outputs.to_vec();
                    moved[i] += by;
                    loss.mean(&moved, &[y], &mut vec![0.0; outputs.len()])
                };
                let five_points = |h: f64| (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
                let (coarse, slope) = (five_points(1e-4), five_points(5e-5));
                let tolerance = 1e-8 * (1.0 + slope.abs() + value.abs()) + (coarse - slope).abs();
                prop_assert!((d[i] - slope).abs() <= tolerance, "{} {i}: {} for {slope}", name(&loss), d[i]);
            }
        }
    }

    #[test]
    fn quantiles_never_cross(outputs in prop::collection::vec(-1e6..1e6, LEVELS.len())) {
        for loss in losses() {
            let outputs = &outputs[..loss.outputs_per_target()];
            let levels = [1e-9, 0.01, 0.05, 0.2, 0.25, 0.39, 0.4, 0.5, 0.8, 0.9, 0.975, 0.99, 1.0 - 1e-9];
            let quantiles = levels.map(|p| loss.quantile(outputs, p).unwrap());
            prop_assert!(quantiles.is_sorted(), "{}: {quantiles:?}", name(&loss));
            prop_assert!(quantiles.iter().all(|q| q.is_finite()));
        }
    }

    /// In `f32` too, where a small step is lost beside a large value.
    #[test]
    fn quantiles_never_cross_in_f32(outputs in prop::collection::vec(-1e6_f32..1e6, LEVELS.len())) {
        let loss = Loss::<f32>::new("pinball", &LEVELS).unwrap();
        let quantiles = LEVELS.map(|p| loss.quantile(&outputs, p).unwrap());
        prop_assert!(quantiles.is_sorted(), "{quantiles:?}");
    }
}

#[test]
fn the_point_is_the_middle() {
    for loss in losses() {
        let outputs = &[1.25, -0.5, 2.0, 0.25, -1.0][..loss.outputs_per_target()];
        let middle = if name(&loss) == "pinball" { 0.4 } else { 0.5 };
        assert_eq!(Some(loss.point(outputs)), loss.quantile(outputs, middle), "{}", name(&loss));
    }
}

#[test]
fn pinball_with_the_level_of_one_half_is_mae() {
    let (pinball, mae) = (Loss::new("pinball", &[0.5]).unwrap(), Loss::new("mae", &[]).unwrap());
    let (pred, target) = ([0.5, -3.0, 7.0, 1.0], [0.5, 2.0, f64::NAN, 0.25]);
    let (mut d, mut want) = ([9.0; 4], [9.0; 4]);
    assert_eq!(pinball.mean(&pred, &target, &mut d), mae.mean(&pred, &target, &mut want));
    assert_eq!(d, want);
}

#[test]
fn pinball_is_linear_between_its_levels_and_flat_beyond_them() {
    let loss = Loss::<f64>::new("pinball", &[0.2, 0.5, 0.9]).unwrap();
    // softplus(ln(e - 1)) = 1 and softplus(ln(e² - 1)) = 2: quantiles 2, 3 and 5.
    let outputs = [(1_f64.exp() - 1.0).ln(), 3.0, (2_f64.exp() - 1.0).ln()];
    for (p, want) in [(0.1, 2.0), (0.2, 2.0), (0.35, 2.5), (0.5, 3.0), (0.6, 3.5), (0.95, 5.0)] {
        let got = loss.quantile(&outputs, p).unwrap();
        assert!((got - want).abs() < 1e-14, "{p}: {got} for {want}");
    }
}

#[test]
fn what_is_not_known_has_no_part_in_the_loss() {
    for loss in losses() {
        let size = loss.outputs_per_target();
        let outputs = [0.5, -0.25, 1.0, 0.75, 2.0, 1.5, -1.0, 0.125, 0.25, 3.0];
        let (mut both, mut alone) = (vec![9.0; 2 * size], vec![9.0; size]);
        let value = loss.share(&outputs[..2 * size], &[f64::NAN, 3.0], 1, &mut both);
        assert_eq!(
            value,
            loss.mean(&outputs[size..2 * size], &[3.0], &mut alone),
            "{}",
            name(&loss)
        );
        assert!(both[..size].iter().all(|&d| d == 0.0));
        assert_eq!(both[size..], alone);
    }
}

#[test]
fn no_number_comes_of_what_is_none() {
    let counts = Loss::new("negative-binomial", &[]).unwrap();
    let mut d = [0.0_f64; 2];
    assert!(counts.mean(&[1.0, 1.0], &[-0.5], &mut d).is_nan() && d.iter().all(|d| d.is_nan()));
    for loss in losses() {
        let size = loss.outputs_per_target();
        let outputs = vec![f64::NAN; size];
        let mut d = vec![0.0; size];
        assert!(loss.mean(&outputs, &[1.0], &mut d).is_nan(), "{}", name(&loss));
        assert!(d.iter().all(|d| d.is_nan()), "{}", name(&loss));
        assert!(loss.quantile(&outputs, 0.3).unwrap().is_nan(), "{}", name(&loss));
        for p in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(loss.quantile(&vec![1.0; size], p), None);
        }
    }
}

#[test]
fn points_have_no_quantiles() {
    for name in ["mse", "mae", "huber"] {
        let loss = Loss::<f64>::new(name, &[]).unwrap();
        assert_eq!((loss.outputs_per_target(), loss.point(&[2.5])), (1, 2.5));
        assert_eq!(loss.quantile(&[2.5], 0.5), None);
    }
}

#[test]
fn levels_are_for_pinball_and_ascend_between_0_and_1() {
    let refused =
        |name: &str, levels: &[f64]| Loss::<f32>::new(name, levels).unwrap_err().to_string();
    assert_eq!(
        refused("pinball", &[]),
        "`quantiles` = []: must be the levels of the loss `pinball`, one at least"
    );
    assert_eq!(
        refused("mse", &[0.5]),
        "`quantiles` = [0.5]: must be empty: only the loss `pinball` has levels"
    );
    for levels in
        [&[0.5, 0.1][..], &[0.5, 0.5], &[0.0, 0.5], &[0.5, 1.0], &[f64::NAN], &[0.1, f64::NAN]]
    {
        assert!(refused("pinball", levels).ends_with("strictly ascending, above 0 and below 1"));
    }
    assert!(refused("gauss", &[]).contains("student-t"));
}

/// Far beyond any sensible parameter, the search for a quantile still ends.
#[test]
fn quantiles_of_absurd_outputs_come_soon() {
    let start = std::time::Instant::now();
    for loss in losses() {
        let start = std::time::Instant::now();
        for one in [-1e300, -1e30, -700.0, 0.0, 700.0, 1e5, 1e9, 1e30, 1e300] {
            for other in [-1e300, -1e30, -700.0, 0.0, 700.0, 1e5, 1e9, 1e30, 1e300] {
                let outputs = match loss.outputs_per_target() {
                    2 => vec![one, other],
                    3 => vec![0.0, one, other],
                    size => vec![one; size],
                };
                for p in [1e-300, 1e-12, 0.5, 1.0 - 1e-12] {
                    loss.quantile(&outputs, p);
                }
            }
        }
        println!("{} {:?}", name(&loss), start.elapsed());
    }
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
