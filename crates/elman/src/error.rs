//! What can go wrong in this crate. Each error says what, where, and what to do next.

mod parts;
mod words;

use std::fmt;

pub use parts::{ErrorKind, word_options};
pub use words::nearest_names;
use words::{Help, list, nearest, nearest_series, on_a_line, tick};

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Every failure of this crate. `Display` gives the message, the place (`--> sales.csv:418, column 3 ("Sales")`) and a
/// `help:` line, without a leading `error:`; [`Error::kind`], [`Error::message`], [`Error::place`] and [`Error::help`] give them one by one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The network refused its settings, its file, or diverged.
    #[error(transparent)]
    Network(#[from] elman_nn::Error),
    /// A model file or checkpoint does not fit what it is used for.
    #[error("`{path}`: {reason}{}", Help(help))]
    Model {
        /// The file.
        path: String,
        /// What does not fit.
        reason: String,
        /// What to do about it.
        help: String,
    },
    /// The observer of a run cancelled it.
    #[error("the run was cancelled")]
    Cancelled,
    /// Values, or series, that no forecast can be made of: it is the data that have to be others.
    #[error("{reason}{}", Help(help))]
    Data {
        /// Why not.
        reason: String,
        /// What to do about it.
        help: String,
    },
    /// A forecast that cannot be made as it was asked for: it is what was asked that has to be something else.
    #[error("{reason}{}", Help(help))]
    Forecast {
        /// Why not.
        reason: String,
        /// What to do about it.
        help: String,
    },
    /// A value so large that its square is not finite.
    #[error("series `{series}`: the value of {at} is {value:e}{}", Help(help))]
    ValueTooLarge {
        /// The series.
        series: String,
        /// The date or number of the value.
        at: String,
        /// The value.
        value: f64,
        /// What to do about it.
        help: String,
    },
    /// A result that is not finite.
    #[error("{what} is not finite{}", Help(help))]
    NoFiniteResult {
        /// The result.
        what: String,
        /// What to do about it.
        help: String,
    },
    /// The file could not be opened, read or written.
    #[error("cannot use `{path}`: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no text table: a directory, a binary file, not UTF-8, a damaged gzip.
    #[error("`{path}` is not a table of text: {found}{}", Help(help))]
    NotText {
        /// The file.
        path: String,
        /// What it is instead.
        found: String,
        /// What to do about it.
        help: String,
    },
    /// A directory in place of a file, or a file that is not text.
    #[error("`{path}` {found}{}", Help(help))]
    NoText {
        /// The file.
        path: String,
        /// What it is.
        found: String,
        /// What to do.
        help: String,
    },
    /// A character that is not in the vocabulary of a network.
    #[error("{source}{}", Help(&format!("the vocabulary has {}", source.known_in_words())))]
    UnknownCharacter {
        /// The character, and its text.
        #[from]
        source: elman_nn::tokens::UnknownCharacter,
    },
    /// A file of a known kind that is damaged, or written in a way that is not read here.
    #[error("cannot read `{path}` as {kind}: {reason}{}", Help(help))]
    Unreadable {
        /// The file.
        path: String,
        /// What it is by its first bytes: "Parquet", "Arrow", "tsf".
        kind: &'static str,
        /// What is wrong with it.
        reason: String,
        /// What to do about it.
        help: String,
    },
    /// Reading takes more memory than it may.
    #[error("`{path}` takes more than {} of memory to read{}", bytes(*limit), Help("allow more with `--max-memory 64GB`, if the machine has it; or give a part of the file"))]
    TooLarge {
        /// The file.
        path: String,
        /// The most memory that it may take, in bytes.
        limit: u64,
    },
    /// A line that is not what the file's kind asks for.
    #[error("{reason}{place}{}", Help(help))]
    BadLine {
        /// The line or row.
        place: Box<Place>,
        /// What is wrong with it.
        reason: String,
        /// What to do about it.
        help: String,
    },
    /// The file holds no values, or too few to be a series.
    #[error("`{path}` {found}: a series needs {needed} values or more{}", Help(help))]
    TooFewValues {
        /// The file.
        path: String,
        /// What it holds instead.
        found: String,
        /// The least number of values.
        needed: usize,
        /// What to do about it.
        help: &'static str,
    },
    /// A row has more or fewer cells than the header.
    #[error("a row of {got} cells in a table of {expected} columns{place}{}", Help(help))]
    Ragged {
        /// The row.
        place: Box<Place>,
        /// Cells in the rows before it.
        expected: usize,
        /// Cells in this row.
        got: usize,
        /// What to do about it.
        help: String,
    },
    /// A quote is opened and never closed, so that one cell swallows the lines behind it.
    #[error(
        "a quote is opened and never closed{place}{}",
        Help("close the quote; a quote within a cell is written twice")
    )]
    OpenQuote {
        /// The line it is on, or the first one it could be on.
        place: Box<Place>,
    },
    /// A cell of the target column is empty, not a number or not finite.
    #[error("column {} {expected}{place}: {found:?}{}", place.title(), Help(help))]
    BadCell {
        /// The cell.
        place: Box<Place>,
        /// The cell's text.
        found: String,
        /// What the cell fails to be ("is not a number", "has an empty cell").
        expected: &'static str,
        /// What to do about it.
        help: String,
    },
    /// A cell of the time column is no date of the kind the column holds.
    #[error("column {} {expected}{place}: {found:?}{}", place.title(), Help(help))]
    BadDate {
        /// The cell.
        place: Box<Place>,
        /// The cell's text.
        found: String,
        /// What the cell fails to be.
        expected: &'static str,
        /// What to do about it.
        help: String,
    },
    /// Dates such as `01/02/2006` with no day over 12 in the whole column.
    #[error("the dates of column {} are ambiguous: no date has a day above 12, so day and month cannot be told apart{place}: {found:?}{}", place.title(), Help(help))]
    AmbiguousDates {
        /// The first such cell.
        place: Box<Place>,
        /// The cell's text.
        found: String,
        /// What to do about it.
        help: String,
    },
    /// The dates neither rise nor fall all the way.
    #[error("the dates are not in order{place}: {found:?} comes after {before:?}{}", Help(help))]
    Unsorted {
        /// The first cell that turns round.
        place: Box<Place>,
        /// Its text.
        found: String,
        /// The text of the row before it.
        before: String,
        /// What to do about it.
        help: String,
    },
    /// A date stands twice.
    #[error("duplicate date{place}: {found:?} is on {} {first_line} already{}", place.unit.word(), Help(help))]
    DuplicateDate {
        /// The second of the two cells.
        place: Box<Place>,
        /// Its text.
        found: String,
        /// The line of the first one.
        first_line: u64,
        /// What to do about it.
        help: String,
    },
    /// No column of that name.
    #[error("`{path}` has no column `{name}`{}", Help(&nearest(nearest_names, known)))]
    UnknownColumn {
        /// The file.
        path: String,
        /// The name asked for.
        name: String,
        /// The names most like it, best first.
        nearest_names: Vec<String>,
        /// All names.
        known: Vec<String>,
    },
    /// No series of that name in the id column.
    #[error("`{path}` has no series `{name}`{}", Help(&nearest_series(nearest_names, known)))]
    UnknownSeries {
        /// The file.
        path: String,
        /// The name asked for.
        name: String,
        /// The names most like it, best first.
        nearest_names: Vec<String>,
        /// All names.
        known: Vec<String>,
    },
    /// Several columns could be what is meant.
    #[error("`{path}` has {} columns that could be the {role}: {}{}", candidates.len(), list(candidates), Help(help))]
    WhichColumn {
        /// The file.
        path: String,
        /// What the column is for: "target" or "time".
        role: &'static str,
        /// The columns.
        candidates: Vec<String>,
        /// The flag to type.
        help: String,
    },
    /// No column can be what is needed.
    #[error("`{path}` has no column of numbers to forecast: {}", list(columns))]
    NoTarget {
        /// The file.
        path: String,
        /// Each column and what it holds.
        columns: Vec<String>,
    },
    /// The workbook has several sheets with cells and none was chosen.
    #[error("`{path}` has {} sheets with cells: {}{}", sheets.len(), list(sheets), Help(help))]
    WhichSheet {
        /// The file.
        path: String,
        /// The sheets.
        sheets: Vec<String>,
        /// The option to type.
        help: String,
    },
    /// No sheet of that name or number.
    #[error("`{path}` has no sheet `{name}`{}", Help(&nearest(nearest_names, known)))]
    UnknownSheet {
        /// The file.
        path: String,
        /// The name or number asked for.
        name: String,
        /// The names most like it, best first.
        nearest_names: Vec<String>,
        /// All names.
        known: Vec<String>,
    },
    /// The file holds several series and none was chosen.
    #[error("`{path}` holds {} series in column {}: {}{}", ids.len(), tick(id_col), list(ids), Help(help))]
    WhichSeries {
        /// The file.
        path: String,
        /// The column with the names of the series; empty when each row is a series.
        id_col: String,
        /// The names.
        ids: Vec<String>,
        /// The flags to type.
        help: String,
    },
    /// The rows look like those of several series, and no column was said to name them.
    #[error("`{path}` looks like {} series, one for each {}: {}; {seen}{}", ids.len(), tick(id_col), list(ids), Help(help))]
    SeveralSeries {
        /// The file.
        path: String,
        /// The column whose values tell the series apart, or several with commas between.
        id_col: String,
        /// The values.
        ids: Vec<String>,
        /// What gives the series away.
        seen: String,
        /// The options to type.
        help: String,
    },
    /// Two columns have the same name.
    #[error("`{path}` has two columns called `{name}`: {} and {}{}", columns.0, columns.1, Help(help))]
    SameName {
        /// The file.
        path: String,
        /// The name.
        name: String,
        /// The columns, from 1.
        columns: (usize, usize),
        /// What to do about it.
        help: String,
    },
    /// No entry of that name in a registry.
    #[error("no {family} is called `{name}`{}", Help(&nearest(nearest_names, known)))]
    UnknownName {
        /// "scaler", "baseline", "metric", "frequency".
        family: &'static str,
        /// The name asked for.
        name: String,
        /// The names most like it, best first.
        nearest_names: Vec<String>,
        /// All names.
        known: Vec<String>,
    },
    /// A value that must be finite is not.
    #[error("`{what}`: value {index} is {value}, and not finite")]
    NotFinite {
        /// The argument.
        what: &'static str,
        /// Where in it, from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// Two slices that belong together differ in length.
    #[error("`{what}`: expected {expected} values, got {got}")]
    Length {
        /// The argument.
        what: &'static str,
        /// The length asked for.
        expected: usize,
        /// The length given.
        got: usize,
    },
    /// There is not enough history for what was asked.
    #[error(
        "{what} needs {needed} values of history, and there are {got}{}",
        Help("give a longer series")
    )]
    ShortHistory {
        /// What needs it.
        what: &'static str,
        /// The least number of values.
        needed: usize,
        /// The number there is.
        got: usize,
    },
}

/// Where in a file something is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The line or row, from 1.
    pub line: u64,
    /// Whether it is a line or a row.
    pub unit: Unit,
    /// The column, from 1.
    pub column: Option<usize>,
    /// The column's name in the header, when there is a header.
    pub name: Option<String>,
}

/// What the numbers of a file's rows count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// The lines of a text.
    #[default]
    Line,
    /// The rows of a table, without its header, where there are no lines.
    Row,
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Unit::Line => "line",
            Unit::Row => "row",
        }
    }
}

impl Place {
    /// `line 418`, `row 417`.
    pub(crate) fn counted(&self) -> String {
        format!("{} {}", self.unit.word(), self.line)
    }

    fn title(&self) -> String {
        match (&self.name, self.column) {
            (Some(name), _) => format!("`{}`", on_a_line(name)),
            (None, Some(column)) => column.to_string(),
            (None, None) => String::new(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            Unit::Line => write!(f, "\n  --> {}:{}", self.path, self.line)?,
            Unit::Row => write!(f, "\n  --> {}, row {}", self.path, self.line)?,
        }
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        if let Some(name) = &self.name {
            write!(f, " ({name:?})")?;
        }
        Ok(())
    }
}

/// As a person says it: `2.0 GB`, `512 MB`.
fn bytes(count: u64) -> String {
    match count {
        1_000_000_000.. => format!("{:.1} GB", count as f64 / 1e9),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

impl From<elman_nn::registry::UnknownName> for Error {
    fn from(error: elman_nn::registry::UnknownName) -> Self {
        unknown_name(error.family, &error.name, &error.known)
    }
}

/// The error for a name that is not known, with the nearest names.
pub(crate) fn unknown_name(family: &'static str, name: &str, known: &[&str]) -> Error {
    Error::UnknownName {
        family,
        name: name.to_string(),
        nearest_names: nearest_names(name, known.iter().copied()),
        known: known.iter().map(|k| k.to_string()).collect(),
    }
}

/// Refuses values that are not finite.
pub(crate) fn all_finite(what: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NotFinite { what, index, value: values[index] }),
        None => Ok(()),
    }
}
