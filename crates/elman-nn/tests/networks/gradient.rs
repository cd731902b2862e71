//! Every gradient against the slope of the loss, over the registries, in f64.
//!
//! The slope is taken by the five-point formula with step h = 3e-4: its own error is about h⁴ =
//! 1e-14 from the curvature and 1e-15 / h = 3e-12 from rounding. The seed is one with which no sum
//! of a relu and no error of a loss lies within h of its kink: a slope there is not defined. An error is stated relative to the
//! gradient, or to a hundredth of the largest gradient of its tensor where it is smaller than that.

use elman_nn::cells::CellEntry;
use elman_nn::losses::{Loss, LossEntry, Predicts};
use elman_nn::registry::Entry;
use elman_nn::{Isa, Model, ModelConfig, Params, State, Stream};

/// All sizes different and above one.
const T: usize = 4;
const B: usize = 3;
const I: usize = 6;
const H: usize = 7;
const L: usize = 2;
const K: usize = 5;

/// Where the loss and its gradient are taken.
#[derive(Clone)]
struct Point {
    params: Params<f64>,
    x: [Vec<f64>; 2],
    state: State<f64>,
}

struct Net {
    model: Model<f64>,
    loss: Loss<f64>,
    target: [Vec<f64>; 2],
}

struct Gradient {
    params: Params<f64>,
    dx: [Vec<f64>; 2],
    dstate: State<f64>,
}

fn draw(len: usize, stream: &mut Stream) -> Vec<f64> {
    (0..len).map(|_| stream.uniform(-1.0, 1.0)).collect()
}

/// The loss of `entry`, with levels where it needs some.
fn loss_of(entry: &LossEntry<f64>) -> Loss<f64> {
    let levels: &[f64] = match entry.predicts() {
        Predicts::Quantiles => &[0.05, 0.25, 0.4, 0.9],
        _ => &[],
    };
    Loss::new(entry.name(), levels).unwrap()
}

fn plain() -> ModelConfig {
    ModelConfig::default()
}

fn mse() -> Loss<f64> {
    Loss::new("mse", &[]).unwrap()
}

/// The sizes, with `like`'s dropout, dilations and residual connections.
fn set_up(cell: &str, loss: Loss<f64>, isa: Isa, like: &ModelConfig) -> (Net, Point) {
    let tokens_shown = like.vocab_size;
    let config = ModelConfig {
        cell: cell.to_owned(),
        input_size: if tokens_shown > 0 { 1 } else { I },
        hidden_size: H,
        num_layers: L,
        output_size: K * loss.outputs_per_target(),
        skip: tokens_shown == 0,
        ..like.clone()
    };
    let model = Model::new(config).unwrap().with_isa(isa);
    let mut stream = Stream::new(11, cell);
    let mut state = model.zero_state(B);
    for name in state.names() {
        let tensor = state.tensor_mut(name).unwrap();
        tensor.iter_mut().for_each(|v| *v = stream.uniform(-0.9, 0.9));
    }
    let params = model.initial_params(5);
    assert!(params.iter().all(|(_, values)| values.iter().all(|&v| v != 0.0)), "a zero weight");
    let predicts = loss.entry().predicts();
    let target = std::array::from_fn(|_| {
        let mut values = draw(T * B * K, &mut stream);
        values.iter_mut().for_each(|v| {
            *v = match predicts {
                Predicts::Counts => (5.0 * v.abs()).floor(),
                Predicts::Classes => (v.abs() * loss.outputs_per_target() as f64).floor(),
                _ => 3.0 * *v,
            };
        });
        // Not known.
        values.iter_mut().step_by(7).for_each(|v| *v = f64::NAN);
        values
    });
    let x = std::array::from_fn(|_| match tokens_shown {
        0 => draw(T * B * I, &mut stream),
        tokens => (0..T * B).map(|_| (stream.unit() * tokens as f64).floor()).collect(),
    });
    (Net { model, loss, target }, Point { params, x, state })
}

impl Net {
    /// The loss of two windows, the second from the memory that the first leaves. `carried` is
    /// what that memory is, if it shall not depend on the first window (truncated).
    fn loss(&self, point: &Point, carried: Option<&State<f64>>) -> f64 {
        let mut tape = self.model.tape(T, B);
        let mut noise = Stream::new(2, "noise");
        let mut state = point.state.clone();
        let mut total = 0.0;
        let mut unused = tape.output().to_vec();
        for window in 0..2 {
            if let (1, Some(carried)) = (window, carried) {
                state = carried.clone();
            }
            let x = &point.x[window];
            self.model.forward(&point.params, x, &mut state, &mut tape, Some(&mut noise)).unwrap();
            total += self.loss.mean(tape.output(), &self.target[window], &mut unused);
        }
        total
    }

    /// The gradient of [`loss`](Net::loss), through the carried memory unless `truncated`; also
    /// that memory.
    fn gradient(&self, point: &Point, truncated: bool) -> (Gradient, State<f64>) {
        let model = &self.model;
        let mut noise = Stream::new(2, "noise");
        let mut state = point.state.clone();
        let mut grads = Params::zeros(model.layout());
        let mut tapes = [model.tape(T, B), model.tape(T, B)];
        let mut dpred = [tapes[0].output().to_vec(), tapes[1].output().to_vec()];
        let mut carried = None;
        for window in 0..2 {
            let tape = &mut tapes[window];
            let x = &point.x[window];
            model.forward(&point.params, x, &mut state, tape, Some(&mut noise)).unwrap();
            self.loss.mean(tape.output(), &self.target[window], &mut dpred[window]);
            carried.get_or_insert_with(|| state.clone());
        }
        let mut dstate = model.zero_state(B);
        let mut dx = [vec![0.0; point.x[0].len()], vec![0.0; point.x[1].len()]];
        for window in [1, 0] {
            if truncated {
                dstate.reset();
            }
            let (x, dy) = (&point.x[window], &dpred[window]);
            let (dx, tape) = (Some(&mut dx[window][..]), &mut tapes[window]);
            model.backward(&point.params, x, dy, &mut dstate, dx, tape, &mut grads).unwrap();
        }
        (Gradient { params: grads, dx, dstate }, carried.unwrap())
    }
}

/// The slope of `f` at 0.
fn slope(mut f: impl FnMut(f64) -> f64) -> f64 {
    let h = 3e-4;
    (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
}

/// The worst relative error of `gradient` against the slopes along each element.
fn worst(what: &str, gradient: &[f64], slopes: impl Fn(usize) -> f64) -> f64 {
    let largest = gradient.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    assert!(largest > 1e-6, "{what}: no gradient at all");
    let error = |(i, &got): (usize, &f64)| {
        let want = slopes(i);
        (got - want).abs() / got.abs().max(want.abs()).max(1e-2 * largest)
    };
    let worst = gradient.iter().enumerate().map(error).fold(0.0, f64::max);
    assert!(worst <= 1e-6, "{what}: relative error {worst:e}");
    worst
}

fn check(cell: &str, loss: Loss<f64>, isa: Isa, like: &ModelConfig, truncated: bool) -> f64 {
    let name = loss.entry().name();
    let (net, point) = set_up(cell, loss, isa, like);
    let (gradient, carried) = net.gradient(&point, truncated);
    let carried = truncated.then_some(&carried);
    let at = |change: &dyn Fn(&mut Point)| {
        let mut moved = point.clone();
        change(&mut moved);
        net.loss(&moved, carried)
    };
    let mut worst_of_all = 0.0_f64;
    for (variable, values) in gradient.params.iter() {
        let id = point.params.find(&variable.name).unwrap();
        let what = format!("{cell} {name} {isa:?} {}", variable.name);
        let error = worst(&what, values, |i| slope(|h| at(&|p| p.params.get_mut(id)[i] += h)));
        worst_of_all = worst_of_all.max(error);
    }
    // The number of a token has no slope.
    let shown = if like.vocab_size > 0 { 0 } else { 2 };
    for window in 0..shown {
        let what = format!("{cell} {name} {isa:?} dx of window {window}");
        let error = worst(&what, &gradient.dx[window], |i| slope(|h| at(&|p| p.x[window][i] += h)));
        worst_of_all = worst_of_all.max(error);
    }
    for state in point.state.names() {
        let what = format!("{cell} {name} {isa:?} d{state}0");
        let values = gradient.dstate.tensor(state).unwrap();
        let moved = |i, h| at(&|p| p.state.tensor_mut(state).unwrap()[i] += h);
        let error = worst(&what, values, |i| slope(|h| moved(i, h)));
        worst_of_all = worst_of_all.max(error);
    }
    worst_of_all
}

#[test]
fn every_cell_and_loss_through_two_windows() {
    let mut worst = 0.0_f64;
    for cell in CellEntry::<f64>::ALL {
        for loss in LossEntry::<f64>::ALL {
            worst = worst.max(check(cell.name(), loss_of(loss), Isa::detect(), &plain(), false));
        }
    }
    println!("worst relative error, two windows, gradient through the memory: {worst:.1e}");
}

#[test]
fn truncation_stops_the_gradient_and_not_the_memory() {
    let mut worst = 0.0_f64;
    for cell in CellEntry::<f64>::ALL {
        worst = worst.max(check(cell.name(), mse(), Isa::detect(), &plain(), true));
    }
    println!("worst relative error, two windows, truncated: {worst:.1e}");
}

#[test]
fn every_instruction_set() {
    for isa in Isa::available() {
        for cell in CellEntry::<f64>::ALL {
            check(cell.name(), mse(), isa, &plain(), false);
        }
    }
}

#[test]
fn dropout() {
    let like = ModelConfig { dropout: 0.4, ..plain() };
    for cell in CellEntry::<f64>::ALL {
        check(cell.name(), mse(), Isa::detect(), &like, false);
    }
}

#[test]
fn tokens_embedded_one_hot_tied_and_in_clusters() {
    let tokens = ModelConfig { vocab_size: K, ..plain() };
    for like in [
        ModelConfig { embedding_size: 4, ..tokens.clone() },
        ModelConfig { dropout: 0.2, ..tokens.clone() },
        ModelConfig { dilations: vec![2, 3], dropout: 0.2, ..tokens.clone() },
        ModelConfig { embedding_size: H, tied: true, ..tokens.clone() },
        ModelConfig { embedding_size: 6, dilations: vec![2, 3], ..tokens.clone() },
        ModelConfig { vocab_size: 300, embedding_size: 4, ..tokens.clone() },
        ModelConfig { embedding_size: 4, cutoffs: vec![1, 3], ..tokens },
    ] {
        for cell in CellEntry::<f64>::ALL {
            check(cell.name(), mse(), Isa::detect(), &like, false);
        }
    }
}

/// Windows of four steps: whole cycles and none left over, one left over, and less than a cycle.
#[test]
fn dilated_and_residual_stacks() {
    for dilations in [[1, 1], [2, 3], [5, 4]] {
        let like = ModelConfig { dilations: dilations.to_vec(), residual: true, ..plain() };
        for cell in CellEntry::<f64>::ALL {
            check(cell.name(), mse(), Isa::detect(), &like, false);
            check(cell.name(), mse(), Isa::detect(), &like, true);
        }
    }
}

/// The slope of the loss along one direction in which everything moves at once. A window here is
/// several chunks of time steps (`recurrent.rs`), or a step alone is more than one, and the gates of
/// a row are padded or not.
#[test]
fn many_rows_and_wide_gates() {
    let mut worst = 0.0_f64;
    for (cell, hidden) in [("rnn", 256), ("gru", 256), ("lstm", 64), ("lstm", 33), ("gru", 17)] {
        for (steps, batch) in [(9, 50), (3, 200), (1, 1), (30, 1)] {
            let error = along_a_direction(cell, hidden, steps, batch);
            assert!(error <= 1e-6, "{cell} H{hidden} T{steps} B{batch}: relative error {error:e}");
            worst = worst.max(error);
        }
    }
    println!("worst relative error along a direction: {worst:.1e}");
}

fn along_a_direction(cell: &str, hidden_size: usize, steps: usize, batch: usize) -> f64 {
    let config = ModelConfig {
        cell: cell.to_owned(),
        input_size: I,
        hidden_size,
        num_layers: L,
        output_size: K,
        skip: true,
        ..plain()
    };
    let model = Model::<f64>::new(config).unwrap();
    let loss = mse();
    let mut stream = Stream::new(23, cell);
    let (params, x) = (model.initial_params(5), draw(steps * batch * I, &mut stream));
    let target = draw(steps * batch * K, &mut stream);
    let mut state = model.zero_state(batch);
    let h = draw(L * batch * hidden_size, &mut stream);
    state.tensor_mut("h").unwrap().copy_from_slice(&h);
    let mut direction = Params::zeros(model.layout());
    for (variable, _) in params.iter() {
        let id = params.find(&variable.name).unwrap();
        direction.get_mut(id).iter_mut().for_each(|v| *v = stream.uniform(-0.1, 0.1));
    }
    let (x_way, h_way) = (draw(x.len(), &mut stream), draw(h.len(), &mut stream));

    let mut tape = model.tape(steps, batch);
    let mut dpred = vec![0.0; target.len()];
    let mut at = |by: f64, tape: &mut elman_nn::Tape<f64>| {
        let moved = |from: &[f64], way: &[f64]| -> Vec<f64> {
            from.iter().zip(way).map(|(from, way)| from + by * way).collect()
        };
        let mut there = params.clone();
        there.values_mut().copy_from_slice(&moved(params.values(), direction.values()));
        let mut memory = state.clone();
        memory.tensor_mut("h").unwrap().copy_from_slice(&moved(&h, &h_way));
        let x = moved(&x, &x_way);
        model.forward(&there, &x, &mut memory, tape, None).unwrap();
        loss.mean(tape.output(), &target, &mut dpred)
    };
    let want = slope(|by| at(by, &mut model.tape(steps, batch)));
    at(0.0, &mut tape);
    let (mut grads, mut dstate) = (Params::zeros(model.layout()), model.zero_state(batch));
    let mut dx = vec![0.0; x.len()];
    model.backward(&params, &x, &dpred, &mut dstate, Some(&mut dx), &mut tape, &mut grads).unwrap();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let parts = [
        dot(grads.values(), direction.values()),
        dot(&dx, &x_way),
        dot(dstate.tensor("h").unwrap(), &h_way),
    ];
    let got: f64 = parts.iter().sum();
    // The parts may cancel each other; the error is relative to their sizes.
    (got - want).abs() / parts.iter().map(|part| part.abs()).sum::<f64>()
}
