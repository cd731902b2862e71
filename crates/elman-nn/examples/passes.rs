//! Forward passes of a network of a model file, for comparisons with other programs (`golden/onnx_parity.py`).
//!
//! ```text
//! passes MODEL.safetensors NETWORK.json INPUT.safetensors OUTPUT.safetensors
//! ```
//!
//! `NETWORK.json` has `model` (the sizes), `prefix` (of the tensors in the model file), `loss` and `quantiles`. The input has
//! `x` [T, B, I], and the states before the window, such as `h_0` [L, B, H]. The output has `whole.output` [T, B, K] and the
//! states after the window, such as `whole.h_n`, from one pass over the window; the same with `steps.` from T passes over one
//! time step each; and, for a loss with quantiles, `quantiles` [T, B, h, Q] from the outputs of the whole window.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use elman_nn::file::ModelFile;
use elman_nn::losses::Loss;
use elman_nn::{Model, ModelConfig, Params, State};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

/// The description of the network.
#[derive(Deserialize)]
struct Network {
    model: ModelConfig,
    prefix: String,
    loss: String,
    quantiles: Vec<f64>,
}

/// Tensors by their names: shape and values.
type Tensors = HashMap<String, (Vec<usize>, Vec<f32>)>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, network, input, output] = &arguments[..] else {
        return Err("usage: passes MODEL NETWORK INPUT OUTPUT".into());
    };
    let network: Network = serde_json::from_str(&std::fs::read_to_string(network)?)?;
    let file = ModelFile::<f32>::read(Path::new(model))?;
    let (model, params) = file.model(&network.model, &network.prefix)?;
    let input = read(Path::new(input))?;
    let (shape, x) = &input["x"];
    let (steps, batch) = (shape[0], shape[1]);
    let mut tensors = Tensors::new();
    let mut state = start(&model, batch, &input)?;
    let whole = pass(&model, &params, (steps, batch), x, &mut state)?;
    quantiles(&network, (steps, batch), &whole, &mut tensors)?;
    keep("whole", (whole, state), (steps, batch), &mut tensors);
    let mut state = start(&model, batch, &input)?;
    let mut outputs = Vec::new();
    for x in x.chunks_exact(x.len() / steps) {
        outputs.extend(pass(&model, &params, (1, batch), x, &mut state)?);
    }
    keep("steps", (outputs, state), (steps, batch), &mut tensors);
    write(Path::new(output), &tensors)
}

/// The state before the window.
fn start(model: &Model<f32>, batch: usize, input: &Tensors) -> Result<State<f32>, Box<dyn Error>> {
    let mut state = model.zero_state(batch);
    for name in state.names() {
        let (_, values) = &input[&format!("{name}_0")];
        state.tensor_mut(name).ok_or("no such state")?.copy_from_slice(values);
    }
    Ok(state)
}

/// The outputs of a window; `state` is the one before it, and then the one after it.
fn pass(
    model: &Model<f32>,
    params: &Params<f32>,
    (steps, batch): (usize, usize),
    x: &[f32],
    state: &mut State<f32>,
) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut tape = model.tape(steps, batch);
    model.forward(params, x, state, &mut tape, None)?;
    Ok(tape.output().to_vec())
}

fn keep(
    prefix: &str,
    (output, state): (Vec<f32>, State<f32>),
    (steps, batch): (usize, usize),
    tensors: &mut Tensors,
) {
    let shape = vec![steps, batch, output.len() / steps / batch];
    tensors.insert(format!("{prefix}.output"), (shape, output));
    for name in state.names() {
        let values = state.tensor(name).unwrap_or_default().to_vec();
        tensors.insert(format!("{prefix}.{name}_n"), (state.shape().to_vec(), values));
    }
}

/// The quantiles of each target at the levels of the loss.
fn quantiles(
    network: &Network,
    (steps, batch): (usize, usize),
    outputs: &[f32],
    tensors: &mut Tensors,
) -> Result<(), Box<dyn Error>> {
    if network.quantiles.is_empty() {
        return Ok(());
    }
    let loss = Loss::<f32>::new(&network.loss, &network.quantiles)?;
    let targets = outputs.chunks_exact(loss.outputs_per_target());
    let at = |o: &[f32]| -> Vec<f32> {
        let levels = network.quantiles.iter();
        levels.filter_map(|level| loss.quantile(o, *level)).map(|q| q as f32).collect()
    };
    let values: Vec<f32> = targets.flat_map(at).collect();
    let count = network.quantiles.len();
    let shape = vec![steps, batch, values.len() / steps / batch / count, count];
    tensors.insert("quantiles".to_owned(), (shape, values));
    Ok(())
}

fn read(path: &Path) -> Result<Tensors, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let file = SafeTensors::deserialize(&bytes)?;
    let tensors = file.tensors().into_iter().map(|(name, view)| {
        let values = view.data().chunks_exact(4);
        let values = values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        (name, (view.shape().to_vec(), values))
    });
    Ok(tensors.collect())
}

fn write(path: &Path, tensors: &Tensors) -> Result<(), Box<dyn Error>> {
    let bytes = tensors.iter().map(|(name, (shape, values))| {
        (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
    });
    let bytes: Vec<_> = bytes.collect();
    let views = bytes.iter().map(|(name, shape, bytes)| {
        TensorView::new(Dtype::F32, (*shape).clone(), bytes).map(|view| (*name, view))
    });
    let views = views.collect::<Result<Vec<_>, _>>()?;
    std::fs::write(path, safetensors::serialize(views, None)?)?;
    Ok(())
}
