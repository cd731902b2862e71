//! The columns that a forecast does not use, each with the options that would use it: what is left out is said.

use super::columns::{Columns, Kind};
use super::typed;

/// The most names in a note.
const MOST: usize = 8;

/// A note that names the columns that are not `used`; none where all are. Reading `one` series, options of many are
/// not named.
pub(super) fn note(columns: &Columns, used: impl Fn(usize) -> bool, one: bool) -> Option<String> {
    let options = |kind: Kind| match (kind, one) {
        (Kind::Number, true) => "numbers: `--target`",
        (Kind::Number, false) => "numbers: `--target`, `--futr-exog`, `--hist-exog`, `--wide`",
        (Kind::Text, true) => "text: `--id-col`",
        (Kind::Text, false) => "text: `--id-col`, `--static-exog`",
        (Kind::Date, _) => "dates: `--time-col`",
        (Kind::Empty, _) => "empty",
    };
    let mut left = MOST;
    let parts: Vec<String> = [Kind::Number, Kind::Text, Kind::Date, Kind::Empty]
        .into_iter()
        .filter_map(|kind| {
            let all = columns.of(kind).filter(|c| !used(*c));
            let names: Vec<&str> = all.map(|c| &columns.all[c].name[..]).collect();
            let names: Vec<&str> = names.into_iter().filter(|name| !is_unnamed(name)).collect();
            if names.is_empty() {
                return None;
            }
            let part = format!("{} ({})", listed_up_to(&names, left), options(kind));
            left = left.saturating_sub(names.len()).max(1);
            Some(part)
        })
        .collect();
    (!parts.is_empty()).then(|| format!("columns not used: {}", parts.join("; ")))
}

/// A column without a name counts the rows, as pandas writes them, or is the end of a line.
fn is_unnamed(name: &str) -> bool {
    name.is_empty() || name.to_lowercase().starts_with("unnamed: ")
}

/// Names, the first few of them.
pub(super) fn listed(names: &[&str]) -> String {
    listed_up_to(names, MOST)
}

fn listed_up_to(names: &[&str], most: usize) -> String {
    let shown: Vec<String> = names.iter().take(most).map(|name| typed(name)).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more", shown.join(", ")),
    }
}
