//! Reading series from files, with errors that name the line and the cell.

mod absent;
mod aggregate;
mod alike;
#[cfg(any(feature = "columnar", feature = "excel"))]
mod apart;
mod axis;
pub(crate) mod bytes;
mod cells;
mod choose;
#[cfg(feature = "columnar")]
mod columnar;
mod columns;
mod content;
mod csv;
mod dated;
mod dates;
mod exog;
mod finer;
mod gaps;
mod hidden;
mod id;
mod input;
mod json;
mod large;
pub(crate) mod memory;
mod notation;
mod parts;
mod sentinels;
mod separated;
#[cfg(feature = "excel")]
mod sheets;
mod source;
mod table;
mod time_names;
mod times;
mod totals;
mod tsf;
mod unused;
mod value;
mod wide;
mod written;
mod zones;

#[cfg(feature = "columnar")]
pub use self::csv::read_panel_of_batches;
pub(crate) use self::csv::{panel_as_written, put_absent_in_place};
pub use self::csv::{read_panel, read_panel_from, read_series, read_series_from};
#[cfg(any(feature = "columnar", feature = "excel"))]
pub use apart::THREAD as READER_THREAD;
pub use columns::{ColumnFound, Kind, Role};
pub use input::Input;
pub use notation::Decimal;
pub use time_names::is_time_name;
pub use value::ValueFormat;

use crate::data::calendar::{DateOrder, Frequency, MonthAnchor, PeriodAnchor, Zone};
use crate::data::{Aggregate, Series, counted, thousands};
use elman_nn::registry::Entry;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Bytes that a value of a series takes, with its date, and what is needed to find both.
const BYTES_A_VALUE: u64 = 64;

/// What to do about a cell of the target column that is empty, not a number or not finite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// An error that names the cell.
    #[default]
    Error,
    /// A straight line between the neighbours; rows at the two ends are left out.
    Interpolate,
    /// The row is left out.
    Drop,
    /// It stays as NaN, for what can leave single values out of account; rows at the two ends are left
    /// out. A cell that is neither a number nor empty is still an error.
    Mask,
}

impl Entry for Missing {
    const FAMILY: &'static str = "way with missing values";
    const ALL: &'static [Self] = &[Self::Error, Self::Interpolate, Self::Drop, Self::Mask];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Error => ("error", "stop with an error"),
            Self::Interpolate => ("interpolate", "fill missing values by a straight line"),
            Self::Drop => ("drop", "remove the rows of missing values"),
            Self::Mask => ("mask", "exclude missing values from inputs and loss"),
        }
    }
}

/// What to do about a date that stands twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// An error that names the line.
    #[default]
    Error,
    /// The mean of the rows.
    Mean,
    /// The first of the rows.
    First,
    /// The last of the rows.
    Last,
    /// The sum of the rows, such as the sales of a day by receipt.
    Sum,
}

impl Entry for Duplicates {
    const FAMILY: &'static str = "way with duplicate dates";
    const ALL: &'static [Self] = &[Self::Error, Self::Mean, Self::Sum, Self::First, Self::Last];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Error => ("error", "stop with an error"),
            Self::Mean => ("mean", "mean of the rows"),
            Self::Sum => ("sum", "sum of the rows"),
            Self::First => ("first", "first of the rows"),
            Self::Last => ("last", "last of the rows"),
        }
    }
}

/// What to do about a date that belongs to the calendar of a series and has no row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingDates {
    /// It gets a row with a missing value wherever every date is to be expected; days of trading and other
    /// calendars with holidays keep their rows, unless the values show a season of that calendar.
    #[default]
    Auto,
    /// It gets a row with a missing value.
    Fill,
    /// It is skipped: the next row is the next step.
    Skip,
}

impl Entry for MissingDates {
    const FAMILY: &'static str = "way with missing dates";
    const ALL: &'static [Self] = &[Self::Auto, Self::Fill, Self::Skip];

    fn name_and_summary(&self) -> (&'static str, &'static str) {
        match self {
            Self::Auto => ("auto", "skip for business days without a season, fill otherwise"),
            Self::Fill => ("fill", "add the dates as missing values"),
            Self::Skip => ("skip", "take the next row as the next time step"),
        }
    }
}

/// How to read a file. The default finds everything out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadOptions {
    /// The column to forecast (`--target`).
    pub target: Option<String>,
    /// The column of dates (`--time-col`); `none` counts the rows.
    pub time_col: Option<String>,
    /// The column that names the series in a file of several (`--id-col`); several with commas between, whose cells
    /// make the id together: `north/apples`. `none` takes all rows for one series.
    pub id_col: Option<String>,
    /// Which of several series (`--series`).
    pub series: Option<String>,
    /// What to do about missing values (`--missing`).
    pub missing: Missing,
    /// What to do about dates without a row (`--missing-dates`).
    pub missing_dates: MissingDates,
    /// What to do about a date that stands twice (`--duplicates`).
    pub duplicates: Duplicates,
    /// Put rows in the order of their dates (`--sort`).
    pub sort: bool,
    /// Day and month in dates such as `01/02/2006` (`--date-order`).
    pub date_order: Option<DateOrder>,
    /// The last year in which dates with years of two digits may begin:
    /// [`LATEST_BEGINNING`](crate::data::calendar::LATEST_BEGINNING) if none is given.
    pub latest_beginning: Option<i64>,
    /// The decimal mark of numbers (`--decimal`), when the file's own cells do not say it.
    pub decimal: Option<Decimal>,
    /// Cells that are missing values, such as `-999` (`--missing-values`).
    pub missing_values: Vec<String>,
    /// The step, when it is not the most frequent one (`--freq`).
    pub freq: Option<Frequency>,
    /// The day of the month or week that `freq` names, such as the first working day for `BMS`.
    pub freq_anchor: Option<MonthAnchor>,
    /// Where the periods that `freq` names begin or end, for `agg`: the years of `YE-JUN` end in June.
    pub freq_periods: Option<PeriodAnchor>,
    /// What the values of a period become where `freq` is coarser than the dates (`--agg`).
    pub agg: Option<Aggregate>,
    /// The sheet of a workbook, by name or by its number from 1 (`--sheet`).
    pub sheet: Option<String>,
    /// The time zone on whose wall clock the dates are put (`--tz`).
    pub tz: Option<Zone>,
    /// Take every column of numbers as a series of its own (`--wide`).
    pub wide: bool,
    /// Columns of covariates that are known ahead (`--futr-exog`). The rows behind the last value of the
    /// target are then the future.
    pub futr_exog: Vec<String>,
    /// Columns of covariates that are known up to now (`--hist-exog`).
    pub hist_exog: Vec<String>,
    /// Columns of covariates that are the same in all rows of a series (`--static-exog`).
    pub static_exog: Vec<String>,
    /// Take a file of a single row: for values that follow others.
    pub one_row: bool,
    /// The step of those others, for a single row, which shows none.
    pub step_before: Option<Frequency>,
    /// Bytes of memory that reading may take (`--max-memory`); none for half of the machine's, or of the
    /// container's it runs in. It is of the machine, and not kept in models.
    #[serde(skip)]
    pub max_memory: Option<u64>,
}

impl ReadOptions {
    /// What becomes of two rows of one date. That autumn has an hour twice is no mistake of the file.
    pub(crate) fn when_twice(&self) -> Duplicates {
        match (&self.tz, self.duplicates) {
            (Some(_), Duplicates::Error) => Duplicates::Mean,
            (_, how) => how,
        }
    }
}

/// A series read from a file, and what was found on the way.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The series.
    pub series: Series,
    /// The file.
    pub path: String,
    /// The columns the time was read from; none when the rows are counted.
    pub time_cols: Vec<String>,
    /// The column the values were read from.
    pub target: String,
    /// The column that names the series.
    pub id_col: Option<String>,
    /// Every column of the file.
    pub columns: Vec<ColumnFound>,
    /// The zone by name of a column of moments, whose dates are in UTC.
    pub zone: Option<String>,
    /// Rows that were merged into another row of the same date.
    pub duplicates: usize,
    /// What a person should know: rows turned round, left out or filled.
    pub notes: Vec<String>,
}

impl Loaded {
    /// One line: `monthly, 1850-01 to 2024-07, 2,095 values, no gaps`.
    pub fn found(&self) -> String {
        self.series.describe()
    }
}

/// The series read from a file, and what was found on the way.
#[derive(Clone, Debug)]
pub struct LoadedPanel {
    /// The series, in the order of the file.
    pub series: Vec<Series>,
    /// The file.
    pub path: String,
    /// The column the values were read from.
    pub target: String,
    /// The column that names the series.
    pub id_col: Option<String>,
    /// Every column of the file.
    pub columns: Vec<ColumnFound>,
    /// The zone by name of a column of moments, whose dates are in UTC.
    pub zone: Option<String>,
    /// For each series, the rows that were merged into another row of the same date.
    pub duplicates: Vec<usize>,
    /// The most memory that reading took at a time, in bytes, as [`ReadOptions::max_memory`] counts it.
    pub memory: u64,
    /// What a person should know, each once.
    pub notes: Vec<String>,
}

impl From<Loaded> for LoadedPanel {
    fn from(loaded: Loaded) -> Self {
        let Loaded { series, path, target, id_col, columns, zone, duplicates, notes, .. } = loaded;
        let (series, duplicates) = (vec![series], vec![duplicates]);
        Self { series, path, target, id_col, columns, zone, duplicates, memory: 0, notes }
    }
}

impl LoadedPanel {
    /// The panel without the last `steps` values of each series: the history before a cutoff.
    pub fn without_last(&self, steps: usize) -> Self {
        let known = |series: &Series| series.head(series.len().saturating_sub(steps));
        Self {
            series: self.series.iter().map(known).collect(),
            path: self.path.clone(),
            target: self.target.clone(),
            id_col: self.id_col.clone(),
            columns: self.columns.clone(),
            zone: self.zone.clone(),
            duplicates: self.duplicates.clone(),
            memory: self.memory,
            notes: self.notes.clone(),
        }
    }

    /// By the name of a series, its rows that were merged into another row of the same date.
    fn rows_merged(&self) -> HashMap<String, usize> {
        let names = self.series.iter().map(|series| series.name.clone());
        names.zip(self.duplicates.iter().copied()).collect()
    }

    /// Notes that are kept: a hundred thousand series may have one each.
    pub const MAX_NOTES: usize = 1000;

    fn push(&mut self, loaded: Loaded) {
        self.series.push(loaded.series);
        self.duplicates.push(loaded.duplicates);
        self.say(loaded.notes);
    }

    fn say(&mut self, notes: Vec<String>) {
        for note in notes {
            if self.notes.len() < Self::MAX_NOTES && !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    /// One line: `414 series, hourly, 700 to 960 values each`; for one series, its own.
    pub fn found(&self) -> String {
        let [first, ..] = &self.series[..] else { return "no series".to_string() };
        if self.series.len() == 1 {
            return first.describe();
        }
        let lens = || self.series.iter().map(Series::len);
        let (least, most) = (lens().min().unwrap_or(0), lens().max().unwrap_or(0));
        let step = first.frequency().map_or("no dates".to_string(), |f| f.to_string());
        let values = match least == most {
            true => counted(most, "value"),
            false => format!("{least} to {}", counted(most, "value")),
        };
        format!("{} series, {step}, {values} each", thousands(self.series.len()))
    }
}

/// A name as it is typed behind a flag.
pub(crate) fn typed(name: &str) -> String {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '%' | '+');
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with('-') {
        name.to_string()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}
