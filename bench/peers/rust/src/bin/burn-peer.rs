//! Burn on its `flex` backend on one workload.
//!
//! Variants are two writings of the recurrence by tensors: `steps` multiplies each time step's
//! input by itself; `hoisted` makes one product of all time steps first and slices it. Both keep
//! the gates in one product; `burn_nn::Lstm` makes eight for a time step.

use anyhow::Result;
use burn::module::{Module, Param};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor, TensorData};
use elman_peers::{Args, Cell, LEARNING_RATE, Task, Weights, Workload};

#[derive(Module, Debug)]
struct Layer {
    /// [I, G·H], and so on: turned, as Burn multiplies rows by it.
    w_ih: Param<Tensor<2>>,
    w_hh: Param<Tensor<2>>,
    b_ih: Param<Tensor<1>>,
    b_hh: Param<Tensor<1>>,
}

#[derive(Module, Debug)]
struct Network {
    layers: Vec<Layer>,
    fc_weight: Param<Tensor<2>>,
    fc_bias: Param<Tensor<1>>,
}

/// One layer's memory: h, and c of an LSTM.
type State = Vec<Tensor<2>>;

fn weight(weights: &Weights, name: &str, device: &Device) -> Result<Param<Tensor<2>>> {
    let (shape, values) = weights.transposed(name)?;
    Ok(Param::from_data(TensorData::new(values, shape), device))
}

fn bias(weights: &Weights, name: &str, device: &Device) -> Result<Param<Tensor<1>>> {
    let (shape, values) = weights.get(name)?;
    Ok(Param::from_data(TensorData::new(values.to_vec(), [shape[0]]), device))
}

impl Network {
    fn load(args: &Args, device: &Device) -> Result<Self> {
        let weights = &args.weights;
        let layer = |l| -> Result<Layer> {
            Ok(Layer {
                w_ih: weight(weights, &format!("rnn.weight_ih_l{l}"), device)?,
                w_hh: weight(weights, &format!("rnn.weight_hh_l{l}"), device)?,
                b_ih: bias(weights, &format!("rnn.bias_ih_l{l}"), device)?,
                b_hh: bias(weights, &format!("rnn.bias_hh_l{l}"), device)?,
            })
        };
        Ok(Self {
            layers: (0..args.workload.layers).map(layer).collect::<Result<_>>()?,
            fc_weight: weight(weights, "fc.weight", device)?,
            fc_bias: bias(weights, "fc.bias", device)?,
        })
    }

    /// Predictions [T·B, 1] of inputs [T·B, I], and the new state.
    fn forward(
        &self,
        w: &Workload,
        hoisted: bool,
        x: Tensor<2>,
        state: &[State],
    ) -> (Tensor<2>, Vec<State>) {
        let slices = |all: Tensor<2>| -> Vec<Tensor<2>> {
            if w.steps == 1 { vec![all] } else { all.split(w.batch, 0) }
        };
        let mut inputs = slices(x);
        let mut states = Vec::new();
        for (layer, state) in self.layers.iter().zip(state) {
            let (w_ih, w_hh) = (layer.w_ih.val(), layer.w_hh.val());
            // GRU's biases stay apart: its reset gate stands between them.
            let b_ih = match w.cell {
                Cell::Gru => layer.b_ih.val(),
                _ => layer.b_ih.val() + layer.b_hh.val(),
            };
            let (b_ih, b_hh) = (b_ih.unsqueeze::<2>(), layer.b_hh.val().unsqueeze::<2>());
            let gates = if hoisted {
                slices(Tensor::cat(inputs, 0).matmul(w_ih) + b_ih)
            } else {
                inputs.into_iter().map(|x| x.matmul(w_ih.clone()) + b_ih.clone()).collect()
            };
            let mut state = state.clone();
            let mut outputs = Vec::with_capacity(w.steps);
            for gates in gates {
                let product = state[0].clone().matmul(w_hh.clone());
                state = match w.cell {
                    Cell::Rnn => vec![(gates + product).tanh()],
                    Cell::Gru => {
                        let [xr, xz, xn] = chunks(gates);
                        let [hr, hz, hn] = chunks(product + b_hh.clone());
                        let (r, z) = (sigmoid(xr + hr), sigmoid(xz + hz));
                        let n = (xn + r * hn).tanh();
                        // (1 - z)·n + z·h, with one operation less
                        vec![n.clone() + z * (state.remove(0) - n)]
                    }
                    Cell::Lstm => {
                        let [i, f, g, o] = chunks(gates + product);
                        let c = sigmoid(f) * state.remove(1) + sigmoid(i) * g.tanh();
                        vec![sigmoid(o) * c.clone().tanh(), c]
                    }
                };
                outputs.push(state[0].clone());
            }
            inputs = outputs;
            states.push(state);
        }
        let hidden = if inputs.len() == 1 { inputs.remove(0) } else { Tensor::cat(inputs, 0) };
        (hidden.matmul(self.fc_weight.val()) + self.fc_bias.val().unsqueeze::<2>(), states)
    }
}

fn chunks<const G: usize>(gates: Tensor<2>) -> [Tensor<2>; G] {
    gates.chunk(G, 1).try_into().expect("as many chunks as gates")
}

fn main() -> Result<()> {
    let args = Args::parse(&["steps", "hoisted"])?;
    let (w, hoisted) = (args.workload, args.variant == "hoisted");
    let device = if w.task == Task::Train { Device::flex().autodiff() } else { Device::flex() };
    // Taken out and put back by the optimiser, so that nobody else holds its tensors.
    let mut net = Some(Network::load(&args, &device)?);
    let windows = [w.window(0), w.window(1)];
    let rows = w.steps * w.batch;
    let inputs =
        |x: &[f32]| Tensor::<2>::from_data(TensorData::new(x.to_vec(), [rows, w.inputs]), &device);
    let parts = if w.cell == Cell::Lstm { 2 } else { 1 };
    let mut state: Vec<State> =
        vec![vec![Tensor::zeros([w.batch, w.hidden], &device); parts]; w.layers];
    let mut number = 0;
    let version = "0.22.1 flex";
    match w.task {
        Task::Train => {
            let mut optimizer = AdamConfig::new().with_epsilon(1e-8).init();
            args.run("burn", version, None, || {
                let (x, target) = &windows[number % 2];
                number += 1;
                let target =
                    Tensor::<2>::from_data(TensorData::new(target.clone(), [rows, 1]), &device);
                let (prediction, next) =
                    net.as_ref().expect("put back").forward(&w, hoisted, inputs(x), &state);
                let detached = |layer: State| layer.into_iter().map(Tensor::detach).collect();
                state = next.into_iter().map(detached).collect();
                let error = prediction - target;
                let loss = (error.clone() * error).mean();
                let old = net.take().expect("put back");
                let grads = GradientsParams::from_grads(loss.backward(), &old);
                net = Some(optimizer.step(LEARNING_RATE, old, grads));
                Ok(loss.into_scalar())
            })
        }
        Task::Stream => {
            let values = Workload::stream_values();
            args.run("burn", version, None, || {
                let x = inputs(&values[number % values.len()..][..1]);
                number += 1;
                let (prediction, next) =
                    net.as_ref().expect("put back").forward(&w, hoisted, x, &state);
                state = next;
                Ok(prediction.into_scalar())
            })
        }
        Task::Forward => {
            let mut run = || -> Result<Vec<f32>> {
                let (x, _) = &windows[number % 2];
                number += 1;
                let (prediction, _) =
                    net.as_ref().expect("put back").forward(&w, hoisted, inputs(x), &state);
                Ok(prediction.into_data().try_to_vec().expect("f32 values"))
            };
            let curve = run()?[(w.steps - 1) * w.batch..][..args.curve].to_vec();
            args.run("burn", version, Some(curve), || Ok(run()?[0]))
        }
    }
}
