//! Online forecasts equal forecasts from the whole history.

use super::*;
use crate::intervals::Conformal;
use crate::models::rnn::OnlineRnn;
use crate::select::OnlineForecaster;

/// Values before the stream begins, and those of the stream.
const KNOWN: usize = 40;
const STREAM: usize = 17;

/// Largest difference, relative to 1 + |y|: products of one row and of several are summed in another order, in `f32`.
const TOLERANCE: f64 = 1e-5;

fn assert_close(online: &[f64], whole: &[f64], case: &str) {
    assert_eq!(online.len(), whole.len(), "{case}");
    for (a, b) in online.iter().zip(whole) {
        assert!((a - b).abs() <= TOLERANCE * (1.0 + b.abs()), "{case}: {online:?}, {whole:?}");
    }
}

/// Updates one by one, and compares each forecast with one from the whole history, whose unit and season are those at
/// the start of the stream.
fn assert_conforms(net: &RnnModel, history: &History<'_>, quantiles: &[f64], case: &str) {
    let mut online = OnlineRnn::start(net.as_ref(), history.up_to(KNOWN)).unwrap();
    for t in KNOWN..history.values.len() {
        online.update(history.values[t]).unwrap();
        let mut forecast = Vec::new();
        online.fork().unwrap().forecast(quantiles, &mut forecast);
        let origins = [vec![t + 1]];
        let whole = net.forecasts(&[history.up_to(KNOWN)], &origins, quantiles).unwrap();
        let whole = if forecast.len() < whole[0][0].len() {
            &whole[0][0][..forecast.len()]
        } else {
            &whole[0][0]
        };
        assert_close(&forecast, whole, &format!("{case}, step {t}"));
    }
}

#[test]
fn each_preprocessing_gives_online_what_it_gives_from_the_whole_history() {
    let mut values = sales(KNOWN + STREAM, 30.0);
    values[KNOWN + 5] = f64::NAN;
    values[KNOWN + 6] = f64::NAN;
    values[11] = f64::NAN;
    let history = History::new(&values);
    for preprocessing in all_views() {
        let panel = [history.up_to(KNOWN)];
        for (steps, carry) in [(6, true), (6, false), (0, true)] {
            let settings = RnnConfig { carry, ..settings(&preprocessing, steps) };
            let net = RnnModel::train(&panel, settings, None, None, &go_on).unwrap();
            assert_conforms(&net, &history, &[], &format!("{preprocessing}, {steps}, {carry}"));
        }
    }
}

#[test]
fn drift_counts_and_quantiles_conform() {
    let falling: Vec<f64> = (0..KNOWN + STREAM).map(|t| 90.0 - t as f64 + (t % 3) as f64).collect();
    let history = History::new(&falling);
    let space = search_space(TargetTransform::MeanScale, &[], 5, 20);
    let drift = Preprocessing { no_floor: true, drift: true, ..space[0].clone() };
    let train = |settings| RnnModel::train(&[history.up_to(KNOWN)], settings, None, None, &go_on);
    assert_conforms(&train(settings(&drift, 0)).unwrap(), &history, &[], "drift");
    let counts = search_space(TargetTransform::LogOffset, &[4], 5, 20);
    for (likelihood, preprocessing) in
        [(Likelihood::NegativeBinomial, &counts[0]), (Likelihood::StudentT, &space[1])]
    {
        let output = OutputSpec::by(likelihood, "mae", &[80.0]);
        let settings = RnnConfig { output, ..settings(preprocessing, 6) };
        assert_conforms(&train(settings).unwrap(), &history, &[0.1, 0.9], "a distribution");
    }
}

#[test]
fn the_scale_of_a_growing_history_is_that_of_the_whole() {
    let values = sales(30, 30.0);
    let histories = [History::new(&values)];
    let panel = [histories[0].full()];
    for season in [1, 4] {
        for transform in [TargetTransform::Log, TargetTransform::MeanScale] {
            let origins = [vec![20]];
            let naive = vec![vec![vec![values[19]; 5]]];
            let made = Conformal::new(transform, season, &panel, &origins, &naive, 1.0, &[80.0]);
            let (made, _) = made.unwrap();
            let mut running = made.running_scale();
            for t in 0..values.len() {
                running.push(values[t]);
                assert_eq!(running.scale(), made.scale(&values[..=t]), "{season}, {t}");
            }
        }
    }
}

#[test]
fn an_online_forecaster_forecasts_what_the_fitted_one_does() {
    let values = sales(70, 30.0);
    let series = |len: usize| Series::counted("sales", values[..len].to_vec());
    let forecaster = AutoForecaster::new(4).seasons([4]).max_steps(30);
    let fitted = forecaster.fit(&[series(60)]).unwrap();
    // At its start, unit and season are those of the whole history, too.
    let mut online: OnlineForecaster<'_> = fitted.online(&series(66)).unwrap();
    let whole = fitted.predict(&[series(66)]).unwrap();
    let forecast = online.forecast().unwrap();
    assert_close(&forecast.values, &whole.values[0], "at the start");
    for (a, b) in forecast.intervals.iter().zip(&whole.intervals[0]) {
        assert_eq!(a.level, b.level);
        assert_close(&a.lower, &b.lower, "lower");
        assert_close(&a.upper, &b.upper, "upper");
    }
    // A fork does not change what it came from; a refused value changes nothing.
    let mut fork = online.fork().unwrap();
    fork.update(500.0).unwrap();
    assert_ne!(fork.forecast().unwrap(), forecast);
    assert!(online.update(f64::INFINITY).is_err() && online.update(1e200).is_err());
    assert_eq!(online.forecast().unwrap(), forecast);
    for y in &values[66..] {
        online.update(*y).unwrap();
    }
    assert_eq!(online.steps(), 70);
    let later = online.forecast().unwrap();
    // The season of the whole history differs a little.
    let whole = fitted.predict(&[series(70)]).unwrap();
    for (a, b) in later.values.iter().zip(&whole.values[0]) {
        assert!((a / b - 1.0).abs() < 0.05, "{later:?}, {whole:?}");
    }
}
