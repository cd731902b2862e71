//! `elman stream`: what a person types.

use std::path::PathBuf;

use clap::Args;
use elman::data::calendar::Frequency;
use elman::io::read::{Decimal, ReadOptions};
use elman::stream::{LearnConfig, StreamConfig};

use super::common::{ConfigArgs, QuietArgs};
use super::{CsvArgs, MAX_STEPS, entries};

/// Lines between two saves, by default.
pub const SAVE_EVERY: u64 = 10_000;

#[derive(Debug, Args)]
pub struct StreamArgs {
    /// A model of `elman train DATA` or of `elman forecast DATA --save`. Observations come from stdin: CSV or JSON Lines,
    /// one on each line.
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// Forecast horizon, in time steps, up to that of the training.
    #[arg(long, visible_aliases = ["h", "periods", "prediction-length"], value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MAX_STEPS))]
    pub horizon: u32,
    /// Stop at the first bad line, with exit code 3 [default: report and skip bad lines].
    #[arg(long)]
    pub strict: bool,
    /// Print lines per second, errors and coverage on stderr after every N lines.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub print_every: u64,
    /// Write the summary at the end to this file: .json.
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    #[command(flatten)]
    pub online: OnlineArgs,
    #[command(flatten)]
    pub state: StateArgs,
    #[command(flatten)]
    pub columns: StreamColumnArgs,
    #[command(flatten)]
    pub csv: CsvArgs,
    /// Print JSON Lines, for CSV input as well [default: the format of the input].
    #[arg(long, help_heading = "General options")]
    pub json: bool,
    #[command(flatten)]
    pub notes: QuietArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Online forecasts, of a stream and of a server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Online forecasts")]
pub struct OnlineArgs {
    /// Levels of the prediction intervals, in per cent: 90 for one interval, 50,90 for two [default: those of the model].
    #[arg(long, value_name = "PERCENT")]
    pub level: Vec<String>,
    /// The most absent time steps that count as missing values. After a longer gap the hidden state of the series is
    /// reset.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub max_gap: usize,
    #[command(flatten)]
    pub learning: LearnArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Online training")]
pub struct LearnArgs {
    /// Train the network on the observations: truncated backpropagation over the last time steps of the series.
    #[arg(long)]
    pub learn: bool,
    /// Learning rate of the online training [default: 0.001].
    #[arg(long, visible_alias = "lr", value_name = "RATE", requires = "learn")]
    pub learning_rate: Option<f64>,
    /// One optimizer step after every N observations of a series.
    #[arg(long, value_name = "N", requires = "learn", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub learn_every: u32,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "State file")]
pub struct StateArgs {
    /// Continue from the hidden states in this file. Observations that it has already are skipped as duplicates.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Save the hidden states of all series to this file, after every N lines and at the end. It can be the file of
    /// `--state`, which need not exist then.
    #[arg(long, value_name = "FILE")]
    pub save_state: Option<PathBuf>,
    /// Lines between two saves, each one transaction.
    #[arg(long, value_name = "N", default_value_t = SAVE_EVERY, requires = "save_state", value_parser = clap::value_parser!(u64).range(1..))]
    pub save_every: u64,
    /// Series whose state stays in memory between two saves; the least recently seen others are in the file alone
    /// [default: all].
    #[arg(long, value_name = "N", requires = "save_state", value_parser = clap::value_parser!(u32).range(1..))]
    pub resident: Option<u32>,
}

/// The columns of the input.
#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub struct StreamColumnArgs {
    /// The column to forecast [default: that of the training, `y`, or the only numeric column].
    #[arg(long, value_name = "COL")]
    pub target: Option<String>,
    /// The column with dates; `none` counts the observations instead [default: that of the training, `ds`, or the only
    /// column with dates].
    #[arg(long, visible_alias = "date-col", value_name = "COL")]
    pub time_col: Option<String>,
    /// The column with the name of the series, or several columns such as region,product; `none` reads all lines as one
    /// series [default: that of the training, or `unique_id`].
    #[arg(long, value_name = "COL")]
    pub id_col: Option<String>,
    /// Decimal separator [default: that of the training; point for JSON and between commas].
    #[arg(long, value_parser = entries::<Decimal>())]
    pub decimal: Option<Decimal>,
    /// Values that mean missing, such as -999,9999.
    #[arg(long, value_name = "VALUES", value_delimiter = ',', allow_hyphen_values = true)]
    pub missing_values: Vec<String>,
    /// Frequency of the dates, as for `elman forecast` [default: that of the model].
    #[arg(long, value_name = "FREQ")]
    pub freq: Option<String>,
}

impl StreamColumnArgs {
    /// The options of reading that were given.
    pub fn given(&self) -> ReadOptions {
        ReadOptions {
            target: self.target.clone(),
            time_col: self.time_col.clone(),
            id_col: self.id_col.clone(),
            decimal: self.decimal,
            missing_values: self.missing_values.clone(),
            ..ReadOptions::default()
        }
    }
}

impl OnlineArgs {
    /// Configuration of a stream with these options.
    pub fn config(&self, horizon: usize, freq: Option<Frequency>) -> StreamConfig {
        let Self { max_gap, learning, .. } = self;
        let usual = LearnConfig::default();
        let learn = learning.learn.then(|| LearnConfig {
            learning_rate: learning.learning_rate.unwrap_or(usual.learning_rate),
            every: learning.learn_every as usize,
        });
        StreamConfig { learn, max_gap: *max_gap, freq, ..StreamConfig::new(horizon) }
    }
}

impl StreamArgs {
    /// Lines between two saves of the state.
    pub fn save_every(&self) -> u64 {
        self.state.save_every
    }
}
