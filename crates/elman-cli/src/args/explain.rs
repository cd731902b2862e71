//! What a person types after `elman explain`.

use std::path::PathBuf;

use clap::Args;

use super::common::{ConfigArgs, JsonArgs, QuietArgs};
use super::{MAX_STEPS, ReadArgs};

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A model of `elman train`, or of `elman forecast --save`.
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// The series on which the network is explained: CSV, Parquet, Arrow, JSON Lines, Excel or .tsf (also .gz); `-` for stdin
    /// [default: the sine wave, for a model of the lesson].
    #[arg(value_name = "DATA")]
    pub data: Option<PathBuf>,
    /// Number of the network in an ensemble.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub network: u16,
    /// Step of the horizon whose forecast is explained.
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MAX_STEPS))]
    pub step_ahead: u32,
    /// Time steps to look at, the last of the series [default: four seasons, at least 240 and at most 2000].
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u32).range(1..=MAX_STEPS))]
    pub last: Option<u32>,
    /// Write the charts: .png, .svg or .html. Repeat the option for several files.
    #[arg(long, value_name = "FILE", action = clap::ArgAction::Append)]
    pub plot: Vec<PathBuf>,
    /// How data are read, where it differs from the training.
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub output: JsonArgs,
    #[command(flatten)]
    pub notes: QuietArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}
