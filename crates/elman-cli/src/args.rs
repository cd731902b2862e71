//! What a person types, as types.

mod bench;
mod common;
mod given;
mod mistake;
mod panel;
mod size;
mod text;
mod train;
mod training;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use elman::nn::losses::{LossEntry, Predicts};
use elman::nn::registry::Entry;

pub use bench::BenchArgs;
pub use common::{CommonArgs, CsvArgs};
pub use given::Given;
pub use mistake::in_words;
pub use panel::{BacktestArgs, ForecastArgs, PanelArgs, TuneArgs};
pub use text::{TextCommand, TextEvalArgs, TextSampleArgs, TextTrainArgs};
pub use train::{ReadArgs, TrainArgs};
pub use training::{FileArgs, NetworkArgs, StackArgs, TrainingArgs};

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

impl Cli {
    /// Parses the arguments.
    ///
    /// # Errors
    /// A mistake, or the text of `--help` and `--version`.
    pub fn parse_given(args: Vec<std::ffi::OsString>) -> Result<Self, clap::Error> {
        let command = Self::command();
        let matches = command.clone().try_get_matches_from(args)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        let given = Given::of(&command, &matches);
        match &mut cli.command {
            Command::Train(args) => args.given = given,
            Command::Text { command: TextCommand::Train(args) } => args.given = given,
            _ => {}
        }
        Ok(cli)
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

/// The most steps of a horizon or a season.
const MOST_STEPS: i64 = 1 << 20;

/// The length of a season in steps, or 0.
fn season() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u32).range(0..=MOST_STEPS).map(|steps| steps as usize)
}

fn scaler_names() -> PossibleValuesParser {
    let all = elman::scalers::ALL.iter();
    PossibleValuesParser::new(all.map(|s| PossibleValue::new(s.name()).help(s.about())))
}
