//! Writing a forecast as a table.

use std::io::{Error, Write};

use serde_json::{Map, Value};

/// One forecast value.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// The name of the series.
    pub unique_id: &'a str,
    /// The date or step, as the data writes it.
    pub ds: String,
    /// The forecast.
    pub elman: f64,
    /// The lower and the upper bound of each level.
    pub bounds: Vec<(f64, f64)>,
}

/// Nixtla's names of the columns: `unique_id`, `ds`, `elman`, and for each level of `levels`, in per
/// cent, such as 80, `elman-lo-80` and `elman-hi-80`.
pub fn columns(levels: &[f64]) -> Vec<String> {
    let bounds = levels.iter().flat_map(|l| [format!("elman-lo-{l}"), format!("elman-hi-{l}")]);
    ["unique_id", "ds", "elman"].into_iter().map(str::to_owned).chain(bounds).collect()
}

/// Writes rows as CSV under a header of [`columns`], with every digit a value needs to be read back the
/// same.
///
/// # Errors
/// What `out` gives; a closed pipe keeps its kind.
pub fn csv<'a>(
    out: impl Write,
    levels: &[f64],
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<(), Error> {
    let mut writer = csv::Writer::from_writer(out);
    let io = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(e) => e,
        other => Error::other(format!("{other:?}")),
    };
    writer.write_record(columns(levels)).map_err(io)?;
    for row in rows {
        let numbers = row.bounds.iter().flat_map(|(low, high)| [low, high]);
        let numbers = [&row.elman].into_iter().chain(numbers).map(f64::to_string);
        let cells = [row.unique_id.to_owned(), row.ds].into_iter().chain(numbers);
        writer.write_record(cells).map_err(io)?;
    }
    writer.flush()
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
    let columns = columns(levels);
    for row in rows {
        writeln!(out, "{}", json(&columns, row))?;
    }
    out.flush()
}

/// A row as a JSON object under the names in `columns`.
pub fn json(columns: &[String], row: Row<'_>) -> Value {
    let numbers = row.bounds.iter().flat_map(|&(low, high)| [low, high]);
    let numbers = [row.elman].into_iter().chain(numbers).map(Value::from);
    let cells = [Value::from(row.unique_id), Value::from(row.ds)].into_iter().chain(numbers);
    Value::Object(columns.iter().cloned().zip(cells).collect::<Map<_, _>>())
}
