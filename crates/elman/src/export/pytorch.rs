//! A loader for PyTorch: modules with the sizes and the parameter names of a model file.

use elman_nn::ModelConfig;
use elman_nn::file::ModelFile;

use super::network::{Network, Source};
use super::weights::refused;
use crate::error::Result;

/// The module; words in angle brackets are replaced.
const TEMPLATE: &str = r#""""elman: loads the networks of <weights> into PyTorch; time first: x [T, B, I], output [T, B, K]."""
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn


class Network(nn.Module):
    def __init__(self, **modules: nn.Module) -> None:
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, <input>: torch.Tensor, state=None):
<embedding>        hidden, state = self.rnn(x, state)
        return <output>, state


networks = {
<networks>}
tensors = load_file(Path(__file__).with_name(<path>))
for prefix, network in networks.items():
    own = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
<tied>    network.load_state_dict(own, strict=True)
    network.eval()
"#;

/// The lines by which the head shares the weight of the embedding, which the file has once.
const TIED: &str = "    network.fc.weight = network.embedding.weight
    own[\"fc.weight\"] = own[\"embedding.weight\"]
";

/// The text of a Python module that loads the networks of a model file into `torch.nn` modules; the dictionary `networks` has them
/// by the prefixes of their tensors. `weights` is the name of the model file, which lies beside the module.
///
/// # Errors
/// A file without a trained network; dilated or residual layers, which PyTorch's recurrent layers do not have.
pub fn pytorch(file: &ModelFile<f32>, weights: &str) -> Result<String> {
    let source = Source::of(file)?;
    let (networks, _) = source.networks()?;
    let mut lines = String::new();
    for Network { prefix, config, .. } in &networks {
        lines += &format!("    {}: Network({}),\n", literal(prefix), modules(config)?);
    }
    // The networks of one file differ in sizes and in the linear skip connection alone.
    let config = &networks[0].config;
    let has_skip = networks.iter().any(|network| network.config.skip);
    let (input, embedding) = embedding(config);
    let tied = if config.tied { TIED } else { "" };
    let text = TEMPLATE
        .replace("<input>", input)
        .replace("<embedding>", &embedding)
        .replace("<output>", output(config, has_skip))
        .replace("<networks>", &lines)
        .replace("<tied>", tied)
        .replace("<path>", &literal(weights));
    // The name of the file comes last: it may have anything in it.
    Ok(text.replace("<weights>", &in_docstring(weights)))
}

/// The modules of a network as arguments.
fn modules(config: &ModelConfig) -> Result<String> {
    let ModelConfig { input_size, vocab_size, embedding_size, hidden_size, output_size, .. } =
        *config;
    if config.residual || config.depths().any(|depth| depth > 1) {
        return Err(refused(
            "PyTorch's recurrent layers have neither dilations nor residual connections, which this network has"
                .to_owned(),
            "`--format onnx` exports them",
        ));
    }
    // Each tail of the adaptive softmax is a quarter as wide as the one before: 1 at least here, and 0 in PyTorch.
    if hidden_size >> (2 * config.cutoffs.len()) == 0 {
        let reason = format!(
            "PyTorch's adaptive softmax needs a hidden size of {} for {} cutoffs, and this network has {hidden_size}",
            1_usize << (2 * config.cutoffs.len()),
            config.cutoffs.len()
        );
        return Err(refused(reason, "`--format onnx` exports the network"));
    }
    let inputs = match (vocab_size, embedding_size) {
        (0, _) => input_size,
        (_, 0) => vocab_size,
        _ => embedding_size,
    };
    let mut modules = vec![format!("rnn={}", recurrent(config, inputs)?)];
    if embedding_size > 0 {
        modules.push(format!("embedding=nn.Embedding({vocab_size}, {embedding_size})"));
    }
    modules.push(match config.cutoffs.is_empty() {
        true => format!("fc=nn.Linear({hidden_size}, {output_size})"),
        false => format!(
            "fc=nn.AdaptiveLogSoftmaxWithLoss({hidden_size}, {output_size}, {:?})",
            config.cutoffs
        ),
    });
    if config.skip {
        modules.push(format!("skip=nn.Linear({input_size}, {output_size}, bias=False)"));
    }
    Ok(modules.join(", "))
}

/// The recurrent layers as a call.
fn recurrent(config: &ModelConfig, inputs: usize) -> Result<String> {
    let ModelConfig { hidden_size, num_layers, dropout, .. } = *config;
    let (class, option) = match config.cell.as_str() {
        "rnn" => ("RNN", ""),
        "rnn_relu" => ("RNN", ", nonlinearity=\"relu\""),
        "gru" => ("GRU", ""),
        "lstm" => ("LSTM", ""),
        cell => {
            let reason = format!("PyTorch has no layer for the cell `{cell}`");
            return Err(refused(reason, "use the model file: `elman forecast MODEL`"));
        }
    };
    let dropout = match dropout > 0.0 && num_layers > 1 {
        true => format!(", dropout={dropout}"),
        false => String::new(),
    };
    Ok(format!("nn.{class}({inputs}, {hidden_size}, {num_layers}{option}{dropout})"))
}

/// The name of the input, and the lines that turn tokens into vectors.
fn embedding(config: &ModelConfig) -> (&'static str, String) {
    match (config.vocab_size, config.embedding_size) {
        (0, _) => ("x", String::new()),
        (size, 0) => {
            let one_hot = format!("nn.functional.one_hot(tokens, {size}).float()");
            ("tokens", format!("        x = {one_hot}\n"))
        }
        _ => ("tokens", "        x = self.embedding(tokens)\n".to_owned()),
    }
}

/// The output as an expression.
fn output(config: &ModelConfig, has_skip: bool) -> &'static str {
    match (config.cutoffs.is_empty(), has_skip) {
        (false, _) => "self.fc.log_prob(hidden.flatten(0, 1)).unflatten(0, hidden.shape[:2])",
        (true, false) => "self.fc(hidden)",
        (true, true) => "self.fc(hidden) + (self.skip(x) if hasattr(self, \"skip\") else 0.0)",
    }
}

/// A string literal of Python: JSON has a part of its escapes.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A file name inside a docstring.
fn in_docstring(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " ._-+".contains(c);
    name.chars().map(|c| if plain(c) { c } else { '_' }).collect()
}
