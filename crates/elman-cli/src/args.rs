//! What a person types, as types.

mod bench;
mod common;
mod explain;
mod export;
mod given;
mod inspect;
mod mistake;
mod panel;
mod play;
mod serve;
mod size;
mod stream;
mod text;
mod train;
mod training;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use elman::nn::cells::CellEntry;
use elman::nn::losses::{LossEntry, Predicts};
use elman::nn::registry::Entry;

pub use bench::BenchArgs;
pub use common::{CommonArgs, CsvArgs};
pub use explain::ExplainArgs;
pub use export::{ExportArgs, ExportFormat};
pub use given::Given;
pub use inspect::InspectArgs;
pub use mistake::in_words;
pub use panel::{BacktestArgs, ColumnArgs, ForecastArgs, PanelArgs, TuneArgs};
pub use play::{PageArgs, PlayArgs, WatchArgs};
pub use serve::{LimitArgs, ServeArgs, ServedStreamArgs};
pub use stream::{SAVE_EVERY, StreamArgs};
pub use text::{TextCommand, TextEvalArgs, TextSampleArgs, TextTrainArgs};
pub use train::{ReadArgs, TrainArgs};
pub use training::{FileArgs, NetworkArgs, StackArgs, TrainingArgs};

/// Forecast time series with recurrent networks, and compare the forecasts with naive, theta and ETS.
#[derive(Debug, Parser)]
#[command(name = "elman", version, args_override_self = true, infer_subcommands = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 bad data, 4 training diverged, \
                        130 stopped by Ctrl-C.\n\n\
                        Start with the lesson: elman train\n\
                        Or with your data: elman forecast DATA.csv --horizon 12")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train one network on one series or many; without DATA, on the lesson, a sine wave.
    #[command(after_help = TRAIN_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    #[command(mut_arg("port", |arg| arg.requires("watch")), mut_arg("no_open", |arg| arg.requires("watch")))]
    Train(Box<TrainArgs>),
    /// Forecast one series or many, from a data file or with a trained model.
    #[command(after_help = FORECAST_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Forecast(Box<ForecastArgs>),
    /// Backtest: rolling-origin evaluation (time-series cross-validation) beside the baselines.
    #[command(after_help = BACKTEST_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Backtest(Box<BacktestArgs>),
    /// Look inside a trained network: hidden state, gates, forgetting curve, gradients.
    #[command(after_help = EXPLAIN_EXAMPLES, args_override_self = true)]
    Explain(Box<ExplainArgs>),
    /// Describe a data file or a model file.
    #[command(after_help = INSPECT_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Inspect(Box<InspectArgs>),
    /// Hyperparameter search: random sampling with successive halving.
    #[command(after_help = TUNE_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Tune(Box<TuneArgs>),
    /// Serve: answer observations with forecasts over HTTP.
    #[command(after_help = SERVE_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Serve(Box<ServeArgs>),
    /// Stream: read observations from stdin, and forecast after each of them.
    #[command(after_help = STREAM_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Stream(Box<StreamArgs>),
    /// Character models: train, generate text, evaluate.
    #[command(after_help = text::EXAMPLES)]
    Text {
        #[command(subcommand)]
        command: TextCommand,
    },
    /// Export a trained network: as an ONNX model, or with a loader for PyTorch.
    #[command(after_help = EXPORT_EXAMPLES, args_override_self = true)]
    Export(Box<ExportArgs>),
    /// Benchmark: training and inference speed of this machine on standard workloads.
    #[command(after_help = BENCH_EXAMPLES, allow_negative_numbers = true, args_override_self = true)]
    Bench(Box<BenchArgs>),
    /// The playground: watch a network learn in the browser.
    #[command(after_help = PLAY_EXAMPLES)]
    Play(PlayArgs),
    /// Print a shell completion script.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

const TRAIN_EXAMPLES: &str = "\
Examples:
  The lesson, then with an LSTM and a chart:
    elman train
    elman train --cell lstm --max-steps 300 --plot lesson.html

  A series of a CSV file, with its last 24 values as test set:
    elman train sales.csv --target units --holdout 24 --save sales.safetensors

  Trained to predict the next 12 values at each time step:
    elman train sales.csv --horizon 12

  Watched in the browser:
    elman train sales.csv --watch

Ctrl-C saves a checkpoint and prints the command that continues the training.";

const FORECAST_EXAMPLES: &str = "\
Examples:
  One series or many, with 80 % and 95 % prediction intervals, as a table and a chart:
    elman forecast sales.csv --horizon 12 --level 80,95 --out future.csv --plot future.png

  Continue from the hidden state of a model of `elman train`:
    elman forecast sales.safetensors --horizon 12

  What if: a second forecast after assumed values, beside the first:
    elman forecast sales.safetensors --horizon 12 --assume \"2025-01=120,2025-02=130\" --plot both.png

  Continue after new values, which update the hidden state:
    elman forecast sales.safetensors new-sales.csv --horizon 12 --out future.csv

  With covariates; rows with an empty target at the end give the future covariates:
    elman forecast sales.csv --target units --futr-exog price,holiday --hist-exog visitors \\
      --static-exog region --calendar --horizon 28

  Save the model, and forecast a newer file without training:
    elman forecast sales.csv --horizon 12 --save all-shops.safetensors
    elman forecast all-shops.safetensors sales.csv --horizon 12";

const BACKTEST_EXAMPLES: &str = "\
Examples:
  12 months ahead, from 24 cutoffs:
    elman backtest sales.csv --horizon 12 --n-windows 24

  A week ahead from every week, refitted at each cutoff, with all forecasts in a table:
    elman backtest visits.csv --horizon 7 --n-windows 10 --step-size 7 --refit --out forecasts.csv

  Evaluate a trained model without training, at 24 cutoffs after the end of its training data:
    elman backtest sales.safetensors sales-until-today.csv --n-windows 24

Models are selected and trained once, on the data before the first cutoff. With --refit they are
selected and trained at each cutoff, which takes longer. --json has the scores of each series, to
find the worst.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  The network of the lesson, on its sine wave:
    elman train
    elman explain lesson.safetensors

  A network of a series, with heat maps of its hidden state and gates:
    elman train sales.csv --save sales.safetensors
    elman explain sales.safetensors sales.csv --plot inside.png

  The second network of an ensemble, for the forecast 12 steps ahead, as JSON:
    elman explain all-shops.safetensors sales.csv --network 2 --step-ahead 12 --json";
const EXPORT_EXAMPLES: &str = "\
Examples:
  An ONNX model, with the hidden state as input and output:
    elman train sales.csv --horizon 12 --save sales.safetensors
    elman export sales.safetensors

  The networks of a model selection, one file each:
    elman forecast shops.csv --horizon 12 --save shops.safetensors
    elman export shops.safetensors --format onnx --out shops.onnx

  The weights in PyTorch:
    elman export sales.safetensors --format pytorch
    python sales_pytorch.py

An ONNX file reads the values of a series and gives forecasts in its units where the preprocessing has ONNX operators;
for a season and covariates, and with --network-only, it reads rows of features. The metadata `elman` of the file
describe each input and output. Forecasts of ONNX Runtime differ from those of elman by less than 1e-5.";

const INSPECT_EXAMPLES: &str = "\
Examples:
  A data file: columns, dates, gaps, outliers, seasons, and a picture:
    elman inspect sales.csv
    elman inspect sales.csv --plot sales.png

  One series of many, and every series as one JSON document:
    elman inspect shops.csv --series shop_12
    elman inspect shops.csv --json

  A model or a checkpoint: tensors, hidden state, scores, provenance:
    elman inspect sales.safetensors

Exit code 3: elman forecast refuses the file. Its errors are printed with their places, and the file is
described as far as other options can read it.";

const TUNE_EXAMPLES: &str = "\
Examples:
  32 trials, and the forecast command with the best hyperparameters:
    elman tune sales.csv --horizon 12

  500 trials with a log; the same command continues a search that was stopped:
    elman tune visits.csv --horizon 28 --trials 500 --log visits-tune.jsonl

Trials are compared on the validation set, the last values of each series, so the error of the best
one is optimistic. elman backtest measures it at other cutoffs. --patience and --scope local do not
apply to a search.";

const SERVE_EXAMPLES: &str = "\
Examples:
  Forecasts of one model, at http://127.0.0.1:8000:
    elman serve sales.safetensors

  With the hidden states in a file: after a stop or a crash the same command continues:
    elman serve sales.safetensors --state sales.redb

  Two models, for clients of other machines that have the token:
    elman serve sales.safetensors visits.safetensors --host 0.0.0.0 --token-file token.txt

  An observation, and the forecast of its series:
    curl http://127.0.0.1:8000/observe --json '{\"unique_id\": \"a\", \"ds\": \"2024-01-01\", \"y\": 1.2}'
    curl http://127.0.0.1:8000/forecast/a?horizon=12

GET /openapi.json describes all requests and answers, GET /metrics is for Prometheus. Ctrl-C and
SIGTERM answer the running requests, save the states and end with exit code 0.";

const STREAM_EXAMPLES: &str = "\
Examples:
  A forecast of 12 values after each line that is added to a file:
    tail -n +1 -f feed.csv | elman stream model.safetensors --horizon 12

  With the state in a file: after a stop or a crash the same command continues:
    mosquitto_sub -t meters | elman stream model.safetensors --state meters.redb --save-state meters.redb

  With online training, and a summary of errors and coverage at the end:
    elman stream model.safetensors --learn --summary summary.json < sales.csv > forecasts.csv

A forecast is written at once. A line that is not an observation is reported on stderr and skipped. Ctrl-C, SIGTERM,
the end of stdin and the end of the reader of stdout save the state; the exit code after SIGTERM is 0.";

const BENCH_EXAMPLES: &str = "\
Examples:
  Two standard workloads, on two instruction sets:
    elman bench --workload W1,W3
    elman bench --workload W1,W3 --isa portable

  A custom network, measured for five seconds:
    elman bench --cell gru --hidden 50 --seq 100 --batch 16 --seconds 5 --json

A training step copies the window, runs forward and backward, updates the weights and reads the loss,
as in elman train. On a busy machine the fastest run is more reliable than the median.";

const PLAY_EXAMPLES: &str = "\
Examples:
  Serve the page on this machine, and open it:
    elman play

  Without a browser of this machine, at a port of your choice:
    elman play --no-open --port 7878

  The page as one file, which works offline and without this program:
    elman play --export playground.html

The page trains in the browser, with the engine of this program compiled to WebAssembly. It sends nothing anywhere.";

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
            Command::Forecast(args) => args.given = given,
            Command::Backtest(args) => args.given = given,
            Command::Inspect(args) => args.given = given,
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

/// The names of a registry, each with its summary.
fn names<E: Entry>() -> PossibleValuesParser {
    named(E::ALL.iter())
}

/// The entries of a registry, by name.
fn entries<E: Entry + Clone + Send + Sync>() -> impl TypedValueParser<Value = E> {
    names::<E>().try_map(|name| E::find(&name).cloned())
}

/// The cells, in capitals or not: `LSTM` is `lstm`.
fn cells() -> impl TypedValueParser<Value = String> {
    names::<CellEntry<f32>>().map(|cell| cell.to_lowercase())
}

/// The losses of the networks of `train`, which have one output for each value.
fn point_losses() -> PossibleValuesParser {
    named(LossEntry::<f32>::ALL.iter().filter(|loss| loss.predicts() == Predicts::Point))
}

fn named<E: Entry>(entries: impl Iterator<Item = &'static E>) -> PossibleValuesParser {
    PossibleValuesParser::new(entries.map(|e| PossibleValue::new(e.name()).help(e.summary())))
}

/// The most steps of a horizon or a season.
const MAX_STEPS: i64 = 1 << 20;

/// The length of a season in steps, or 0.
fn season() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u32).range(0..=MAX_STEPS).map(|steps| steps as usize)
}
