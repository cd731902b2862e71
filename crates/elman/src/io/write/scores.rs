//! A table of scores as CSV: one row for each series and model.

use std::io::{Error, Write};

use csv::{ErrorKind, Writer};

/// Writes `unique_id`, `model` and the scores of each row, under the names of `metrics`; a score that is not defined is an
/// empty cell.
///
/// # Errors
/// The errors of `out`.
pub fn scores(
    out: impl Write,
    metrics: &[&str],
    rows: impl IntoIterator<Item = (String, String, Vec<Option<f64>>)>,
) -> Result<(), Error> {
    let io = |e: csv::Error| match e.into_kind() {
        ErrorKind::Io(e) => e,
        other => Error::other(format!("{other:?}")),
    };
    let mut writer = Writer::from_writer(out);
    writer.write_record(["unique_id", "model"].iter().chain(metrics)).map_err(io)?;
    for (series, model, scores) in rows {
        let number = |score: Option<f64>| score.map_or(String::new(), |score| score.to_string());
        let cells = [series, model].into_iter();
        writer.write_record(cells.chain(scores.into_iter().map(number))).map_err(io)?;
    }
    writer.flush()
}
