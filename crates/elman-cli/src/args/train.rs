//! `elman train`: what a person types.

use std::path::PathBuf;

use clap::Args;

use super::size::size;
use super::{
    CommonArgs, FileArgs, Given, NetworkArgs, TrainingArgs, point_losses, scaler_names, season,
};

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
    /// Features a step of the sine wave: its first harmonics [default: 1].
    #[arg(long, visible_alias = "input", value_name = "I", help_heading = "Network")]
    pub input_size: Option<usize>,
    #[command(flatten)]
    pub training: TrainingArgs,
    /// The loss [default: mse].
    #[arg(long, value_parser = point_losses(), help_heading = "Training")]
    pub loss: Option<String>,
    /// Steps between two reports [default: 15; a fifth of all for a file].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Training")]
    pub print_every: Option<u64>,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub made_ready: SeriesArgs,
    #[command(flatten)]
    pub files: FileArgs,
    /// Lines and small pictures in text, no live view.
    #[arg(long, help_heading = "Files and display")]
    pub plain: bool,
    #[command(flatten)]
    pub common: CommonArgs,
    /// What of all this was typed.
    #[arg(skip)]
    pub given: Given,
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
    /// The column that names the series in a file of several, or several columns with commas between; `none` takes
    /// all rows for one series.
    #[arg(long, value_name = "COL")]
    pub id_col: Option<String>,
    /// Which series of a file of several.
    #[arg(long, value_name = "ID")]
    pub series: Option<String>,
    /// The sheet of a workbook (.xlsx, .ods), by name or number [default: the only one with cells].
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
    /// What to do about values that are missing [default: mask, which leaves them out of account;
    /// error for `train`, which has no mask].
    #[arg(long, value_parser = ["error", "interpolate", "drop", "mask"])]
    pub missing: Option<String>,
    /// Dates without a row: `fill` puts them in place as missing values, `skip` takes the next row as the
    /// next step, `auto` fills unless the dates are working days without a season [default: auto].
    #[arg(long, value_parser = ["auto", "fill", "skip"])]
    pub missing_dates: Option<String>,
    /// The same as `--missing-dates fill`.
    #[arg(long, hide = true, conflicts_with = "missing_dates")]
    pub fill_missing_dates: bool,
    /// What to do about a date that stands twice [default: error].
    #[arg(long, value_parser = ["error", "mean", "sum", "first", "last"])]
    pub duplicates: Option<String>,
    /// Put the rows in the order of their dates.
    #[arg(long)]
    pub sort: bool,
    /// Day and month in dates such as 01/02/2006.
    #[arg(long, value_parser = ["dmy", "mdy", "ymd"])]
    pub date_order: Option<String>,
    /// The decimal mark of numbers [default: found from the numbers of the file].
    #[arg(long, value_parser = ["point", "comma"])]
    pub decimal: Option<String>,
    /// Cells that are missing values, such as -999,9999.
    #[arg(long, value_name = "VALUES", value_delimiter = ',', allow_hyphen_values = true)]
    pub missing_values: Vec<String>,
    /// The time zone of the seasons, such as Europe/Berlin: dates in UTC or with offsets are put on its wall
    /// clock, and come back as they were given.
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// The step of the dates, if it is not the one that is found: M, D, h, 30min, …; pandas' names, such as
    /// BMS, SMS and W-SUN; 4-4-5; hours and days behind @, as in 30min@9:00-16:30,Mon-Fri.
    #[arg(long, value_name = "FREQ")]
    pub freq: Option<String>,
    /// What the values of a period become where `--freq` is coarser than the dates: days to weeks, from Monday to
    /// Sunday, or to months. Periods at the ends that are not whole are left out.
    #[arg(long, value_parser = elman::series::Aggregate::ALL.map(elman::series::Aggregate::word))]
    pub agg: Option<String>,
    /// Memory that reading may take, such as 2GB or 512MiB [default: half of the machine's].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_memory: Option<u64>,
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
    #[arg(long, value_name = "STEPS", value_parser = season())]
    pub season: Option<usize>,
    /// Values at the end that training does not see [default: a fifth].
    #[arg(long, value_name = "STEPS")]
    pub holdout: Option<usize>,
}
