//! A note on CSV injection: names that a spreadsheet would run as formulas.
//!
//! Without `--safe-csv` names are written exactly, since a program that reads the table matches the names with those of
//! its data. A person who opens the table in a spreadsheet has to know before: by then the formula has run. So one
//! note is printed, and only where such a name is written.

use std::path::Path;

use elman::io::write::is_formula;

use crate::files::Kind;

/// Prints the note if CSV that is not `safe` was written, to `out` or without `out` to stdout.
pub fn note<'a>(names: impl IntoIterator<Item = &'a str>, out: Option<&Path>, safe: bool) {
    if safe || out.is_some_and(|out| Kind::of_table(out) != Kind::Csv) {
        return;
    }
    let mut formulas = names.into_iter().filter(|name| is_formula(name));
    let Some(first) = formulas.next() else { return };
    let more = match formulas.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    note!(
        "note: a spreadsheet would run the name {first:?}{more} as a formula; `--safe-csv` writes an \
         apostrophe before it"
    );
}
