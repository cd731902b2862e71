//! Gradients through time, against slopes.

use elman_nn::cells::CellEntry;
use elman_nn::losses::Loss;
use elman_nn::registry::Entry;
use elman_nn::{Model, ModelConfig, Params, State, Stream};

use super::{engine, lesson};
use crate::engine::{Config, Engine};
use crate::gradient::{TrainingWindow, influence, reach, window_gradients};
use crate::series::SeriesEntry;

const T: usize = 9;
const H: usize = 5;
/// The step of a central difference: its error is about its square times the third derivative.
const STEP: f64 = 1e-4;

/// A network of two layers, its weights, a hidden state that is not zero, and T + 1 values.
fn network(cell: &str) -> (Model<f64>, Params<f64>, State<f64>, Vec<f64>) {
    let (cell, hidden_size) = (cell.to_owned(), H);
    let config = ModelConfig { cell, hidden_size, num_layers: 2, ..ModelConfig::default() };
    let model = Model::new(config).unwrap();
    let params = model.initial_params(4);
    let mut stream = Stream::new(6, "values");
    let mut state = model.zero_state(1);
    for name in state.names() {
        state.tensor_mut(name).unwrap().iter_mut().for_each(|h| *h = stream.uniform(-0.8, 0.8));
    }
    let values = (0..=T).map(|_| stream.uniform(-1.5, 1.5)).collect();
    (model, params, state, values)
}

/// The outputs of a window, and the hidden state after it.
fn outputs(
    model: &Model<f64>,
    params: &Params<f64>,
    x: &[f64],
    state: &State<f64>,
) -> (Vec<f64>, State<f64>) {
    let (mut tape, mut state) = (model.tape(x.len(), 1), state.clone());
    model.forward(params, x, &mut state, &mut tape, None).unwrap();
    (tape.output().to_vec(), state)
}

fn slope(f: impl Fn(f64) -> f64) -> f64 {
    (f(STEP) - f(-STEP)) / (2.0 * STEP)
}

fn assert_near(got: &[f64], want: &[f64], what: &str) {
    let largest = want.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    assert!(largest > 1e-3, "{what}: {want:?}");
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() < 1e-6 * largest, "{what}: {got} {want}");
    }
}

#[test]
fn the_influence_of_each_input_is_the_slope_of_the_prediction() {
    for cell in CellEntry::<f64>::ALL {
        let (model, params, state, values) = network(cell.name());
        let x = &values[..T];
        let got = influence(&model, &params, state.clone(), x).unwrap();
        let prediction = |s: usize, h: f64| {
            let mut x = x.to_vec();
            x[s] += h;
            *outputs(&model, &params, &x, &state).0.last().unwrap()
        };
        let want: Vec<f64> = (0..T).rev().map(|s| slope(|h| prediction(s, h)).abs()).collect();
        assert_eq!(got.len(), T);
        assert_near(&got, &want, cell.name());
    }
}

#[test]
fn the_gradient_of_each_hidden_state_is_the_slope_of_the_loss() {
    let loss = Loss::<f64>::new("mse", &[]).unwrap();
    for cell in CellEntry::<f64>::ALL {
        let (model, params, state, values) = network(cell.name());
        let (x, targets) = (&values[..T], &values[1..]);
        let window = TrainingWindow { x, targets, state: state.clone() };
        let got = window_gradients(&model, &params, &loss, window).unwrap();
        let head = params.get(params.find("fc.weight").unwrap());
        // The loss of the time steps from t on, if unit `unit` of the last layer were larger by h after time step t.
        let moved = |t: usize, unit: usize, h: f64, last_alone: bool| {
            let (mut y, mut after) = outputs(&model, &params, &x[..=t], &state);
            after.tensor_mut("h").unwrap()[H + unit] += h;
            y[t] += head[unit] * h;
            if t + 1 < T {
                y.extend(outputs(&model, &params, &x[t + 1..], &after).0);
            }
            let errors = y.iter().zip(targets).map(|(y, target)| (y - target).powi(2) / T as f64);
            errors.skip(if last_alone { T - 1 } else { 0 }).sum::<f64>()
        };
        for (got, last_alone) in [(&got.of_loss, false), (&got.of_last, true)] {
            let norm = |t: usize| {
                let slopes = (0..H).map(|unit| slope(|h| moved(t, unit, h, last_alone)));
                slopes.map(|d| d * d).sum::<f64>().sqrt()
            };
            let want: Vec<f64> = (0..T).map(norm).collect();
            assert_near(got, &want, cell.name());
        }
    }
}

#[test]
fn the_gradients_are_those_of_the_next_optimizer_step() {
    for carry in [true, false] {
        let mut engine = engine(&Config { carry, cell: "lstm".to_owned(), ..lesson() });
        // 14 windows are a pass over the training set: the first one, one that continues, and the first of the next pass.
        for steps in [0, 5, 7] {
            engine.step(steps).unwrap();
            let gradients = engine.window_gradients().unwrap();
            assert_eq!(gradients.of_loss.len(), 20);
            engine.step(1).unwrap();
            let (got, want) = (gradients.norm, engine.grad_norm());
            // One time step at a time, and all at once: sums in single precision, in another order.
            assert!((got - want).abs() < 1e-4 * want, "carry {carry}, {steps}: {got} {want}");
        }
    }
}

#[test]
fn the_influence_ends_where_the_hidden_state_was_reset() {
    let mut engine = engine(&lesson());
    engine.step(50).unwrap();
    // Value 310 is predicted from input 309, the tenth of the window that starts at the test set, 300.
    let carried = engine.influence(310).unwrap();
    engine.set_carry(false);
    engine.evaluate().unwrap();
    let reset = engine.influence(310).unwrap();
    assert_eq!((carried.len(), reset.len()), (120, 10));
    assert_eq!(engine.influence(301).unwrap().len(), 1);
    assert_eq!(engine.influence(300).unwrap().len(), 20);
    assert_eq!(engine.influence(7).unwrap().len(), 7);
    assert!(engine.influence(0).unwrap().is_empty() && engine.influence(360).unwrap().is_empty());
}

#[test]
fn the_influence_is_that_in_the_whole_series() {
    let values = SeriesEntry::find("sp500").unwrap().values(1);
    for (carry, seq_length, start) in [(true, 20, 0), (false, 150, 150)] {
        let config = Config { cell: "lstm".to_owned(), seq_length, carry, ..lesson() };
        let mut engine = Engine::new(&config, &values).unwrap();
        engine.step(300).unwrap();
        engine.evaluate().unwrap();
        let (model, params) = (engine.trainer().model(), engine.trainer().params());
        let inputs = &engine.evaluation().values()[start..299];
        let want = influence(model, params, model.zero_state(1), inputs).unwrap();
        let got = engine.influence(299).unwrap();
        assert_eq!(got.len(), 120);
        assert!(want.len() > 120 && want[0] > 1e-3, "{}", want[0]);
        for (got, want) in got.iter().zip(&want) {
            // Sums in single precision, in another order; products of 120 factors of them.
            assert!(*want > 0.0 && (got - want).abs() < 1e-3 * want, "{got} {want}");
        }
    }
}

#[test]
fn the_reach_counts_the_inputs_that_move_the_prediction() {
    let influence = [1.0_f32, 2.0, 0.1, 1.0, 0.01];
    assert_eq!(reach(&influence, 0.5), Some(4));
    assert_eq!(reach(&influence, 0.51), Some(2));
    assert_eq!(reach(&influence, 0.001), Some(5));
    assert_eq!(reach(&[0.0_f32; 3], 0.5), None);
    assert_eq!(reach(&[1.0, f32::NAN], 0.5), None);
    assert_eq!(reach::<f32>(&[], 0.5), None);
}
