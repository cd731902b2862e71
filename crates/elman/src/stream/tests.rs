//! Streams of several series: dates, restarts, state files, online training.

use std::path::Path;

use super::*;
use crate::AutoForecaster;
use crate::RnnForecaster;
use crate::data::calendar::Frequency;
use crate::nn::Stream as Random;

fn wave(n: usize) -> Vec<f64> {
    (0..n).map(|t| 50.0 + 10.0 * (t as f64 * 0.5).sin() + f64::from(t as u32 % 3)).collect()
}

fn fitted(horizon: usize) -> FittedForecaster {
    let series = [Series::counted("wave", wave(90))];
    RnnForecaster::new(horizon).hidden_size(8).max_steps(30).fit(&series).unwrap()
}

/// Day `t` of 2024.
fn day(t: usize) -> String {
    let start = crate::data::calendar::Timestamp::day(2024, 1, 1).unwrap();
    let at = start.plus_days(t as i64).unwrap();
    let date = crate::data::calendar::DateStyle {
        order: crate::data::calendar::DateOrder::Ymd,
        separator: "-".to_owned(),
        padded: true,
        short_year: false,
    };
    crate::data::calendar::DateFormat::Day(date).write(at)
}

fn daily() -> FittedForecaster {
    let text: String =
        wave(90).iter().enumerate().map(|(t, y)| format!("{},{y}\n", day(t))).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daily.csv");
    std::fs::write(&path, format!("ds,y\n{text}")).unwrap();
    let panel = crate::io::read::read_panel(&path, &Default::default()).unwrap();
    RnnForecaster::new(2).hidden_size(8).max_steps(20).fit(&panel.series).unwrap()
}

#[test]
fn a_stream_continues_the_series_of_the_training_bit_for_bit() {
    let fitted = fitted(4);
    let mut stream = Stream::new(&fitted, StreamConfig::new(4)).unwrap();
    let mut online = fitted.continued().unwrap();
    for (t, y) in wave(130)[90..].iter().enumerate() {
        online.update(*y).unwrap();
        let forecast = stream.observe("", None, *y).unwrap().forecast;
        assert_eq!(forecast.values(), online.forecast().unwrap().values);
        assert_eq!(forecast.cutoff(), (91 + t).to_string());
        assert_eq!(forecast.ds(2), (93 + t).to_string());
    }
    let summary = stream.summary();
    assert_eq!((summary.series, summary.observations), (1, 40));
    // The forecast of the model before the first observation is compared with it.
    let forecasts: Vec<u64> = summary.errors.iter().map(|error| error.forecasts).collect();
    assert_eq!(forecasts, [40, 39, 38, 37]);
}

#[test]
fn dates_that_are_known_or_late_or_absent_are_skipped_or_filled() {
    let fitted = daily();
    let config = StreamConfig { max_gap: 5, ..StreamConfig::new(2) };
    let mut stream = Stream::new(&fitted, config).unwrap();
    let cases = [
        (90, Arrival::Next),
        (90, Arrival::Duplicate),
        (89, Arrival::Late),
        (3, Arrival::Late),
        (91, Arrival::Next),
        (94, Arrival::AfterGap { missing: 2 }),
        (93, Arrival::Late),
        // A date that may be wrong, and is.
        (500, Arrival::Early { missing: 405 }),
        (95, Arrival::Next),
        // Two dates in a row that are right.
        (102, Arrival::Early { missing: 6 }),
        (102, Arrival::Early { missing: 6 }),
        (103, Arrival::Reset { missing: 7 }),
        (104, Arrival::Next),
    ];
    for (t, arrival) in cases {
        let before = stream.forecast("").unwrap().unwrap().values().to_vec();
        let observed = stream.observe("", Some(&day(t)), 55.0 + t as f64 % 4.0).unwrap();
        assert_eq!(observed.arrival, arrival, "{}", day(t));
        let is_skipped = arrival.is_skipped();
        assert_eq!(observed.forecast.values() == before, is_skipped, "{}", day(t));
        if !is_skipped {
            assert_eq!(observed.forecast.cutoff(), day(t));
            assert_eq!(observed.forecast.next_ds(), day(t + 1));
        }
    }
    let summary = stream.summary();
    assert_eq!((summary.observations, summary.absent, summary.resets), (6, 2, 1));
    assert_eq!((summary.duplicates, summary.late, summary.early), (1, 3, 3));
    // A gap equals observations that are missing.
    let mut gap = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    let mut missing = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    for t in [90, 91] {
        missing.observe("", Some(&day(t)), f64::NAN).unwrap();
    }
    let a = gap.observe("", Some(&day(92)), 51.0).unwrap().forecast.values().to_vec();
    let b = missing.observe("", Some(&day(92)), 51.0).unwrap().forecast.values().to_vec();
    assert_eq!(a, b);
}

#[test]
fn a_bad_observation_changes_nothing() {
    let fitted = daily();
    let mut stream = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    stream.observe("", Some(&day(90)), 51.0).unwrap();
    let before = stream.forecast("").unwrap().unwrap().values().to_vec();
    let bad = [
        (Some("tomorrow"), 50.0),
        (Some("2024-03-31 11:17"), 50.0),
        (Some(""), 50.0),
        (None, 50.0),
        (Some("2024-04-01"), f64::INFINITY),
        (Some("2024-04-09"), 1e200),
    ];
    for (ds, y) in bad {
        assert!(stream.observe("", ds, y).is_err(), "{ds:?} {y}");
        assert!(stream.observe("new", ds.filter(|_| y > 50.0), y).is_err() || y == 50.0);
    }
    assert_eq!(stream.forecast("").unwrap().unwrap().values(), before);
    assert_eq!(stream.observe("", Some(&day(91)), 52.0).unwrap().arrival, Arrival::Next);
}

#[test]
fn a_new_series_moves_from_the_pretrained_network_to_the_networks_of_the_model() {
    let values: Vec<Vec<f64>> = (0..3).map(|s| wave(60 + s)[s..].to_vec()).collect();
    let panel: Vec<Series> = values
        .iter()
        .enumerate()
        .map(|(s, values)| Series::counted(s.to_string(), values.clone()))
        .collect();
    let fitted = AutoForecaster::new(3).seasons([4]).max_steps(20).fit(&panel).unwrap();
    let mut stream = Stream::new(&fitted, StreamConfig::new(3)).unwrap();
    assert!(stream.forecast("other").unwrap().is_none());
    let y = &values[0];
    for (t, value) in y.iter().enumerate() {
        let forecast = stream.observe("other", None, *value).unwrap().forecast;
        assert_eq!(forecast.values().len(), 3);
        assert_eq!(forecast.intervals().len(), fitted.settings.levels.len(), "{t}");
        if t + 1 == stream.restarts[0] {
            let whole = fitted.predict(&[Series::counted("other", y[..=t].to_vec())]).unwrap();
            let forecast = stream.forecast("other").unwrap().unwrap().values();
            for (a, b) in forecast.iter().zip(&whole.values[0]) {
                assert!((a - b).abs() < 1e-4 * (1.0 + b.abs()), "{a} {b}");
            }
        }
    }
    assert_eq!(stream.len(), 1);
}

/// Observes values `range` of two series, and returns all forecasts.
fn run(stream: &mut Stream<'_>, range: std::ops::Range<usize>) -> Vec<f64> {
    let values = wave(300);
    let mut all = Vec::new();
    for t in range {
        for (id, shift) in [("a", 0), ("b", 7)] {
            // A date that is absent, and a value that is missing.
            if t % 50 == 30 {
                continue;
            }
            let y = if t % 41 == 0 { f64::NAN } else { values[t + shift] };
            let forecast = stream.observe(id, Some(&day(t)), y).unwrap().forecast;
            all.extend_from_slice(forecast.values());
            for interval in forecast.intervals() {
                all.extend(interval.lower.iter().chain(&interval.upper));
            }
        }
    }
    all
}

#[test]
fn a_state_file_continues_a_stream_bit_for_bit() {
    let fitted = fitted(2);
    let learn = Some(LearnConfig { learning_rate: 1e-3, every: 3 });
    for learn in [None, learn] {
        let config = StreamConfig { learn, freq: None, ..StreamConfig::new(2) };
        let whole = run(&mut Stream::new(&fitted, config.clone()).unwrap(), 0..260);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        let mut parts = Vec::new();
        for range in [0..5, 5..33, 33..200, 200..260] {
            let store = StateStore::open(&path).unwrap();
            assert_eq!(store.position().unwrap(), range.start as u64);
            let mut stream = Stream::with_state(&fitted, config.clone(), store).unwrap();
            parts.extend(run(&mut stream, range.clone()));
            stream.save(range.end as u64).unwrap();
        }
        let store = StateStore::open(&path).unwrap();
        let resumed = Stream::with_state(&fitted, config.clone(), store).unwrap();
        let mut once = Stream::new(&fitted, config).unwrap();
        run(&mut once, 0..260);
        assert_eq!(resumed.summary(), once.summary());
        let same = parts.iter().zip(&whole).filter(|(a, b)| a.to_bits() == b.to_bits()).count();
        assert_eq!((same, parts.len()), (whole.len(), whole.len()));
    }
}

#[test]
fn parked_series_are_found_again() {
    let fitted = fitted(2);
    let folder = tempfile::tempdir().unwrap();
    let store = StateStore::open(&folder.path().join("state")).unwrap();
    let config = StreamConfig { resident: Some(2), ..StreamConfig::new(2) };
    let mut parked = Stream::with_state(&fitted, config, store).unwrap();
    let mut all = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    let values = wave(200);
    for (t, y) in values.iter().enumerate() {
        let id = format!("series {}", t * t % 7);
        let a = parked.observe(&id, None, *y).unwrap().forecast.values().to_vec();
        let b = all.observe(&id, None, *y).unwrap().forecast.values().to_vec();
        assert_eq!(a, b, "{t}");
        if t % 5 == 0 {
            parked.save(t as u64).unwrap();
            assert!(parked.series.len() <= 2);
        }
    }
    assert_eq!(parked.len(), all.len());
    assert_eq!(parked.summary(), all.summary());
    // The series of the training, which was never observed, is parked like the others.
    let (a, b) = (parked.forecast("").unwrap(), all.forecast("").unwrap());
    assert_eq!(a.unwrap().values(), b.unwrap().values());
}

#[test]
fn a_state_of_another_stream_is_refused() {
    let (one, other) = (fitted(2), fitted(3));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let open = |path: &Path| StateStore::open(path).unwrap();
    let mut stream = Stream::with_state(&one, StreamConfig::new(2), open(&path)).unwrap();
    stream.observe("", None, 50.0).unwrap();
    stream.save(1).unwrap();
    // One process at a time.
    assert!(StateStore::open(&path).is_err());
    drop(stream);
    let learn = StreamConfig { learn: Some(LearnConfig::default()), ..StreamConfig::new(2) };
    let trained = folder.path().join("trained");
    let mut stream = Stream::with_state(&one, learn.clone(), open(&trained)).unwrap();
    stream.observe("", None, 50.0).unwrap();
    stream.save(1).unwrap();
    drop(stream);
    let faster = LearnConfig { learning_rate: 0.01, every: 1 };
    let faster = StreamConfig { learn: Some(faster), ..StreamConfig::new(2) };
    let refused = Stream::with_state(&one, faster, open(&trained)).unwrap_err().to_string();
    assert!(refused.contains("--learning-rate 0.001"), "{refused}");
    for (fitted, config) in
        [(&one, StreamConfig::new(1)), (&other, StreamConfig::new(2)), (&one, learn)]
    {
        assert!(Stream::with_state(fitted, config, open(&path)).is_err());
    }
    assert!(Stream::with_state(&one, StreamConfig::new(2), open(&path)).is_ok());
    std::fs::write(&path, "no database").unwrap();
    let refused = StateStore::open(&path).unwrap_err().to_string();
    assert!(refused.contains("no state file"), "{refused}");
}

#[test]
fn online_training_recovers_from_a_change_of_the_series() {
    // A network of values, not of differences: another level and another shape are new to it.
    let before: Vec<f64> = (0..300).map(|t| (f64::from(t) * 0.4).sin()).collect();
    let mut forecaster = RnnForecaster::new(1).hidden_size(8).max_steps(300);
    (forecaster.differences, forecaster.scaler) = (0, Some("none".to_owned()));
    let fitted = forecaster.fit(&[Series::counted("wave", before)]).unwrap();
    let learn = Some(LearnConfig { learning_rate: 3e-3, every: 1 });
    let mut stream = Stream::new(&fitted, StreamConfig { learn, ..StreamConfig::new(1) }).unwrap();
    for t in 300..1500 {
        let y = 1.0 + 1.5 * (f64::from(t) * 0.7).sin();
        stream.observe("", None, y).unwrap();
    }
    let summary = stream.summary();
    let error = &summary.errors[0];
    let without = error.mae_without_learning.unwrap();
    assert!(error.mae < 0.5 * without, "{summary:?}");
    assert!(summary.optimizer_steps > 1000);
}

#[test]
fn training_that_forecasts_worse_goes_back() {
    let fitted = fitted(1);
    let learn = Some(LearnConfig { learning_rate: 30.0, every: 1 });
    let mut stream = Stream::new(&fitted, StreamConfig { learn, ..StreamConfig::new(1) }).unwrap();
    for y in &wave(1500)[90..] {
        let forecast = stream.observe("", None, *y).unwrap().forecast;
        assert!(forecast.values()[0].is_finite());
    }
    let summary = stream.summary();
    assert!(summary.rollbacks > 0, "{summary:?}");
}

#[test]
fn intervals_keep_their_coverage_when_the_noise_grows() {
    let fitted = fitted(2);
    let mut stream = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    let mut random = Random::new(1, "noise");
    for (t, y) in wave(4090)[90..].iter().enumerate() {
        let e: f64 = (0..4).map(|_| random.uniform(-1.0, 1.0)).sum();
        stream.observe("", None, y + e * (0.5 + 4.0 * t as f64 / 4000.0)).unwrap();
    }
    for error in &stream.summary().errors {
        for Coverage { level, coverage } in &error.coverage {
            assert!((coverage - level).abs() < 2.0, "{level} {coverage}");
        }
    }
}

#[test]
fn many_observations_at_once_are_observations_one_by_one() {
    let fitted = fitted(2);
    let mut one = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    let mut all = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    let mut again = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    let values = wave(400);
    for t in 0..150 {
        let ids: Vec<String> = (0..37).map(|s| format!("series {s}")).collect();
        let observation = |(s, id): (usize, &String)| {
            let y = if (t + s) % 31 == 5 { f64::NAN } else { values[t + s] };
            (id.clone(), y)
        };
        let mut batch: Vec<(String, f64)> = ids.iter().enumerate().map(observation).collect();
        // A series twice, and a value that is refused.
        batch.push((ids[3].clone(), 50.0));
        batch.push((ids[4].clone(), f64::INFINITY));
        let observations: Vec<Observation<'_>> =
            batch.iter().map(|(id, y)| Observation { unique_id: id, ds: None, y: *y }).collect();
        let answers = all.observe_all(&observations);
        // The same bits for any other observations in the batch.
        for part in observations.chunks(11) {
            again.observe_all(part);
        }
        for (observation, answer) in observations.iter().zip(answers) {
            let Observation { unique_id, ds, y } = *observation;
            let expected = one.observe(unique_id, ds, y).map(|observed| observed.arrival);
            assert_eq!(expected.is_ok(), answer.is_ok(), "{observation:?}");
        }
        for id in &ids {
            let numbers = |stream: &mut Stream<'_>| {
                let forecast = stream.forecast(id).unwrap().unwrap();
                let bounds = forecast.intervals().iter().flat_map(|i| [i.lower[1], i.upper[1]]);
                forecast.values().iter().copied().chain(bounds).collect::<Vec<f64>>()
            };
            let (a, b, c) = (numbers(&mut one), numbers(&mut all), numbers(&mut again));
            assert_eq!(b, c, "{t} {id}");
            for (a, b) in a.iter().zip(&b) {
                assert!((a - b).abs() < 1e-5 * (1.0 + a.abs()), "{t} {id}: {a} {b}");
            }
        }
    }
    assert_eq!(all.summary(), again.summary());
}

/// A stream whose series are all new, at this frequency.
fn new_series<'m>(fitted: &'m FittedForecaster, freq: Frequency, max_gap: usize) -> Stream<'m> {
    let config = StreamConfig { freq: Some(freq), max_gap, ..StreamConfig::new(1) };
    Stream::new(fitted, config).unwrap()
}

/// Arrival of each date, and the date that is expected after it; `None` for a date that is refused.
fn arrivals(stream: &mut Stream<'_>, dates: &[&str]) -> Vec<Option<(Arrival, String)>> {
    let arrival = |ds: &&str| {
        let observed = stream.observe("new", Some(ds), 50.0).ok()?;
        Some((observed.arrival, observed.forecast.next_ds().to_owned()))
    };
    dates.iter().map(arrival).collect()
}

#[test]
fn dates_follow_the_calendar_of_the_series() {
    use Arrival::{AfterGap, Duplicate, Late, Next};
    let fitted = fitted(1);
    type Case = (Frequency, &'static [&'static str], &'static [Option<Arrival>]);
    let cases: [Case; 5] = [
        // The ends of months, and another format.
        (
            Frequency::MONTHLY,
            &["2024-01-31", "2024-02-29", "2024-04-30", "31/05/2024", "2024-05-31"],
            &[Some(Next), Some(Next), Some(AfterGap { missing: 1 }), Some(Next), Some(Duplicate)],
        ),
        // Weekends are no business days, and a holiday is no gap.
        (
            Frequency::BUSINESS,
            &["2024-01-05", "2024-01-06", "2024-01-07", "2024-01-08", "2024-01-10"],
            &[Some(Next), None, None, Some(Next), Some(Next)],
        ),
        // The repeated hour of autumn.
        (
            Frequency::HOURLY,
            &[
                "2024-10-27 02:00+02:00",
                "2024-10-27 02:00+01:00",
                "2024-10-27 03:00+01:00",
                "2024-10-27 02:00+01:00",
                "2024-10-27 04:00",
            ],
            &[Some(Next), Some(Next), Some(Next), Some(Late), None],
        ),
        // A zone where the series has none.
        (
            Frequency::HOURLY,
            &["2024-01-01 00:00", "2024-01-01 01:00Z", "2024-01-01 01:30", "2024-01-01 01:00"],
            &[Some(Next), None, None, Some(Next)],
        ),
        (
            Frequency::DAILY,
            &["1704067200", "1704153600", "1704326400"],
            &[Some(Next), Some(Next), Some(AfterGap { missing: 1 })],
        ),
    ];
    for (freq, dates, expected) in cases {
        let found = arrivals(&mut new_series(&fitted, freq, 10), dates);
        let found: Vec<Option<Arrival>> =
            found.into_iter().map(|found| found.map(|(arrival, _)| arrival)).collect();
        assert_eq!(found, expected, "{dates:?}");
    }
    let mut stream = new_series(&fitted, Frequency::MONTHLY, 10);
    let next = arrivals(&mut stream, &["2024-01-31", "2024-02-29"]).pop().unwrap().unwrap().1;
    assert_eq!(next, "2024-03-31");
}

#[test]
fn a_series_of_numbers_has_the_step_of_the_training() {
    let text: String =
        wave(90).iter().enumerate().map(|(t, y)| format!("{},{y}\n", t as f64 / 2.0)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers.csv");
    std::fs::write(&path, format!("seconds,y\n{text}")).unwrap();
    let options =
        crate::io::read::ReadOptions { time_col: Some("seconds".to_owned()), ..Default::default() };
    let panel = crate::io::read::read_panel(&path, &options).unwrap();
    let fitted = RnnForecaster::new(1).hidden_size(4).max_steps(5).fit(&panel.series).unwrap();
    let mut stream = Stream::new(&fitted, StreamConfig::new(1)).unwrap();
    for (ds, arrival) in [
        ("0.5", Arrival::Next),
        ("1.0", Arrival::Next),
        ("1.5", Arrival::Next),
        ("3.0", Arrival::AfterGap { missing: 2 }),
        ("1.0", Arrival::Late),
    ] {
        assert_eq!(stream.observe("new", Some(ds), 50.0).unwrap().arrival, arrival, "{ds}");
    }
}

#[test]
fn a_reset_forgets_the_history_also_of_a_series_that_is_not_yet_known() {
    let fitted = fitted(1);
    let daily = || new_series(&fitted, Frequency::DAILY, 10);
    // After the reset both streams have seen the same.
    let (mut long, mut again) = (daily(), daily());
    let values = wave(300);
    for (t, y) in values[..40].iter().enumerate() {
        long.observe("a", Some(&day(t)), 3.0 * y).unwrap();
        again.observe("a", Some(&day(t)), 3.0 * y).unwrap();
    }
    // The first value after the gap is missing.
    for stream in [&mut long, &mut again] {
        let arrival = stream.observe("a", Some(&day(99)), 50.0).unwrap().arrival;
        assert_eq!(arrival, Arrival::Early { missing: 59 });
    }
    assert_eq!(
        long.observe("a", Some(&day(100)), f64::NAN).unwrap().arrival,
        Arrival::Reset { missing: 60 }
    );
    let missing = long.summary().errors[0].forecasts;
    assert_eq!(
        again.observe("a", Some(&day(101)), values[101]).unwrap().arrival,
        Arrival::Reset { missing: 61 }
    );
    long.observe("a", Some(&day(101)), values[101]).unwrap();
    // The value after the reset had no forecast.
    assert_eq!(long.summary().errors[0].forecasts, missing);
    for (t, y) in values.iter().enumerate().take(280).skip(102) {
        let a = long.observe("a", Some(&day(t)), *y).unwrap().forecast.values()[0];
        let b = again.observe("a", Some(&day(t)), *y).unwrap().forecast.values()[0];
        assert_eq!(a, b, "{t}");
        assert!(t < 120 || (a - y).abs() < 25.0, "{t}: {a}");
    }
}

#[test]
fn a_seasonal_persistence_forecast_of_a_new_series_has_its_season() {
    let values: Vec<f64> = (0..80).map(|t| [10.0, 50.0, 20.0, 80.0][t % 4]).collect();
    let series = [Series::counted("known", values.clone())];
    let seasonal = AutoForecaster::new(2).seasons([4]).max_steps(0);
    let mut fitted = seasonal.fit(&series).unwrap();
    let history = crate::data::History::new(&values);
    let preprocessing = crate::transforms::Preprocessing {
        deseasonalize: true,
        ..fitted.ensembles[0].nets[0].settings.preprocessing.clone()
    };
    let settings = crate::models::rnn::RnnConfig {
        preprocessing,
        seasons: vec![4],
        max_steps: 0,
        start: 0,
        ..fitted.ensembles[0].nets[0].settings.clone()
    };
    let go_on = || std::ops::ControlFlow::Continue(());
    let net = crate::models::rnn::RnnModel::train(&[history.full()], settings, None, None, &go_on);
    fitted.ensembles[0].nets = vec![net.unwrap()];
    fitted.ensembles[0].selection.network_weight = 1.0;
    let mut stream = Stream::new(&fitted, StreamConfig::new(2)).unwrap();
    for y in &values[..40] {
        stream.observe("new", None, *y).unwrap();
    }
    let forecast = stream.forecast("new").unwrap().unwrap().values();
    for (forecast, actual) in forecast.iter().zip(&values[40..]) {
        assert!((forecast - actual).abs() < 3.0, "{forecast} {actual}");
    }
}

#[test]
fn a_series_of_equal_values_does_not_blind_the_guard() {
    let fitted = fitted(1);
    let learn = Some(LearnConfig { learning_rate: 30.0, every: 1 });
    let mut stream = Stream::new(&fitted, StreamConfig { learn, ..StreamConfig::new(1) }).unwrap();
    for t in 0..60 {
        stream.observe("flat", None, if t < 40 { 1000.0 } else { 2000.0 }).unwrap();
    }
    for y in &wave(1500)[90..] {
        stream.observe("", None, *y).unwrap();
    }
    let summary = stream.summary();
    assert!(summary.rollbacks > 0, "{summary:?}");
}

#[test]
fn intervals_do_not_shrink_to_nothing_and_stay_above_zero() {
    let values: Vec<f64> = wave(90).iter().map(|y| y - 40.0).collect();
    let mut forecaster = RnnForecaster::new(1).hidden_size(8).max_steps(30);
    forecaster.non_negative = true;
    let fitted = forecaster.fit(&[Series::counted("wave", values)]).unwrap();
    let mut stream = Stream::new(&fitted, StreamConfig::new(1)).unwrap();
    for _ in 0..4000 {
        stream.observe("", None, 10.0).unwrap();
    }
    let mut covered = 0;
    for (t, y) in wave(1000).iter().enumerate() {
        let forecast = stream.forecast("").unwrap().unwrap();
        let interval = &forecast.intervals()[1];
        assert!(interval.lower[0] >= 0.0);
        let y = (y - 40.0).max(0.0);
        covered += usize::from(t >= 300 && (interval.lower[0]..=interval.upper[0]).contains(&y));
        stream.observe("", None, y).unwrap();
    }
    // Of 95 %, after 300 values.
    assert!(covered > 630, "{covered} of 700");
}

#[test]
fn the_summary_has_the_errors_of_the_forecasts_that_were_given() {
    const HORIZON: usize = 3;
    let fitted = fitted(HORIZON);
    let mut stream = Stream::new(&fitted, StreamConfig::new(HORIZON)).unwrap();
    let values = &wave(170)[90..];
    // The last value, the forecast and the 95 % interval before each observation.
    let mut given = vec![(wave(90)[89], forecast_of(&mut stream))];
    for y in values {
        stream.observe("", None, *y).unwrap();
        given.push((*y, forecast_of(&mut stream)));
    }
    for (k, error) in stream.summary().errors.iter().enumerate() {
        let due = |t: usize| (t >= k).then(|| (&given[t - k], values[t]));
        let due: Vec<_> = (0..values.len()).filter_map(due).collect();
        let mean = |of: &ErrorOf| {
            let errors = due.iter().map(|((last, forecast), y)| of(*last, forecast, *y));
            errors.sum::<f64>() / due.len() as f64
        };
        assert_eq!((error.step_ahead, error.forecasts), (k + 1, due.len() as u64));
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{k}: {a} {b}");
        close(error.mae, mean(&|_, forecast, y| (y - forecast[k][0]).abs()));
        close(error.naive_mae, mean(&|last, _, y| (y - last).abs()));
        let inside = |_, forecast: &[[f64; 3]], y| {
            if (forecast[k][1]..=forecast[k][2]).contains(&y) { 100.0 } else { 0.0 }
        };
        close(error.coverage[1].coverage, mean(&inside));
    }
}

/// A measure of the last value, of the forecast and its bounds, and of the value that came.
type ErrorOf<'a> = dyn Fn(f64, &[[f64; 3]], f64) -> f64 + 'a;

/// Forecast, lower and upper bound of the last level at each step ahead.
fn forecast_of(stream: &mut Stream<'_>) -> Vec<[f64; 3]> {
    let forecast = stream.forecast("").unwrap().unwrap();
    let interval = forecast.intervals().last().unwrap();
    let bounds = interval.lower.iter().zip(&interval.upper);
    forecast.values().iter().zip(bounds).map(|(y, (low, high))| [*y, *low, *high]).collect()
}
