//! What a person types, as types.

mod bench;
mod panel;
mod text;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use elman::nn::cells::CellEntry;
use elman::nn::losses::{LossEntry, Predicts};
use elman::nn::optim::OptimizerEntry;
use elman::nn::registry::Entry;
use elman::nn::schedules::ScheduleEntry;

pub use bench::BenchArgs;
pub use panel::{BacktestArgs, ForecastArgs, PanelArgs, TuneArgs};
pub use text::{TextCommand, TextEvalArgs, TextSampleArgs, TextTrainArgs};

/// Recurrent networks that remember: train one, and forecast with it.
#[derive(Debug, Parser)]
#[command(name = "elman", version, args_override_self = true, infer_subcommands = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 bad data, 4 training diverged, \
                        130 stopped by Ctrl-C.\n\n\
                        Begin with the lesson: elman train")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a network; without DATA, on the lesson's sine wave.
    #[command(after_help = TRAIN_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Train(Box<TrainArgs>),
    /// The future of a series, or of many: straight from data, or from a trained model.
    #[command(after_help = FORECAST_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Forecast(Box<ForecastArgs>),
    /// What would have been forecast at earlier times, beside the baselines.
    #[command(after_help = BACKTEST_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Backtest(Box<BacktestArgs>),
    /// Search the cell, sizes and rates that suit the data: at random, the better half trained on.
    #[command(after_help = TUNE_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Tune(Box<TuneArgs>),
    /// Learn a text character by character, and let the network write.
    #[command(after_help = text::EXAMPLES)]
    Text {
        #[command(subcommand)]
        command: TextCommand,
    },
    /// Measure the speed of this machine on the standard workloads.
    #[command(after_help = BENCH_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Bench(Box<BenchArgs>),
    /// Print a script that completes elman's commands and options in your shell.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

const TRAIN_EXAMPLES: &str = "\
Examples:
  The lesson, then the same with gates and a picture to keep:
    elman train
    elman train --cell lstm --steps 300 --plot lesson.html

  A real series, its last 24 values held out:
    elman train sales.csv --target units --holdout 24 --save sales.safetensors

Ctrl-C saves a checkpoint and prints the command that goes on.";

const FORECAST_EXAMPLES: &str = "\
Examples:
  Straight from a file of one series or many, with bands:
    elman forecast sales.csv --horizon 12 --level 80,95 --out future.csv --plot future.png

  Go on from where the memory of a trained model ended:
    elman forecast sales.safetensors --horizon 12

  First run what has come in since through the memory:
    elman forecast sales.safetensors new-sales.csv --horizon 12 --out future.csv

  With what is known beside the sales; rows with an empty target at the end are the future:
    elman forecast sales.csv --target units --futr-exog price,holiday --hist-exog visitors \\
      --static-exog region --calendar --horizon 28

  Keep the networks of a forecast, and a month later forecast the newer file without training:
    elman forecast sales.csv --horizon 12 --save all-shops.safetensors
    elman forecast all-shops.safetensors sales.csv --horizon 12";

const BACKTEST_EXAMPLES: &str = "\
Examples:
  A year ahead, at the last 24 month ends:
    elman backtest sales.csv --horizon 12 --windows 24

  A week ahead, every week, each time trained anew, every forecast kept:
    elman backtest visits.csv --horizon 7 --windows 10 --step 7 --refit --out said.csv

Networks are chosen and trained on what was known before the first cutoff, so the last forecasts are
made with older knowledge than you will have; --refit takes that away, at the price of its time.";

const TUNE_EXAMPLES: &str = "\
Examples:
  Thirty-two settings, and the command that takes the best:
    elman tune sales.csv --horizon 12

  Many, on all cores, in a log from which the same command goes on if it is stopped:
    elman tune visits.csv --horizon 28 --trials 500 --log visits-tune.jsonl

Settings are judged on the last known values, on the view of the data that is best there. The best of many
tries looks better there than it is: elman backtest shows what it is worth at other times.";

const BENCH_EXAMPLES: &str = "\
Examples:
  Two of the standard workloads, on two instruction sets of this machine:
    elman bench --workload W1,W3
    elman bench --workload W1,W3 --isa portable

  A network of your own, measured for five seconds:
    elman bench --cell gru --hidden 50 --seq 100 --batch 16 --seconds 5 --json

A step is what `elman train` does in one: the window copied in, forward, backward, the update, and
the loss read out. On a busy machine trust the fastest run more than the median.";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  elman completions bash > ~/.local/share/bash-completion/completions/elman
  elman completions fish > ~/.config/fish/completions/elman.fish";

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Every command")]
pub struct CommonArgs {
    /// Print exactly one JSON document on stdout.
    #[arg(long)]
    pub json: bool,
    /// Print results only, no notes and no progress.
    #[arg(long, short)]
    pub quiet: bool,
    /// The seed of everything random; the same seed gives the same bits.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Threads to use [default: one for small networks, otherwise those of the machine]; results
    /// never depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Take options from a TOML file: the same names, `_` for `-`; options given here win.
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct TrainArgs {
    /// A file with the series to learn: CSV, Parquet, Arrow, lines of JSON or .tsf (also .gz); the lesson's
    /// sine wave if left out.
    #[arg(value_name = "DATA")]
    pub data: Option<PathBuf>,
    /// The same as DATA; `sine` is the lesson's wave.
    #[arg(long = "data", value_name = "DATA", conflicts_with = "data")]
    pub data_option: Option<PathBuf>,
    #[command(flatten)]
    pub network: NetworkArgs,
    #[command(flatten)]
    pub training: TrainingArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub made_ready: SeriesArgs,
    #[command(flatten)]
    pub files: FileArgs,
    #[command(flatten)]
    pub common: CommonArgs,
    /// The options that were given, on the command line or in the `--config` file.
    #[arg(skip)]
    pub given: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// The recurrent cell [default: rnn; lstm for a file].
    #[arg(long, value_parser = names::<CellEntry<f32>>())]
    pub cell: Option<String>,
    /// Hidden units a layer [default: 32].
    #[arg(long, visible_alias = "hidden", value_name = "H")]
    pub hidden_size: Option<usize>,
    /// Recurrent layers [default: 1].
    #[arg(long, visible_alias = "layers", value_name = "L")]
    pub num_layers: Option<usize>,
    #[command(flatten)]
    pub stack: StackArgs,
    /// Features a step of the sine wave: its first harmonics [default: 1].
    #[arg(long, visible_alias = "input", value_name = "I")]
    pub input_size: Option<usize>,
    /// Probability of dropping a value between layers in training [default: 0].
    #[arg(long, value_name = "P")]
    pub dropout: Option<f64>,
    /// Start from weights under PyTorch's names.
    #[arg(long, value_name = "WEIGHTS.safetensors")]
    pub init: Option<PathBuf>,
}

/// How recurrent layers are stacked.
#[derive(Debug, Args)]
pub struct StackArgs {
    /// For each recurrent layer, how many steps back its memory goes on from: 1,4 for two layers, the second
    /// of which skips three [default: 1 in all].
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    pub dilations: Vec<usize>,
    /// Add the input of each recurrent layer but the first to its output.
    #[arg(long)]
    pub residual: bool,
}

impl StackArgs {
    /// The number of layers: as was asked for, or one for each dilation.
    pub fn layers(&self, asked: Option<usize>) -> Option<usize> {
        asked.or((!self.dilations.is_empty()).then_some(self.dilations.len()))
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Training")]
pub struct TrainingArgs {
    /// Steps of a window: how far the gradient reaches back [default: 20; two seasons for a file].
    #[arg(long, visible_alias = "seq", value_name = "T")]
    pub seq_length: Option<usize>,
    /// Parallel streams, each with its own memory [default: 1; by its length for a file].
    #[arg(long, value_name = "B")]
    pub batch_size: Option<usize>,
    /// Optimiser steps [default: 75; 500 for a file].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub steps: Option<u64>,
    /// An instruction set this machine has, see `elman bench`; `amx` is the fastest for many hidden
    /// units [default: the newest but amx].
    #[arg(long, value_name = "NAME")]
    pub isa: Option<String>,
    /// The learning rate [default: 0.01; 0.003 for a file].
    #[arg(long, visible_alias = "lr", value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// The optimiser [default: adam].
    #[arg(long, value_parser = names::<OptimizerEntry<f32>>())]
    pub optimizer: Option<String>,
    /// sgd, rmsprop: how much of the last update goes on [default: 0].
    #[arg(long, value_name = "SHARE")]
    pub momentum: Option<f64>,
    /// Pull weights towards zero [default: 0].
    #[arg(long, value_name = "RATE")]
    pub weight_decay: Option<f64>,
    /// The loss [default: mse].
    #[arg(long, value_parser = point_losses())]
    pub loss: Option<String>,
    /// The largest norm of the gradient; 0 for no limit [default: 0; 1 for a file].
    #[arg(long, value_name = "NORM")]
    pub clip: Option<f64>,
    /// How the learning rate moves [default: constant; cosine for a file].
    #[arg(long, value_parser = names::<ScheduleEntry>())]
    pub schedule: Option<String>,
    /// Steps in which the learning rate first grows [default: 0; 20 for a file].
    #[arg(long, value_name = "N")]
    pub warmup: Option<u64>,
    /// Schedule `step`: steps between two drops [default: 1000].
    #[arg(long, value_name = "N")]
    pub schedule_step: Option<u64>,
    /// Schedules `step` and `plateau`: the factor of a drop [default: 0.5].
    #[arg(long, value_name = "FACTOR")]
    pub schedule_factor: Option<f64>,
    /// Schedule `cosine`: the share of the rate left at the end [default: 0].
    #[arg(long, value_name = "SHARE")]
    pub schedule_floor: Option<f64>,
    /// Schedule `plateau`: evaluations without improvement before a drop [default: 5].
    #[arg(long, value_name = "N")]
    pub schedule_patience: Option<u64>,
    /// Forget the memory at the end of every window instead of carrying it on.
    #[arg(long)]
    pub no_carry: bool,
    /// Steps between two reports [default: 15; a fifth of all for a file].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub print_every: Option<u64>,
    /// Steps between two evaluations, for `plateau` and `--patience` [default: 15; 50 for a file].
    #[arg(long, value_name = "N")]
    pub val_every: Option<u64>,
    /// Stop early after so many evaluations without improvement, and take the best weights. For a
    /// file, they are judged on a fifth of the training part, which is then not trained on.
    #[arg(long, value_name = "N")]
    pub patience: Option<u64>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub struct ReadArgs {
    /// The column to forecast [default: `y`, or the only column of numbers].
    #[arg(long, value_name = "COL")]
    pub target: Option<String>,
    /// The column of dates; `none` counts the rows [default: `ds`, or the only column of dates].
    #[arg(long, value_name = "COL")]
    pub time_col: Option<String>,
    /// The column that names the series in a file of several.
    #[arg(long, value_name = "COL")]
    pub id_col: Option<String>,
    /// Which series of a file of several.
    #[arg(long, value_name = "ID")]
    pub series: Option<String>,
    /// What to do about values that are missing [default: mask, which leaves them out of account;
    /// error for `train`, which has no mask].
    #[arg(long, value_parser = ["error", "interpolate", "drop", "mask"])]
    pub missing: Option<String>,
    /// What to do about a date that stands twice [default: error].
    #[arg(long, value_parser = ["error", "mean", "first", "last"])]
    pub duplicates: Option<String>,
    /// Put the rows in the order of their dates.
    #[arg(long)]
    pub sort: bool,
    /// Day and month in dates such as 01/02/2006.
    #[arg(long, value_parser = ["dmy", "mdy", "ymd"])]
    pub date_order: Option<String>,
    /// The step of the dates, if it is not the most frequent one: M, D, h, 30min, …
    #[arg(long, value_name = "FREQ")]
    pub freq: Option<String>,
}

/// How a series is made ready for training.
#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub struct SeriesArgs {
    /// Whether the network learns the next value or the next change [default: changes].
    #[arg(long, value_parser = ["changes", "values"])]
    pub learn: Option<String>,
    /// How values or changes are scaled for the network [default: standard].
    #[arg(long, value_parser = scaler_names())]
    pub scaler: Option<String>,
    /// The length of the season in steps; 0 for none [default: found from dates and values].
    #[arg(long, value_name = "STEPS")]
    pub season: Option<usize>,
    /// Values at the end that training does not see [default: a fifth].
    #[arg(long, value_name = "STEPS")]
    pub holdout: Option<usize>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Files and display")]
pub struct FileArgs {
    /// Where the model goes [default: lesson.safetensors, or the data file's name].
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Keep the pictures: .png, .svg or .html. May be given more than once.
    #[arg(long, value_name = "FILE", action = clap::ArgAction::Append)]
    pub plot: Vec<PathBuf>,
    /// Write checkpoints here, from which `--resume` goes on exactly.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Steps between two checkpoints [default: a tenth of all, with --checkpoint].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub checkpoint_every: Option<u64>,
    /// Go on from a checkpoint, with its settings; only --steps may change.
    #[arg(long, value_name = "CHECKPOINT")]
    pub resume: Option<PathBuf>,
    /// Lines and small pictures in text, no live view.
    #[arg(long)]
    pub plain: bool,
}

impl CommonArgs {
    /// The threads asked for, and those of the machine.
    pub fn threads(&self) -> (Option<usize>, usize) {
        let of_machine = std::thread::available_parallelism().map_or(1, usize::from);
        (self.threads.map(usize::from), of_machine)
    }
}

impl Cli {
    /// Parses the arguments; ends the program on a mistake, or after `--help`.
    pub fn parse_given(args: Vec<std::ffi::OsString>) -> Self {
        let command = Self::command();
        let matches = command.clone().get_matches_from(args);
        let mut cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        if let (Command::Train(train), Some((name, matches))) =
            (&mut cli.command, matches.subcommand())
        {
            let options = command.find_subcommand(name).into_iter().flat_map(|c| c.get_arguments());
            train.given = options
                .map(|option| option.get_id().as_str())
                .filter(|id| matches.value_source(id) == Some(ValueSource::CommandLine))
                .map(str::to_owned)
                .collect();
        }
        cli
    }
}

/// Puts an option that was given in the place of what stands there.
pub fn put<T: Clone>(to: &mut T, from: &Option<T>) {
    if let Some(value) = from {
        to.clone_from(value);
    }
}

/// The names of a registry, each with its sentence.
fn names<E: Entry>() -> PossibleValuesParser {
    named(E::ALL.iter())
}

/// The losses of the networks of `train`, which have one output for each value.
fn point_losses() -> PossibleValuesParser {
    named(LossEntry::<f32>::ALL.iter().filter(|loss| loss.predicts() == Predicts::Point))
}

fn named<E: Entry>(entries: impl Iterator<Item = &'static E>) -> PossibleValuesParser {
    PossibleValuesParser::new(entries.map(|e| PossibleValue::new(e.name()).help(e.summary())))
}

fn scaler_names() -> PossibleValuesParser {
    let all = elman::scalers::ALL.iter();
    PossibleValuesParser::new(all.map(|s| PossibleValue::new(s.name()).help(s.about())))
}
