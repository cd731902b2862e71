//! Each sentence is there where its condition holds, and only there.

use std::collections::BTreeMap;

use super::*;
use crate::data::Series;
use crate::explain::{
    ForgettingCurve, GradientNorms, LayerActivity, NetworkFacts, Rows, TimeSteps,
};

/// A network of one layer with two lively units, which remembers half for 3 time steps and 5 % for 6.
fn calm() -> Explanation {
    let activity = |letter, name, range| Activity {
        letter,
        name,
        range,
        mean: 0.1,
        low: 0.1,
        high: 0.1,
        unmoved: Vec::new(),
        values: Rows::default(),
    };
    let unit = |unit, with_series| UnitState {
        unit,
        state: BTreeMap::new(),
        deviation: 0.3,
        with_series,
        with_season: None,
    };
    Explanation {
        series: "sales".to_owned(),
        network: NetworkFacts {
            number: 1,
            of: 1,
            cell: "lstm".to_owned(),
            has_gates: true,
            hidden_size: 2,
            num_layers: 1,
            dilations: Vec::new(),
            residual: false,
            parameters: 10,
            inputs: 1,
            lags: 1,
            preprocessing: String::new(),
            differences: false,
            deseasonalized: false,
            seasonal_features: false,
            loss: "mse".to_owned(),
            horizon: 1,
            seq_length: 20,
            carry: true,
            seasons: Vec::new(),
        },
        window: TimeSteps {
            steps: 100,
            first: "1".to_owned(),
            last: "100".to_owned(),
            positions: Vec::new(),
            clock: Series::counted("", vec![1.0]).clock(),
        },
        values: Vec::new(),
        layers: vec![LayerActivity {
            layer: 1,
            hidden: activity("h", "hidden state", [-1.0, 1.0]),
            gates: vec![activity("f", "forget gate", [0.0, 1.0])],
        }],
        forgetting: ForgettingCurve::of(1, 1, vec![1.0, 0.8, 0.6, 0.3, 0.2, 0.1, 0.04, 0.01, 0.0]),
        gradient: None,
        units: vec![unit(1, Some(0.5)), unit(2, None)],
        words: Vec::new(),
        notes: Vec::new(),
    }
}

fn norms(of_last: Vec<f64>, vanishes: Option<usize>) -> Option<GradientNorms> {
    Some(GradientNorms { steps: of_last.len(), of_window: of_last.clone(), of_last, vanishes })
}

/// The only sentence besides that on forgetting.
#[track_caller]
fn other(explanation: &Explanation) -> String {
    let sentences = sentences(explanation);
    assert_eq!(sentences.len(), 2, "{sentences:?}");
    sentences[1].clone()
}

#[test]
fn a_calm_network_has_one_sentence() {
    let expected = "This network forgets half of its input after 3 time steps: the influence of older values on the forecast \
                    is below one half of the largest. From a distance of 6 time steps on it is below 5 %.";
    assert_eq!(sentences(&calm()), [expected]);
}

#[test]
fn a_network_of_differences_moves_the_forecast_minus_the_level() {
    let mut explanation = calm();
    assert!(forgetting(&explanation).contains("on the forecast is below"));
    explanation.network.differences = true;
    assert!(forgetting(&explanation).contains("on the forecast minus the level is below"));
}

#[test]
fn what_is_beyond_the_distances_is_not_claimed() {
    let mut explanation = calm();
    let mut influence = vec![0.1; 12];
    influence[0] = 1.0;
    explanation.forgetting = ForgettingCurve::of(1, 1, influence);
    assert!(forgetting(&explanation).contains("but not all"));
    explanation.forgetting = ForgettingCurve::of(1, 1, vec![1.0; 12]);
    assert!(forgetting(&explanation).contains("does not forget half of its input within 12"));
    explanation.forgetting = ForgettingCurve::of(1, 1, vec![1.0, 0.9, 0.8]);
    assert!(forgetting(&explanation).contains("too short to tell"));
    explanation.forgetting = ForgettingCurve::of(1, 1, vec![0.0; 3]);
    assert!(forgetting(&explanation).starts_with("No value of the series"));
    explanation.network.seasons = vec![2];
    assert_eq!(sentences(&explanation).len(), 1, "no season of a network that reads nothing");
}

#[test]
fn lags_that_are_all_are_named() {
    let mut explanation = calm();
    explanation.network.lags = 6;
    assert!(other(&explanation).starts_with("A time step reads the last 6 values"));
    explanation.network.lags = 5;
    assert_eq!(sentences(&explanation).len(), 1);
}

#[test]
fn a_reset_is_named() {
    let mut explanation = calm();
    explanation.network.carry = false;
    assert!(other(&explanation).contains("reset every 20 time steps"));
}

#[test]
fn the_season_is_compared_with_the_influence_one_season_before() {
    let mut explanation = calm();
    explanation.network.seasons = vec![5];
    // One season before the next value is distance 4; the largest of its neighborhood is 0.3.
    assert!(other(&explanation).ends_with("up to 30 % of the largest influence."));
    explanation.network.seasons = vec![9];
    let sentence = other(&explanation);
    assert!(
        sentence.contains("1.0 %") && sentence.contains("widen the hidden layer"),
        "{sentence}"
    );
    assert!(!sentence.contains("--seq-length"), "{sentence}");
    explanation.network.seq_length = 4;
    explanation.network.has_gates = false;
    let sentence = other(&explanation);
    assert!(
        sentence.contains("longer than 4 time steps") && sentence.contains("LSTM"),
        "{sentence}"
    );
    assert!(sentence.contains("--lags 9"), "{sentence}");
    explanation.network.lags = 9;
    assert!(!season(&explanation).unwrap().contains("--lags"), "the lags are inputs already");
    explanation.network.lags = 1;
    // Nothing is known of a season beyond the distances.
    explanation.network.seasons = vec![10];
    assert_eq!(sentences(&explanation).len(), 1);
    explanation.network.deseasonalized = true;
    assert!(other(&explanation).contains("is removed"));
    explanation.network.deseasonalized = false;
    explanation.network.seasonal_features = true;
    assert!(other(&explanation).contains("are inputs"));
}

#[test]
fn a_gradient_vanishes_explodes_or_reaches_the_beginning() {
    let mut explanation = calm();
    explanation.gradient = norms(vec![0.001, 0.1, 1.0], Some(2));
    assert!(
        other(&explanation).contains("below 1 % of its largest norm 2 time steps before the end")
    );
    explanation.gradient = norms(vec![0.5, 0.1, 1.0], None);
    assert!(other(&explanation).contains("norm is 50 % of that"));
    explanation.gradient = norms(vec![20.0, 0.1, 1.0], None);
    assert!(other(&explanation).contains("grows 20 times"));
}

#[test]
fn saturation_and_units_that_never_move_are_named() {
    let mut explanation = calm();
    explanation.layers[0].gates[0].high = 0.4;
    assert!(other(&explanation).contains("forget gate f (near 0: 10 %, near 1: 40 %)"));
    explanation.layers[0].gates[0].high = 0.39;
    explanation.layers[0].hidden.unmoved = vec![2];
    assert!(other(&explanation).contains("1 of 2 units never move"));
}

#[test]
fn units_that_follow_are_named() {
    let mut explanation = calm();
    explanation.units[0].with_series = Some(-0.95);
    let expected = "1 unit of the last layer follows the series (correlation of unit 1: −0.95).";
    assert_eq!(other(&explanation), expected);
    explanation.units[0].with_season = Some(0.93);
    explanation.units[1].with_season = Some(0.91);
    assert!(
        other(&explanation).ends_with(
            "2 units of the last layer follow the season (correlation of unit 1: 0.93)."
        )
    );
}
