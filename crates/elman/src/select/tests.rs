//! Preprocessing, training windows, networks and intervals of small panels.

mod online;
mod selection;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Mutex;

use elman_nn::layers::Window;
use elman_nn::windows::{Batch, Windows};

use super::config::AutoForecaster;
use super::prepared::PreparedPanel;
use super::search_space::search_space;
use super::setup::SelectionSetup;
use crate::data::{CovariateValues, History, HistoryView, Series};
use crate::features::{CovariateDims, EncodedSeries};
use crate::intervals::Conformal;
use crate::models::rnn::batches::PanelBatches;
use crate::models::rnn::early_stopping::StoppingRule;
use crate::models::rnn::{Likelihood, OutputSpec, RnnConfig, RnnModel, RnnRef, StackConfig};
use crate::season::Decomposition;
use crate::transforms::series_transform::bridged;
use crate::transforms::{Preprocessing, TargetTransform, scalers};

/// An observer of a training that goes on.
fn go_on() -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A growing series with a seasonal period of 4 and a seasonal amplitude of a quarter of the level.
fn sales(len: usize, start: f64) -> Vec<f64> {
    let season = [1.25, 0.9, 1.1, 0.75];
    (0..len).map(|t| (start + 2.0 * t as f64 + (t * t % 7) as f64) * season[t % 4]).collect()
}

fn all_views() -> Vec<Preprocessing> {
    let scales = [TargetTransform::Log, TargetTransform::LogOffset, TargetTransform::MeanScale];
    let own = scales.into_iter().flat_map(|transform| search_space(transform, &[4], 5, 20));
    let scaled = scalers::ALL.iter().flat_map(|scaler| {
        let scaler = Some(scaler.name().to_owned());
        let space = search_space(TargetTransform::MeanScale, &[4], 5, 20).into_iter();
        space.map(move |preprocessing| Preprocessing { scaler: scaler.clone(), ..preprocessing })
    });
    own.chain(scaled).collect()
}

fn settings(preprocessing: &Preprocessing, steps: u64) -> RnnConfig {
    RnnConfig {
        preprocessing: preprocessing.clone(),
        seasons: vec![4],
        horizon: 3,
        output: OutputSpec::by(Likelihood::Point, "mae", &[]),
        covariate_dims: CovariateDims::default(),
        cell: "lstm".to_owned(),
        hidden_size: 8,
        stack: StackConfig::default(),
        batch_size: 2,
        seq_length: 16,
        carry: true,
        start: 0,
        max_steps: steps,
        stop: None,
        learning_rate: 1e-2,
        seed: 1,
        isa: None,
    }
}

#[test]
fn what_is_asked_for_is_the_value_that_comes() {
    let values = sales(40, 50.0);
    let at_zero: Vec<f64> = values.iter().map(|y| y - 60.0).collect();
    for preprocessing in all_views() {
        for values in [&values, &at_zero] {
            if preprocessing.transform != TargetTransform::MeanScale
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
fn what_is_shown_at_a_step_knows_nothing_of_what_comes_after() {
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
fn a_shown_step_by_hand() {
    let preprocessing = Preprocessing {
        transform: TargetTransform::MeanScale,
        deseasonalize: false,
        decomposition: Decomposition::Classical,
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
fn windows_walk_over_every_known_step_once_an_epoch() {
    let lengths = [1, 2, 9, 10, 23, 24, 40];
    let preprocessing = &search_space(TargetTransform::Log, &[], 3, 20)[0];
    let series: Vec<EncodedSeries> = lengths
        .iter()
        .map(|len| {
            EncodedSeries::new(
                preprocessing,
                History::new(&sales(*len, 50.0)).full(),
                &[],
                false,
                None,
            )
        })
        .collect();
    let window = Window { steps: 16, batch: 2 };
    let walks = PanelBatches {
        preprocessing: preprocessing.clone(),
        inputs: preprocessing.inputs(3),
        horizon: 3,
        series,
        window,
        seed: 5,
        epoch: Default::default(),
    };
    let mut batch = Batch::new(&walks as &dyn Windows<f32>);
    // Two series a group: 1 + 8, 9 + 22, 23 + 39 time steps and so on, in an order that random numbers can change;
    // every epoch has the same number of targets.
    let asked: usize = lengths.iter().flat_map(|n| (1..*n).map(move |t| (n - t).min(3))).sum();
    let mut counts = Vec::new();
    let mut known = 0;
    let mut first_of_stream = 0;
    for number in 0..200 {
        walks.fill(number, &mut batch);
        assert!((1..=16).contains(&batch.steps()));
        assert_eq!(batch.x.len(), batch.steps() * 2 * preprocessing.inputs(3));
        assert!(batch.x.iter().all(|x| x.is_finite()));
        first_of_stream += usize::from(batch.fresh[0]);
        known += batch.target.iter().filter(|y| !y.is_nan()).count();
        if known == asked {
            counts.push(first_of_stream);
            (known, first_of_stream) = (0, 0);
        }
        assert!(known < asked, "an epoch ends with a window");
    }
    assert!(counts.len() > 10);
    assert!(
        counts.iter().all(|groups| *groups == 3),
        "six series that walk, two by two: {counts:?}"
    );
    // An earlier window can be repeated.
    let mut again = Batch::new(&walks as &dyn Windows<f32>);
    walks.fill(199, &mut batch);
    walks.fill(3, &mut again);
    walks.fill(199, &mut again);
    assert_eq!(batch.x.to_vec(), again.x.to_vec());
}

#[test]
fn training_looks_at_nothing_that_is_not_known() {
    let values: Vec<Vec<f64>> = (0..5).map(|s| sales(30 + 5 * s, 40.0 + s as f64)).collect();
    let poisoned: Vec<Vec<f64>> = values
        .iter()
        .map(|y| {
            let mut y = y.clone();
            let known = y.len() - 6;
            y[known..].iter_mut().for_each(|y| *y = f64::NAN);
            y
        })
        .collect();
    let origins: Vec<Vec<usize>> = values.iter().map(|y| vec![y.len() - 6]).collect();
    for preprocessing in all_views() {
        let [predicted, again] = [&values, &poisoned].map(|panel| {
            let histories: Vec<History<'_>> = panel.iter().map(|y| History::new(y)).collect();
            let panel: Vec<HistoryView<'_>> =
                histories.iter().map(|history| history.up_to(history.values.len() - 6)).collect();
            let net =
                RnnModel::train(&panel, settings(&preprocessing, 12), None, None, &go_on).unwrap();
            net.forecasts(&panel, &origins, &[]).unwrap()
        });
        assert_eq!(predicted, again, "{preprocessing:?}");
        assert!(predicted.iter().flatten().flatten().all(|y| y.is_finite()));
    }
}

#[test]
fn one_walk_serves_every_origin() {
    let values: Vec<Vec<f64>> = (0..3).map(|s| sales(50 + 7 * s, 40.0)).collect();
    let histories: Vec<History<'_>> = values.iter().map(|y| History::new(y)).collect();
    let panel: Vec<HistoryView<'_>> = histories.iter().map(|history| history.up_to(40)).collect();
    let preprocessing = &all_views()[0];
    let net = RnnModel::train(&panel, settings(preprocessing, 20), None, None, &go_on).unwrap();
    let several =
        net.forecasts(&panel, &[vec![40, 45, 50], vec![41], vec![16, 17, 33]], &[]).unwrap();
    for (s, origins) in [vec![40, 45, 50], vec![41], vec![16, 17, 33]].iter().enumerate() {
        for (o, origin) in origins.iter().enumerate() {
            let mut alone = vec![vec![]; 3];
            alone[s] = vec![*origin];
            let alone = net.forecasts(&panel, &alone, &[]).unwrap();
            for (a, b) in several[s][o].iter().zip(&alone[s][0]) {
                // A product with another number of rows can be summed in another order.
                assert!((a - b).abs() < 1e-4 * b.abs(), "series {s} at {origin}: {a} {b}");
            }
            assert_eq!(several[s][o].len(), 3);
        }
    }
}

#[test]
fn untrained_it_says_that_the_level_stays() {
    let values = sales(40, 50.0);
    let preprocessing = &search_space(TargetTransform::Log, &[], 3, 20)[0];
    let history = History::new(&values);
    let panel = [history.up_to(40)];
    let net = RnnModel::train(
        &panel,
        RnnConfig { seasons: vec![], ..settings(preprocessing, 0) },
        None,
        None,
        &go_on,
    );
    let predicted = net.unwrap().forecasts(&panel, &[vec![40]], &[]).unwrap();
    for y in &predicted[0][0] {
        assert!((y - values[39]).abs() < 1e-4 * y, "{y}");
    }
}

#[test]
fn bands_hold_as_much_as_they_say() {
    let mut stream = elman_nn::Stream::new(3, "noise");
    for transform in [TargetTransform::Log, TargetTransform::MeanScale] {
        // Random walks whose step sizes differ tenfold from series to series.
        let panel: Vec<Vec<f64>> = (0..60)
            .map(|s| {
                let mut y = 1000.0;
                let size = 0.5 + 0.1 * f64::from(s);
                (0..50)
                    .map(|_| {
                        y += stream.uniform(-size, size);
                        y
                    })
                    .collect()
            })
            .collect();
        let origins = vec![vec![45]; 60];
        let naive: crate::data::Forecasts = panel.iter().map(|y| vec![vec![y[44]; 5]]).collect();
        let histories: Vec<History<'_>> = panel.iter().map(|y| History::new(y)).collect();
        let known: Vec<HistoryView<'_>> = histories.iter().map(History::full).collect();
        let levels = [50.0, 90.0];
        let (made, coverage) =
            Conformal::new(transform, 1, &known, &origins, &naive, 1.0, &levels).unwrap();
        for (level, share) in levels.into_iter().zip(coverage) {
            let held = panel.iter().flat_map(|y| {
                made.interval(level, &made.scale(&y[..45]), 45, &[y[44]; 5])
                    .contains(&y[45..])
                    .collect::<Vec<_>>()
            });
            let held: Vec<bool> = held.collect();
            let inside = held.iter().filter(|held| **held).count() as f64 / held.len() as f64;
            // The errors that the interval was made from: 300 of them, and one more by its definition.
            assert!((inside - level / 100.0).abs() < 0.02, "{transform:?} {level}: {inside}");
            // Cross-fitted: 150 errors in each half, of 30 series.
            assert!((share - level / 100.0).abs() < 0.12, "{transform:?} {level}: {share}");
        }
    }
}

/// Fifty random walks with persistence forecasts: each alone with its last six values, each with its last sixty, and
/// all together.
#[test]
fn few_errors_make_wide_bands() {
    let mut stream = elman_nn::Stream::new(8, "walks");
    let mut y = 0.0;
    let mut next = || {
        y += stream.uniform(-1.0, 1.0);
        y
    };
    let walks: Vec<Vec<f64>> = (0..50).map(|_| (0..140).map(|_| next()).collect()).collect();
    let width = |panel: &[Vec<f64>], held_out: usize, optimism: f64| {
        let histories: Vec<History<'_>> = panel.iter().map(|y| History::new(y)).collect();
        let known: Vec<HistoryView<'_>> = histories.iter().map(History::full).collect();
        let origins: Vec<usize> = (140 - held_out..=134).step_by(6).collect();
        let last = |y: &Vec<f64>| origins.iter().map(|o| vec![y[o - 1]; 6]).collect();
        let naive: crate::data::Forecasts = panel.iter().map(last).collect();
        let origins = vec![origins.clone(); panel.len()];
        let (made, _) =
            Conformal::new(TargetTransform::MeanScale, 1, &known, &origins, &naive, optimism, &[])
                .unwrap();
        let covariate_dims = panel.iter().map(|y| {
            let interval = made.interval(95.0, &made.scale(y), y.len(), &[0.0; 6]);
            interval.upper[5] - interval.lower[5]
        });
        covariate_dims.sum::<f64>() / panel.len() as f64
    };
    let alone = |held_out: usize, optimism: f64| {
        walks.chunks(1).map(|walk| width(walk, held_out, optimism)).sum::<f64>() / 50.0
    };
    // Six steps have a standard deviation of √2, of which 95 % of a normal distribution are within 1.96.
    let all = width(&walks, 60, 1.0);
    assert!((5.0..6.1).contains(&all), "{all}");
    // And within 4.30 for Student's t with two degrees of freedom.
    let (one, ten) = (alone(6, 1.0), alone(60, 1.0));
    assert!(one > 1.3 * all && (0.85..1.2).contains(&(ten / all)), "{one} {ten} {all}");
    // Optimism widens the intervals after one stretch of time, and hardly after many.
    assert!(alone(6, 1.5) > 1.2 * one && width(&walks, 60, 1.5) < 1.01 * all);
    assert!(alone(6, 0.5) == one && alone(6, 9.0) < 1.5 * one);
}

#[test]
fn training_stops_where_its_error_was_least() {
    let values = [sales(40, 30.0), sales(52, 80.0)];
    let histories: Vec<History<'_>> = values.iter().map(|y| History::new(y)).collect();
    let panel: Vec<HistoryView<'_>> = histories.iter().map(History::full).collect();
    let settings = settings(&search_space(TargetTransform::Log, &[4], 3, 20)[0], 400);
    // Evaluated after every 20th optimizer step; the third evaluation is the best.
    let errors = Mutex::new([f64::NAN, 2.0, 1.0, 5.0, 1.0, 0.0].into_iter());
    let error = |_: RnnRef<'_>| Ok(errors.lock().unwrap().next().unwrap());
    let updates = Cell::new(0);
    let count = || {
        updates.set(updates.get() + 1);
        ControlFlow::Continue(())
    };
    let early = StoppingRule { patience: 2, error: &error };
    let stopped = RnnModel::train(&panel, settings.clone(), None, Some(&early), &count).unwrap();
    assert_eq!((updates.get(), stopped.updates(), stopped.settings.stop), (100, 60, Some(60)));
    let again = RnnConfig { stop: Some(60), ..settings.clone() };
    let again = RnnModel::train(&panel, again, None, None, &count).unwrap();
    assert_eq!(updates.get(), 160);
    assert_eq!(again.params().values(), stopped.params().values());
    let full = RnnModel::train(&panel, settings, None, None, &go_on).unwrap();
    assert_ne!(full.params().values(), stopped.params().values());
}

#[test]
fn a_season_is_found_the_way_that_is_asked_for() {
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
            ..search_space(TargetTransform::Log, &[4], 4, 40)[0].clone()
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
fn a_typical_step_behind_a_scaler_is_no_share_of_the_level() {
    let scaler = Some("none".to_owned());
    let preprocessing = Preprocessing {
        scaler,
        deseasonalize: false,
        ..search_space(TargetTransform::MeanScale, &[], 2, 20)[0].clone()
    };
    let encoded =
        EncodedSeries::new(&preprocessing, History::new(&[5.0, 6.0]).full(), &[], false, None);
    let mut target = [0.0];
    encoded.write_targets(0, &mut target);
    // Prior of the mean absolute difference: a tenth and 0.005, of 1 and not of 5.
    assert!((target[0] - 1.0 / 0.105).abs() < 1e-4, "{target:?}");
}

#[test]
fn what_is_missing_is_bridged_for_the_input_and_not_asked_for() {
    let season = [3.0, -1.0, 0.0, -2.0];
    let full: Vec<f64> = (0..40).map(|t| 50.0 + season[t % 4]).collect();
    let mut holed = full.clone();
    [9, 10, 11, 30, 39].into_iter().for_each(|t| holed[t] = f64::NAN);
    let history = History::new(&holed);
    assert_eq!(history.filled[9..12], [full[8]; 3]);
    let preprocessing = Preprocessing {
        transform: TargetTransform::MeanScale,
        ..search_space(TargetTransform::MeanScale, &[4], 5, 20)[0].clone()
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
fn covariates_are_shown_for_now_and_every_step_of_the_horizon() {
    let values = sales(20, 50.0);
    let ahead: Vec<f64> = (0..23).map(|t| f64::from(u8::from(t % 5 == 0))).collect();
    let covariates =
        CovariateValues { future: vec![ahead], past: vec![values.clone()], fixed: vec![0.0, 1.0] };
    let history = History { covariates, ..History::new(&values) };
    let covariate_dims = CovariateDims { future: 1, past: 1, fixed: 2 };
    let preprocessing = Preprocessing {
        use_covariates: true,
        ..search_space(TargetTransform::Log, &[4], 3, 20)[0].clone()
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
fn a_hole_is_bridged_by_a_line_and_an_open_end_is_not() {
    let x = [1.0, 9.0, 9.0, 4.0, 9.0];
    assert_eq!(bridged(&x, &[1, 2, 4]), [1.0, 2.0, 3.0, 4.0, 9.0]);
    assert_eq!(
        bridged(&x, &[0, 7]),
        x,
        "nor is what comes before the first value or behind the last"
    );
    // So a season is found in spite of masked values and a trend, as if no value were missing.
    let full: Vec<f64> = (0..60).map(|t| 4.0 * t as f64 - 90.0 + [9.0, 0.0, -9.0][t % 3]).collect();
    let mut holed = full.clone();
    holed[20..32].iter_mut().for_each(|y| *y = f64::NAN);
    let preprocessing = Preprocessing {
        transform: TargetTransform::MeanScale,
        ..search_space(TargetTransform::MeanScale, &[3], 3, 20)[0].clone()
    };
    let [one, other] = [&full, &holed].map(|y| {
        EncodedSeries::new(&preprocessing, History::new(y).full(), &[3], false, None)
            .inverse(59, 1, 0.0)
    });
    assert!((one - other).abs() < 1.5, "a third of a step of the season: {one} {other}");
}
