//! Gradients through time, against slopes, in f64, for every cell and every stack of layers.

use elman_nn::cells::CellEntry;
use elman_nn::gradients::{LossWindow, of_inputs, of_window, reach};
use elman_nn::losses::Loss;
use elman_nn::registry::Entry;
use elman_nn::{Error, Model, ModelConfig, Params, State, Stream};

/// All sizes different and above one.
const T: usize = 9;
const I: usize = 3;
const H: usize = 5;
const K: usize = 4;
/// The step of a central difference: its error is about its square times the third derivative.
const STEP: f64 = 1e-4;

/// A network, its weights, a hidden state that is not zero, a window and its targets.
struct Case {
    name: String,
    model: Model<f64>,
    params: Params<f64>,
    state: State<f64>,
    x: Vec<f64>,
    targets: Vec<f64>,
}

impl Case {
    fn new(cell: &str, stack: ModelConfig) -> Self {
        let (input_size, hidden_size, output_size) = (I, H, K);
        let cell = cell.to_owned();
        let config = ModelConfig { cell, input_size, hidden_size, output_size, ..stack };
        let name = format!("{config:?}");
        let model = Model::new(config).unwrap();
        let params = model.initial_params(4);
        let mut stream = Stream::new(6, "values");
        let mut state = model.zero_state(1);
        for name in state.names() {
            state.tensor_mut(name).unwrap().iter_mut().for_each(|h| *h = stream.uniform(-0.8, 0.8));
        }
        let x = (0..T * I).map(|_| stream.uniform(-1.5, 1.5)).collect();
        let mut targets: Vec<f64> = (0..T * K).map(|_| stream.uniform(-1.5, 1.5)).collect();
        targets[K + 1] = f64::NAN;
        Self { name, model, params, state, x, targets }
    }

    /// Every cell, alone and in stacks.
    fn all() -> impl Iterator<Item = Self> {
        let stacks = || {
            let plain = ModelConfig { num_layers: 2, ..ModelConfig::default() };
            [
                ModelConfig { num_layers: 1, skip: true, ..plain.clone() },
                plain.clone(),
                ModelConfig { dilations: vec![2, 3], ..plain.clone() },
                ModelConfig { dilations: vec![1, 2], residual: true, skip: true, ..plain },
            ]
        };
        CellEntry::<f64>::ALL
            .iter()
            .flat_map(move |cell| stacks().map(|stack| Self::new(cell.name(), stack)))
    }

    /// The outputs of inputs from `state` on, and the state after them.
    fn outputs(&self, x: &[f64], state: &State<f64>) -> (Vec<f64>, State<f64>) {
        let (mut tape, mut state) = (self.model.tape(x.len() / I, 1), state.clone());
        self.model.forward(&self.params, x, &mut state, &mut tape, None).unwrap();
        (tape.output().to_vec(), state)
    }

    /// The loss of the time steps from t on, if unit `unit` of tensor `name` of the last layer were larger by `by` after
    /// time step t; of the last time step alone if `last_alone`.
    fn loss(&self, t: usize, name: &str, unit: usize, by: f64, last_alone: bool) -> f64 {
        let (mut y, mut after) = self.outputs(&self.x[..(t + 1) * I], &self.state);
        let tensor = after.tensor_mut(name).unwrap();
        // The newest row of the last layer is the last one.
        let newest = tensor.len() - H;
        tensor[newest + unit] += by;
        if name == "h" {
            let head = self.params.get(self.params.find("fc.weight").unwrap());
            for k in 0..K {
                y[t * K + k] += head[k * H + unit] * by;
            }
        }
        if t + 1 < T {
            y.extend(self.outputs(&self.x[(t + 1) * I..], &after).0);
        }
        let errors = y.iter().zip(&self.targets).map(|(y, target)| (y - target).powi(2));
        let errors = errors.skip(if last_alone { (T - 1) * K } else { 0 });
        errors.filter(|e| !e.is_nan()).sum::<f64>() / (T * K) as f64
    }
}

fn slope(f: impl Fn(f64) -> f64) -> f64 {
    (f(STEP) - f(-STEP)) / (2.0 * STEP)
}

fn assert_near(got: &[f64], want: &[f64], what: &str) {
    let largest = want.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    assert!(largest > 1e-3, "{what}: {want:?}");
    assert_eq!(got.len(), want.len(), "{what}");
    for (got, want) in got.iter().zip(want) {
        // A hundred times the square of the step: third derivatives of these networks are of that size.
        assert!((got - want).abs() < 1e-6 * largest, "{what}: {got} {want}");
    }
}

#[test]
fn the_gradient_of_each_input_is_the_slope_of_the_output() {
    for case in Case::all() {
        for output in [0, K - 1] {
            let Case { model, params, state, .. } = &case;
            let got = of_inputs(model, params, state.clone(), &case.x, output).unwrap();
            let moved = |at: usize, by: f64| {
                let mut x = case.x.clone();
                x[at] += by;
                case.outputs(&x, state).0[(T - 1) * K + output]
            };
            let want: Vec<f64> = (0..T * I).map(|at| slope(|by| moved(at, by))).collect();
            assert_near(&got, &want, &case.name);
        }
    }
}

#[test]
fn the_gradient_of_each_state_is_the_slope_of_the_loss() {
    let loss = Loss::<f64>::new("mse", &[]).unwrap();
    for case in Case::all() {
        let Case { model, params, state, x, targets, .. } = &case;
        let window = LossWindow { x, targets, state: state.clone() };
        let got = of_window(model, params, &loss, window).unwrap();
        for (row, name) in state.names().iter().enumerate() {
            for (got, last_alone) in [(&got.of_loss, false), (&got.of_last, true)] {
                let norm = |t: usize| {
                    let of_unit = |unit| slope(|by| case.loss(t, name, unit, by, last_alone));
                    (0..H).map(of_unit).map(|d| d * d).sum::<f64>().sqrt()
                };
                let want: Vec<f64> = (0..T).map(norm).collect();
                assert_near(&got[row], &want, &format!("{name} of {}", case.name));
            }
        }
    }
}

#[test]
fn the_gradients_of_the_weights_have_the_norm_of_one_pass() {
    let loss = Loss::<f64>::new("mse", &[]).unwrap();
    for case in Case::all() {
        let Case { model, params, state, x, targets, .. } = &case;
        let window = LossWindow { x, targets, state: state.clone() };
        let got = of_window(model, params, &loss, window).unwrap().norm;
        let mut tape = model.tape(T, 1);
        model.forward(params, x, &mut state.clone(), &mut tape, None).unwrap();
        let mut dy = vec![0.0; T * K];
        loss.mean(tape.output(), targets, &mut dy);
        let (mut dstate, mut grads) = (model.zero_state(1), Params::zeros(model.layout()));
        model.backward(params, x, &dy, &mut dstate, None, &mut tape, &mut grads).unwrap();
        let want = grads.values().iter().map(|d| d * d).sum::<f64>().sqrt();
        // Sums of a few hundred products in another order.
        assert!((got - want).abs() < 1e-12 * want, "{}: {got} {want}", case.name);
    }
}

#[test]
fn the_reach_counts_the_inputs_that_move_the_output() {
    let influence = [1.0_f32, 2.0, 0.1, 1.0, 0.01];
    assert_eq!(reach(&influence, 0.5), Some(4));
    assert_eq!(reach(&influence, 0.51), Some(2));
    assert_eq!(reach(&influence, 0.001), Some(5));
    assert_eq!(reach(&[0.0_f32; 3], 0.5), None);
    assert_eq!(reach(&[1.0, f32::NAN], 0.5), None);
    assert_eq!(reach::<f32>(&[], 0.5), None);
}

#[test]
fn tokens_and_outputs_that_there_are_not_are_errors() {
    let case = Case::new("gru", ModelConfig::default());
    let Case { model, params, state, x, .. } = &case;
    let refused = |outcome: Result<Vec<f64>, Error>| {
        matches!(outcome.unwrap_err(), Error::Setting { .. } | Error::Shape { .. })
    };
    assert!(refused(of_inputs(model, params, state.clone(), x, K)));
    assert!(refused(of_inputs(model, params, state.clone(), &[], 0)));
    assert!(refused(of_inputs(model, params, state.clone(), &x[1..], 0)));
    let tokens = ModelConfig { vocab_size: 6, output_size: 6, ..ModelConfig::default() };
    let model = Model::<f64>::new(tokens).unwrap();
    let params = model.initial_params(1);
    assert!(refused(of_inputs(&model, &params, model.zero_state(1), &[1.0, 2.0], 0)));
}
