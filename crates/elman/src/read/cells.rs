//! One cell as a number, in the notation of its file.

/// What marks the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

/// Why a cell is no number, as an error says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    Empty,
    NotANumber,
    NotFinite,
}

impl Bad {
    pub(super) fn text(self) -> &'static str {
        match self {
            Bad::Empty => "has an empty cell",
            Bad::NotANumber => "is not a number",
            Bad::NotFinite => "is not finite",
        }
    }
}

/// Whether a cell says that there is no value.
pub(super) fn is_missing(cell: &str) -> bool {
    const WORDS: [&str; 11] =
        ["", "na", "n/a", "#n/a", "nan", "null", "none", "-", ".", "?", "missing"];
    let cell = cell.trim();
    cell.len() <= 7 && WORDS.iter().any(|w| cell.eq_ignore_ascii_case(w))
}

/// Reads a number.
pub(super) fn number(cell: &str, notation: Notation) -> Result<f64, Bad> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err(Bad::Empty);
    }
    let (group, mark) = match notation {
        Notation::Point => (',', '.'),
        Notation::Comma => ('.', ','),
    };
    let value = if !cell.contains(group) && (mark == '.' || !cell.contains(mark)) {
        cell.parse::<f64>()
    } else {
        let (whole, decimals) = cell.split_once(mark).unwrap_or((cell, ""));
        if decimals.contains(mark) || decimals.contains(group) || !grouped(whole, group) {
            return Err(Bad::NotANumber);
        }
        format!("{}.{decimals}", whole.replace(group, "")).parse::<f64>()
    };
    match value {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(Bad::NotFinite),
        Err(_) => Err(Bad::NotANumber),
    }
}

/// Whether the digits stand in groups of three: `1,234` and not `1,23`.
fn grouped(whole: &str, group: char) -> bool {
    let digits = whole.trim_start_matches(['-', '+']);
    let mut parts = digits.split(group);
    let first = parts.next().unwrap_or("");
    let mut more = 0;
    let rest = parts.all(|p| {
        more += 1;
        p.len() == 3 && p.bytes().all(|b| b.is_ascii_digit())
    });
    first.bytes().all(|b| b.is_ascii_digit())
        && (more == 0 || (rest && (1..=3).contains(&first.len())))
}

/// Whether a cell has a decimal comma: `12,5`, `1.234,56`.
pub(super) fn has_decimal_comma(cell: &str) -> bool {
    let cell = cell.trim();
    cell.matches(',').count() == 1
        && cell.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.' | b'-' | b'+'))
        && number(cell, Notation::Comma).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations() {
        for (cell, value) in [
            ("1.5", 1.5),
            ("-3", -3.0),
            ("1e3", 1000.0),
            ("1,234", 1234.0),
            ("-1,234,567.5", -1234567.5),
        ] {
            assert_eq!(number(cell, Notation::Point), Ok(value), "{cell}");
        }
        for (cell, value) in
            [("1,5", 1.5), ("1.234,5", 1234.5), ("1.234", 1234.0), ("12", 12.0), ("-0,25", -0.25)]
        {
            assert_eq!(number(cell, Notation::Comma), Ok(value), "{cell}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for cell in
            ["1,23", "1,2345", "12345,678", "1.5.2", "$5", "5%", "abc", ",", "1,,000", "--1"]
        {
            assert_eq!(number(cell, Notation::Point), Err(Bad::NotANumber), "{cell}");
        }
        assert_eq!(number(" ", Notation::Point), Err(Bad::Empty));
        assert_eq!(number("inf", Notation::Point), Err(Bad::NotFinite));
        assert_eq!(number("NaN", Notation::Point), Err(Bad::NotFinite));
        assert_eq!(number("1e999", Notation::Point), Err(Bad::NotFinite));
    }
}
