//! Numbers that were once wrong: scales of 0, floors, outliers, short series, rounded last values.

use elman::backtest::{Backtest, BacktestSettings};
use elman::data::Series;
use elman::io::read::{ReadOptions, read_panel_from};
use elman::select::{AutoForecaster, Forecast, RunContext, ended_early};

fn noise(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    (*seed >> 33) as f64 / (1_u64 << 31) as f64 - 0.5
}

/// A short training: what is tested here is not how much networks learn.
fn settings(horizon: usize) -> AutoForecaster {
    AutoForecaster { max_steps: Some(16), ..AutoForecaster::new(horizon) }
}

fn alone(values: Vec<f64>, settings: &AutoForecaster) -> Forecast {
    settings.fit_predict(&[Series::counted("s", values)]).unwrap()
}

fn said(forecast: &Forecast, needle: &str) -> bool {
    forecast.notes.iter().any(|note| note.contains(needle))
}

fn holds_its_forecast(forecast: &Forecast) -> bool {
    let series = forecast.values.iter().zip(&forecast.intervals);
    series
        .into_iter()
        .all(|(values, bands)| bands.iter().all(|band| band.contains(values).all(|holds| holds)))
}

/// Rows of `unique_id,ds,y` for days from 2023-01-01 on, first and last excluded.
fn days(name: &str, days: std::ops::Range<usize>, y: impl Fn(usize) -> f64) -> String {
    const MONTHS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let date = |day: usize| {
        let (mut day, mut month) = (day % 365, 0);
        while day >= MONTHS[month] {
            day -= MONTHS[month];
            month += 1;
        }
        format!("{:02}-{:02}", month + 1, day + 1)
    };
    days.map(|t| format!("{name},{}-{},{}\n", 2023 + t / 365, date(t), y(t))).collect()
}

fn dated(rows: &str) -> Vec<Series> {
    let table = format!("unique_id,ds,y\n{rows}");
    read_panel_from(table.as_bytes(), "test.csv", &ReadOptions::default()).unwrap().series
}

#[test]
fn the_last_value_is_the_last_value() {
    for y in [5.0, 110.86, 51.0, -3.3, 0.0] {
        let forecast = alone(vec![y; 30], &settings(4));
        assert_eq!(forecast.values[0], [y; 4], "to the last bit");
        // It never moved, but may move.
        let [narrow, wide] = &forecast.intervals[0][..] else { panic!("two levels") };
        assert!(wide.lower[3] <= narrow.lower[3] && wide.upper[3] - y <= 0.1 * y.abs() + 1e-6);
    }
    // Too short for anything else.
    let forecast = alone(vec![3.0, 110.86], &settings(2));
    assert_eq!(forecast.values[0], [110.86; 2]);
    assert!(forecast.intervals[0][1].upper[1] > 150.0, "{:?}", forecast.intervals);
}

#[test]
fn a_balance_falls_through_0_and_sales_need_not() {
    let balance: Vec<f64> = (2..=10).rev().map(|y| 100.0 * f64::from(y)).collect();
    for horizon in [3, 8] {
        let forecast = alone(balance.clone(), &settings(horizon));
        for (k, y) in forecast.values[0].iter().enumerate() {
            let right = 100.0 - 100.0 * k as f64;
            assert!((y - right).abs() < 1e-9, "{k} of {horizon}: {y} for {right}");
        }
        assert!(!said(&forecast, "stays above 0"), "{:?}", forecast.notes);
    }
    let non_negative = AutoForecaster { non_negative: true, ..settings(3) };
    assert!(alone(balance.clone(), &non_negative).values[0].iter().all(|y| *y >= 0.0));
    // What stays far above 0 is seen as before.
    let above: Vec<f64> = balance.iter().map(|y| y + 5000.0).collect();
    let candidate_scores = alone(above, &settings(3)).selection.candidate_scores;
    assert!(
        candidate_scores
            .iter()
            .all(|candidate| !candidate.preprocessing.no_floor && !candidate.preprocessing.drift)
    );
}

#[test]
fn a_product_is_forecast_from_its_launch_on() {
    let week = [20.0, 22.0, 25.0, 23.0, 28.0, 40.0, 35.0];
    let mut values = vec![0.0; 250];
    values.extend(week.repeat(10));
    let forecast = alone(values, &settings(7));
    assert_eq!(forecast.selection.seasons, [7]);
    for (y, right) in forecast.values[0].iter().zip(week) {
        assert!((y - right).abs() < 1e-6, "{y} for {right}");
    }
    assert!(
        said(&forecast, "begins at 251: the 250 values before are all 0"),
        "{:?}",
        forecast.notes
    );
    // Its weeks repeat themselves exactly: no MASE, which is said, but intervals.
    assert!(forecast.selection.scores.iter().all(|score| score.mase.is_none()));
    assert!(
        said(&forecast, "every seasonal difference of the history is 0"),
        "{:?}",
        forecast.notes
    );
    assert!(!forecast.intervals[0].is_empty() && holds_its_forecast(&forecast));
}

#[test]
fn three_every_seventh_day_is_three_again() {
    let values: Vec<f64> = (0..200).map(|t| if t % 7 == 0 { 3.0 } else { 0.0 }).collect();
    let forecast = alone(values, &settings(7));
    for (k, y) in forecast.values[0].iter().enumerate() {
        let right = if (200 + k) % 7 == 0 { 3.0 } else { 0.0 };
        assert!((y - right).abs() < 1e-6, "{k}: {y} for {right}");
    }
}

#[test]
fn a_price_that_was_fixed_for_long_has_a_scale_once_it_moves() {
    let mut seed = 4;
    let mut values = vec![9.99; 90];
    for _ in 0..30 {
        let last = values[values.len() - 1];
        values.push(last + noise(&mut seed));
    }
    let forecast = alone(values, &settings(3));
    let mases: Vec<f64> = forecast.selection.scores.iter().filter_map(|score| score.mase).collect();
    assert_eq!(mases.len(), forecast.selection.scores.len());
    assert!(mases.iter().all(|mase| (0.1..20.0).contains(mase)), "{mases:?}");
    assert!(!forecast.intervals[0].is_empty() && holds_its_forecast(&forecast));
}

#[test]
fn one_currency_does_not_outweigh_the_others() {
    let walk = |seed: u64, still: usize| {
        let (mut seed, mut y) = (seed, 1.0);
        let step = |t: usize, noise: f64| if t < still { 1e-9 * noise } else { 0.01 * noise };
        let values = (0..200).map(|t| {
            y += step(t, noise(&mut seed));
            y
        });
        values.collect::<Vec<f64>>()
    };
    // The last was pegged until its last quarter.
    let panel: Vec<Series> = (0..4)
        .map(|s| Series::counted(format!("c{s}"), walk(s + 1, if s == 3 { 150 } else { 0 })))
        .collect();
    let forecast = settings(5).fit_predict(&panel).unwrap();
    for score in &forecast.selection.scores {
        let bound = if score.name == "mean" { 100.0 } else { 20.0 };
        assert!(score.mase.is_some_and(|mase| mase < bound), "{score:?}");
    }
}

#[test]
fn an_outage_of_a_day_does_not_halve_the_forecast() {
    let mut seed = 9;
    let mut values: Vec<f64> = (0..70 * 24)
        .map(|t| {
            let day = 1090.0 + 100.0 * (t as f64 * std::f64::consts::TAU / 24.0).sin();
            day + 40.0 * noise(&mut seed)
        })
        .collect();
    values[66 * 24..67 * 24].iter_mut().for_each(|y| *y *= 0.001);
    let settings = AutoForecaster { seasons: Some(vec![24]), ..settings(24) };
    let forecast = alone(values.clone(), &settings);
    let mean = |forecast: &Forecast| forecast.values[0].iter().sum::<f64>() / 24.0;
    assert!((1040.0..1140.0).contains(&mean(&forecast)), "{}", mean(&forecast));
    let widest = forecast.intervals[0].last().unwrap();
    assert!(widest.lower.iter().all(|y| *y > 700.0) && widest.upper.iter().all(|y| *y < 1500.0));
    assert!(said(&forecast, "1585 to 1608 is 1/10"), "{:?}", forecast.notes);
    // Where it is kept, bounds are bounded all the same.
    let kept = AutoForecaster { keep_outliers: true, ..settings };
    let forecast = alone(values, &kept);
    assert!(!said(&forecast, "outlier"));
    let (lower, upper) = (&forecast.intervals[0][1].lower, &forecast.intervals[0][1].upper);
    assert!(lower.iter().all(|y| *y > 0.04) && upper.iter().all(|y| *y < 30_000.0));
}

#[test]
fn a_short_series_has_the_season_of_the_others() {
    let week = [400.0, 350.0, 300.0, 320.0, 380.0, 500.0, 600.0];
    let shop = |t: usize, level: f64, seed: u64| {
        let mut seed = seed * 1000 + t as u64;
        noise(&mut seed);
        level * week[t % 7] * (1.0 + 0.02 * noise(&mut seed))
    };
    let mut rows = String::new();
    for s in 0..12 {
        rows += &days(&format!("s{s:02}"), 0..119, |t| shop(t, 0.5 + 0.2 * s as f64, s));
    }
    let lengths = [1, 2, 9];
    for known in lengths {
        for s in 0..12 {
            rows +=
                &days(&format!("short{known}-{s:02}"), 119 - known..119, |t| shop(t, 1.0, 77 + s));
        }
    }
    let panel = dated(&rows);
    let forecast = settings(7).fit_predict(&panel).unwrap();
    assert_eq!(forecast.selection.seasons, [7]);
    // The 80 % intervals of twelve series: their mean width, and the share of the values to come that they hold.
    let intervals = |from: usize, level: fn(usize) -> f64, seed: u64| {
        let (mut width, mut inside) = (0.0, 0.0);
        for s in 0..12 {
            let band = &forecast.intervals[from + s][0];
            for k in 0..7 {
                let (low, high) = (band.lower[k], band.upper[k]);
                let came = shop(119 + k, level(s), seed + s as u64);
                width += (high - low) / came / 84.0;
                inside += if (low..=high).contains(&came) { 1.0 / 84.0 } else { 0.0 };
            }
        }
        (width, inside)
    };
    let (long, _) = intervals(0, |s| 0.5 + 0.2 * s as f64, 0);
    for (place, known) in (1..).zip(lengths) {
        let of_this_length = 12 * place..12 * (place + 1);
        for (shop, values) in
            panel[of_this_length.clone()].iter().zip(&forecast.values[of_this_length])
        {
            for (y, right) in values.iter().zip(week) {
                assert!((y / right - 1.0).abs() < 0.12, "{}: {y} for {right}", shop.name);
            }
        }
        let (width, inside) = intervals(12 * place, |_| 1.0, 77);
        assert!(width > long, "{known} values: {width}, and {long} of long series");
        // 84 values that share the levels of 12 series: their share strays by a tenth.
        assert!(
            (0.7..=1.0).contains(&inside),
            "{known} values: {inside} within the interval of 80 %"
        );
    }
}

#[test]
fn a_forecast_lies_in_its_own_interval() {
    let mut seed = 3;
    let ramps: [Vec<f64>; 3] = [
        (1..=12).map(f64::from).collect(),
        (1..=40).map(|t| f64::from(t * t)).collect(),
        (0..40).map(|t| 10.0 + f64::from(t) + noise(&mut seed)).collect(),
    ];
    for ramp in ramps {
        assert!(holds_its_forecast(&alone(ramp, &settings(3))));
    }
}

#[test]
fn values_whose_squares_overflow_are_refused_by_name() {
    let mut values: Vec<f64> = (0..30).map(f64::from).collect();
    values[7] = -1e300;
    let panel = [Series::counted("counter", values)];
    let refused = settings(3).fit_predict(&panel).unwrap_err().to_string();
    assert!(refused.contains("series `counter`: the value of 8 is -1e300"), "{refused}");
    assert!(refused.contains("help: values must be below 1e100"), "{refused}");
}

#[test]
fn nothing_validated_is_no_coverage_of_0() {
    let values: Vec<f64> = (0..20).map(|t| 50.0 + f64::from(t % 3)).collect();
    let forecast = alone(values, &settings(4));
    assert!((1..8).contains(&forecast.selection.forecasts));
    assert!(forecast.selection.coverage.is_empty(), "{:?}", forecast.selection.coverage);
    assert!(!forecast.intervals[0].is_empty());
}

#[test]
fn series_that_end_long_before_the_others_are_named() {
    let rows = days("a", 0..60, |t| t as f64) + &days("b", 0..100, |t| t as f64);
    let panel = dated(&rows);
    let note = ended_early(&panel, 7).unwrap();
    assert!(
        note.starts_with("1 series (`a`) end long before the other series: `a` ends on 2023-03-01"),
        "{note}"
    );
    assert!(note.contains("2023-04-10"), "{note}");
    assert_eq!(ended_early(&panel, 40), None, "its forecast reaches the end of the other");
}

#[test]
fn a_backtest_of_exact_seasons_says_why_it_has_no_mase() {
    let week = [20.0, 22.0, 25.0, 23.0, 28.0, 40.0, 35.0];
    let panel = [Series::counted("exact", week.repeat(10))];
    let settings =
        BacktestSettings { forecaster: settings(7), n_windows: 2, step_size: 7, refit: false };
    let backtest = Backtest::run(&panel, &settings, &RunContext::default()).unwrap();
    assert!(backtest.scores.iter().all(|scored| scored.metric("mase").is_none()));
    let why = backtest.notes.iter().find(|note| note.starts_with("no mase of 1 series (`exact`)"));
    assert!(why.is_some_and(|why| why.contains("repeat themselves")), "{:?}", backtest.notes);
    assert_eq!(backtest.claim().unwrap().measure, "mae");
}
