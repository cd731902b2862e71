//! Networks that say a whole distribution.

use elman::backtest::{Backtest, BacktestSettings};
use elman::data::Series;
use elman::io::read::ReadOptions;
use elman::models::rnn::Likelihood;
use elman::nn::Stream;
use elman::nn::registry::Entry;
use elman::select::{AutoForecaster, FittedForecaster, Forecast, RunContext};

/// Values around a level of 100, some 8 to either side.
fn noisy(count: usize) -> Vec<Series> {
    let mut stream = Stream::new(5, "noise");
    (0..count)
        .map(|s| {
            let values = (0..80)
                .map(|_| 100.0 + 5.0 * (stream.unit() + stream.unit() + stream.unit() - 1.5));
            Series::counted(format!("s{s}"), values.collect())
        })
        .collect()
}

/// Counts: 0 in most steps.
fn sparse(count: usize) -> Vec<Series> {
    let mut stream = Stream::new(7, "counts");
    (0..count)
        .map(|s| {
            let values = (0..80).map(|_| match stream.unit() {
                u if u < 0.6 => 0.0,
                u => (10.0 * (u - 0.6)).floor() + 1.0,
            });
            Series::counted(format!("s{s}"), values.collect())
        })
        .collect()
}

fn settings(likelihood: Likelihood) -> AutoForecaster {
    AutoForecaster {
        likelihood,
        max_steps: Some(150),
        hidden_size: 12,
        seasons: Some(vec![]),
        levels: vec![50.0, 80.0, 95.0],
        ..AutoForecaster::new(3)
    }
}

/// Each bound inside that of the next level, and the value inside all.
fn assert_nested(forecast: &Forecast) {
    for (values, bands) in forecast.values.iter().zip(&forecast.intervals) {
        assert_eq!(bands.len(), 3);
        for (k, y) in values.iter().enumerate() {
            let around = bands.iter().flat_map(|b| [b.lower[k], b.upper[k]]);
            assert!(around.chain([*y]).all(f64::is_finite));
            let lower: Vec<f64> = bands.iter().rev().map(|b| b.lower[k]).collect();
            let upper: Vec<f64> = bands.iter().map(|b| b.upper[k]).collect();
            let order = [&lower[..], &[*y], &upper[..]].concat();
            assert!(order.is_sorted(), "{order:?}");
        }
    }
}

#[test]
fn every_head_says_bands_that_hold_about_what_they_promise() {
    let panel = noisy(10);
    for likelihood in [Likelihood::Quantiles, Likelihood::Gaussian, Likelihood::StudentT] {
        let hidden_size = AutoForecaster::new(3).hidden_size;
        let panel_settings = AutoForecaster { hidden_size, ..settings(likelihood) };
        let settings = BacktestSettings {
            forecaster: panel_settings,
            n_windows: 10,
            step_size: 1,
            refit: false,
        };
        let back = Backtest::run(&panel, &settings, &RunContext::default()).unwrap();
        for (level, share) in settings.forecaster.levels.iter().zip(&back.coverage) {
            assert!((share - level / 100.0).abs() < 0.15, "{likelihood:?} {level}: {share}");
        }
    }
}

#[test]
fn bands_are_nested_go_on_past_the_horizon_and_come_back_from_a_file() {
    let panel = noisy(6);
    for likelihood in Likelihood::ALL.iter().copied() {
        let panel =
            if likelihood == Likelihood::NegativeBinomial { sparse(6) } else { panel.clone() };
        let fitted = AutoForecaster { max_steps: Some(40), ..settings(likelihood) }.fit(&panel);
        let fitted = fitted.unwrap();
        let near = fitted.predict_ahead(&panel, 3).unwrap();
        let far = fitted.predict_ahead(&panel, 8).unwrap();
        assert_nested(&near);
        assert_nested(&far);
        assert_eq!(
            near.intervals[0][1].lower[..],
            far.intervals[0][1].lower[..3],
            "{likelihood:?}"
        );
        assert_eq!(far.intervals[0][2].upper.len(), 8);
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("m.safetensors");
        fitted.save(&path, &ReadOptions::default()).unwrap();
        let (again, _) = FittedForecaster::load(&path).unwrap();
        let again = again.predict_ahead(&panel, 8).unwrap();
        assert_eq!((far.values, far.intervals), (again.values, again.intervals), "{likelihood:?}");
    }
}

#[test]
fn counts_are_said_as_counts_of_their_own_size() {
    // A hundred times as large, so that a network which did not know the level would be far off.
    let mut panel = sparse(6);
    for series in &mut panel[..3] {
        series.values.iter_mut().for_each(|y| *y = 300.0 + 20.0 * *y);
    }
    let settings = settings(Likelihood::NegativeBinomial);
    let forecast = settings.fit_predict(&panel).unwrap();
    for (series, (values, bands)) in
        panel.iter().zip(forecast.values.iter().zip(&forecast.intervals))
    {
        let large = series.values[0] >= 300.0;
        for (k, y) in values.iter().enumerate() {
            let expected = if large { 280.0..380.0 } else { 0.0..2.0 };
            assert!(expected.contains(y), "{} {y}", series.name);
            assert!(bands[1].lower[k] >= 0.0 && bands[1].upper[k] >= *y);
        }
    }
    // It begins there, and need not learn it.
    let hardly = AutoForecaster { max_steps: Some(2), ..settings.clone() };
    let forecast = hardly.fit_predict(&panel).unwrap();
    assert!(forecast.values[0].iter().all(|y| (250.0..450.0).contains(y)), "{:?}", forecast.values);
    let broken = vec![Series::counted("h", vec![1.0, 2.5, 3.0, 4.0])];
    let error = settings.fit_predict(&broken).unwrap_err().to_string();
    assert!(error.contains("counts 0, 1, 2") && error.contains("2.5"), "{error}");
}

#[test]
fn nothing_is_below_zero_if_it_shall_not_be() {
    let mut panel = noisy(4);
    for series in &mut panel {
        series.values.iter_mut().for_each(|y| *y -= 99.0);
    }
    for likelihood in [Likelihood::Point, Likelihood::Gaussian] {
        let wide = AutoForecaster { max_steps: Some(20), ..settings(likelihood) };
        let free = wide.fit_predict(&panel).unwrap();
        let lowest = |forecast: &Forecast| {
            let bounds = forecast.intervals.iter().flatten().flat_map(|band| &band.lower);
            bounds.chain(forecast.values.iter().flatten()).copied().fold(f64::INFINITY, f64::min)
        };
        assert!(lowest(&free) < 0.0, "{likelihood:?}");
        let held = AutoForecaster { non_negative: true, ..wide };
        let held = held.fit_predict(&panel).unwrap();
        assert_eq!(lowest(&held), 0.0, "{likelihood:?}");
        let held =
            AutoForecaster { non_negative: true, max_steps: Some(20), ..settings(likelihood) };
        let far = held.fit(&panel).unwrap().predict_ahead(&panel, 9).unwrap();
        assert_eq!(lowest(&far), 0.0, "{likelihood:?}, past the horizon");
    }
}

#[test]
fn a_point_can_be_learnt_by_other_losses_and_by_no_others() {
    let panel = noisy(3);
    let with = |loss: &str| {
        let settings = AutoForecaster {
            loss: loss.to_owned(),
            max_steps: Some(20),
            ..settings(Likelihood::Point)
        };
        settings.fit_predict(&panel)
    };
    let [mae, mse, huber] =
        ["mae", "mse", "huber"].map(|loss| with(loss).unwrap().selection.candidate_scores);
    assert!(mae != mse && mse != huber && huber != mae);
    assert!(with("gaussian").unwrap_err().to_string().contains("--likelihood"));
    assert!(with("maee").unwrap_err().to_string().contains("mae"));
}

#[test]
fn crps_is_twice_the_mean_pinball_loss_of_ten_quantiles() {
    let panel = noisy(6);
    let of = |levels: &[f64]| {
        let panel_settings = AutoForecaster {
            levels: levels.to_vec(),
            max_steps: Some(40),
            ..settings(Likelihood::Point)
        };
        let settings = BacktestSettings {
            forecaster: panel_settings,
            n_windows: 6,
            step_size: 2,
            refit: false,
        };
        Backtest::run(&panel, &settings, &RunContext::default()).unwrap()
    };
    let back = of(&[10.0, 30.0, 50.0, 70.0, 90.0]);
    let (mut losses, mut count, mut size) = (0.0, 0.0, 0.0);
    for (s, series) in panel.iter().enumerate() {
        for (cutoff, bands) in back.cutoffs[s].iter().zip(&back.intervals[s]) {
            for (k, y) in series.values[*cutoff..*cutoff + 3].iter().enumerate() {
                for band in bands {
                    let p = 0.5 - band.level / 200.0;
                    for (p, q) in [(p, band.lower[k]), (1.0 - p, band.upper[k])] {
                        losses += if *y >= q { p * (y - q) } else { (1.0 - p) * (q - y) };
                        count += 1.0;
                    }
                }
                size += y.abs();
            }
        }
    }
    let crps = back.crps.unwrap();
    assert!((crps.mean - 2.0 * losses / count).abs() < 1e-12, "{crps:?} {losses} {count}");
    // Ten losses a value.
    let mean_size = size / (count / 10.0);
    assert!((crps.scaled - crps.mean / mean_size).abs() < 1e-12, "{crps:?} {mean_size}");
    // A distribution is worth more than its point, and what was asked for changes nothing.
    assert!(crps.mean < 0.8 * back.scores[0].metrics[0].unwrap(), "{crps:?}");
    let other = of(&[80.0]);
    assert_eq!(other.crps, back.crps);
    assert_eq!((other.coverage.len(), other.selection.levels.len()), (1, 1));
    assert!(other.intervals.iter().flatten().all(|bands| bands.len() == 1));
}
