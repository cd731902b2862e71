//! Writing a forecast as a table.

#[cfg(feature = "columnar")]
mod columnar;
mod csv;
mod scores;
mod when;

use std::io::{Error, Write};

#[cfg(feature = "columnar")]
pub use columnar::{arrow, batches, parquet};
pub use csv::{csv, is_formula, safe_csv};
pub use scores::scores;
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
    /// The numbers of the further columns.
    pub more: Vec<f64>,
}

impl Row<'_> {
    /// The numbers of the forecast, its bounds and the further columns, in the order of the columns.
    fn numbers(&self) -> impl Iterator<Item = f64> {
        let bounds = self.bounds.iter().flat_map(|(low, high)| [*low, *high]);
        [self.elman].into_iter().chain(bounds).chain(self.more.iter().copied())
    }
}

/// Columns of the forecasts in a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// Name of the forecast.
    pub name: String,
    /// Levels of the prediction intervals, in per cent.
    pub levels: Vec<f64>,
    /// Names of further columns, after those of the forecast.
    pub more: Vec<String>,
}

impl Columns {
    /// The forecast with prediction intervals at these levels.
    pub fn with(levels: &[f64]) -> Self {
        Self { name: "elman".to_owned(), levels: levels.to_vec(), more: Vec::new() }
    }

    /// Names of the columns of one model, after Nixtla: its name, and for each level `name-lo-80` and `name-hi-80`.
    pub fn of_model<'n>(name: &'n str, levels: &'n [f64]) -> impl Iterator<Item = String> + 'n {
        let bounds =
            levels.iter().flat_map(move |l| [format!("{name}-lo-{l}"), format!("{name}-hi-{l}")]);
        [name.to_owned()].into_iter().chain(bounds)
    }
}

/// A forecast called `elman`, without intervals.
impl Default for Columns {
    fn default() -> Self {
        Self::with(&[])
    }
}

/// Nixtla's names of the columns: `unique_id`, `ds`, in a backtest `cutoff` and `y`, then the name of the forecast, `elman`, for each level, in per
/// cent, such as 80, `elman-lo-80` and `elman-hi-80`, and the further columns.
pub fn columns(tested: bool, columns: &Columns) -> Vec<String> {
    let names: &[&str] = match tested {
        false => &["unique_id", "ds"],
        true => &["unique_id", "ds", "cutoff", "y"],
    };
    let names = names.iter().map(|name| (*name).to_owned());
    let forecast = Columns::of_model(&columns.name, &columns.levels);
    names.chain(forecast).chain(columns.more.iter().cloned()).collect()
}

/// Writes rows as lines of JSON, each an object with the names of [`columns()`].
///
/// # Errors
/// What `out` gives.
pub fn json_lines<'a>(
    mut out: impl Write,
    columns: &Columns,
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<(), Error> {
    for row in rows {
        writeln!(out, "{}", json(columns, row))?;
    }
    out.flush()
}

/// A row as a JSON object under the names of [`columns()`].
pub fn json(columns: &Columns, row: Row<'_>) -> Value {
    let names = self::columns(row.tested.is_some(), columns);
    let numbers: Vec<Value> = row.numbers().map(Value::from).collect();
    let tested = row.tested.into_iter();
    let tested = tested.flat_map(|(cutoff, y)| [Value::from(cutoff.text), Value::from(y)]);
    let cells = [Value::from(row.unique_id), Value::from(row.ds.text)].into_iter();
    Value::Object(names.into_iter().zip(cells.chain(tested).chain(numbers)).collect::<Map<_, _>>())
}
