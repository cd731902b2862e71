//! Writing a forecast as a table.

#[cfg(feature = "columnar")]
mod columnar;
mod csv;
mod when;

use std::io::{Error, Write};

#[cfg(feature = "columnar")]
pub use columnar::{arrow, parquet};
pub use csv::{csv, is_formula, safe_csv};
use serde_json::{Map, Value};
pub(crate) use when::zone;
pub use when::{Moment, When};

/// One forecast value.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// The name of the series.
    pub unique_id: &'a str,
    /// The date or step.
    pub ds: When,
    /// In a backtest: the last date known, and what came.
    pub tested: Option<(When, f64)>,
    /// The forecast.
    pub elman: f64,
    /// The lower and the upper bound of each level.
    pub bounds: Vec<(f64, f64)>,
}

/// Nixtla's names of the columns: `unique_id`, `ds`, in a backtest `cutoff` and `y`, then `elman`, and
/// for each level of `levels`, in per cent, such as 80, `elman-lo-80` and `elman-hi-80`.
pub fn columns(tested: bool, levels: &[f64]) -> Vec<String> {
    let names: &[&str] = match tested {
        false => &["unique_id", "ds", "elman"],
        true => &["unique_id", "ds", "cutoff", "y", "elman"],
    };
    let bounds = levels.iter().flat_map(|l| [format!("elman-lo-{l}"), format!("elman-hi-{l}")]);
    names.iter().map(|name| (*name).to_owned()).chain(bounds).collect()
}

/// Writes rows as lines of JSON, each an object with the names of [`columns`].
///
/// # Errors
/// What `out` gives.
pub fn json_lines<'a>(
    mut out: impl Write,
    levels: &[f64],
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<(), Error> {
    for row in rows {
        writeln!(out, "{}", json(levels, row))?;
    }
    out.flush()
}

/// A row as a JSON object under the names of [`columns`].
pub fn json(levels: &[f64], row: Row<'_>) -> Value {
    let columns = columns(row.tested.is_some(), levels);
    let tested = row.tested.into_iter();
    let tested = tested.flat_map(|(cutoff, y)| [Value::from(cutoff.text), Value::from(y)]);
    let numbers = row.bounds.iter().flat_map(|&(low, high)| [low, high]);
    let numbers = [row.elman].into_iter().chain(numbers).map(Value::from);
    let cells = [Value::from(row.unique_id), Value::from(row.ds.text)].into_iter();
    Value::Object(
        columns.into_iter().zip(cells.chain(tested).chain(numbers)).collect::<Map<_, _>>(),
    )
}
