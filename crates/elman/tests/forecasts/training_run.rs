//! Training of one network from data to forecast: the hidden state, the test set, resuming, new data.

use std::ops::ControlFlow;

use elman::backtest::Backtest;
use elman::data::Series;
use elman::data::calendar::Frequency;
use elman::io::read::{ReadOptions, read_series_from};
use elman::models::rnn::Likelihood;
use elman::nn::file::ModelFile;
use elman::nn::registry::Entry;
use elman::nn::train::Event;
use elman::select::{AutoForecaster, FittedForecaster, RnnForecaster, Scope, Updated};
use elman::training::TrainingRun;
use elman::transforms::{Domain, TargetTransform};

fn wave(len: usize) -> Vec<f64> {
    (0..len).map(|t| 50.0 + 0.1 * t as f64 + 10.0 * (t as f64 * 0.5).sin()).collect()
}

fn dated(rows: &str) -> Series {
    // A single row shows no step of its own.
    let freq = (rows.lines().count() == 1).then_some(Frequency::DAILY);
    let options = ReadOptions { one_row: true, freq, ..ReadOptions::default() };
    read_series_from(format!("ds,y\n{rows}").as_bytes(), "test.csv", &options).unwrap().series
}

/// Working days from Monday 2024-01-01 on.
fn working_days(values: &[f64]) -> Series {
    let mut rows = String::new();
    for (i, value) in values.iter().enumerate() {
        let day = i / 5 * 7 + i % 5;
        let (month, day) = if day < 31 { (1, day + 1) } else { (2, day - 30) };
        rows += &format!("2024-{month:02}-{day:02},{value}\n");
    }
    dated(&rows)
}

fn settings(differences: usize) -> RnnForecaster {
    RnnForecaster { differences, ..RnnForecaster::new(1).hidden_size(6).max_steps(30) }
}

fn trained(series: Series, settings: &RnnForecaster) -> FittedForecaster {
    settings.fit(&[series]).unwrap()
}

fn ahead(fitted: &FittedForecaster, horizon: usize) -> Vec<f64> {
    fitted.predict_continued(horizon).unwrap().values.swap_remove(0)
}

fn next_labels(fitted: &FittedForecaster, steps: usize) -> Vec<String> {
    let recent = &fitted.memory().unwrap().recent;
    (0..steps).map(|k| recent.label(recent.len() + k)).collect()
}

fn assert_near(a: &[f64], b: &[f64]) {
    // One row of a product is summed in another order than several.
    let is_near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-4 * (1.0 + b.abs());
    assert!(a.len() == b.len() && a.iter().zip(b).all(is_near), "{a:?} {b:?}");
}

#[test]
fn new_data_in_pieces_or_at_once_give_the_same_bits() {
    for differences in [1, 0] {
        let all = wave(140);
        let part = |range: std::ops::Range<usize>| Series::counted("y", all[range].to_vec());
        let mut at_once = trained(part(0..100), &settings(differences));
        let mut in_pieces = trained(part(0..100), &settings(differences));
        at_once.update(&part(100..140)).unwrap();
        for range in [100..101, 101..107, 107..107 + 1, 108..140] {
            let new = range.len();
            let updated = in_pieces.update(&part(range)).unwrap();
            assert_eq!(updated, Updated::Continued { known: 0, new });
        }
        assert_eq!(at_once.memory(), in_pieces.memory(), "{differences}");
        assert_eq!(ahead(&at_once, 10), ahead(&in_pieces, 10), "{differences}");
        assert_eq!(next_labels(&at_once, 1), ["141"]);
    }
}

#[test]
fn a_forecast_from_the_memory_is_that_from_the_whole_history() {
    let wave = Series::counted("y", wave(120));
    let counts = (0..120).map(|t| f64::from((t * t + 3 * t) % 7)).collect();
    let counts = Series::counted("y", counts);
    let log = |likelihood| settings(1).likelihood(likelihood).transform(TargetTransform::LOG);
    let without_test = |settings| RnnForecaster { holdout: Some(0), ..settings };
    for (series, settings) in [
        (&wave, settings(1)),
        (&wave, settings(0)),
        (&wave, log(Likelihood::Point)),
        (&wave, without_test(log(Likelihood::Gaussian))),
        (&wave, RnnForecaster { non_negative: true, ..settings(1) }),
        (&counts, without_test(settings(1).likelihood(Likelihood::NegativeBinomial))),
    ] {
        let fitted = trained(series.clone(), &settings);
        let from_history = fitted.predict_ahead(std::slice::from_ref(series), 8).unwrap();
        let from_memory = fitted.predict_continued(8).unwrap();
        assert_near(&from_memory.values[0], &from_history.values[0]);
        assert_eq!(from_memory.intervals[0].len(), 2, "80 and 95 %");
        for (a, b) in from_memory.intervals[0].iter().zip(&from_history.intervals[0]) {
            assert_near(&a.lower, &b.lower);
            assert_near(&a.upper, &b.upper);
        }
        let [narrow, wide] = &from_memory.intervals[0][..] else { panic!() };
        assert!(narrow.upper[7] > from_memory.values[0][7] && wide.upper[7] >= narrow.upper[7]);
    }
}

#[test]
fn a_constant_beginning_is_left_out_of_training_and_test_set_alike() {
    // Ten equal months: fewer than two years of the calendar, and more than two values without a season.
    let month = |i: usize| format!("{}-{:02}-01", 2000 + i / 12, 1 + i % 12);
    let walk = |i: usize| 20.0 + ((i * i + 5 * i) % 11) as f64 + i as f64;
    let row = |i: usize| format!("{},{}\n", month(i), if i < 10 { 5.0 } else { walk(i) });
    let series = dated(&(0..60).map(row).collect::<String>());
    let run = TrainingRun::new(vec![series.clone()], settings(1)).unwrap();
    assert_eq!(run.cutoff(0), Some(48));
    let fitted = trained(series, &settings(1));
    assert_eq!((fitted.selection.held_out, fitted.selection.forecasts), (12, 12));
}

#[test]
fn a_reset_passes_over_missing_values_before_the_first_known_one() {
    let month = |i: usize| format!("{}-{:02}-01,{}\n", 2000 + i / 12, 1 + i % 12, 3 + i % 7);
    let known = dated(&(0..60).map(month).collect::<String>());
    let later = |from: usize| dated(&(from..100).map(month).collect::<String>());
    let log = settings(1).transform(TargetTransform::LOG);
    let forecast = |data: &Series, values: usize| {
        let mut fitted = trained(known.clone(), &log);
        assert_eq!(fitted.update(data).unwrap(), Updated::Reset { values });
        let forecast = fitted.predict_continued(3).unwrap();
        assert!(forecast.intervals[0][1].upper.iter().all(|y| y.is_finite()));
        (forecast.values, forecast.intervals)
    };
    let mut missing = later(80);
    missing.values[..2].fill(f64::NAN);
    assert_eq!(forecast(&missing, 20), forecast(&later(82), 18));
    let mut none = later(80);
    none.values.fill(f64::NAN);
    let error = trained(known.clone(), &log).update(&none).unwrap_err();
    assert!(error.to_string().contains("no known value"), "{error}");
}

#[test]
fn levels_beyond_the_quantiles_of_the_network_are_refused() {
    let fitted =
        |likelihood| trained(Series::counted("y", wave(90)), &settings(1).likelihood(likelihood));
    assert!(fitted(Likelihood::Quantiles).with_levels(vec![95.0, 50.0]).is_ok());
    let refused = fitted(Likelihood::Quantiles).with_levels(vec![50.0, 99.0]).map(drop);
    assert!(refused.unwrap_err().to_string().contains("level 99 %"));
    assert!(fitted(Likelihood::Gaussian).with_levels(vec![99.0]).is_ok());
    assert!(fitted(Likelihood::Point).with_levels(vec![0.95]).is_err());
}

#[test]
fn a_backtest_of_a_fitted_model_has_its_forecasts_at_each_cutoff() {
    let series = |s: usize| Series::counted(format!("s{s}"), wave(90 + 10 * s));
    let panel = [series(0), series(1)];
    let local = AutoForecaster::new(3).max_steps(20).scope(Scope::Local);
    for fitted in [settings(1).fit(&panel).unwrap(), local.fit(&panel).unwrap()] {
        let horizon = fitted.settings.horizon;
        // The series in another order: networks of single series are found by name.
        let other = [series(1), series(0)];
        let backtest = Backtest::of_fitted(&fitted, &other, 4, 2).unwrap();
        for (series, (cutoffs, forecasts)) in
            other.iter().zip(backtest.cutoffs.iter().zip(&backtest.forecasts))
        {
            let first = series.len() - 6 - horizon;
            assert_eq!(cutoffs[..], [first, first + 2, first + 4, first + 6]);
            // Units come from the values before the first cutoff.
            let known = series.head(first);
            let expected = fitted.predict(&[known]).unwrap();
            assert_near(&forecasts[0], &expected.values[0]);
        }
        assert!(backtest.crps.is_some());
    }
    let month = |i: usize| format!("{}-{:02}-01,{}\n", 2000 + i / 12, 1 + i % 12, 3 + i % 7);
    let series = dated(&(0..60).map(month).collect::<String>());
    let fitted = trained(series.clone(), &settings(1));
    // The test set begins at value 48.
    for (windows, is_seen) in [(12, false), (13, true)] {
        let backtest =
            Backtest::of_fitted(&fitted, std::slice::from_ref(&series), windows, 1).unwrap();
        let seen = backtest.notes.iter().any(|note| note.contains("the model was trained on"));
        assert_eq!(seen, is_seen, "{windows}: {:?}", backtest.notes);
    }
}

#[test]
fn a_backtest_of_refitted_models_has_the_forecasts_of_each_at_its_own_cutoff() {
    let series = Series::counted("y", wave(100));
    let horizon = settings(1).horizon;
    let trained_on = |len| trained(series.head(len), &settings(1));
    let models = [trained_on(98 - horizon), trained_on(100 - horizon)];
    let panel = std::slice::from_ref(&series);
    let backtest = Backtest::of_refitted(&models.each_ref(), panel, 2).unwrap();
    assert_eq!(backtest.cutoffs, [[98 - horizon, 100 - horizon]]);
    for (model, (cutoff, forecast)) in
        models.iter().zip(backtest.cutoffs[0].iter().zip(&backtest.forecasts[0]))
    {
        let expected = model.predict(&[series.head(*cutoff)]).unwrap();
        assert_near(forecast, &expected.values[0]);
    }
    assert!(Backtest::of_refitted(&[], panel, 2).is_err());
}

#[test]
fn every_transform_forecasts_from_the_memory_and_from_the_history() {
    let series = Series::counted("y", wave(120));
    for transform in TargetTransform::ALL.iter().copied() {
        let fitted = trained(series.clone(), &settings(1).transform(transform));
        let from_history = fitted.predict_ahead(std::slice::from_ref(&series), 6).unwrap();
        assert_near(&ahead(&fitted, 6), &from_history.values[0]);
        let below = Series::counted("y", wave(120).iter().map(|y| y - 60.0).collect());
        let refused = settings(1).transform(transform).fit(&[below]).map(drop);
        match transform.domain {
            Domain::All => assert!(refused.is_ok()),
            _ => assert!(
                refused
                    .unwrap_err()
                    .to_string()
                    .contains(&format!("`{}` needs values", transform.name))
            ),
        }
    }
}

#[test]
fn the_memory_in_a_file_continues_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let mut values = wave(120);
    // A missing value among those that the file keeps.
    values[110] = f64::NAN;
    for (likelihood, transform) in
        [(Likelihood::Point, "box_cox"), (Likelihood::Gaussian, "mean_scale")]
    {
        let transform = *TargetTransform::find(transform).unwrap();
        let settings = settings(1).likelihood(likelihood).transform(transform);
        let mut fitted = trained(Series::counted("y", values.clone()), &settings);
        fitted.save(&path, &ReadOptions::default()).unwrap();
        let mut again = FittedForecaster::load(&path).unwrap().0;
        assert_eq!(again.training(), fitted.training());
        let new = Series::counted("y", vec![60.0, f64::NAN, 61.0]);
        for fitted in [&mut fitted, &mut again] {
            assert_eq!(fitted.update(&new).unwrap(), Updated::Continued { known: 0, new: 3 });
        }
        let [a, b] = [&fitted, &again].map(|fitted| fitted.predict_continued(5).unwrap());
        assert_eq!((a.values, a.intervals), (b.values, b.intervals), "{likelihood:?}");
    }
}

#[test]
fn a_prediction_one_step_ahead_is_the_forecast_of_the_next_value() {
    let all = wave(130);
    let fitted = trained(Series::counted("y", all.clone()), &settings(1));
    let each = fitted.predict_each(&Series::counted("y", all.clone()), 100..130).unwrap();
    let known = Series::counted("y", all[..100].to_vec());
    let next = fitted.predict_ahead(&[known], 1).unwrap().values[0][0];
    assert_near(&each[..1], &[next]);
    // The value after the others, from the state that they lead to.
    let mut online = fitted.online(&Series::counted("y", all[..100].to_vec())).unwrap();
    all[100..129].iter().for_each(|y| online.update(*y).unwrap());
    assert_near(&each[29..], &online.forecast().unwrap().values);
    assert_eq!(each.len(), 30);
    assert!(fitted.predict_each(&Series::counted("y", all), 0..3).is_err(), "nothing before");
}

#[test]
fn a_calendar_stays_the_models_own() {
    let all = wave(44);
    let mut model = trained(working_days(&all[..40]), &settings(1));
    assert_eq!(next_labels(&model, 1), ["2024-02-26"]);
    // Four days that look daily by themselves.
    let days = ["2024-02-26,1", "2024-02-27,2", "2024-02-28,3", "2024-02-29,4"].join("\n");
    model.update(&dated(&days)).unwrap();
    assert_eq!(next_labels(&model, 3), ["2024-03-01", "2024-03-04", "2024-03-05"]);
    let mut model = trained(working_days(&all[..40]), &settings(1));
    model.update(&dated("2024-02-26,1\n")).unwrap();
    assert_eq!(next_labels(&model, 1), ["2024-02-27"], "a single day is enough");
}

#[test]
fn dates_that_are_absent_between_new_rows_are_missing_values() {
    let monthly = |i: usize| format!("{}-{:02}-01,{}\n", 2000 + i / 12, 1 + i % 12, i % 7);
    let known: String = (0..60).map(monthly).collect();
    let model = || trained(dated(&known), &settings(1));
    let mut gap = model();
    // January and March 2005: the two rows alone look like every two months.
    let updated = gap.update(&dated("2005-01-01,5\n2005-03-01,6\n")).unwrap();
    assert_eq!(updated, Updated::Continued { known: 0, new: 3 });
    assert_eq!(next_labels(&gap, 1), ["2005-04-01"]);
    let mut filled = model();
    let mut rows = dated("2005-01-01,5\n2005-02-01,0\n2005-03-01,6\n");
    rows.values[1] = f64::NAN;
    filled.update(&rows).unwrap();
    assert_eq!(ahead(&gap, 3), ahead(&filled, 3));
    let mut dense = model();
    dense.update(&dated("2005-01-01,5\n2005-02-01,6\n")).unwrap();
    assert_ne!(ahead(&gap, 3), ahead(&dense, 3));
    let between =
        model().update(&dated("2005-01-01,5\n2005-02-01,6\n2005-02-15,7\n2005-03-01,8\n"));
    assert!(between.is_err());
}

#[test]
fn the_whole_series_without_dates_is_recognized_by_its_values() {
    let all = wave(130);
    let mut model = trained(Series::counted("y", all[..120].to_vec()), &settings(1));
    let mut rest = trained(Series::counted("y", all[..120].to_vec()), &settings(1));
    let updated = model.update(&Series::counted("y", all.clone())).unwrap();
    assert_eq!(updated, Updated::Continued { known: 120, new: 10 });
    rest.update(&Series::counted("y", all[120..].to_vec())).unwrap();
    assert_eq!(model.memory(), rest.memory());
}

#[test]
fn a_model_on_other_data_is_noted() {
    let monthly = |i: usize| format!("{}-{:02}-01,{}\n", 2000 + i / 12, 1 + i % 12, i % 7);
    let series = dated(&(0..60).map(monthly).collect::<String>());
    let fitted = trained(series.clone(), &settings(1));
    let notes = |series: Series| fitted.predict_ahead(&[series], 1).unwrap().notes.join("; ");
    assert_eq!(notes(series.clone()), "");
    let daily = dated(&(1..=28).map(|day| format!("2004-01-{day:02},{day}\n")).collect::<String>());
    assert!(notes(daily).contains("monthly, and these data are daily"));
    let other = Series { name: "other".to_owned(), ..series };
    assert!(notes(other).contains("not in the training data (1 series)"));
    let later = dated(&(61..90).map(monthly).collect::<String>());
    // The last fifth, 2004, is the test set.
    assert!(notes(later).contains("begin after 2003-12-01"));
}

#[test]
fn data_of_another_step_or_another_axis_are_refused() {
    let monthly: String =
        (0..60).map(|i| format!("{}-{:02}-01,{}\n", 2000 + i / 12, 1 + i % 12, i % 7)).collect();
    let mut model = trained(dated(&monthly), &settings(1));
    let before = model.memory().cloned();
    let daily: String = (1..=10).map(|day| format!("2005-01-{day:02},5\n")).collect();
    let error = model.update(&dated(&daily)).unwrap_err();
    assert!(error.to_string().contains("do not have the frequency of the model"), "{error}");
    let error = model.update(&Series::counted("y", vec![1.0])).unwrap_err();
    assert!(error.to_string().contains("different time axes"), "{error}");
    assert_eq!(model.memory().cloned(), before, "a refused update changes nothing");
}

#[test]
fn resuming_with_early_stopping_changes_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let series = || vec![Series::counted("y", wave(160))];
    let mut settings = settings(1).max_steps(60);
    (settings.train.val_every, settings.train.patience) = (4, Some(5));
    settings.batch_size = Some(3);
    let straight = settings.fit(&series()).unwrap();
    let mut run = TrainingRun::new(series(), settings).unwrap();
    while !matches!(run.advance().unwrap(), Event::Finished { .. }) {
        run.write_checkpoint(&path).unwrap();
        run = TrainingRun::resume(&ModelFile::read(&path).unwrap(), Some(series()), None).unwrap();
    }
    let stopped = run.into_fitted().unwrap();
    let weights =
        |fitted: &FittedForecaster| fitted.nets().next().unwrap().params().values().to_vec();
    assert_eq!(weights(&straight), weights(&stopped));
    assert_eq!(straight.memory(), stopped.memory());
    assert_eq!(straight.selection, stopped.selection);
    assert_eq!(straight.training(), stopped.training());
}

#[test]
fn changed_series_are_not_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let run = TrainingRun::new(vec![Series::counted("y", wave(60))], settings(1)).unwrap();
    run.write_checkpoint(&path).unwrap();
    let file = ModelFile::read(&path).unwrap();
    let other = vec![Series::counted("y", wave(61))];
    let error = TrainingRun::resume(&file, Some(other), None).unwrap_err();
    assert!(error.to_string().contains("have changed since the training began"), "{error}");
    let error = FittedForecaster::load(&path).map(drop).unwrap_err();
    assert!(error.to_string().contains("a training that is not finished"), "{error}");
}

#[test]
fn early_stopping_keeps_the_best_weights() {
    let mut settings = settings(1).max_steps(2000).learning_rate(0.05);
    (settings.train.val_every, settings.train.patience) = (5, Some(2));
    let mut run = TrainingRun::new(vec![Series::counted("y", wave(160))], settings).unwrap();
    assert!(run.has_validation());
    run.run(|_, _| ControlFlow::Continue(())).unwrap();
    let best = run.trainer().best().params.values().to_vec();
    assert!(run.trainer().params().values() != best, "stopped after the best");
    let fitted = run.into_fitted().unwrap();
    assert!(fitted.nets().next().unwrap().params().values() == best);
}

#[test]
fn values_of_the_test_set_change_nothing_in_the_training() {
    let weights = |last: f64| {
        let mut values = wave(160);
        values[128..].fill(last);
        let mut settings = RnnForecaster { horizon: 3, ..settings(1) };
        (settings.train.val_every, settings.train.patience) = (5, Some(9));
        let mut run = TrainingRun::new(vec![Series::counted("y", values)], settings).unwrap();
        run.run(|_, _| ControlFlow::Continue(())).unwrap();
        let settings = run.settings().clone();
        (run.trainer().params().values().to_vec(), run.trainer().best().loss, settings)
    };
    assert_eq!(weights(60.0), weights(-7777.0));
}

#[test]
fn a_panel_with_missing_values_and_covariates_is_trained_and_forecast() {
    let series = |s: usize| {
        let mut values = wave(60 + 7 * s);
        values[20] = f64::NAN;
        Series::counted(format!("s{s}"), values)
    };
    let panel: Vec<Series> = (0..5).map(series).collect();
    let fitted = settings(1).fit(&panel).unwrap();
    assert!(fitted.memory().is_none(), "five series have no common hidden state");
    let forecast = fitted.predict(&panel).unwrap();
    assert!(forecast.values.iter().flatten().all(|y| y.is_finite()));
    assert_eq!(forecast.intervals[4].len(), 2);
    assert!(fitted.selection.forecasts > 20 && fitted.selection.claim().is_some());

    let rows = |i: usize| format!("{}-{:02}-01,{}\n", 2000 + i / 12, 1 + i % 12, (i % 12) * 3);
    let monthly = dated(&(0..96).map(rows).collect::<String>());
    let with_calendar = RnnForecaster { calendar: true, ..settings(1) };
    let fitted = with_calendar.fit(std::slice::from_ref(&monthly)).unwrap();
    assert!(fitted.memory().is_none(), "an update has no covariates");
    assert!(fitted.predict_ahead(&[monthly], 3).unwrap().values[0][2].is_finite());
}

#[test]
fn a_network_of_several_steps_learns_the_wave() {
    let all = wave(220);
    let known = Series::counted("y", all[..208].to_vec());
    let fitted = RnnForecaster::new(12).hidden_size(16).max_steps(500).learning_rate(0.01);
    let fitted = fitted.fit(&[known]).unwrap();
    let error = |f: &[f64]| f.iter().zip(&all[208..]).map(|(f, y)| (f - y).abs()).sum::<f64>();
    let naive = vec![all[207]; 12];
    let ours = ahead(&fitted, 12);
    assert!(error(&ours) < 0.4 * error(&naive), "{ours:?}");
}

#[test]
fn a_constant_series_is_no_trouble() {
    let model = trained(Series::counted("y", vec![7.0; 60]), &settings(1));
    // No error over no error is no share.
    assert_eq!(model.selection.claim().and_then(|claim| claim.skill), None);
    assert!((ahead(&model, 3)[2] - 7.0).abs() < 1.0);
}

#[test]
fn series_that_are_too_short_or_a_test_set_that_is_too_long_are_refused() {
    let refused = |len: usize, settings: &RnnForecaster| {
        settings.fit(&[Series::counted("y", wave(len))]).map(drop).unwrap_err().to_string()
    };
    assert!(refused(11, &settings(1)).contains("training needs 12 values"));
    let held = RnnForecaster { holdout: Some(58), ..settings(1) };
    assert!(refused(60, &held).contains("leaves nothing to train on"));
    let held = RnnForecaster { holdout: Some(3), horizon: 5, ..settings(1) };
    assert!(refused(60, &held).contains("shorter than the horizon of 5"));
    let without = RnnForecaster { holdout: Some(0), ..settings(1) };
    let fitted = without.fit(&[Series::counted("y", wave(60))]).unwrap();
    assert!(fitted.selection.scores.is_empty() && fitted.selection.claim().is_none());
}

#[test]
fn long_trainings_keep_small_files() {
    let mut settings = RnnForecaster::lesson().hidden_size(2).max_steps(20_000);
    settings.seq_length = Some(2);
    let mut run = TrainingRun::lesson(settings, None).unwrap();
    run.run(|_, _| ControlFlow::Continue(())).unwrap();
    let fitted = run.into_fitted().unwrap();
    let losses = &fitted.training().unwrap().losses;
    assert!((900..=1000).contains(&losses.len()), "{}", losses.len());
    assert_eq!(losses.last().unwrap().0, 20_000);
}

#[test]
fn weights_of_a_training_elsewhere_give_its_forecaster() {
    let settings = RnnForecaster { holdout: Some(0), ..settings(0) };
    let panel = vec![Series::counted("y", wave(80))];
    let mut run = TrainingRun::new(panel.clone(), settings.clone()).unwrap();
    run.run(|_, _| ControlFlow::Continue(())).unwrap();
    let weights = run.trainer().params().values().to_vec();
    let there = run.into_fitted().unwrap();
    let here = settings.clone().with_weights(panel.clone(), &weights, 30).unwrap();
    assert_eq!(ahead(&here, 20), ahead(&there, 20));
    let bytes = here.to_bytes("y.safetensors".as_ref(), &ReadOptions::default()).unwrap();
    let file = ModelFile::from_reader(&bytes[..], "y.safetensors".as_ref()).unwrap();
    let (read, _) = FittedForecaster::from_file(&file).unwrap();
    assert_eq!(ahead(&read, 20), ahead(&there, 20));
    assert_eq!(read.training().unwrap().settings.train.max_steps, 30);

    let refused = |weights: &[f32]| {
        settings.clone().with_weights(panel.clone(), weights, 30).unwrap_err().to_string()
    };
    assert!(refused(&weights[1..]).contains("as many as those of the network"));
    assert!(refused(&vec![f32::NAN; weights.len()]).contains("finite"));
}
