//! What a person types after `elman export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{ConfigArgs, JsonArgs, QuietArgs};

/// Format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// ONNX, opset 17: the states are inputs and outputs, time steps and batch size are free; one file for each network.
    Onnx,
    /// A Python module that loads the weights into PyTorch; it lies beside the model file.
    Pytorch,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A model of `elman train`, of `elman forecast --save` or of `elman text train`; `-` for stdin.
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// Format of the export.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ExportFormat::Onnx)]
    pub format: ExportFormat,
    /// File of the export [default: the name of the model, with `.onnx` or `_pytorch.py`]. Of several networks, each file has the
    /// name of its network before the ending: sales.net.0.onnx.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Export the network without preprocessing: its input is a row of features at each time step. For `--format onnx`.
    #[arg(long)]
    pub network_only: bool,
    #[command(flatten)]
    pub output: JsonArgs,
    #[command(flatten)]
    pub notes: QuietArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}
