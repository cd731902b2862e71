//! `elman train`: what a person types.

use std::path::PathBuf;

use clap::Args;
use elman::data::Aggregate;
use elman::data::calendar::DateOrder;
use elman::io::read::{Decimal, Duplicates, Missing, MissingDates};
use elman::models::rnn::Likelihood;
use elman::transforms::TargetTransform;
use elman::transforms::scalers::Scaler;

use super::size::size;
use super::{
    ColumnArgs, CommonArgs, FileArgs, Given, MAX_STEPS, NetworkArgs, TrainingArgs, WatchArgs,
    entries, names, point_losses, season,
};

#[derive(Debug, Args)]
pub struct TrainArgs {
    /// A data file with one series or many: CSV, Parquet, Arrow, JSON Lines, Excel or .tsf (also .gz); `-` for stdin
    /// [default: the lesson, a sine wave].
    #[arg(value_name = "DATA")]
    pub data: Option<PathBuf>,
    /// The same as DATA; `sine` is the lesson's sine wave.
    #[arg(long = "data", value_name = "DATA", conflicts_with = "data")]
    pub data_option: Option<PathBuf>,
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Lags: the last N values, or differences, are the input of a time step [default: 1 for the sine
    /// wave, otherwise 4].
    #[arg(long, value_name = "N", help_heading = "Network")]
    pub lags: Option<usize>,
    /// Horizon: the network predicts the next N values at each time step. A longer forecast is recursive [default: 1].
    #[arg(long, visible_aliases = ["h", "periods", "prediction-length"], value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_STEPS), help_heading = "Network")]
    pub horizon: Option<u32>,
    /// Output distribution. `point` gives conformal prediction intervals; the other likelihoods give quantiles of their
    /// distribution [default: point].
    #[arg(long, visible_alias = "head", value_parser = entries::<Likelihood>(), help_heading = "Network")]
    pub likelihood: Option<Likelihood>,
    /// Levels of the prediction intervals, in per cent: 90 for one interval, 50,90 for two [default: 80,95].
    #[arg(long, value_name = "PERCENT", help_heading = "Network")]
    pub level: Vec<String>,
    #[command(flatten)]
    pub training: TrainingArgs,
    /// Loss of the likelihood `point` [default: mse].
    #[arg(long, value_parser = point_losses(), help_heading = "Training")]
    pub loss: Option<String>,
    /// Optimizer steps between two reports [default: 15; a fifth of all for a data file].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Training")]
    pub print_every: Option<u64>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub preprocessing: PreprocessingArgs,
    #[command(flatten)]
    pub files: FileArgs,
    /// Print lines and small text charts instead of the live view.
    #[arg(long, help_heading = "Files and display")]
    pub plain: bool,
    #[command(flatten)]
    pub watch: WatchArgs,
    #[command(flatten)]
    pub common: CommonArgs,
    /// What of all this was typed.
    #[arg(skip)]
    pub given: Given,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub struct ReadArgs {
    /// The column to forecast [default: `y`, or the only numeric column].
    #[arg(long, value_name = "COL")]
    pub target: Option<String>,
    /// The column with dates; `none` counts the rows instead [default: `ds`, or the only column with dates].
    #[arg(long, visible_alias = "date-col", value_name = "COL")]
    pub time_col: Option<String>,
    /// The column with the name of the series, or several columns such as region,product; `none` reads all rows as one
    /// series [default: `unique_id`].
    #[arg(long, value_name = "COL")]
    pub id_col: Option<String>,
    /// Name of the series to use, where the file has several series.
    #[arg(long, value_name = "ID")]
    pub series: Option<String>,
    /// The sheet of a workbook (.xlsx, .ods), by name or number [default: the only one with cells].
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
    /// Missing values [default: mask].
    #[arg(long, value_parser = entries::<Missing>())]
    pub missing: Option<Missing>,
    /// Dates without a row [default: auto].
    #[arg(long, value_parser = entries::<MissingDates>())]
    pub missing_dates: Option<MissingDates>,
    /// The same as `--missing-dates fill`.
    #[arg(long, hide = true, conflicts_with = "missing_dates")]
    pub fill_missing_dates: bool,
    /// Duplicate dates of a series: stop with an error, or combine their values [default: error].
    #[arg(long, value_parser = entries::<Duplicates>())]
    pub duplicates: Option<Duplicates>,
    /// Sort the rows by date.
    #[arg(long)]
    pub sort: bool,
    /// Order of day, month and year in dates such as 01/02/2006 [default: inferred from all dates].
    #[arg(long, value_parser = entries::<DateOrder>())]
    pub date_order: Option<DateOrder>,
    /// Decimal separator [default: inferred from the numbers of the file].
    #[arg(long, value_parser = entries::<Decimal>())]
    pub decimal: Option<Decimal>,
    /// Values that mean missing, such as -999,9999.
    #[arg(long, value_name = "VALUES", value_delimiter = ',', allow_hyphen_values = true)]
    pub missing_values: Vec<String>,
    /// Local time zone, such as Europe/Berlin: dates in UTC or with offsets are converted to local time for the seasons.
    /// The output has the date format of the input.
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Frequency of the dates: M, D, h, 30min and so on; pandas' names, such as BMS, SMS and W-SUN; 4-4-5; or with hours
    /// and days after @, as in 30min@9:00-16:30,Mon-Fri [default: inferred].
    #[arg(long, value_name = "FREQ")]
    pub freq: Option<String>,
    /// Aggregation where `--freq` is coarser than the dates, such as days to weeks or to months. Periods begin, end and are
    /// dated as those of pandas: YE-JUN and ME by their last day, QS-FEB and MS by their first, W by its Sunday; words
    /// such as weekly by their first day. Incomplete periods at both ends are dropped.
    #[arg(long, value_parser = entries::<Aggregate>())]
    pub agg: Option<Aggregate>,
    /// Memory limit of reading, such as 2GB or 512MiB [default: half of the machine's memory].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_memory: Option<u64>,
}

/// Preprocessing of a series.
#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub struct PreprocessingArgs {
    /// Order of differencing: 1 trains on the change from value to value, 0 on the values [default: 1].
    #[arg(long, value_name = "D", value_parser = clap::value_parser!(u8).range(0..=1))]
    pub differences: Option<u8>,
    /// Transform of the values [default: mean_scale].
    #[arg(long, value_parser = entries::<TargetTransform>())]
    pub transform: Option<TargetTransform>,
    /// Scaler of the values, with the transform `mean_scale` [default: standard].
    #[arg(long, value_parser = names::<Scaler>())]
    pub scaler: Option<String>,
    /// Seasonal periods, in time steps: 12, or 24,168 for two; 0 for none. They decide the sequence length, and the seasonal
    /// baselines [default: detected from dates and values].
    #[arg(long, visible_aliases = ["season-length", "seasonal-periods"], value_name = "STEPS", value_delimiter = ',', value_parser = season())]
    pub season: Vec<usize>,
    /// Size of the test set: values at the end of each series that are not trained on; 0 for none [default: a fifth].
    #[arg(long, value_name = "STEPS")]
    pub holdout: Option<usize>,
    /// Clip forecasts and intervals at 0.
    #[arg(long)]
    pub non_negative: bool,
    /// Keep isolated outliers near the end of a series, such as an outage of one day. By default they count as missing
    /// values, and a note names them.
    #[arg(long)]
    pub keep_outliers: bool,
}
