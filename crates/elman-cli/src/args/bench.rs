//! What a person types after `elman bench`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::{CommonArgs, cells};
use crate::commands::bench::workloads;

#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Standard workloads, such as W1,W3 [default: all]. I: input features, H: hidden size, L: layers, T: time steps, B:
    /// batch size.
    #[arg(long, value_name = "NAME", value_delimiter = ',', ignore_case = true)]
    #[arg(value_parser = workload_names())]
    pub workload: Vec<String>,
    /// Instruction set: portable, avx2, avx512 or amx on x86-64, where the machine has it
    /// [default: the newest except amx].
    #[arg(long, value_name = "NAME")]
    pub isa: Option<String>,
    /// Runs of each workload; the median and the fastest are reported.
    #[arg(long, value_name = "N", default_value_t = 7)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// Total time of the runs of a workload, in seconds; a run has at least one optimizer step.
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = seconds)]
    pub seconds: f64,
    /// Losses of the first N optimizer steps of each training, in the JSON document, to compare with another program.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "json")]
    pub curve: u64,
    /// Initial weights: a .safetensors file with PyTorch's parameter names.
    #[arg(long, value_name = "WEIGHTS.safetensors")]
    pub init: Option<PathBuf>,
    #[command(flatten)]
    pub network: CustomArgs,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Any of these options defines a workload `custom`. The names are those of `elman train`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Custom workload")]
pub struct CustomArgs {
    /// Recurrent cell [default: rnn].
    #[arg(long, value_parser = cells(), ignore_case = true)]
    pub cell: Option<String>,
    /// Input features [default: 1].
    #[arg(long, visible_alias = "input", value_name = "I")]
    pub input_size: Option<usize>,
    /// Hidden size: units of a recurrent layer [default: 32].
    #[arg(long, visible_alias = "hidden", value_name = "H")]
    pub hidden_size: Option<usize>,
    /// Number of recurrent layers [default: 1].
    #[arg(long, visible_alias = "layers", value_name = "L")]
    pub num_layers: Option<usize>,
    /// Window of truncated backpropagation, in time steps [default: 20].
    #[arg(long, visible_alias = "seq", value_name = "T")]
    pub seq_length: Option<usize>,
    /// Batch size [default: 1].
    #[arg(long, visible_alias = "batch", value_name = "B")]
    pub batch_size: Option<usize>,
}

/// The names of the standard workloads, each with what it is.
fn workload_names() -> PossibleValuesParser {
    PossibleValuesParser::new(
        workloads::ALL
            .iter()
            .map(|w| PossibleValue::new(w.name).help(format!("{} ({w})", w.about))),
    )
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds.is_finite() => Ok(seconds),
        _ => Err("give seconds above 0, such as 0.5".to_owned()),
    }
}
