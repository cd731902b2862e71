//! The table as CSV: exactly, or safe from CSV injection (names that a spreadsheet runs as formulas).

use super::{Columns, Row};
use csv::{ErrorKind, QuoteStyle, Writer, WriterBuilder};
use std::io::{Error, Write};

/// Writes rows as CSV under a header of [`columns()`](super::columns()), with every digit a value needs to be read back the
/// same; what is not known is an empty cell. Names are written as they are, though a spreadsheet may take one for a
/// formula: see [`safe_csv()`].
///
/// # Errors
/// What `out` gives; a closed pipe keeps its kind.
pub fn csv<'a>(
    out: impl Write,
    columns: &Columns,
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<(), Error> {
    table(Writer::from_writer(out), columns, rows, |text| text)
}

/// The same for a spreadsheet, which runs text as a formula that begins like one: an apostrophe stands before a
/// [formula](is_formula), and all text in quotes, so that a spreadsheet with another delimiter finds no cell inside a
/// name. Numbers are not touched.
///
/// # Errors
/// As [`csv()`].
pub fn safe_csv<'a>(
    out: impl Write,
    columns: &Columns,
    rows: impl IntoIterator<Item = Row<'a>>,
) -> Result<(), Error> {
    let writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(out);
    table(writer, columns, rows, |text| match is_formula(&text) {
        true => format!("'{text}"),
        false => text,
    })
}

/// Whether a spreadsheet may run this text: it begins as the list of OWASP ("CSV Injection") says, and is no number.
pub fn is_formula(text: &str) -> bool {
    let begins = text.starts_with(['\t', '\r', '\n'])
        // Before the sign some spreadsheets skip spaces; Japanese ones know it in full width, too.
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    begins && !text.parse::<f64>().is_ok_and(f64::is_finite)
}

fn table<'a>(
    mut writer: Writer<impl Write>,
    columns: &Columns,
    rows: impl IntoIterator<Item = Row<'a>>,
    text: impl Fn(String) -> String,
) -> Result<(), Error> {
    let io = |e: csv::Error| match e.into_kind() {
        ErrorKind::Io(e) => e,
        other => Error::other(format!("{other:?}")),
    };
    let mut rows = rows.into_iter().peekable();
    let tested = rows.peek().is_some_and(|row| row.tested.is_some());
    writer.write_record(super::columns(tested, columns)).map_err(io)?;
    let number = |y: f64| if y.is_nan() { String::new() } else { y.to_string() };
    for row in rows {
        let numbers: Vec<String> = row.numbers().map(number).collect();
        let names = [row.unique_id.to_owned(), row.ds.text].map(&text);
        let tested = row.tested.into_iter().flat_map(|(cutoff, y)| [text(cutoff.text), number(y)]);
        writer.write_record(names.into_iter().chain(tested).chain(numbers)).map_err(io)?;
    }
    writer.flush()
}
