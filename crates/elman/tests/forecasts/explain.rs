//! Explanations of trained networks: every cell, stack and likelihood; the influence against slopes of the forecast.

use elman::explain::{ExplainOptions, Explanation};
use elman::models::rnn::Likelihood;
use elman::nn::ModelConfig;
use elman::nn::cells::CellEntry;
use elman::nn::registry::Entry;
use elman::report::{self, Format};
use elman::select::{AutoForecaster, FittedForecaster, Model, RnnForecaster};
use elman::{Error, Series};

const LEN: usize = 120;

fn wave() -> Vec<f64> {
    (0..LEN).map(|t| (t as f64 * 0.6).sin() + 0.3 * (t as f64 * 0.17).cos()).collect()
}

fn series(values: Vec<f64>) -> [Series; 1] {
    [Series::counted("wave", values)]
}

/// A network on the values themselves: its outputs are forecasts in the units of the series.
fn plain(cell: &str) -> RnnForecaster {
    let settings = RnnForecaster { lags: 3, differences: 0, ..RnnForecaster::new(2) };
    RnnForecaster { scaler: Some("none".to_owned()), seasons: Some(vec![10]), ..settings }
        .cell(cell)
        .hidden_size(6)
        .max_steps(40)
}

fn explained(fitted: &FittedForecaster, options: &ExplainOptions) -> Explanation {
    fitted.explain(&series(wave()), 0, options).unwrap()
}

#[test]
fn the_influence_is_the_slope_of_the_forecast() {
    for cell in CellEntry::<f32>::ALL {
        let fitted = plain(cell.name()).fit(&series(wave())).unwrap();
        let options = ExplainOptions { step_ahead: 2, last: Some(1), ..ExplainOptions::default() };
        let curve = explained(&fitted, &options).forgetting;
        assert_eq!((curve.origins, curve.influence.len()), (1, LEN / 2), "{}", cell.name());
        let forecast = |distance: usize, by: f64| {
            let mut values = wave();
            values[LEN - 1 - distance] += by;
            fitted.predict(&series(values)).unwrap().values[0][1]
        };
        for distance in 0..8 {
            let slope = (forecast(distance, 0.01) - forecast(distance, -0.01)).abs() / 0.02;
            let got = curve.influence[distance] * curve.largest;
            // Single precision: an error of 1e-6 in a difference over 0.02; and the curvature of the cell.
            assert!((got - slope).abs() < 0.02 * curve.largest, "{}: {got} {slope}", cell.name());
        }
    }
}

#[test]
fn layers_have_a_row_for_each_time_step_and_a_column_for_each_unit() {
    let stacks = [
        ModelConfig {
            num_layers: 3,
            dilations: vec![1, 2, 4],
            residual: true,
            ..Default::default()
        },
        ModelConfig { num_layers: 1, ..Default::default() },
    ];
    for stack in stacks {
        let mut settings = plain("lstm");
        settings.model = ModelConfig { cell: "lstm".to_owned(), hidden_size: 6, ..stack.clone() };
        let fitted = settings.fit(&series(wave())).unwrap();
        let got = explained(&fitted, &ExplainOptions { last: Some(50), ..Default::default() });
        assert_eq!(
            (got.layers.len(), got.window.steps, got.values.len()),
            (stack.num_layers, 50, 50)
        );
        for layer in &got.layers {
            assert_eq!(layer.gates.iter().map(|gate| gate.letter).collect::<String>(), "ifgo");
            for activity in layer.gates.iter().chain([&layer.hidden]) {
                assert_eq!(activity.values.iter().len(), 50);
                assert!(activity.values.iter().all(|row| row.len() == 6));
                assert!((0.0..=1.0).contains(&activity.saturated()), "{activity:?}");
            }
        }
        // The last row is the state at the end.
        let last = got.layers.last().unwrap().hidden.values.iter().last().unwrap();
        for unit in &got.units {
            assert_eq!(unit.state["h"], f64::from(last[unit.unit - 1]));
            assert!(unit.state.contains_key("c") && unit.with_season.is_some());
        }
        assert!(got.units.is_sorted_by(|a, b| a.deviation >= b.deviation));
        assert_eq!(got.gradient.unwrap().steps, got.network.seq_length);
    }
}

#[test]
fn no_value_before_a_reset_moves_the_forecast() {
    let mut settings = plain("gru").seq_length(10);
    settings.train.carry = false;
    let fitted = settings.fit(&series(wave())).unwrap();
    let got = explained(&fitted, &ExplainOptions::default());
    assert_eq!(got.network.seq_length, 10);
    let (near, far) = got.forgetting.influence.split_at(10 + 3 - 1);
    assert!(near[9] > 0.0 && far.iter().all(|d| *d == 0.0), "{near:?} {far:?}");
    assert!(got.words.iter().any(|words| words.contains("reset every 10 time steps")));
}

#[test]
fn every_likelihood_is_explained() {
    let counts: Vec<f64> = wave().iter().map(|y| (5.0 + 3.0 * y).round()).collect();
    for likelihood in Likelihood::ALL {
        let settings = RnnForecaster::new(2).hidden_size(6).max_steps(30).likelihood(*likelihood);
        let panel = series(counts.clone());
        let fitted = settings.fit(&panel).unwrap();
        let options = ExplainOptions { step_ahead: 2, ..ExplainOptions::default() };
        let got = fitted.explain(&panel, 0, &options).unwrap();
        assert!(got.forgetting.is_any() && got.gradient.is_some(), "{}", likelihood.name());
    }
}

#[test]
fn networks_of_an_ensemble_are_explained_one_by_one() {
    let panel = series(wave());
    let settings = AutoForecaster { model: Model::Network, ..AutoForecaster::new(3) };
    let fitted = settings.max_steps(10).fit(&panel).unwrap();
    let networks = fitted.nets().count();
    let mut trained = 0;
    for network in 1..=networks {
        let options = ExplainOptions { network, ..ExplainOptions::default() };
        match fitted.explain(&panel, 0, &options) {
            Ok(got) => {
                trained += 1;
                assert_eq!((got.network.number, got.network.of), (network, networks));
                assert_eq!(networks > 1, got.notes.iter().any(|note| note.contains("alone")));
            }
            Err(Error::Forecast { reason, .. }) => {
                assert!(reason.contains("not trained"), "{reason}")
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(trained > 0);
    let refused = |options: ExplainOptions, part: &str| {
        let error = fitted.explain(&panel, 0, &options).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("help: "), "{error}");
    };
    refused(ExplainOptions { network: 0, ..Default::default() }, "no network number 0");
    refused(ExplainOptions { network: 99, ..Default::default() }, "no network number 99");
    assert!(fitted.explain(&panel, 1, &ExplainOptions::default()).is_err());
}

#[test]
fn a_step_beyond_the_horizon_is_an_error() {
    let fitted = plain("rnn").fit(&series(wave())).unwrap();
    for step_ahead in [0, 3] {
        let options = ExplainOptions { step_ahead, ..ExplainOptions::default() };
        let error = fitted.explain(&series(wave()), 0, &options).unwrap_err().to_string();
        assert!(error.contains("from 1 to 2"), "{error}");
    }
}

#[test]
fn a_short_series_makes_no_claims() {
    let fitted = plain("lstm").fit(&series(wave())).unwrap();
    for len in [1, 2, 5] {
        let short = series(wave()[..len].to_vec());
        let got = fitted.explain(&short, 0, &ExplainOptions::default()).unwrap();
        assert!(got.words[0].contains("too short"), "{:?}", got.words);
        assert_eq!(got.window.steps, len);
        assert!(got.units.iter().all(|unit| unit.with_series.is_none()));
    }
}

#[test]
fn charts_have_heat_maps_in_every_format() {
    let fitted = plain("gru").fit(&series(wave())).unwrap();
    let album = explained(&fitted, &ExplainOptions::default()).album();
    // Forgetting, gradient, series, h, three gates, units.
    assert_eq!(album.pages.len(), 8);
    let maps = album.pages.iter().filter(|page| page.heat.is_some());
    assert_eq!(maps.clone().count(), 4);
    let svg = String::from_utf8(report::bytes(Format::Svg, &album)).unwrap();
    assert!(svg.matches("data:image/png;base64,").count() >= 4, "{}", svg.len());
    let html = String::from_utf8(report::bytes(Format::Html, &album)).unwrap();
    assert_eq!(html.matches("\"heat\":{").count(), 4);
    assert!(report::bytes(Format::Png, &album).starts_with(b"\x89PNG"));
    let text = report::text(maps.clone().next().unwrap(), 60, 12, false);
    assert!(text.contains("hidden state h") && text.contains(['░', '▒', '▓']), "{text}");
    assert!(text.contains("# −1") && text.contains("█ 1"), "{text}");
}
