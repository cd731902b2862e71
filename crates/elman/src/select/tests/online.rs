//! Online forecasts equal forecasts from the whole history.

use super::*;
use crate::intervals::{Conformal, range};
use crate::metrics::scale::mean_step;
use crate::metrics::{Evaluation, Part};
use crate::models::rnn::{OnlineRnn, SavedSeriesState};
use crate::select::{AutoForecaster, FittedForecaster, Model, OnlineForecaster, RnnForecaster};

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

fn through_json(state: &SavedSeriesState) -> SavedSeriesState {
    serde_json::from_str(&serde_json::to_string(state).unwrap()).unwrap()
}

/// Updates one by one, and compares each forecast with one from the whole history, whose unit and season are those at
/// the start of the stream.
fn assert_conforms(net: &RnnModel, history: &History<'_>, quantiles: &[f64], case: &str) {
    let mut online = OnlineRnn::new(net.as_ref()).unwrap();
    let mut state = online.start(history.up_to(KNOWN)).unwrap();
    let horizon = net.settings.horizon;
    for t in KNOWN..history.values.len() {
        // A saved state continues bit for bit.
        let mut resumed = online.resume(&through_json(&state.save())).unwrap();
        online.update(&mut state, history.values[t]).unwrap();
        online.update(&mut resumed, history.values[t]).unwrap();
        let [mut forecast, mut again] = [Vec::new(), Vec::new()];
        online.forecast(&state, horizon, quantiles, &mut forecast);
        online.forecast(&resumed, horizon, quantiles, &mut again);
        assert_eq!(forecast, again, "{case}, step {t}");
        let origins = [vec![t + 1]];
        let whole = net.predictions(&[history.up_to(KNOWN)], &origins, quantiles).unwrap();
        let whole = whole.into_forecasts();
        assert_close(&forecast, &whole[0][0], &format!("{case}, step {t}"));
    }
}

#[test]
fn each_preprocessing_gives_online_what_it_gives_from_the_whole_history() {
    let mut values = sales(KNOWN + STREAM, 30.0);
    values[KNOWN + 5] = f64::NAN;
    values[KNOWN + 6] = f64::NAN;
    values[11] = f64::NAN;
    values[0] = f64::NAN;
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
    let space = search_space(TargetTransform::MEAN_SCALE, &[], 5, 20);
    let drift = Preprocessing { no_floor: true, drift: true, ..space[0].clone() };
    let train = |settings| RnnModel::train(&[history.up_to(KNOWN)], settings, None, None, &go_on);
    assert_conforms(&train(settings(&drift, 0)).unwrap(), &history, &[], "drift");
    let counts = search_space(TargetTransform::LOG_OFFSET, &[4], 5, 20);
    for (likelihood, preprocessing) in [
        (Likelihood::NegativeBinomial, &counts[0]),
        (Likelihood::StudentT, &space[1]),
        (Likelihood::Quantiles, &space[1]),
    ] {
        let output = OutputSpec::by(likelihood, "mae", &[80.0]);
        let stack = StackConfig { num_layers: 2, dilations: vec![1, 3], residual: true };
        let settings = RnnConfig { output, stack, ..settings(preprocessing, 6) };
        assert_conforms(&train(settings).unwrap(), &history, &[0.1, 0.9], "a distribution");
    }
}

#[test]
fn the_scale_of_a_growing_history_is_its_mean_absolute_seasonal_difference() {
    let values = sales(30, 30.0);
    let history = History::new(&values);
    let (panel, origins) = ([history.full()], [vec![20]]);
    let naive = vec![vec![vec![values[19]; 5]]];
    for season in [1, 4] {
        for transform in [TargetTransform::LOG, TargetTransform::MEAN_SCALE] {
            let evaluation = Evaluation {
                panel: &panel,
                origins: &origins,
                horizon: 5,
                season,
                part: Part::All,
            };
            let made = Conformal::new(transform, &evaluation, &naive, 1.0, &[80.0]);
            let (made, _) = made.unwrap();
            let is_log = transform == TargetTransform::LOG;
            let z: Vec<f64> = values.iter().map(|y| if is_log { y.ln() } else { *y }).collect();
            for n in 2..=values.len() {
                let scale = made.scale(&values[..n]);
                let lag = if n > season { season } else { 1 };
                assert_eq!(Some(scale.unit), mean_step(&z[..n], lag, f64::abs), "{season}, {n}");
                assert_eq!((scale.values, scale.steps), (n, n - lag));
                assert_eq!((scale.lowest, scale.highest), range(&values[..n]));
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
    let forecast = online.forecast().unwrap().clone();
    assert_close(&forecast.values, &whole.values[0], "at the start");
    for (a, b) in forecast.intervals.iter().zip(&whole.intervals[0]) {
        assert_eq!(a.level, b.level);
        assert_close(&a.lower, &b.lower, "lower");
        assert_close(&a.upper, &b.upper, "upper");
    }
    assert!(online.hidden_states().count() > 0, "networks were selected");
    // A fork does not change what it came from; a refused value changes nothing.
    let mut fork = online.fork().unwrap();
    fork.update(500.0).unwrap();
    assert_ne!(fork.forecast().unwrap(), &forecast);
    for refused in [f64::INFINITY, 1e200, 1e50, 0.0, -3.0] {
        assert!(online.update(refused).is_err(), "{refused}");
    }
    assert_eq!(online.forecast().unwrap(), &forecast);
    for y in &values[66..] {
        online.update(*y).unwrap();
    }
    assert_eq!(online.steps(), 70);
    let later = online.forecast().unwrap().clone();
    // The season of the whole history differs a little.
    let whole = fitted.predict(&[series(70)]).unwrap();
    for (a, b) in later.values.iter().zip(&whole.values[0]) {
        assert!((a / b - 1.0).abs() < 0.05, "{later:?}, {whole:?}");
    }
}

#[test]
fn a_value_that_one_network_cannot_read_changes_no_network() {
    // A falling series has candidates with a log transform beside candidates without a floor.
    let values: Vec<f64> = (0..60).map(|t| 130.0 - 2.0 * f64::from(t) + f64::from(t % 2)).collect();
    let series = [Series::counted("balance", values)];
    let mut fitted = AutoForecaster::new(6).seasons([]).max_steps(20).fit(&series).unwrap();
    assert_eq!(fitted.selection.transform, TargetTransform::MEAN_SCALE);
    let spaces = [TargetTransform::MEAN_SCALE, TargetTransform::LOG]
        .map(|transform| search_space(transform, &[], 6, 20)[0].clone());
    let history = History::new(&series[0].values);
    let nets = spaces.map(|preprocessing| {
        let settings = RnnConfig { horizon: 6, seasons: vec![], ..settings(&preprocessing, 4) };
        RnnModel::train(&[history.full()], settings, None, None, &go_on).unwrap()
    });
    fitted.ensembles[0].nets = nets.into();
    let mut online = fitted.online(&series[0]).unwrap();
    let before = online.forecast().unwrap().clone();
    for refused in [0.0, -5.0, 1e50] {
        assert!(online.update(refused).is_err(), "{refused}");
        assert_eq!(online.forecast().unwrap(), &before);
    }
    online.update(9.0).unwrap();
    assert_ne!(online.forecast().unwrap(), &before);
}

#[test]
fn networks_with_covariates_have_no_online_forecast() {
    let values = sales(50, 30.0);
    let series = Series::counted("sales", values);
    let mut fitted =
        AutoForecaster::new(3).max_steps(5).fit(std::slice::from_ref(&series)).unwrap();
    for net in &mut fitted.ensembles[0].nets {
        net.settings.preprocessing.use_covariates = true;
    }
    let refused = fitted.online(&series).err();
    assert!(matches!(refused, Some(crate::Error::Forecast { .. })), "{refused:?}");
}

#[test]
fn a_stream_is_forecast_by_a_model_without_training_from_its_first_value() {
    let values: Vec<f64> = (0..2600).map(|t| 50.0 + 9.0 * (0.3 * t as f64).sin()).collect();
    let series = |n: usize| [Series::counted("stream", values[..n].to_vec())];
    for model in [Model::Pretrained, Model::Auto, Model::find("theta").copied().unwrap()] {
        let fitted = AutoForecaster::new(3).model(model).fit(&series(1)).unwrap();
        let mut online = fitted.online(&series(1)[0]).unwrap();
        let many = if model == Model::Pretrained { 2600 } else { 60 };
        for (t, y) in values[..many].iter().enumerate().skip(1) {
            online.update(*y).unwrap();
            if [1, 2, 9, 59, 2399, 2599].contains(&t) {
                let whole = fitted.predict(&series(t + 1)).unwrap();
                let now = online.forecast().unwrap();
                let case = format!("{model:?} {t}");
                assert_close(&now.values, &whole.values[0], &case);
                let pairs = now.intervals.iter().zip(&whole.intervals[0]);
                pairs.for_each(|(a, b)| assert_close(&a.upper, &b.upper, &case));
                assert_eq!(now.intervals.len(), whole.intervals[0].len(), "{case}");
            }
        }
        assert!(online.state.values.len() < 2401, "a bounded memory");
    }
}

#[test]
fn an_observation_allocates_nothing() {
    let values = sales(90, 30.0);
    let series = [Series::counted("sales", values.clone())];
    let point = crate::RnnForecaster::new(3).hidden_size(8).max_steps(5);
    let quantiles = point.clone().likelihood(Likelihood::Quantiles);
    for forecaster in [point, quantiles] {
        let fitted = forecaster.fit(&series).unwrap();
        let mut online = fitted.continued().unwrap();
        let mut observe = |y: f64| {
            online.update(y).unwrap();
            online.forecast().unwrap().values[0]
        };
        // The room of a forecast, and that of the newest values.
        values.iter().for_each(|y| _ = observe(*y));
        let counted = allocation_counter::measure(|| values.iter().for_each(|y| _ = observe(*y)));
        assert_eq!(counted.count_total, 0, "{counted:?}");
    }
}

#[test]
fn a_state_continues_from_its_bytes_and_damaged_or_foreign_bytes_are_refused() {
    let history = Series::counted("sales", sales(60, 30.0));
    let trained = |seed: u64| {
        let forecaster = RnnForecaster::new(2).hidden_size(3).max_steps(2).seed(seed);
        forecaster.fit(std::slice::from_ref(&history)).unwrap()
    };
    let [fitted, other] = [1, 2].map(trained);
    let mut online = fitted.online(&history).unwrap();
    online.update(70.0).unwrap();
    let bytes = online.state_to_bytes().unwrap();
    let mut resumed = fitted.resume_online_from_bytes("sales", &bytes).unwrap();
    for forecaster in [&mut online, &mut resumed] {
        forecaster.update(f64::NAN).unwrap();
        forecaster.update(65.0).unwrap();
    }
    assert_eq!(resumed.forecast().unwrap(), online.forecast().unwrap());

    let message = |fitted: &FittedForecaster, bytes: &[u8]| {
        fitted.resume_online_from_bytes("sales", bytes).map(drop).unwrap_err().to_string()
    };
    assert!(message(&other, &bytes).contains("another model"));
    assert!(message(&fitted, &bytes[..7]).contains("too short"));
    assert!(message(&fitted, &bytes[..bytes.len() - 1]).contains("damaged"));
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(message(&fitted, &damaged).contains("damaged"), "byte {at}");
    }
}
