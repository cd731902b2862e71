//! rust-lstm on one workload, in f64 as it computes.
//!
//! It has no tanh RNN (W1). Its GRU resets h before the recurrent product, as Cho et al. wrote
//! it and PyTorch does not, so that W2 is the same amount of work but not the same curve.

use anyhow::{Result, bail};
use elman_peers::{Args, Cell, LEARNING_RATE, Task, Workload};
use ndarray::{Array2, Axis, concatenate, s};
use rust_lstm::layers::linear::LinearLayer;
use rust_lstm::layers::lstm_cell::LSTMCell;
use rust_lstm::models::gru_network::GRUNetwork;
use rust_lstm::models::lstm_network::{LSTMNetwork, LSTMState};
use rust_lstm::optimizers::Adam;

const VERSION: &str = "0.10.0";

/// One parameter as a matrix; a bias is a column.
fn matrix(args: &Args, name: &str) -> Result<Array2<f64>> {
    let (shape, values) = args.weights.get(name)?;
    let columns = shape.get(1).copied().unwrap_or(1);
    let values = values.iter().map(|&value| value as f64).collect();
    Ok(Array2::from_shape_vec((shape[0], columns), values)?)
}

/// Inputs [T, B, I] as one (I, B) matrix a time step, its own layout.
fn columns(x: &[f32], features: usize, batch: usize) -> Vec<Array2<f64>> {
    let steps = x.chunks_exact(features * batch);
    steps
        .map(|x| Array2::from_shape_fn((features, batch), |(i, b)| x[b * features + i] as f64))
        .collect()
}

fn lstm(args: &Args) -> Result<LSTMNetwork> {
    let w = args.workload;
    let mut cells = Vec::new();
    for l in 0..w.layers {
        let mut cell = LSTMCell::new(if l == 0 { w.inputs } else { w.hidden }, w.hidden);
        cell.w_ih = matrix(args, &format!("rnn.weight_ih_l{l}"))?;
        cell.w_hh = matrix(args, &format!("rnn.weight_hh_l{l}"))?;
        cell.b_ih = matrix(args, &format!("rnn.bias_ih_l{l}"))?;
        cell.b_hh = matrix(args, &format!("rnn.bias_hh_l{l}"))?;
        cells.push(cell);
    }
    Ok(LSTMNetwork::from_cells(cells, w.inputs, w.hidden, w.layers))
}

fn gru(args: &Args) -> Result<GRUNetwork> {
    let w = args.workload;
    let mut net = GRUNetwork::new(w.inputs, w.hidden, w.layers);
    for (l, cell) in net.get_cells_mut().iter_mut().enumerate() {
        let part = |name: &str, gate: usize| -> Result<Array2<f64>> {
            let all = matrix(args, &format!("rnn.{name}_l{l}"))?;
            Ok(all.slice(s![gate * w.hidden..(gate + 1) * w.hidden, ..]).to_owned())
        };
        // Its z is PyTorch's 1 - z: the gate's signs turn.
        (cell.w_ir, cell.w_hr) = (part("weight_ih", 0)?, part("weight_hh", 0)?);
        (cell.b_ir, cell.b_hr) = (part("bias_ih", 0)?, part("bias_hh", 0)?);
        (cell.w_iz, cell.w_hz) = (-part("weight_ih", 1)?, -part("weight_hh", 1)?);
        (cell.b_iz, cell.b_hz) = (-part("bias_ih", 1)?, -part("bias_hh", 1)?);
        (cell.w_ih, cell.w_hh) = (part("weight_ih", 2)?, part("weight_hh", 2)?);
        (cell.b_ih, cell.b_hh) = (part("bias_ih", 2)?, part("bias_hh", 2)?);
    }
    Ok(net)
}

fn head(args: &Args) -> Result<LinearLayer> {
    Ok(LinearLayer::from_weights(matrix(args, "fc.weight")?, matrix(args, "fc.bias")?))
}

/// The head over all time steps at once: the loss, its update, and the gradient of each h.
fn head_step(
    fc: &mut LinearLayer,
    optimizer: &mut Adam,
    outputs: &[Array2<f64>],
    target: &[f32],
) -> Result<(f32, Vec<Array2<f64>>)> {
    let views: Vec<_> = outputs.iter().map(|h| h.view()).collect();
    let prediction = fc.forward(&concatenate(Axis(1), &views)?);
    let target = Array2::from_shape_fn((1, target.len()), |(_, at)| target[at] as f64);
    let error = prediction - target;
    let count = error.len() as f64;
    let loss = error.iter().map(|e| e * e).sum::<f64>() / count;
    let (gradients, d_hidden) = fc.backward(&(error * (2.0 / count)));
    fc.update_parameters(&gradients, optimizer, "fc");
    let batch = outputs[0].ncols();
    let d_outputs =
        (0..outputs.len()).map(|t| d_hidden.slice(s![.., t * batch..(t + 1) * batch]).to_owned());
    Ok((loss as f32, d_outputs.collect()))
}

fn train_lstm(args: &Args) -> Result<()> {
    let w = args.workload;
    let windows = [w.window(0), w.window(1)];
    let (mut net, mut fc, mut optimizer) = (lstm(args)?, head(args)?, Adam::new(LEARNING_RATE));
    let mut state = net.zero_state(w.batch);
    let mut number = 0;
    args.run("rust-lstm", VERSION, None, || {
        let (x, target) = &windows[number % 2];
        number += 1;
        let (mut outputs, mut caches) = (Vec::new(), Vec::new());
        for x in columns(x, w.inputs, w.batch) {
            let (output, next, cache) = net.forward_with_cache(&x, &state);
            state = next;
            outputs.push(output);
            caches.push(cache);
        }
        let (loss, d_outputs) = head_step(&mut fc, &mut optimizer, &outputs, target)?;
        let (gradients, _) = net.backward_sequence(&d_outputs, &caches);
        net.update_parameters(&gradients, &mut optimizer);
        Ok(loss)
    })
}

fn train_gru(args: &Args) -> Result<()> {
    let w = args.workload;
    let windows = [w.window(0), w.window(1)];
    let (mut net, mut fc, mut optimizer) = (gru(args)?, head(args)?, Adam::new(LEARNING_RATE));
    let mut state = vec![Array2::zeros((w.hidden, w.batch)); w.layers];
    let mut number = 0;
    // No curve: it is not PyTorch's GRU.
    args.run("rust-lstm", VERSION, Some(Vec::new()), || {
        let (x, target) = &windows[number % 2];
        number += 1;
        let (mut outputs, mut caches) = (Vec::new(), Vec::new());
        for x in columns(x, w.inputs, w.batch) {
            let (next, cache) = net.forward_with_cache(&x, &state);
            outputs.push(next[w.layers - 1].clone());
            state = next;
            caches.push(cache);
        }
        let (loss, d_outputs) = head_step(&mut fc, &mut optimizer, &outputs, target)?;
        let (gradients, _) = net.backward_sequence(&d_outputs, &caches);
        net.update_parameters(&gradients, &mut optimizer);
        Ok(loss)
    })
}

fn stream(args: &Args) -> Result<()> {
    let (mut net, mut fc) = (lstm(args)?, head(args)?);
    let mut state: LSTMState = net.zero_state(1);
    let values = Workload::stream_values();
    let mut number = 0;
    args.run("rust-lstm", VERSION, None, || {
        let x = Array2::from_elem((1, 1), values[number % values.len()] as f64);
        number += 1;
        let (output, next) = net.forward(&x, &state);
        state = next;
        Ok(fc.forward(&output)[[0, 0]] as f32)
    })
}

fn forward(args: &Args) -> Result<()> {
    let w = args.workload;
    let (mut net, mut fc) = (lstm(args)?, head(args)?);
    let windows = [w.window(0), w.window(1)];
    let mut number = 0;
    let mut run = || -> Vec<f32> {
        let (x, _) = &windows[number % 2];
        number += 1;
        let mut state = net.zero_state(w.batch);
        let mut predictions = Vec::new();
        for x in columns(x, w.inputs, w.batch) {
            let (output, next) = net.forward(&x, &state);
            state = next;
            predictions.extend(fc.forward(&output).iter().map(|&y| y as f32));
        }
        predictions
    };
    let curve = run()[(w.steps - 1) * w.batch..][..args.curve].to_vec();
    args.run("rust-lstm", VERSION, Some(curve), || Ok(run()[0]))
}

fn main() -> Result<()> {
    let args = Args::parse(&["f64"])?;
    match (args.workload.task, args.workload.cell) {
        (Task::Train, Cell::Rnn) => bail!("rust-lstm has no tanh RNN"),
        (Task::Train, Cell::Gru) => train_gru(&args),
        (Task::Train, Cell::Lstm) => train_lstm(&args),
        (Task::Stream, _) => stream(&args),
        (Task::Forward, _) => forward(&args),
    }
}
