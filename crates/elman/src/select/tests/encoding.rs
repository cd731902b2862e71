//! Inputs and targets of a network for one series.

use super::*;

#[test]
fn the_inverse_of_a_target_is_the_value() {
    let values = sales(40, 50.0);
    let at_zero: Vec<f64> = values.iter().map(|y| y - 60.0).collect();
    for preprocessing in all_views() {
        for values in [&values, &at_zero] {
            if preprocessing.transform != TargetTransform::MEAN_SCALE
                && values.iter().any(|y| *y <= 0.0)
            {
                continue;
            }
            let encoded = EncodedSeries::new(
                &preprocessing,
                History::new(values).up_to(40),
                &[4],
                false,
                None,
            );
            for t in 0..39 {
                let mut target = [0.0; 5];
                encoded.write_targets(t, &mut target);
                for (k, z) in target.into_iter().enumerate() {
                    match values.get(t + 1 + k) {
                        None => assert!(z.is_nan(), "past the end"),
                        Some(y) => {
                            // f32 keeps seven digits of logarithms of size 5, over steps of 0.1.
                            let error = (encoded.inverse(t, k + 1, f64::from(z)) - y).abs();
                            assert!(
                                error < 1e-4 * y.abs().max(10.0),
                                "{preprocessing:?} {t} {k}: {error}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn inputs_do_not_depend_on_later_values() {
    let values = sales(40, 50.0);
    let mut changed = values.clone();
    changed[30..].iter_mut().for_each(|y| *y = f64::NAN);
    for preprocessing in all_views() {
        let inputs = preprocessing.inputs(5);
        // Units and season come from the history, which is the same.
        let [one, other] = [&values, &changed].map(|y| {
            EncodedSeries::new(&preprocessing, History::new(y).up_to(30), &[4], false, None)
        });
        for t in 0..30 {
            let show = |encoded: &EncodedSeries| {
                let mut x = vec![0.0; inputs];
                encoded.write_inputs(&preprocessing, 5, t, &mut x);
                x.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
            };
            assert_eq!(show(&one), show(&other), "{preprocessing:?} at {t}");
            let ask = |encoded: &EncodedSeries| {
                let mut z = [0.0; 5];
                encoded.write_targets(t, &mut z);
                z.map(f32::to_bits)
            };
            assert_eq!(ask(&one), ask(&other), "{preprocessing:?} at {t}");
        }
    }
}

#[test]
fn inputs_and_targets_computed_by_hand() {
    let preprocessing = Preprocessing {
        transform: TargetTransform::MEAN_SCALE,
        deseasonalize: false,
        decomposition: Decomposition::Classical,
        differences: 1,
        local_level: 2,
        diff_normalized: false,
        lags: 3,
        seasonal_features: false,
        linear_skip: false,
        use_covariates: false,
        scaler: None,
        no_floor: false,
        drift: false,
    };
    // The mean of the history, 4, is 1 after the transform.
    let encoded = EncodedSeries::new(
        &preprocessing,
        History::new(&[2.0, 4.0, 6.0, 8.0]).up_to(3),
        &[],
        false,
        None,
    );
    let show = |t: usize| {
        let mut x = [0.0; 3];
        encoded.write_inputs(&preprocessing, 1, t, &mut x);
        x
    };
    assert_eq!(show(0), [0.0, 0.0, 0.0], "the first value is repeated before the start");
    assert_eq!(show(1), [-0.25, -0.25, 0.25], "less the mean of the last two");
    assert_eq!(show(3), [-0.75, -0.25, 0.25]);
    let mut target = [0.0; 2];
    encoded.write_targets(1, &mut target);
    assert_eq!(target[0], 0.75, "6 / 4 less the level of 0.75");
    assert!(target[1].is_nan(), "8 is not known");
    assert_eq!(encoded.inverse(3, 1, 0.25), 8.0, "the level is 7");
}

#[test]
fn the_decomposition_is_the_one_of_the_settings() {
    let panel = [Series::counted("s", sales(60, 40.0))];
    for decomposition in [Decomposition::Classical, Decomposition::Stl] {
        let settings = AutoForecaster { decomposition, ..AutoForecaster::new(5) };
        let ready = PreparedPanel::of(&panel, &settings, 0).unwrap();
        let known = ready.known();
        let setup = SelectionSetup::new(&known, &ready, &settings);
        assert!(
            setup
                .candidates
                .iter()
                .all(|(preprocessing, _)| preprocessing.decomposition == decomposition)
        );
    }
    // A season with a growing amplitude, which STL removes.
    let grows = |t: usize| (4.0 + 0.02 * t as f64 * [1.0, -1.0, 2.0, -2.0][t % 4]).exp();
    let values: Vec<f64> = (0..80).map(grows).collect();
    let off = |decomposition| {
        let preprocessing = Preprocessing {
            decomposition,
            ..search_space(TargetTransform::LOG, &[4], 4, 40)[0].clone()
        };
        let encoded =
            EncodedSeries::new(&preprocessing, History::new(&values).full(), &[4], false, None);
        (1..=4)
            .map(|k| (encoded.inverse(79, k, 0.0) / grows(79 + k)).ln().abs())
            .fold(0.0, f64::max)
    };
    let [classical, stl] = [Decomposition::Classical, Decomposition::Stl].map(off);
    assert!(stl < classical / 4.0, "{classical}, {stl}");
}

#[test]
fn the_typical_difference_with_a_scaler_is_not_relative_to_the_level() {
    let scaler = Some("none".to_owned());
    let preprocessing = Preprocessing {
        scaler,
        deseasonalize: false,
        ..search_space(TargetTransform::MEAN_SCALE, &[], 2, 20)[0].clone()
    };
    let encoded =
        EncodedSeries::new(&preprocessing, History::new(&[5.0, 6.0]).full(), &[], false, None);
    let mut target = [0.0];
    encoded.write_targets(0, &mut target);
    // Prior of the mean absolute difference: a tenth and 0.005, of 1 and not of 5.
    assert!((target[0] - 1.0 / 0.105).abs() < 1e-4, "{target:?}");
}

#[test]
fn a_masked_value_is_interpolated_as_input_and_masked_as_target() {
    let season = [3.0, -1.0, 0.0, -2.0];
    let full: Vec<f64> = (0..40).map(|t| 50.0 + season[t % 4]).collect();
    let mut holed = full.clone();
    [9, 10, 11, 30, 39].into_iter().for_each(|t| holed[t] = f64::NAN);
    let history = History::new(&holed);
    assert_eq!(history.filled[9..12], [full[8]; 3]);
    let preprocessing = Preprocessing {
        transform: TargetTransform::MEAN_SCALE,
        ..search_space(TargetTransform::MEAN_SCALE, &[4], 5, 20)[0].clone()
    };
    let encoded = EncodedSeries::new(&preprocessing, history.up_to(38), &[4], false, None);
    let mut target = [0.0; 5];
    encoded.write_targets(8, &mut target);
    assert_eq!(target.map(f32::is_nan), [true, true, true, false, false]);
    encoded.write_targets(35, &mut target);
    assert_eq!(target.map(f32::is_nan), [false, false, true, true, true], "39 is not known");
    // A constant level stays constant through the masked values, after deseasonalizing.
    let mut x = vec![0.0; preprocessing.inputs(5)];
    encoded.write_inputs(&preprocessing, 5, 13, &mut x);
    // In units of the mean absolute difference, of which a seasonal jump is ten.
    assert!(x[..8].iter().all(|x| x.abs() < 0.6), "{x:?}");
    for k in 1..=4 {
        let predicted = encoded.inverse(12, k, 0.0);
        assert!((predicted - full[12 + k]).abs() < 1.0, "{predicted} {}", full[12 + k]);
    }
}

#[test]
fn covariates_are_inputs_for_every_step_of_the_horizon() {
    let values = sales(20, 50.0);
    let ahead: Vec<f64> = (0..23).map(|t| f64::from(u8::from(t % 5 == 0))).collect();
    let covariates =
        CovariateValues { future: vec![ahead], past: vec![values.clone()], fixed: vec![0.0, 1.0] };
    let history = History { covariates, ..History::new(&values) };
    let covariate_dims = CovariateDims { future: 1, past: 1, fixed: 2 };
    let preprocessing = Preprocessing {
        use_covariates: true,
        ..search_space(TargetTransform::LOG, &[4], 3, 20)[0].clone()
    };
    let encoded = EncodedSeries::new(&preprocessing, history.up_to(20), &[4], false, None);
    let own = preprocessing.inputs(3);
    let show = |t: usize| {
        let mut x = vec![9.0; own + covariate_dims.inputs(3)];
        encoded.write_inputs(&preprocessing, 3, t, &mut x);
        x.split_off(own)
    };
    // Four of twenty are 1: a mean of 0.2 and a standard deviation of 0.4.
    for (t, ones) in [(4, [false, true, false, false]), (15, [true, false, false, false])] {
        let shown = show(t);
        let expected = ones.map(|one| if one { 2.0 } else { -0.5 });
        assert!(shown[..4].iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{shown:?}");
        assert_eq!(shown[5..], [0.0, 1.0]);
        assert!(shown[4].is_finite() && shown[4] != show(t + 1)[4]);
    }
    // Step 22 is the last one with a known future covariate, and 20 is a multiple of 5.
    let last = show(19);
    assert!((last[1] - 2.0).abs() < 1e-6 && last[..4].iter().all(|x| *x != 0.0), "{last:?}");
}

#[test]
fn masked_values_inside_are_interpolated_and_those_at_the_end_are_not() {
    let x = [1.0, 9.0, 9.0, 4.0, 9.0];
    assert_eq!(bridged(&x, &[1, 2, 4]), [1.0, 2.0, 3.0, 4.0, 9.0]);
    assert_eq!(
        bridged(&x, &[0, 7]),
        x,
        "the first value, and a value after the end, are not interpolated"
    );
    // So a season is found in spite of masked values and a trend, as if no value were missing.
    let full: Vec<f64> = (0..60).map(|t| 4.0 * t as f64 - 90.0 + [9.0, 0.0, -9.0][t % 3]).collect();
    let mut holed = full.clone();
    holed[20..32].iter_mut().for_each(|y| *y = f64::NAN);
    let preprocessing = Preprocessing {
        transform: TargetTransform::MEAN_SCALE,
        ..search_space(TargetTransform::MEAN_SCALE, &[3], 3, 20)[0].clone()
    };
    let [one, other] = [&full, &holed].map(|y| {
        EncodedSeries::new(&preprocessing, History::new(y).full(), &[3], false, None)
            .inverse(59, 1, 0.0)
    });
    assert!((one - other).abs() < 1.5, "a third of a step of the season: {one} {other}");
}
