//! Networks of its own for each series of a panel.

use std::ops::ControlFlow;

use elman::backtest::{Backtest, BacktestSettings};
use elman::data::Series;
use elman::io::read::ReadOptions;
use elman::select::{AutoForecaster, FittedForecaster, Model, Progress, RunContext, Scope, Tuning};

fn panel() -> Vec<Series> {
    let one = |s: usize| {
        let season = [30.0, -10.0, 5.0, -25.0];
        let wobble = move |t: usize| ((t * (7 + s) + t * t) % 11) as f64;
        // The second has no season.
        let size = if s == 1 { 0.0 } else { 1.0 };
        let values =
            (0..48 + 4 * s).map(|t| 200.0 + 3.0 * t as f64 + size * season[t % 4] + wobble(t));
        Series::counted(format!("s{s}"), values.collect())
    };
    (0..3).map(one).collect()
}

fn settings() -> AutoForecaster {
    AutoForecaster {
        scope: Scope::Local,
        model: Model::Network,
        max_steps: Some(30),
        ..AutoForecaster::new(4)
    }
}

#[test]
fn each_series_is_forecast_as_if_there_were_no_other() {
    let panel = panel();
    let counts = std::sync::Mutex::new(Vec::new());
    let observe = |progress| {
        let Progress::Series(done, of) = progress else { panic!("{progress:?}") };
        counts.lock().unwrap().push((done, of));
        ControlFlow::Continue(())
    };
    let fitted = settings().fit_with(&panel, &RunContext::new(&observe)).unwrap();
    let all = fitted.predict(&panel).unwrap();
    // Each step of a training reports, so that it can be cancelled.
    let mut counts = counts.into_inner().unwrap();
    assert!(counts.len() > 3);
    counts.dedup();
    assert_eq!(counts, [(0, 3), (1, 3), (2, 3), (3, 3)]);
    for (s, series) in panel.iter().enumerate() {
        let shared = AutoForecaster { scope: Scope::Global, ..settings() };
        let one = [series.clone()];
        let alone = shared.fit_predict(&one).unwrap();
        assert_eq!(all.values[s], alone.values[0]);
        assert_eq!(all.intervals[s], alone.intervals[0]);
    }
    let seasons = &all.selection.series_by_seasons;
    assert_eq!(seasons[0], (vec![4], 2), "the most frequent first: {seasons:?}");
    assert_eq!(seasons.iter().map(|(_, series)| series).sum::<usize>(), 3);
    assert_eq!(all.selection.seasons, [4]);
    let threads = AutoForecaster { threads: 5, ..settings() };
    assert_eq!(threads.fit_predict(&panel).unwrap().values, all.values);
}

#[test]
fn scores_are_means_over_all_series() {
    let panel = panel();
    let all = settings().fit(&panel).unwrap().selection;
    let shared = AutoForecaster { scope: Scope::Global, ..settings() };
    let each: Vec<_> = panel
        .iter()
        .map(|series| shared.fit(std::slice::from_ref(series)).unwrap().selection)
        .collect();
    assert_eq!(all.forecasts, each.iter().map(|c| c.forecasts).sum::<usize>());
    let mean = |of: &dyn Fn(usize) -> f64| {
        let sum: f64 = (0..3).map(|s| each[s].forecasts as f64 * of(s)).sum();
        sum / all.forecasts as f64
    };
    for (c, score) in all.scores.iter().enumerate() {
        assert!(
            (score.mase.unwrap() - mean(&|s| each[s].scores[c].mase.unwrap())).abs() < 1e-12,
            "{}",
            score.name
        );
        assert!((score.smape.unwrap() - mean(&|s| each[s].scores[c].smape.unwrap())).abs() < 1e-12);
    }
    assert!((all.coverage[0] - mean(&|s| each[s].coverage[0])).abs() < 1e-12);
}

#[test]
fn a_backtest_is_that_of_each_series() {
    let panel = panel();
    let of = |panel: &[Series], scope: Scope| {
        let settings = AutoForecaster { scope, ..settings() };
        let settings =
            BacktestSettings { forecaster: settings, n_windows: 3, step_size: 2, refit: false };
        Backtest::run(panel, &settings, &RunContext::default()).unwrap()
    };
    let all = of(&panel, Scope::Local);
    for (s, series) in panel.iter().enumerate() {
        let alone = of(std::slice::from_ref(series), Scope::Global);
        assert_eq!(all.forecasts[s], alone.forecasts[0]);
        assert_eq!(all.intervals[s], alone.intervals[0]);
    }
}

#[test]
fn what_is_kept_knows_its_series_by_their_names() {
    let panel = panel();
    let fitted = settings().fit(&panel).unwrap();
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("local.safetensors");
    fitted.save(&path, &ReadOptions::default()).unwrap();
    let (again, _) = FittedForecaster::load(&path).unwrap();
    assert_eq!(again.selection, fitted.selection);
    let [whole, other] = [&fitted, &again].map(|f| f.predict_ahead(&panel, 6).unwrap());
    assert_eq!(whole.values, other.values);
    assert_eq!(whole.intervals, other.intervals);
    // In another order, and not all of them.
    let some = [panel[2].clone(), panel[0].clone()];
    let said = again.predict_ahead(&some, 6).unwrap();
    assert_eq!(said.values, [whole.values[2].clone(), whole.values[0].clone()]);
    let stranger = [Series::counted("s7", panel[0].values.clone())];
    let error = again.predict_ahead(&stranger, 4).unwrap_err().to_string();
    assert!(error.contains("series `s7` has no network in the model: `--scope local` trained networks for `s0`, `s1`"), "{error}");
}

#[test]
fn a_search_is_for_shared_networks() {
    let run = RunContext::default();
    let error = Tuning::run(&panel(), &settings(), 2, &[], &|_| (), &run).unwrap_err().to_string();
    assert!(error.contains("does not support `--scope local`"), "{error}");
}

#[test]
fn a_run_ends_where_its_observer_cancels_it() {
    for scope in [Scope::Local, Scope::Global] {
        for threads in [1, 3] {
            let settings = AutoForecaster { scope, threads, max_steps: Some(2000), ..settings() };
            // It breaks once, and every training ends at its next step.
            let seen = std::sync::atomic::AtomicU64::new(0);
            let observe = |_| match seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                4 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            };
            let cancelled = settings.fit_with(&panel(), &RunContext::new(&observe));
            assert!(matches!(cancelled.err(), Some(elman::Error::Cancelled)));
            let seen = seen.into_inner();
            assert!((5..5 + 2 * threads as u64).contains(&seen), "{seen} with {threads} threads");
        }
    }
}
