//! Writing a forecast as a table.

use std::io::Write;

/// One forecast value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row<'a> {
    /// The name of the series.
    pub unique_id: &'a str,
    /// The date or step, as the data writes it.
    pub ds: &'a str,
    /// The forecast.
    pub elman: f64,
}

/// Writes rows as CSV under the header `unique_id,ds,elman`, with every digit a value needs to be read back the same.
///
/// # Errors
/// What `out` gives; a closed pipe keeps its kind.
pub fn csv<'a>(out: impl Write, rows: impl IntoIterator<Item = Row<'a>>) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let io = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(e) => e,
        other => std::io::Error::other(format!("{other:?}")),
    };
    writer.write_record(["unique_id", "ds", "elman"]).map_err(io)?;
    for row in rows {
        writer.write_record([row.unique_id, row.ds, &row.elman.to_string()]).map_err(io)?;
    }
    writer.flush()
}
