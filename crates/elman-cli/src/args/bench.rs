//! What a person types after `elman bench`.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use elman::nn::cells::CellEntry;

use super::{CommonArgs, names};
use crate::commands::bench::workloads;

#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Which standard workloads, as in `W1,W3` [default: all].
    #[arg(long, value_name = "NAME", value_delimiter = ',', ignore_case = true)]
    #[arg(value_parser = workload_names())]
    pub workload: Vec<String>,
    /// An instruction set this machine has; on x86-64 portable, avx2, avx512, amx
    /// [default: the newest except amx].
    #[arg(long, value_name = "NAME")]
    pub isa: Option<String>,
    /// Runs of each workload; the median and the fastest are told.
    #[arg(long, value_name = "N", default_value_t = 7)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// Time for all runs of a workload together; a run has at least one step.
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = seconds)]
    pub seconds: f64,
    #[command(flatten)]
    pub network: CustomArgs,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Any of these makes the workload `custom`. The names are those of `elman train`.
#[derive(Debug, Args)]
#[command(next_help_heading = "A workload of your own")]
pub struct CustomArgs {
    /// The recurrent cell [default: rnn].
    #[arg(long, value_parser = names::<CellEntry<f32>>())]
    pub cell: Option<String>,
    /// Features a step [default: 1].
    #[arg(long, visible_alias = "input", value_name = "I")]
    pub input_size: Option<usize>,
    /// Hidden units a layer [default: 32].
    #[arg(long, visible_alias = "hidden", value_name = "H")]
    pub hidden_size: Option<usize>,
    /// Recurrent layers [default: 1].
    #[arg(long, visible_alias = "layers", value_name = "L")]
    pub num_layers: Option<usize>,
    /// Steps of a window [default: 20].
    #[arg(long, visible_alias = "seq", value_name = "T")]
    pub seq_length: Option<usize>,
    /// Parallel streams [default: 1].
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
