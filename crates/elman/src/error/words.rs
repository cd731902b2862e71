//! Parts of error messages: the help line, names of a file, and the nearest known names.

use std::fmt;

pub(super) struct Help<'a>(pub(super) &'a str);

impl fmt::Display for Help<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "\n  help: {}", self.0) }
    }
}

/// A name from a file without its line breaks: a line of an error is this program's, not the file's.
pub(super) fn on_a_line(name: &str) -> String {
    name.replace('\n', "\\n").replace('\r', "\\r")
}

pub(super) fn tick(name: &str) -> String {
    if name.is_empty() { "1".to_string() } else { format!("`{}`", on_a_line(name)) }
}

/// The longest list of names an error prints.
const LISTED: usize = 12;

pub(super) fn list(names: &[String]) -> String {
    let names_on_a_line = names.iter().take(LISTED).map(|name| on_a_line(name));
    let mut text = names_on_a_line.collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        text.push_str(&format!(", and {} more", names.len() - LISTED));
    }
    text
}

pub(super) fn nearest(nearest: &[String], known: &[String]) -> String {
    match nearest {
        [] => format!("choose from {}", list(known)),
        [one] => format!("did you mean `{}`?", on_a_line(one)),
        many => format!("did you mean one of {}?", list(many)),
    }
}

pub(super) fn nearest_series(near: &[String], known: &[String]) -> String {
    match known {
        [] => "no column names series in this file: leave out `--series`, or name the column with `--id-col`".into(),
        known => nearest(near, known),
    }
}

/// The names most like `name`, best first: at most three, and none that is unlike it.
pub fn nearest_names<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    // Jaro-Winkler of unrelated words lies near 0.5, of a slip of the finger above 0.8.
    const ALIKE: f64 = 0.75;
    let wanted = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|k| (strsim::jaro_winkler(&wanted, &k.to_lowercase()), k))
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, k)| k.to_string()).collect()
}
