//! What cells that are no numbers have in common: with most of a column, the column is to be looked at and not its gaps.

/// What to do where most of `all` cells are words and not numbers; none where they are few among many.
pub(super) fn help<'a>(words: impl Iterator<Item = &'a str>, all: usize) -> Option<String> {
    let words: Vec<&str> = words.collect();
    if words.len() * 2 <= all || words.len() < 2 {
        return None;
    }
    let count = format!("{} of {all} cells are like that", words.len());
    let first = beside(words[0]);
    let digits = |w: &str| w.contains(|c: char| c.is_ascii_digit());
    let same = words.iter().filter(|w| digits(w) && beside(w) == first).count();
    Some(if same * 2 > words.len() && !first.is_empty() {
        format!(
            "{count}: take {first:?} out of them, so that numbers are left such as 1234.5, 1,234.5 or 1.234,5"
        )
    } else {
        format!(
            "{count}: choose a column of numbers with `--target`; numbers are written 1234.5, 1,234.5, 1.234,5, \
             1 234,5, $100 or 100 %"
        )
    })
}

/// The text beside the digits of a cell.
fn beside(cell: &str) -> String {
    let text: String =
        cell.chars().filter(|c| !c.is_ascii_digit() && !".,-+'".contains(*c)).collect();
    text.trim().to_string()
}
