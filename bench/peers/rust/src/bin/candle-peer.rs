//! candle on one workload.
//!
//! Variants are two writings of the recurrence by tensors: `steps` multiplies each time step's
//! input by itself; `hoisted` makes one product of all time steps first and slices it, which is
//! the faster forward pass, but the gradient of a slice is as large as the whole.

use anyhow::Result;
use candle_core::{D, Device, Tensor, Var};
use candle_nn::ops::sigmoid;
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use elman_peers::{Args, Cell, LEARNING_RATE, Task, Workload};

struct Layer {
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor,
    b_hh: Tensor,
}

struct Network {
    workload: Workload,
    hoisted: bool,
    layers: Vec<Layer>,
    fc_weight: Tensor,
    fc_bias: Tensor,
    /// What the optimiser changes; none when nothing is trained, so that nothing is recorded.
    vars: Vec<Var>,
}

/// One layer's memory: h, and c of an LSTM.
type State = Vec<Tensor>;

impl Network {
    fn load(args: &Args) -> Result<Self> {
        let mut vars = Vec::new();
        let mut tensor = |name: &str| -> Result<Tensor> {
            let (shape, values) = args.weights.get(name)?;
            if args.workload.task != Task::Train {
                return Ok(Tensor::from_slice(values, shape, &Device::Cpu)?);
            }
            vars.push(Var::from_slice(values, shape, &Device::Cpu)?);
            Ok(vars[vars.len() - 1].as_tensor().clone())
        };
        let mut layers = Vec::new();
        for l in 0..args.workload.layers {
            layers.push(Layer {
                w_ih: tensor(&format!("rnn.weight_ih_l{l}"))?,
                w_hh: tensor(&format!("rnn.weight_hh_l{l}"))?,
                b_ih: tensor(&format!("rnn.bias_ih_l{l}"))?,
                b_hh: tensor(&format!("rnn.bias_hh_l{l}"))?,
            });
        }
        let (fc_weight, fc_bias) = (tensor("fc.weight")?, tensor("fc.bias")?);
        let hoisted = args.variant == "hoisted";
        Ok(Self { workload: args.workload, hoisted, layers, fc_weight, fc_bias, vars })
    }

    fn zero_state(&self) -> Result<Vec<State>> {
        let w = &self.workload;
        let zeros = Tensor::zeros((w.batch, w.hidden), candle_core::DType::F32, &Device::Cpu)?;
        let parts = if w.cell == Cell::Lstm { 2 } else { 1 };
        Ok(vec![vec![zeros; parts]; w.layers])
    }

    /// Predictions [T·B, 1] of inputs [T, B, I], and the new state.
    fn forward(&self, x: &Tensor, state: &[State]) -> Result<(Tensor, Vec<State>)> {
        let w = &self.workload;
        let mut inputs: Vec<Tensor> = (0..w.steps).map(|t| x.get(t)).collect::<Result<_, _>>()?;
        let mut states = Vec::new();
        for (layer, state) in self.layers.iter().zip(state) {
            let (w_ih, w_hh) = (layer.w_ih.t()?, layer.w_hh.t()?);
            // GRU's biases stay apart: its reset gate stands between them.
            let bias = match w.cell {
                Cell::Gru => layer.b_ih.clone(),
                _ => (&layer.b_ih + &layer.b_hh)?,
            };
            let gates: Vec<Tensor> = if self.hoisted {
                let all = Tensor::cat(&inputs, 0)?.matmul(&w_ih)?.broadcast_add(&bias)?;
                (0..w.steps)
                    .map(|t| all.narrow(0, t * w.batch, w.batch))
                    .collect::<Result<_, _>>()?
            } else {
                let gates = |x: &Tensor| x.matmul(&w_ih)?.broadcast_add(&bias);
                inputs.iter().map(gates).collect::<Result<_, _>>()?
            };
            let mut state = state.clone();
            for (gates, output) in gates.iter().zip(&mut inputs) {
                let product = state[0].matmul(&w_hh)?;
                state = match w.cell {
                    Cell::Rnn => vec![(gates + product)?.tanh()?],
                    Cell::Gru => {
                        let product = product.broadcast_add(&layer.b_hh)?;
                        let (x, h) = (gates.chunk(3, D::Minus1)?, product.chunk(3, D::Minus1)?);
                        let r = sigmoid(&(&x[0] + &h[0])?)?;
                        let z = sigmoid(&(&x[1] + &h[1])?)?;
                        let n = (&x[2] + (r * &h[2])?)?.tanh()?;
                        // (1 - z)·n + z·h, with one operation less
                        vec![(&n + (z * (&state[0] - &n)?)?)?]
                    }
                    Cell::Lstm => {
                        let gates = (gates + product)?.chunk(4, D::Minus1)?;
                        let (i, f, o) =
                            (sigmoid(&gates[0])?, sigmoid(&gates[1])?, sigmoid(&gates[3])?);
                        let c = ((f * &state[1])? + (i * gates[2].tanh()?)?)?;
                        vec![(o * c.tanh()?)?, c]
                    }
                };
                *output = state[0].clone();
            }
            states.push(state);
        }
        let hidden = if inputs.len() == 1 { inputs.remove(0) } else { Tensor::cat(&inputs, 0)? };
        Ok((hidden.matmul(&self.fc_weight.t()?)?.broadcast_add(&self.fc_bias)?, states))
    }
}

fn detached(state: &[State]) -> Vec<State> {
    state.iter().map(|layer| layer.iter().map(Tensor::detach).collect()).collect()
}

fn main() -> Result<()> {
    let args = Args::parse(&["steps", "hoisted"])?;
    let w = args.workload;
    let net = Network::load(&args)?;
    let windows = [w.window(0), w.window(1)];
    let inputs = |x: &[f32]| Tensor::from_slice(x, (w.steps, w.batch, w.inputs), &Device::Cpu);
    let mut state = net.zero_state()?;
    let mut number = 0;
    let version = "0.11.1";
    match w.task {
        Task::Train => {
            let params = ParamsAdamW { lr: LEARNING_RATE, weight_decay: 0.0, ..Default::default() };
            let mut optimizer = AdamW::new(net.vars.clone(), params)?;
            args.run("candle", version, None, || {
                let (x, target) = &windows[number % 2];
                number += 1;
                let target = Tensor::from_slice(target, (w.steps * w.batch, 1), &Device::Cpu)?;
                let (prediction, next) = net.forward(&inputs(x)?, &state)?;
                state = detached(&next);
                let loss = candle_nn::loss::mse(&prediction, &target)?;
                optimizer.backward_step(&loss)?;
                Ok(loss.to_scalar()?)
            })
        }
        Task::Stream => {
            let values = Workload::stream_values();
            args.run("candle", version, None, || {
                let x = inputs(&values[number % values.len()..][..1])?;
                number += 1;
                let (prediction, next) = net.forward(&x, &state)?;
                state = next;
                Ok(prediction.flatten_all()?.to_vec1::<f32>()?[0])
            })
        }
        Task::Forward => {
            let mut run = || -> Result<Vec<f32>> {
                let (x, _) = &windows[number % 2];
                number += 1;
                Ok(net.forward(&inputs(x)?, &state)?.0.flatten_all()?.to_vec1()?)
            };
            let curve = run()?[(w.steps - 1) * w.batch..][..args.curve].to_vec();
            args.run("candle", version, Some(curve), || Ok(run()?[0]))
        }
    }
}
