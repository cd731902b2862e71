//! `elman inspect`: what a person types.

use std::path::PathBuf;

use clap::Args;

use super::common::{ConfigArgs, JsonArgs, QuietArgs, ThreadArgs};
use super::{Given, ReadArgs};

#[derive(Debug, Args)]
pub struct InspectArgs {
    /// A data file, a model, or a checkpoint: its content decides. CSV, Parquet, Arrow, JSON Lines, Excel or .tsf (also
    /// .gz), or .safetensors; `-` for stdin.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Write a chart of the series, with gaps shaded and outliers marked: .png, .svg or .html. Repeat the option for
    /// several files.
    #[arg(long, value_name = "FILE", action = clap::ArgAction::Append)]
    pub plot: Vec<PathBuf>,
    /// Each column of numbers is a series; where the header has dates, each row is one.
    #[arg(long, help_heading = "Data")]
    pub wide: bool,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub output: JsonArgs,
    #[command(flatten)]
    pub notes: QuietArgs,
    #[command(flatten)]
    pub work: ThreadArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The options that were given.
    #[arg(skip)]
    pub given: Given,
}
