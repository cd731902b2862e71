//! What a person types for forecasts straight from data: `forecast`, `backtest`, `tune`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use elman::data::calendar::{FutureIndex, Until};
use elman::models::rnn::Likelihood;
use elman::nn::registry::Entry;
use elman::season::Decomposition;
use elman::select::{Model, Point, Scope};
use elman::transforms::scalers::Scaler;

use crate::failure::{Failure, USAGE};

use super::{
    CommonArgs, CsvArgs, Given, MAX_STEPS, ReadArgs, StackArgs, cells, entries, names,
    point_losses, season,
};

/// What a forecast straight from data depends on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Model")]
pub struct PanelArgs {
    /// Levels of the prediction intervals, in per cent: 90 for one interval, 50,90 for two [default: 80,95].
    #[arg(long, value_name = "PERCENT")]
    pub level: Vec<String>,
    /// Models, separated by commas: the first is the forecast of the report and the chart, each further one adds columns to the
    /// table [default: auto; network, with an option of networks such as --cell].
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = entries::<Model>())]
    pub model: Vec<Model>,
    /// Point forecast: the median of the predicted distribution, or its mean, which intermittent demand needs [default: median].
    #[arg(long, value_parser = entries::<Point>())]
    pub point: Option<Point>,
    /// Seasonal periods, in time steps: 12, or 24,168 for two; 0 for none [default: detected from dates and values].
    #[arg(long, visible_aliases = ["season-length", "seasonal-periods"], value_name = "STEPS", value_delimiter = ',', value_parser = season())]
    pub season: Vec<usize>,
    /// Seasonal decomposition, where the series is deseasonalized [default: classical].
    #[arg(long, value_parser = entries::<Decomposition>())]
    pub decomposition: Option<Decomposition>,
    /// Scope of the networks [default: global].
    #[arg(long, value_parser = entries::<Scope>())]
    pub scope: Option<Scope>,
    /// The recurrent cell [default: lstm].
    #[arg(long, value_parser = cells(), ignore_case = true)]
    pub cell: Option<String>,
    /// Hidden size: units of a recurrent layer [default: 40].
    #[arg(long, visible_alias = "hidden", value_name = "H", value_parser = clap::value_parser!(u16).range(1..))]
    pub hidden_size: Option<u16>,
    /// Recurrent layers [default: 1].
    #[arg(long, visible_alias = "layers", value_name = "L", value_parser = clap::value_parser!(u8).range(1..))]
    pub num_layers: Option<u8>,
    #[command(flatten)]
    pub stack: StackArgs,
    /// Peak learning rate [default: 0.003].
    #[arg(long, visible_alias = "lr", value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// Optimizer steps of a network [default: chosen by the number of values].
    #[arg(long, visible_alias = "steps", value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_steps: Option<u64>,
    /// Early stopping in model selection: stop after N of 20 evaluations without a lower validation error. The final
    /// networks stop after the same share of their steps [default: no early stopping].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub patience: Option<u64>,
    /// Window of truncated backpropagation, in time steps [default: 128; up to 256 with a long season].
    #[arg(long, visible_aliases = ["seq", "input-size"], value_name = "T", value_parser = clap::value_parser!(u16).range(1..))]
    pub seq_length: Option<u16>,
    /// Reset the hidden state at the start of each window [default: carry the hidden state from window to window].
    #[arg(long)]
    pub no_carry: bool,
    /// Output distribution of the networks. `point` gives conformal prediction intervals; the other likelihoods give
    /// quantiles of their distribution [default: point].
    #[arg(long, visible_alias = "head", value_parser = entries::<Likelihood>())]
    pub likelihood: Option<Likelihood>,
    /// Loss of the likelihood `point` [default: mae].
    #[arg(long, value_parser = point_losses())]
    pub loss: Option<String>,
    /// Scaler of the target [default: chosen by model selection: division by the mean, or a log transform where all
    /// values allow one].
    #[arg(long, value_parser = names::<Scaler>())]
    pub scaler: Option<String>,
    /// Instruction set, one that `elman bench` lists for this machine. Forecasts of two instruction sets differ in the last
    /// bits [default: the newest except amx].
    #[arg(long, value_name = "NAME")]
    pub isa: Option<String>,
    /// Clip forecasts and intervals at 0.
    #[arg(long)]
    pub non_negative: bool,
    /// Keep isolated outliers near the end of a series, such as an outage of one day. By default they count as missing
    /// values, and a note names them.
    #[arg(long)]
    pub keep_outliers: bool,
    #[command(flatten)]
    pub columns: ColumnArgs,
}

/// Columns of the data besides the target, and features of the dates.
#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub struct ColumnArgs {
    /// Read a wide table: every numeric column is a series.
    #[arg(long, conflicts_with = "target")]
    pub wide: bool,
    /// Future covariates: columns with known future values, such as a price or a holiday. Write the future values in
    /// rows with an empty target after the last value.
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    pub futr_exog: Vec<String>,
    /// Past covariates: columns known up to the last value, such as the number of visitors.
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    pub hist_exog: Vec<String>,
    /// Static covariates: columns that are constant in a series, such as its region.
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    pub static_exog: Vec<String>,
    /// Add calendar features as inputs: hour of the day, day of the week, day of the month, day of the year.
    #[arg(long)]
    pub calendar: bool,
}

impl PanelArgs {
    /// The first option that was given of those that change only networks.
    fn network_option(&self) -> Option<&'static str> {
        let is_fine_tuned = self.model.first() == Some(&Model::FineTuned);
        let options = [
            ("--cell", self.cell.is_some()),
            ("--hidden-size", self.hidden_size.is_some()),
            ("--num-layers", self.num_layers.is_some()),
            ("--dilations", !self.stack.dilations.is_empty()),
            ("--residual", self.stack.residual),
            ("--learning-rate", self.learning_rate.is_some()),
            ("--max-steps", self.max_steps.is_some() && !is_fine_tuned),
            ("--patience", self.patience.is_some()),
            ("--seq-length", self.seq_length.is_some()),
            ("--no-carry", self.no_carry),
            ("--likelihood", self.likelihood.is_some()),
            ("--loss", self.loss.is_some()),
            ("--scaler", self.scaler.is_some()),
            ("--decomposition", self.decomposition.is_some()),
        ];
        options.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    /// The model of the forecast: the first that was given. Refuses an option of networks for a model without networks.
    pub fn first_model(&self) -> Result<Model, Failure> {
        let columns: Vec<&str> =
            self.model.iter().map(|model| model.column(self.model.len() == 1)).collect();
        if let Some(twice) = (1..columns.len()).find(|n| columns[..*n].contains(&columns[*n])) {
            let message = format!(
                "`--model` has two models for the column `{}`\n  help: name each model once",
                columns[twice]
            );
            return Err(Failure::new(USAGE, message));
        }
        match (self.model.first(), self.network_option()) {
            (None, None) => Ok(Model::Auto),
            (None, Some(_)) => Ok(Model::Network),
            (Some(model), Some(option)) if !matches!(model, Model::Auto | Model::Network) => {
                let message = format!(
                    "`{option}` is an option of networks, and the model `{}` trains none\n  help: leave out `{option}`, or \
                     choose `--model network`",
                    model.name()
                );
                Err(Failure::new(USAGE, message))
            }
            (Some(model), _) => Ok(*model),
        }
    }

    /// The options that do not change a trained model.
    pub const NOT_OF_TRAINING: [&str; 6] =
        ["level", "point", "wide", "futr_exog", "hist_exog", "static_exog"];
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("reach").required(true).args(["horizon", "until"]))]
pub struct ForecastArgs {
    /// A data file with one series or many, or a trained model. CSV, Parquet, Arrow, JSON Lines, Excel or .tsf (also
    /// .gz); `-` for stdin.
    #[arg(value_name = "MODEL_OR_DATA")]
    pub source: PathBuf,
    /// Data for a trained model: the history of the series to forecast. For a model of `elman train` on one series: new
    /// values, which update its hidden state before the forecast.
    #[arg(value_name = "DATA")]
    pub data: Option<PathBuf>,
    /// Forecast horizon, in time steps.
    #[arg(long, visible_aliases = ["h", "periods", "prediction-length"], value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_STEPS))]
    pub horizon: Option<u32>,
    /// Forecast up to and including this date, instead of `--horizon`: 2031-12-31, or in the date format of the data. A
    /// year, a month or a day includes its end.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// What if: assumed next values, such as 2025-01=1.2,2025-02=1.3, or +1=1.2 counted. A second forecast, in the columns
    /// `elman-assumed`, continues after them. In a panel SERIES:2025-01=1.2; repeat the option for several series.
    #[arg(long, value_name = "DATE=VALUE", allow_hyphen_values = true, action = clap::ArgAction::Append)]
    pub assume: Vec<String>,
    /// Write the forecast to this file: .csv, .parquet, .arrow or .jsonl [default: CSV on stdout, which is `-`].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub csv: CsvArgs,
    /// Write forecasts of the known values, one step ahead, by the pretrained network, with intervals: .csv, .parquet, .arrow
    /// or .jsonl. The column `outside` has 1 for a value outside the widest interval (anomaly detection).
    #[arg(long, visible_alias = "in-sample", value_name = "FILE")]
    pub insample: Option<PathBuf>,
    /// Write the validation errors of each series, of the forecast and of each baseline, to this .csv file: which series are
    /// forecast badly?
    #[arg(long, value_name = "FILE")]
    pub scores: Option<PathBuf>,
    /// Write a chart: .png, .svg or .html. Repeat the option for several files.
    #[arg(long, value_name = "FILE", action = clap::ArgAction::Append)]
    pub plot: Vec<PathBuf>,
    /// Save the trained model, to forecast newer data without training: .safetensors.
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    pub panel: PanelArgs,
    /// How data are read; with a model, where it differs from its training.
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub common: CommonArgs,
    /// The options that were given.
    #[arg(skip)]
    pub given: Given,
}

impl ForecastArgs {
    /// How far to forecast, as it was typed.
    pub fn reach(&self) -> String {
        match (&self.until, self.horizon) {
            (Some(date), _) => format!("--until {date}"),
            (None, steps) => format!("--horizon {}", steps.unwrap_or(1)),
        }
    }

    /// The date up to which to forecast, if one was typed, read as the data of `clock` write theirs.
    pub fn until(&self, clock: Option<FutureIndex>) -> elman::error::Result<Option<Until>> {
        let date = self.until.as_deref().zip(clock);
        date.map(|(date, clock)| Until::new(date, &clock)).transpose()
    }
}

#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// A data file with one series or many, or a trained model. CSV, Parquet, Arrow, JSON Lines, Excel or .tsf (also
    /// .gz); `-` for stdin.
    #[arg(value_name = "MODEL_OR_DATA")]
    pub source: PathBuf,
    /// Data for a trained model, which forecasts at each cutoff without training.
    #[arg(value_name = "DATA", conflicts_with = "refit")]
    pub data: Option<PathBuf>,
    /// Forecast horizon, in time steps [required for a data file; a trained model has its own].
    #[arg(long, visible_aliases = ["h", "periods", "prediction-length"], value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_STEPS))]
    pub horizon: Option<u32>,
    /// Number of rolling-origin windows of each series; each window has one cutoff.
    #[arg(long, visible_alias = "windows", value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub n_windows: u32,
    /// Time steps between two cutoffs.
    #[arg(long, visible_aliases = ["step", "stride"], value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub step_size: u32,
    /// Repeat model selection and training at every cutoff [default: once, before the first].
    #[arg(long)]
    pub refit: bool,
    /// Write every forecast, and those of the baselines, beside the actual value: .csv, .parquet, .arrow or .jsonl; `-` is
    /// stdout, and the scores then go to stderr.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write the scores of each series, of the forecast and of each baseline, to this .csv file.
    #[arg(long, value_name = "FILE")]
    pub scores: Option<PathBuf>,
    #[command(flatten)]
    pub csv: CsvArgs,
    #[command(flatten)]
    pub panel: PanelArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub common: CommonArgs,
    /// The options that were given.
    #[arg(skip)]
    pub given: Given,
}

#[derive(Debug, Args)]
pub struct TuneArgs {
    /// A data file, as for `elman forecast`.
    #[arg(value_name = "DATA")]
    pub data: PathBuf,
    /// Forecast horizon, in time steps.
    #[arg(long, visible_aliases = ["h", "periods", "prediction-length"], value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_STEPS))]
    pub horizon: u32,
    /// Trials: hyperparameter settings to evaluate. The first is the default.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(2..))]
    pub trials: u16,
    /// Write each trial to this .jsonl file. If the file is the log of the same search, the search continues.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    #[command(flatten)]
    pub panel: PanelArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub common: CommonArgs,
}
