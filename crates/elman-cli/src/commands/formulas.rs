//! That names in a table are formulas to a spreadsheet.
//!
//! Without `--safe-csv` names are written exactly, since a program that reads the table matches the names with those of
//! its data. Who opens the table in a spreadsheet, with names that came from elsewhere, has to hear of it before: by
//! then the formula has run. So there is one note, and only where such a name is written.

use std::path::Path;

use elman::write::is_formula;

use crate::files::Kind;

/// Says so, where CSV has gone to `out`, or to stdout without it, and is not `safe`.
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
