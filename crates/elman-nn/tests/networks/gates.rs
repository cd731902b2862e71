//! The gates that a tape shows, against the equations of the cells.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;
use elman_nn::{Model, ModelConfig, Params, State, Stream};

const T: usize = 5;
const B: usize = 2;
const I: usize = 3;
const L: usize = 2;

fn config(cell: &str, hidden_size: usize) -> ModelConfig {
    let cell = cell.to_owned();
    ModelConfig { cell, input_size: I, hidden_size, num_layers: L, ..ModelConfig::default() }
}

fn draw(len: usize) -> Vec<f64> {
    let mut stream = Stream::new(8, "x");
    (0..len).map(|_| stream.uniform(-1.0, 1.0)).collect()
}

/// The gates of each layer in windows of these lengths, with the hidden state carried, each `[T, B, G·H]` over all windows.
fn gates(model: &Model<f64>, params: &Params<f64>, x: &[f64], windows: &[usize]) -> [Vec<f64>; L] {
    let (mut state, mut tape) = (model.zero_state(B), model.tape(T, B));
    let (mut rest, mut of_window) = (x, Vec::new());
    let mut gates = [Vec::new(), Vec::new()];
    for &steps in windows {
        let (x, next) = rest.split_at(steps * B * I);
        tape.set_steps(steps);
        model.forward(params, x, &mut state, &mut tape, None).unwrap();
        model.gates(&tape, &mut of_window);
        let len = of_window.len() / L;
        for (gates, of_layer) in gates.iter_mut().zip(of_window.chunks(len.max(1))) {
            gates.extend_from_slice(of_layer);
        }
        rest = next;
    }
    gates
}

/// W v + b for lane `lane` of `v` `[B, ·]`.
fn affine(params: &Params<f64>, part: &str, layer: usize, v: &[f64], lane: usize) -> Vec<f64> {
    let get = |name: &str| params.get(params.find(&format!("rnn.{name}_{part}_l{layer}")).unwrap());
    let v = &v[lane * v.len() / B..(lane + 1) * v.len() / B];
    let dot = |row: &[f64]| row.iter().zip(v).map(|(w, v)| w * v).sum::<f64>();
    get("weight").chunks_exact(v.len()).zip(get("bias")).map(|(row, b)| dot(row) + b).collect()
}

/// The gates of a lane by the equations, from the x-parts and the h-parts of all gates.
fn by_equations(cell: &str, a: &[f64], r: &[f64], hidden: usize) -> Vec<f64> {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let gate = |at: usize| match (cell, at / hidden) {
        ("gru", 2) => (a[at] + sigmoid(a[at - 2 * hidden] + r[at - 2 * hidden]) * r[at]).tanh(),
        ("lstm", 2) => (a[at] + r[at]).tanh(),
        _ => sigmoid(a[at] + r[at]),
    };
    (0..a.len()).map(gate).collect()
}

fn tensor(state: &State<f64>, layer: usize) -> &[f64] {
    let h = state.tensor("h").unwrap();
    &h[layer * h.len() / L..(layer + 1) * h.len() / L]
}

#[test]
fn gates_are_those_of_the_equations() {
    for cell in CellEntry::<f64>::ALL.iter().filter(|cell| !cell.named_gates.is_empty()) {
        // Rows of 64 · 4 gates are a cache line longer in the tape.
        for hidden in [7, 64] {
            let model = Model::<f64>::new(config(cell.name(), hidden)).unwrap();
            let (params, x) = (model.initial_params(3), draw(T * B * I));
            let got = gates(&model, &params, &x, &[T]);
            let (mut state, mut tape) = (model.zero_state(B), model.tape(1, B));
            let mut want = [Vec::new(), Vec::new()];
            for x in x.chunks_exact(B * I) {
                let before = state.clone();
                model.forward(&params, x, &mut state, &mut tape, None).unwrap();
                for (layer, want) in want.iter_mut().enumerate() {
                    let x = if layer == 0 { x } else { tensor(&state, 0) };
                    for lane in 0..B {
                        let a = affine(&params, "ih", layer, x, lane);
                        let r = affine(&params, "hh", layer, tensor(&before, layer), lane);
                        want.extend(by_equations(cell.name(), &a, &r, hidden));
                    }
                }
            }
            for (got, want) in got.iter().zip(&want) {
                assert_eq!(got.len(), T * B * cell.gates * hidden);
                let apart = got.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                // Sums of about 70 products of numbers below 1, in another order.
                assert!(apart < 1e-13, "{} H{hidden}: {apart:e}", cell.name());
            }
        }
    }
}

#[test]
fn gates_are_in_the_range_and_as_many_as_the_cell_has() {
    for cell in CellEntry::<f64>::ALL {
        let named = cell.named_gates.len();
        assert!(named == 0 || named == cell.gates, "{}: {named}", cell.name());
        let model = Model::<f64>::new(config(cell.name(), 7)).unwrap();
        let x: Vec<f64> = draw(T * B * I).iter().map(|x| 20.0 * x).collect();
        let [first, _] = gates(&model, &model.initial_params(3), &x, &[T]);
        assert_eq!(first.is_empty(), named == 0, "{}", cell.name());
        for (at, value) in first.iter().enumerate() {
            let gate = cell.named_gates[at % (named * 7) / 7];
            let [low, high] = gate.range;
            assert!((low..=high).contains(value), "{}: {value}", gate.name);
        }
    }
}

#[test]
fn gates_of_dilated_and_residual_layers_do_not_depend_on_the_windows() {
    for (dilations, residual) in [(vec![2, 3], false), (vec![1, 2], true), (Vec::new(), true)] {
        let stack = ModelConfig { dilations, residual, ..config("lstm", 7) };
        let model = Model::<f64>::new(stack).unwrap();
        let (params, x) = (model.initial_params(3), draw(T * B * I));
        let whole = gates(&model, &params, &x, &[T]);
        assert_eq!(whole[1].len(), T * B * 4 * 7);
        assert_eq!(whole, gates(&model, &params, &x, &[1; T]));
        assert_eq!(whole, gates(&model, &params, &x, &[2, 3]));
    }
}
