//! Forecasts of whole panels.

use std::ops::ControlFlow;

use elman::backtest::{Backtest, BacktestSettings};
use elman::data::Series;
use elman::intervals::PredictionInterval;
use elman::io::read::{ReadOptions, read_panel_from};
use elman::io::write;
use elman::models::baselines::Baseline;
use elman::nn::registry::Entry;
use elman::season;
use elman::season::{Decomposition, common_periods};
use elman::select::{AutoForecaster, Progress, RunContext};

fn noise(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    (*seed >> 33) as f64 / (1_u64 << 31) as f64 - 0.5
}

/// Series of unlike length with a trend, a season and noise of their own.
fn panel(count: usize, season: usize) -> Vec<Series> {
    (0..count)
        .map(|s| {
            let mut seed = s as u64 + 1;
            let (level, slope) = (100.0 + 30.0 * noise(&mut seed), noise(&mut seed));
            let values = (0..60 + 5 * (s % 5)).map(|t| {
                let phase = (t + s) as f64 * std::f64::consts::TAU / season as f64;
                let seasonal = if season > 1 { 20.0 * phase.sin() } else { 0.0 };
                level + slope * t as f64 + seasonal + 2.0 * noise(&mut seed)
            });
            Series::counted(format!("s{s}"), values.collect())
        })
        .collect()
}

fn settings(horizon: usize) -> AutoForecaster {
    AutoForecaster { max_steps: Some(12), ..AutoForecaster::new(horizon) }
}

#[test]
fn a_panel_with_a_season_is_forecast_better_than_by_simple_rules() {
    let panel = panel(12, 6);
    let stages = std::sync::Mutex::new(Vec::new());
    let settings = AutoForecaster { max_steps: Some(60), ..settings(6) };
    let observe = |progress| {
        let (stage, done, of) = match progress {
            Progress::Selecting(done, of) => ("trying", done, of),
            Progress::Training(done, of) => ("training", done, of),
            other => panic!("{other:?}"),
        };
        assert!(done >= 1 && done <= of);
        let mut stages = stages.lock().unwrap();
        if stages.last() != Some(&stage) {
            stages.push(stage);
        }
        ControlFlow::Continue(())
    };
    let fitted = settings.fit_with(&panel, &RunContext::new(&observe)).unwrap();
    let forecast = fitted.predict(&panel).unwrap();
    assert_eq!(*stages.lock().unwrap(), ["trying", "training"]);
    assert_eq!(forecast.selection.seasons, [6]);
    let (ours, rivals) = forecast.selection.scores.split_first().unwrap();
    assert_eq!(ours.name, "elman");
    // Around a level that stays, exponential smoothing is the best there is.
    let smoothing = |name: &str| ["damped", "ets"].contains(&name);
    for rival in rivals.iter().filter(|rival| !smoothing(&rival.name)) {
        assert!(ours.mase.unwrap() < rival.mase.unwrap(), "{rival:?} beats {ours:?}");
    }
    for (series, said) in panel.iter().zip(&forecast.values) {
        assert_eq!(said.len(), 6);
        // Noise of ±1, a season of ±20.
        let s: usize = series.name[1..].parse().unwrap();
        let phase = |t: usize| ((t + s) as f64 * std::f64::consts::TAU / 6.0).sin();
        let highest = (0..6).max_by(|a, b| said[*a].total_cmp(&said[*b])).unwrap();
        assert!(phase(series.len() + highest) > 0.8, "{}: {said:?}", series.name);
    }
    // Bands lie around the forecast, the wider one outside.
    for (said, bands) in forecast.values.iter().zip(&forecast.intervals) {
        for (k, y) in said.iter().enumerate() {
            let [narrow, wide] = &bands[..] else { panic!("two levels") };
            assert!(wide.lower[k] <= narrow.lower[k] && narrow.lower[k] <= *y);
            assert!(*y <= narrow.upper[k] && narrow.upper[k] <= wide.upper[k]);
        }
    }
    for (level, share) in [0.8, 0.95].into_iter().zip(&forecast.selection.coverage) {
        assert!((share - level).abs() < 0.05, "{share} for {level}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing_and_the_seed_does() {
    let panel = panel(9, 4);
    let of = |settings: AutoForecaster| settings.fit_predict(&panel).unwrap().values;
    let one = of(settings(3));
    assert_eq!(one, of(AutoForecaster { threads: 3, ..settings(3) }));
    assert_ne!(one, of(AutoForecaster { seed: 2, ..settings(3) }));
}

#[test]
fn series_of_any_kind_and_length_have_a_forecast() {
    let series = |values: &[f64]| Series::counted("x", values.to_vec());
    for panel in [
        vec![series(&[5.0])],
        vec![series(&[5.0, 6.0])],
        vec![series(&[0.0; 30])],
        vec![series(&[7.0; 30])],
        vec![series(&[-1.0, 2.0, -3.0, 4.0, -5.0, 6.0, -7.0, 8.0])],
        vec![series(&[1e-90; 20]), series(&[1e90; 20])],
        vec![series(&[1.0]), series(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])],
        (0..9).map(|s| series(&[f64::from(s); 12])).collect(),
    ] {
        let forecast = settings(4).fit_predict(&panel).unwrap();
        for (said, bands) in forecast.values.iter().zip(&forecast.intervals) {
            assert_eq!(said.len(), 4);
            assert!(said.iter().all(|y| y.is_finite()), "{panel:?}: {said:?}");
            for band in bands {
                assert!(band.lower.iter().chain(&band.upper).all(|y| y.is_finite()), "{panel:?}");
            }
        }
        assert_eq!(forecast.rows(&panel).count(), 4 * panel.len(), "{panel:?}");
    }
}

#[test]
fn what_cannot_be_forecast_is_refused() {
    let refused = |panel: &[Series], horizon: usize| {
        settings(horizon).fit_predict(panel).unwrap_err().to_string()
    };
    let good = [Series::counted("a", vec![1.0, 2.0])];
    assert!(refused(&[], 3).contains("no series"));
    assert!(refused(&good, 0).contains("horizon"));
    assert!(refused(&[Series::counted("b", vec![])], 3).contains("`b` has no value"));
    let nan = [Series::counted("c", vec![1.0, f64::INFINITY])];
    assert!(refused(&nan, 3).contains("`c` has a value that is not finite"));
}

#[test]
fn a_season_that_no_series_shows_alone_stands_out_in_many() {
    let faint: Vec<Vec<f64>> = (0..200)
        .map(|s| {
            let mut seed = 1000 + s;
            let mut level = 0.0;
            let values = (0..40).map(|t| {
                level += noise(&mut seed);
                100.0 + level + if t % 4 == 0 { 0.3 } else { 0.0 }
            });
            values.collect()
        })
        .collect();
    let faint: Vec<&[f64]> = faint.iter().map(Vec::as_slice).collect();
    let alone = faint.iter().filter(|y| season::find(y, None) == Some(4)).count();
    assert!(alone < 50, "{alone} of 200 show it");
    assert_eq!(common_periods(&faint, None), [4]);
    assert_eq!(common_periods(&faint, Some(&[7])), [0; 0], "of the natural ones alone");
    let none: Vec<Vec<f64>> = panel(200, 1).into_iter().map(|s| s.values).collect();
    let none: Vec<&[f64]> = none.iter().map(Vec::as_slice).collect();
    assert_eq!(common_periods(&none, None), [0; 0]);
}

#[test]
fn two_seasons_are_both_found() {
    let hours: Vec<Vec<f64>> = (0..10)
        .map(|s| {
            let mut seed = s;
            let at = |t: usize| 5.0 * (t as f64 * std::f64::consts::TAU / 24.0).sin();
            let weekend = |t: usize| if t / 24 % 7 >= 5 { -4.0 } else { 0.0 };
            (0..24 * 7 * 5).map(|t| 50.0 + at(t) + weekend(t) + noise(&mut seed)).collect()
        })
        .collect();
    let hours: Vec<&[f64]> = hours.iter().map(Vec::as_slice).collect();
    assert_eq!(common_periods(&hours, None), [24, 168]);
    assert_eq!(common_periods(&hours, Some(&[24, 168])), [24, 168]);
    assert_eq!(common_periods(&hours[..1], Some(&[24, 168])), [24, 168], "of one series too");
}

#[test]
fn a_profile_is_the_season_and_nothing_where_there_is_none() {
    let season = [3.0, -1.0, 2.0, -4.0];
    let clean: Vec<f64> = (0..40).map(|t| 0.3 * t as f64 + season[t % 4]).collect();
    let profile = season::Profile::of(&clean, &[4], Decomposition::Classical);
    for t in 0..50 {
        assert!((profile.at(t) - season[t % 4]).abs() < 1e-9, "at {t}: {}", profile.at(t));
    }
    let mut seed = 3;
    let empty: Vec<f64> = (0..400).map(|_| noise(&mut seed)).collect();
    let profile = season::Profile::of(&empty, &[12], Decomposition::Classical);
    // A mean of 33 values of deviation 0.29 lies 0.05 off by chance; shrunk, most of it goes.
    assert!((0..12).all(|t| profile.at(t).abs() < 0.05), "{profile:?}");
    let short = season::Profile::of(&clean[..9], &[4], Decomposition::Classical);
    assert_eq!(short.at(3), 0.0, "two seasons and more must be there");
}

#[test]
fn stl_follows_a_season_that_grows() {
    let season = [3.0, -1.0, 2.0, -4.0];
    let grown = |t: usize| season[t % 4] * (1.0 + t as f64 / 40.0);
    let x: Vec<f64> = (0..80).map(|t| 0.3 * t as f64 + grown(t)).collect();
    let of = |x: &[f64], by| season::Profile::of(x, &[4], by);
    let off = |by| (0..80).map(|t| (of(&x, by).at(t) - grown(t)).abs()).fold(0.0, f64::max);
    let (stl, classical) = (off(Decomposition::Stl), off(Decomposition::Classical));
    assert!(stl < 0.3 && classical > 3.0, "{stl}, {classical}");
    // The last cycle goes on.
    let profile = of(&x, Decomposition::Stl);
    for t in 80..100 {
        assert_eq!(profile.at(t), profile.at(t - 4), "at {t}");
        assert!((profile.at(t) - grown(76 + t % 4)).abs() < 0.3, "at {t}");
    }
    let short = &x[..15];
    assert_eq!(of(short, Decomposition::Stl), of(short, Decomposition::Classical));
    let mut seed = 3;
    let empty: Vec<f64> = (0..400).map(|_| noise(&mut seed)).collect();
    let profile = season::Profile::of(&empty, &[12], Decomposition::Stl);
    assert!((0..400).all(|t| profile.at(t).abs() < 0.1), "nothing where there is none");
}

#[test]
fn every_series_of_a_file_is_read_in_one_go() {
    let read = |text: &str| read_panel_from(text.as_bytes(), "f.csv", &ReadOptions::default());
    let long = "store,ds,y\nb,2020-01-01,1\na,2020-01-01,5\nb,2020-02-01,2\na,2020-02-01,6\nb,2020-03-01,3\n\
                a,2020-03-01,7\na,2020-04-01,8\n";
    let panel = read(long).unwrap();
    let of = |panel: &elman::io::read::LoadedPanel| -> Vec<(String, Vec<f64>)> {
        panel.series.iter().map(|s| (s.name.clone(), s.values.clone())).collect()
    };
    let want = [("b".to_owned(), vec![1.0, 2.0, 3.0]), ("a".to_owned(), vec![5.0, 6.0, 7.0, 8.0])];
    assert_eq!(of(&panel), want);
    assert_eq!(panel.id_col.as_deref(), Some("store"));
    assert_eq!(panel.found(), "2 series, monthly, 3 to 4 values each");
    assert_eq!(panel.series[0].clock().label(1), "2020-04-01");
    let wide = "V1,V2,V3,V4\nx,1,2,3\ny,4,5,\n";
    let panel = read(wide).unwrap();
    assert_eq!(
        of(&panel),
        [("x".to_owned(), vec![1.0, 2.0, 3.0]), ("y".to_owned(), vec![4.0, 5.0])]
    );
    assert_eq!(panel.found(), "2 series, no dates, 2 to 3 values each");
    let one = read("ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n").unwrap();
    assert_eq!(one.found(), "daily, 2020-01-01 to 2020-01-03, 3 values, no gaps");
    let bad = read("id,ds,y\na,2020-01-01,1\na,2020-01-02,2\nb,2020-01-01,x\nb,2020-01-02,2\n")
        .unwrap_err();
    assert!(bad.to_string().contains("f.csv:4"), "{bad}");
}

#[test]
fn a_table_has_nixtlas_columns() {
    let row = || write::Row {
        unique_id: "a",
        ds: "2020-01-01".into(),
        elman: 1.5,
        tested: None,
        bounds: vec![(1.0, 2.0), (0.5, 2.5)],
        more: vec![3.5],
    };
    let columns =
        write::Columns { more: vec!["theta".to_owned()], ..write::Columns::with(&[80.0, 97.5]) };
    let mut csv = Vec::new();
    write::csv(&mut csv, &columns, [row()]).unwrap();
    let want = "unique_id,ds,elman,elman-lo-80,elman-hi-80,elman-lo-97.5,elman-hi-97.5,theta\n\
                a,2020-01-01,1.5,1,2,0.5,2.5,3.5\n";
    assert_eq!(String::from_utf8(csv).unwrap(), want);
    let mut lines = Vec::new();
    write::json_lines(&mut lines, &columns, [row(), row()]).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines.lines().count(), 2);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["elman-hi-97.5"], 2.5);
}

#[test]
fn where_nothing_is_to_be_learnt_the_forecast_is_the_last_value() {
    let mut seed = 7;
    let mut y = 1000.0;
    let walk = (0..300).map(|_| {
        y += noise(&mut seed);
        y
    });
    let walk = [Series::counted("walk", walk.collect())];
    let forecast = settings(4).fit_predict(&walk).unwrap();
    let selected: Vec<_> =
        forecast.selection.candidate_scores.iter().filter(|candidate| candidate.selected).collect();
    assert_eq!(selected.iter().map(|candidate| candidate.budget).collect::<Vec<_>>(), [0]);
    for y in &forecast.values[0] {
        // f32 keeps seven digits of a logarithm of 7.
        assert!((y - walk[0].values[299]).abs() < 1e-2, "{y}");
    }
}

fn back(windows: usize, refit: bool) -> BacktestSettings {
    BacktestSettings { forecaster: settings(4), n_windows: windows, step_size: 2, refit }
}

#[test]
fn a_backtest_says_nothing_that_it_could_not_have_known() {
    let panel = panel(9, 4);
    // From the second cutoff on, everything becomes another series.
    let mut changed = panel.clone();
    for series in &mut changed {
        let second = series.len() - 4 - 2 * 2 + 2;
        series.values[second..].iter_mut().for_each(|y| *y = 500.0 - 3.0 * *y);
    }
    for refit in [false, true] {
        let [said, other] = [&panel, &changed]
            .map(|panel| Backtest::run(panel, &back(3, refit), &RunContext::default()).unwrap());
        for (s, series) in panel.iter().enumerate() {
            let n = series.len();
            assert_eq!(said.cutoffs[s], [n - 8, n - 6, n - 4]);
            for window in [0, 1] {
                assert_eq!(said.forecasts[s][window], other.forecasts[s][window], "{refit} {s}");
                assert_eq!(said.intervals[s][window], other.intervals[s][window], "{refit} {s}");
            }
            assert_ne!(said.forecasts[s][2], other.forecasts[s][2], "the third has seen it");
        }
        assert_eq!(said.scores[0].name, "elman");
        assert!(said.scores[0].metrics.iter().all(Option::is_some));
        let naive2 = said.scores.iter().find(|scored| scored.name == "naive2").unwrap();
        assert_eq!(naive2.owa, Some(1.0));
        assert!(said.coverage.iter().all(|share| (0.0..=1.0).contains(share)));
    }
}

#[test]
fn a_backtest_of_the_last_window_is_the_forecast_made_then() {
    let panel = panel(9, 4);
    let known: Vec<Series> = panel.iter().map(|s| s.head(s.len() - 4)).collect();
    let forecast = settings(4).fit_predict(&known).unwrap();
    let backtest = Backtest::run(&panel, &back(1, false), &RunContext::default()).unwrap();
    for s in 0..panel.len() {
        assert_eq!(forecast.values[s], backtest.forecasts[s][0]);
        assert_eq!(forecast.intervals[s], backtest.intervals[s][0]);
    }
    let rows: Vec<_> = backtest.rows(&panel).collect();
    assert_eq!(rows.len(), 4 * panel.len());
    let (cutoff, y) = rows[1].tested.clone().unwrap();
    let n = panel[0].len();
    assert_eq!((cutoff.text, rows[1].ds.text.clone()), ((n - 4).to_string(), (n - 2).to_string()));
    assert_eq!(y, panel[0].values[n - 3]);
    let too_far =
        Backtest::run(&panel, &back(60, false), &RunContext::default()).unwrap_err().to_string();
    assert!(too_far.contains("fewer `--n-windows`"), "{too_far}");
}

#[test]
fn a_backtest_past_values_without_a_logarithm_says_what_to_do() {
    let mut panel = panel(3, 4);
    let n = panel[1].len();
    panel[1].values[n - 7] = 0.0;
    // Known at the second cutoff of three, and above 0 is all before the first.
    let refused =
        Backtest::run(&panel, &back(3, false), &RunContext::default()).unwrap_err().to_string();
    assert!(refused.contains("series `s1` has the value 0"), "{refused}");
    assert!(refused.contains("--refit"), "{refused}");
    let finite = |settings: &BacktestSettings| {
        let backtest = Backtest::run(&panel, settings, &RunContext::default()).unwrap();
        backtest.forecasts.iter().flatten().flatten().all(|y| y.is_finite())
    };
    assert!(finite(&back(3, true)));
    let mut scaled = back(3, false);
    scaled.forecaster.scaler = Some("standard".to_owned());
    assert!(finite(&scaled));
    // Known before the first cutoff, it decides how all values are seen.
    assert!(finite(&back(1, false)));
}

#[test]
fn scaled_metrics_by_hand() {
    use elman::metrics::{Case, Metric};
    let history = [1.0, 5.0, 2.0, 7.0, 4.0];
    let case = Case {
        actual: &[6.0, 2.0],
        forecast: &[4.0, 2.5],
        history: &history,
        all: &history,
        season: 2,
    };
    let of = |name: &str, case: &Case<'_>| Metric::find(name).unwrap().of(case).unwrap();
    // |2 - 1|, |7 - 5|, |4 - 2|: mean 5/3; errors 2 and 1/2.
    assert_eq!(of("mase", &case), Some(1.25 / (5.0 / 3.0)));
    assert_eq!(of("rmsse", &case), Some((2.125_f64 / 3.0).sqrt()));
    assert_eq!(of("smape", &case), Some((200.0 * 2.0 / 10.0 + 200.0 * 0.5 / 4.5) / 2.0));
    assert!((of("mape", &case).unwrap() - (100.0 / 3.0 + 25.0) / 2.0).abs() < 1e-9);
    assert_eq!(of("mape", &Case { actual: &[0.0, 1.0], ..case }), None);
    assert_eq!(
        of("smape", &Case { actual: &[0.0, 1.0], forecast: &[0.0, 1.0], ..case }),
        Some(0.0)
    );
    assert_eq!(
        of("mase", &Case { history: &[3.0, 4.0], all: &[], ..case }),
        None,
        "no season in it"
    );
    assert_eq!(
        of("rmsse", &Case { history: &[3.0, 4.0, 3.0, 4.0], all: &[], ..case }),
        None,
        "never moved"
    );
    let band = PredictionInterval { level: 95.0, lower: vec![5.0, 3.0], upper: vec![7.0, 4.0] };
    assert_eq!(band.contains(case.actual).collect::<Vec<_>>(), [true, false]);
    // Widths 2 and 1, and 40 times 1 below.
    let msis = band.msis(&case).unwrap();
    assert!((msis - 21.5 / (5.0 / 3.0)).abs() < 1e-9, "{msis}");
}

#[test]
fn drift_theta_naive2_damped_and_ets() {
    let line: Vec<f64> = (0..30).map(|t| 10.0 + 2.0 * f64::from(t)).collect();
    // Theta halves the slope beyond the last value, 68; damped and ets let it fade a little.
    for (name, want, off) in
        [("drift", 74.0, 1e-9), ("theta", 71.0, 1e-3), ("damped", 73.8, 0.1), ("ets", 73.8, 0.1)]
    {
        let said = Baseline::find(name).unwrap().forecast(&line, 3, 1).unwrap();
        assert!((said[2] - want).abs() <= off, "{name}: {said:?}");
    }
    let seasonal: Vec<f64> = (0..40).map(|t| 100.0 * [0.5, 1.5, 1.2, 0.8][t % 4]).collect();
    for name in ["naive2", "theta", "damped", "ets"] {
        let said = Baseline::find(name).unwrap().forecast(&seasonal, 6, 4).unwrap();
        for (k, y) in said.iter().enumerate() {
            assert!((y - seasonal[k]).abs() < 1e-6, "{name}: {said:?}");
        }
    }
}

#[test]
fn every_column_can_be_a_series() {
    let options = ReadOptions { wide: true, ..ReadOptions::default() };
    let text = "date,a,b\n2020-01-01,1,4\n2020-01-02,2,5\n2020-01-03,3,6\n";
    let panel = read_panel_from(text.as_bytes(), "w.csv", &options).unwrap();
    let of: Vec<_> = panel.series.iter().map(|s| (&s.name[..], &s.values[..])).collect();
    assert_eq!(of, [("a", &[1.0, 2.0, 3.0][..]), ("b", &[4.0, 5.0, 6.0][..])]);
    let both =
        "id,ds,a,b\nx,2020-01-01,1,4\nx,2020-01-02,2,5\ny,2020-01-01,3,6\ny,2020-01-02,7,8\n";
    let panel = read_panel_from(both.as_bytes(), "w.csv", &options).unwrap();
    let names: Vec<_> = panel.series.iter().map(|s| &s.name[..]).collect();
    assert_eq!(names, ["x/a", "x/b", "y/a", "y/b"]);
    let asked = read_panel_from(text.as_bytes(), "w.csv", &ReadOptions::default()).unwrap_err();
    assert!(asked.to_string().contains("`--wide`"), "{asked}");
}
