//! What a person types for forecasts straight from data: `forecast`, `backtest`, `tune`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use elman::calendar::{Clock, Until};
use elman::nn::cells::CellEntry;
use elman::panel::Head;

use super::{
    CommonArgs, CsvArgs, MOST_STEPS, ReadArgs, StackArgs, names, point_losses, scaler_names, season,
};

/// What a forecast straight from data depends on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Straight from data")]
pub struct PanelArgs {
    /// Take every column of numbers as a series of its own.
    #[arg(long, conflicts_with = "target")]
    pub wide: bool,
    /// The levels of the prediction intervals, in per cent [default: 80,95].
    #[arg(long, value_name = "PERCENT")]
    pub level: Vec<String>,
    /// The lengths of the seasons in steps; 0 for none [default: found from dates and values].
    #[arg(long, value_name = "STEPS", value_delimiter = ',', value_parser = season())]
    pub season: Vec<usize>,
    /// How a season is found where it is taken out [default: classical].
    #[arg(long, value_parser = decompositions())]
    pub decomposition: Option<String>,
    /// Whether all series share their networks, or each has its own [default: global].
    #[arg(long, value_parser = ["global", "local"])]
    pub scope: Option<String>,
    /// The recurrent cell [default: lstm].
    #[arg(long, value_parser = names::<CellEntry<f32>>())]
    pub cell: Option<String>,
    /// Hidden units [default: 40].
    #[arg(long, visible_alias = "hidden", value_name = "H", value_parser = clap::value_parser!(u16).range(1..))]
    pub hidden_size: Option<u16>,
    /// Recurrent layers [default: 1].
    #[arg(long, visible_alias = "layers", value_name = "L", value_parser = clap::value_parser!(u8).range(1..))]
    pub num_layers: Option<u8>,
    #[command(flatten)]
    pub stack: StackArgs,
    /// The learning rate [default: 0.003].
    #[arg(long, visible_alias = "lr", value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// Optimiser steps of a network [default: by the number of values].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub steps: Option<u64>,
    /// Stop training after so many evaluations, of 20, that are no better on the values that views are tried
    /// on; the best weights stay, and the forecast's networks stop there, too [default: never].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub patience: Option<u64>,
    /// The most time steps between two of those [default: 128; up to 256 by the season].
    #[arg(long, visible_alias = "seq", value_name = "T", value_parser = clap::value_parser!(u16).range(1..))]
    pub seq_length: Option<u16>,
    /// Empty the memory then instead of carrying it on: to see what it is worth.
    #[arg(long)]
    pub no_carry: bool,
    /// What the networks say of each value, and so what bands are made of [default: point].
    #[arg(long, value_parser = heads())]
    pub head: Option<String>,
    /// The loss of the head `point` [default: mae].
    #[arg(long, value_parser = point_losses())]
    pub loss: Option<String>,
    /// How values are scaled for the networks [default: logarithms, where there are, and shares of the mean
    /// are tried].
    #[arg(long, value_parser = scaler_names())]
    pub scaler: Option<String>,
    /// An instruction set of this machine, see `elman bench`. Two of them differ in the last bits of a forecast
    /// [default: the newest except amx].
    #[arg(long, value_name = "NAME")]
    pub isa: Option<String>,
    /// No value and no bound below 0.
    #[arg(long)]
    pub non_negative: bool,
    /// Keep isolated outliers near the end, such as an outage of a day; otherwise they are missing values, and
    /// named.
    #[arg(long)]
    pub keep_outliers: bool,
    /// Columns known ahead, such as a price or a holiday. Rows behind the last value of the target, with
    /// an empty target, are the future.
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    pub futr_exog: Vec<String>,
    /// Columns known only up to now, such as the weather.
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    pub hist_exog: Vec<String>,
    /// Columns that are the same in all rows of a series, such as its region.
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    pub static_exog: Vec<String>,
    /// Try whether the dates help as covariates: the place in the day, week, month and year.
    #[arg(long)]
    pub calendar: bool,
}

impl PanelArgs {
    /// The options that were given of those that networks are chosen and trained by: a model has them already.
    pub fn of_training(&self) -> Vec<&'static str> {
        let Self { wide, season, cell, hidden_size, learning_rate, steps, seq_length, .. } = self;
        let Self {
            num_layers,
            patience,
            stack,
            decomposition,
            scope,
            no_carry,
            head,
            loss,
            scaler,
            isa,
            non_negative,
            keep_outliers,
            calendar,
            ..
        } = self;
        let given = [
            ("--wide", *wide),
            ("--season", !season.is_empty()),
            ("--decomposition", decomposition.is_some()),
            ("--scope", scope.is_some()),
            ("--cell", cell.is_some()),
            ("--hidden-size", hidden_size.is_some()),
            ("--num-layers", num_layers.is_some()),
            ("--dilations", !stack.dilations.is_empty()),
            ("--residual", stack.residual),
            ("--learning-rate", learning_rate.is_some()),
            ("--steps", steps.is_some()),
            ("--patience", patience.is_some()),
            ("--seq-length", seq_length.is_some()),
            ("--no-carry", *no_carry),
            ("--head", head.is_some()),
            ("--loss", loss.is_some()),
            ("--scaler", scaler.is_some()),
            ("--isa", isa.is_some()),
            ("--non-negative", *non_negative),
            ("--keep-outliers", *keep_outliers),
            ("--calendar", *calendar),
        ];
        given.into_iter().filter_map(|(name, given)| given.then_some(name)).collect()
    }

    /// All options that were given.
    pub fn given(&self) -> Vec<&'static str> {
        let others = [
            ("--level", !self.level.is_empty()),
            ("--futr-exog", !self.futr_exog.is_empty()),
            ("--hist-exog", !self.hist_exog.is_empty()),
            ("--static-exog", !self.static_exog.is_empty()),
        ];
        let others = others.into_iter().filter_map(|(name, given)| given.then_some(name));
        self.of_training().into_iter().chain(others).collect()
    }
}

#[derive(Debug, Args)]
pub struct ForecastArgs {
    /// A trained model, or a file of one series or many: CSV, Parquet, Arrow, lines of JSON or .tsf (also
    /// .gz; `-` for stdin).
    #[arg(value_name = "MODEL_OR_DATA")]
    pub source: PathBuf,
    /// Behind a model: new values of its series, to be run through the memory first. Behind a model
    /// made by `elman forecast --save`: the whole series, known or like those, up to now.
    #[arg(value_name = "DATA")]
    pub data: Option<PathBuf>,
    /// Steps to forecast.
    #[arg(long, value_name = "N", required_unless_present = "until", value_parser = clap::value_parser!(u32).range(1..=MOST_STEPS))]
    pub horizon: Option<u32>,
    /// Forecast up to this date, itself included, instead of `--horizon`: 2031-12-31, or as the data write
    /// theirs. A year, a month or a day is meant as a whole.
    #[arg(long, value_name = "DATE", conflicts_with = "horizon")]
    pub until: Option<String>,
    /// Where the table goes instead of stdout: .csv, .parquet, .arrow or .jsonl; `-` is stdout.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub csv: CsvArgs,
    /// Keep a picture: .png, .svg or .html. May be given more than once.
    #[arg(long, value_name = "FILE", action = clap::ArgAction::Append)]
    pub plot: Vec<PathBuf>,
    /// Keep the networks, to forecast newer data without training: .safetensors.
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    pub panel: PanelArgs,
    /// How data are read; behind a model, where it differs from the training.
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub common: CommonArgs,
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
    pub fn until(&self, clock: Option<Clock>) -> elman::error::Result<Option<Until>> {
        let date = self.until.as_deref().zip(clock);
        date.map(|(date, clock)| Until::new(date, &clock)).transpose()
    }
}

#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// A file of one series or many: CSV, Parquet, Arrow, lines of JSON or .tsf (also .gz; `-` for stdin).
    #[arg(value_name = "DATA")]
    pub data: PathBuf,
    /// Steps to forecast at each cutoff.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST_STEPS))]
    pub horizon: u32,
    /// Cutoffs of each series.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub windows: u32,
    /// Steps between two cutoffs.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub step: u32,
    /// Choose and train anew at every cutoff, not only before the first.
    #[arg(long)]
    pub refit: bool,
    /// Where every forecast goes, beside what came: .csv, .parquet, .arrow or .jsonl; `-` is stdout, and the scores
    /// then go to stderr.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub csv: CsvArgs,
    #[command(flatten)]
    pub panel: PanelArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub common: CommonArgs,
}

#[derive(Debug, Args)]
pub struct TuneArgs {
    /// A file of one series or many, as for `elman forecast`.
    #[arg(value_name = "DATA")]
    pub data: PathBuf,
    /// Steps to forecast.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST_STEPS))]
    pub horizon: u32,
    /// Settings to try; the first is the default setting.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(2..))]
    pub trials: u16,
    /// Keep every result here, and go on from what stands there already: .jsonl.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    #[command(flatten)]
    pub panel: PanelArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub common: CommonArgs,
}

fn decompositions() -> PossibleValuesParser {
    PossibleValuesParser::new([
        PossibleValue::new("classical").help("one cycle for all time"),
        PossibleValue::new("stl").help("one that changes slowly"),
    ])
}

fn heads() -> PossibleValuesParser {
    let heads = Head::ALL.iter();
    PossibleValuesParser::new(heads.map(|(_, name, about)| PossibleValue::new(*name).help(*about)))
}
