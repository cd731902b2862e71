//! Description of a data file.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::reading::Reading;
use super::series::{SeriesDescription, seasons};
use super::source::Source;
use super::value_counts::ValueCounts;
use crate::data::Series;
use crate::data::parallel::each;
use crate::error::{Error, Result};
use crate::io::read::{ColumnFound, LoadedPanel, ReadOptions, put_absent_in_place};
use crate::select::{OddValuesRule, ended_early};

/// Description of a data file, as a forecast reads it.
#[derive(Debug, Serialize)]
pub struct DataInspection {
    /// Name of the file.
    pub path: String,
    /// Every column, what it is read as, and why.
    pub columns: Vec<ColumnFound>,
    /// Frequency in words, such as `monthly`; `None` without dates.
    pub frequency: Option<String>,
    /// First date or number of all series.
    pub first: String,
    /// Last date or number of all series.
    pub last: String,
    /// Sums over all series.
    pub totals: Totals,
    /// Seasonal periods of the panel in time steps, which a forecast uses.
    pub seasons: Vec<usize>,
    /// Every series, in the order of the file.
    pub series: Vec<SeriesDescription>,
    /// Memory of reading and forecasting.
    pub memory: MemoryNeed,
    /// Options with which the file was read: the given ones, or others where a forecast refuses these.
    pub read: ReadOptions,
    /// Notes on how the file was read, in sentences.
    pub notes: Vec<String>,
    /// Errors of a forecast of this file with the given options; empty if it can be read.
    #[serde(serialize_with = "as_parts")]
    pub problems: Vec<Error>,
    /// The series; absent dates and missing values are NaN.
    #[serde(skip)]
    pub panel: Vec<Series>,
}

/// Sums over all series.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Series.
    pub series: usize,
    /// Values, with missing ones and those of absent dates.
    pub values: usize,
    /// Counts of rows and values.
    #[serde(flatten)]
    pub counts: ValueCounts,
    /// Isolated outliers, in values.
    pub outliers: usize,
    /// Series with a constant beginning, which a forecast leaves out.
    pub constant_beginnings: usize,
    /// Series that end two and more time steps before the last one.
    pub ended_early: usize,
}

/// Memory in bytes that a file takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MemoryNeed {
    /// Peak of reading, as `--max-memory` counts it: text of the cells, 4 bytes a cell and 8 a row, and 64 a value.
    pub reading: u64,
    /// Upper bound of a forecast with model selection: see [`MemoryNeed::FORECASTING`].
    pub forecasting: u64,
}

impl MemoryNeed {
    /// The bound of [`forecasting`](MemoryNeed::forecasting) in words. Measured peaks: 418 bytes a value between 20,000 and
    /// 145,392 values of one series, 155 of 414 series with 353,500 values.
    pub const FORECASTING: &'static str = "25 MB + 450 bytes a value, of at most 2,000,000 values";
    /// Program, pretrained network and the networks of model selection.
    const BASE: u64 = 25_000_000;
    const BYTES_A_VALUE: u64 = 450;
    const MAX_VALUES: u64 = 2_000_000;

    fn of(reading: u64, values: usize) -> Self {
        let values = (values as u64).min(Self::MAX_VALUES);
        Self { reading, forecasting: Self::BASE + Self::BYTES_A_VALUE * values }
    }
}

impl DataInspection {
    /// Reads and describes a data file.
    ///
    /// # Errors
    /// A file that no options can read.
    pub(super) fn of(source: &Source, options: &ReadOptions, threads: usize) -> Result<Self> {
        let Reading { mut panel, options, problems } = Reading::of(source, options)?;
        let merged = panel.duplicates.iter().copied().chain(std::iter::repeat(0));
        let rows = panel.series.iter().zip(merged);
        let rows: Vec<ValueCounts> =
            rows.map(|(series, merged)| ValueCounts::of_rows(series, merged)).collect();
        put_absent_in_place(&mut panel, &options)?;
        let rule = OddValuesRule::of(&panel.series, None);
        let series = described(&panel.series, &rows, &rule, threads)?;
        let LoadedPanel { series: panel, path, columns, memory, mut notes, .. } = panel;
        notes.extend(ended_early(&panel, 1));
        let totals = Totals::of(&series);
        let (first, last) = ends(&panel);
        Ok(Self {
            path,
            columns,
            frequency: panel.first().and_then(Series::frequency).map(|f| f.to_string()),
            first,
            last,
            totals,
            seasons: seasons(&panel, &rule),
            series,
            memory: MemoryNeed::of(memory, totals.values),
            read: options,
            notes,
            problems,
            panel,
        })
    }
}

fn described(
    panel: &[Series],
    rows: &[ValueCounts],
    rule: &OddValuesRule,
    threads: usize,
) -> Result<Vec<SeriesDescription>> {
    let end = panel.iter().filter_map(|s| s.stamp(s.len().checked_sub(1)?)).max();
    let all: Vec<(&Series, ValueCounts)> = panel.iter().zip(rows.iter().copied()).collect();
    each(&all, threads, |(series, rows)| Ok(SeriesDescription::of(series, *rows, rule, end)))
}

/// First and last label of all series, by position.
fn ends(panel: &[Series]) -> (String, String) {
    let filled = || panel.iter().filter(|series| !series.is_empty());
    let begin = |a: &&Series, b: &&Series| a.position(0).total_cmp(&b.position(0));
    let end = |series: &Series| series.position(series.len() - 1);
    let first = filled().min_by(begin).map(|series| series.label(0));
    let last = filled().max_by(|a, b| end(a).total_cmp(&end(b)));
    let last = last.map(|series| series.label(series.len() - 1));
    (first.unwrap_or_default(), last.unwrap_or_default())
}

impl Totals {
    fn of(series: &[SeriesDescription]) -> Self {
        let sum = |of: fn(&SeriesDescription) -> usize| series.iter().map(of).sum();
        let count = |of: fn(&&SeriesDescription) -> bool| series.iter().filter(of).count();
        Self {
            series: series.len(),
            values: sum(|s| s.values),
            counts: series.iter().map(|s| s.counts).sum(),
            outliers: sum(|s| s.outliers.iter().map(|outlier| outlier.values).sum()),
            constant_beginnings: count(|s| s.constant_beginning > 0),
            ended_early: count(|s| s.steps_before_end > 1),
        }
    }
}

/// An error as an object: message, place and next step.
fn as_parts<S: Serializer>(problems: &[Error], to: S) -> std::result::Result<S::Ok, S::Error> {
    let mut list = to.serialize_seq(Some(problems.len()))?;
    for problem in problems {
        let place = problem.place();
        list.serialize_element(&serde_json::json!({
            "message": problem.message(),
            "line": place.map(|place| place.line),
            "column": place.and_then(|place| place.column),
            "column_name": place.and_then(|place| place.name.clone()),
            "help": problem.help(),
        }))?;
    }
    list.end()
}
