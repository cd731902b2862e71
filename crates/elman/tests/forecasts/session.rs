//! A session from data to forecast: the memory, the held-out part, resuming, new data.

use std::ops::ControlFlow;

use elman::data::Series;
use elman::data::calendar::Frequency;
use elman::forecaster::Observed;
use elman::io::read::{ReadOptions, read_series_from};
use elman::nn::file::ModelFile;
use elman::{SeriesConfig, StatefulForecaster, TrainingRun};

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

fn settings(differences: usize) -> SeriesConfig {
    let mut settings = SeriesConfig::for_series(100, None);
    settings.differences = differences;
    settings.model.hidden_size = 6;
    settings.train.max_steps = 30;
    settings
}

fn trained(series: Series, settings: SeriesConfig) -> StatefulForecaster {
    let mut session = TrainingRun::new(series, settings, None).unwrap();
    session.run(|_, _| ControlFlow::Continue(())).unwrap();
    session.into_fitted().unwrap()
}

#[test]
fn new_data_in_pieces_or_at_once_give_the_same_bits() {
    for differences in [1, 0] {
        let all = wave(140);
        let part = |range: std::ops::Range<usize>| Series::counted("y", all[range].to_vec());
        let mut at_once = trained(part(0..100), settings(differences));
        let mut in_pieces = trained(part(0..100), settings(differences));
        at_once.update(&part(100..140)).unwrap();
        for range in [100..101, 101..107, 107..107 + 1, 108..140] {
            let new = range.len();
            let seen = in_pieces.update(&part(range)).unwrap();
            assert_eq!(seen, Observed::GoesOn { known: 0, new });
        }
        assert_eq!(at_once.memory(), in_pieces.memory(), "{differences}");
        let (a, b) = (at_once.forecast(10).unwrap(), in_pieces.forecast(10).unwrap());
        assert_eq!(a, b, "{differences}");
        assert_eq!(a.labels[0], "141");
    }
}

#[test]
fn the_memory_after_training_is_that_of_a_walk_over_everything() {
    for differences in [1, 0] {
        let all = wave(120);
        let whole = trained(Series::counted("y", all.clone()), settings(differences));
        // The same weights, emptied, and shown everything again as if it were new.
        let mut again = trained(Series::counted("y", all.clone()), settings(differences));
        let earlier = dated("2020-01-01,1\n2020-01-02,2\n");
        assert!(again.update(&earlier).is_err(), "another kind of time axis");
        again.reset_state();
        again.update(&Series::counted("y", all)).unwrap();
        assert_eq!(whole.memory(), again.memory(), "{differences}");
        assert_eq!(whole.forecast(5).unwrap().values, again.forecast(5).unwrap().values);
    }
}

#[test]
fn a_forecast_is_the_prediction_of_the_value_that_comes_next() {
    // One step ahead, forecasting from a cut and predicting on the walk are the same thing.
    let all = wave(130);
    let whole = trained(Series::counted("y", all.clone()), settings(1));
    let mut model = trained(Series::counted("y", all.clone()), settings(1));
    model.reset_state();
    model.update(&Series::counted("y", all[..100].to_vec())).unwrap();
    let first = all.len() - whole.predictions().len();
    assert_eq!(model.forecast(1).unwrap().values[0], whole.predictions()[100 - first]);
}

#[test]
fn a_calendar_stays_the_models_own() {
    let all = wave(44);
    let mut model = trained(working_days(&all[..40]), settings(1));
    assert_eq!(model.forecast(1).unwrap().labels, ["2024-02-26"]);
    // Four days that look daily by themselves.
    let days = ["2024-02-26,1", "2024-02-27,2", "2024-02-28,3", "2024-02-29,4"].join("\n");
    model.update(&dated(&days)).unwrap();
    assert_eq!(model.forecast(3).unwrap().labels, ["2024-03-01", "2024-03-04", "2024-03-05"]);
    let mut model = trained(working_days(&all[..40]), settings(1));
    model.update(&dated("2024-02-26,1\n")).unwrap();
    assert_eq!(model.forecast(1).unwrap().labels, ["2024-02-27"], "a single day is enough");
}

#[test]
fn data_of_another_step_are_refused() {
    let monthly: String =
        (0..60).map(|i| format!("{}-{:02}-01,{}\n", 2000 + i / 12, 1 + i % 12, i % 7)).collect();
    let mut model = trained(dated(&monthly), settings(1));
    let daily: String = (1..=10).map(|day| format!("2005-01-{day:02},5\n")).collect();
    let error = model.update(&dated(&daily)).unwrap_err();
    assert!(error.to_string().contains("do not have the model's own step"), "{error}");
}

#[test]
fn resuming_a_series_with_early_stopping_changes_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let series = || Series::counted("y", wave(160));
    let mut settings = settings(1);
    (settings.train.max_steps, settings.train.val_every, settings.train.patience) =
        (60, 4, Some(5));
    let straight = trained(series(), settings.clone());
    let mut session = TrainingRun::new(series(), settings, None).unwrap();
    while !matches!(session.advance().unwrap(), elman::nn::train::Event::Finished { .. }) {
        session.write_checkpoint(&path).unwrap();
        session =
            TrainingRun::resume(&ModelFile::read(&path).unwrap(), Some(series()), None).unwrap();
    }
    let stopped = session.into_fitted().unwrap();
    assert_eq!(straight.params().values(), stopped.params().values());
    assert_eq!(straight.memory(), stopped.memory());
    assert_eq!(straight.about().scores, stopped.about().scores);
    assert_eq!(straight.about().losses, stopped.about().losses);
}

#[test]
fn early_stopping_keeps_the_best_weights() {
    let mut settings = settings(1);
    (settings.train.max_steps, settings.train.val_every, settings.train.patience) =
        (2000, 5, Some(2));
    settings.train.learning_rate = 0.05;
    let mut session = TrainingRun::new(Series::counted("y", wave(160)), settings, None).unwrap();
    session.run(|_, _| ControlFlow::Continue(())).unwrap();
    let best = session.trainer().best().params.values().to_vec();
    assert!(session.trainer().params().values() != best, "stopped after the best");
    assert!(session.into_fitted().unwrap().params().values() == best);
}

#[test]
fn a_constant_series_is_no_trouble() {
    let model = trained(Series::counted("y", vec![7.0; 60]), settings(1));
    let scores = model.scores().unwrap();
    assert!(!scores.beats_baselines());
    // No error over no error is no share.
    assert_eq!(scores.claim().unwrap().skill, None);
    assert!((model.forecast(3).unwrap().values[2] - 7.0).abs() < 1.0);
}

#[test]
fn long_trainings_keep_small_files() {
    let mut settings = SeriesConfig::lesson();
    settings.model.hidden_size = 2;
    (settings.seq_length, settings.train.max_steps) = (2, 20_000);
    let mut session = TrainingRun::lesson(settings, None).unwrap();
    session.run(|_, _| ControlFlow::Continue(())).unwrap();
    let trained = session.into_fitted().unwrap();
    let losses = &trained.about().losses;
    assert!((900..=1000).contains(&losses.len()), "{}", losses.len());
    assert_eq!(losses.last().unwrap().0, 20_000);
}
