//! One cell as a number, in the notation of its column.

use super::written::{self, Marks};

/// What marks the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
    /// No cell has shown it: each is read by itself, and one that can be read two ways is refused.
    Undecided,
}

/// Why a cell is no number, as an error says it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bad {
    Empty,
    NotANumber,
    NotFinite,
    /// With a decimal point it is the first number, with a decimal comma the second.
    TwoWays(f64, f64),
}

impl Bad {
    pub(super) fn text(self) -> &'static str {
        match self {
            Bad::Empty => "has an empty cell",
            Bad::NotANumber => "is not a number",
            Bad::NotFinite => "is not finite",
            Bad::TwoWays(..) => "has a number that can be read two ways",
        }
    }
}

/// Whether a cell says that there is no value: nothing, a word for it, or an error of a spreadsheet.
pub(super) fn is_missing(cell: &str) -> bool {
    const WORDS: [&str; 11] =
        ["", "na", "n/a", "#n/a", "nan", "null", "none", "-", ".", "?", "missing"];
    let cell = cell.trim();
    cell.len() <= 7 && WORDS.iter().any(|w| cell.eq_ignore_ascii_case(w))
        || is_spreadsheet_error(cell)
}

/// Whether a cell is what a spreadsheet shows where a formula failed.
pub(super) fn is_spreadsheet_error(cell: &str) -> bool {
    const ERRORS: [&str; 14] = [
        "#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
        // The same in German and French.
        "#BEZUG!", "#WERT!", "#NV", "#VALEUR!", "#NOM?",
    ];
    cell.starts_with('#') && ERRORS.iter().any(|e| cell.eq_ignore_ascii_case(e))
}

/// Whether a cell is one of these texts, or one of these numbers written in another way.
pub(super) fn is_one_of(cell: &str, values: &[String]) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    !values.is_empty()
        && values.iter().any(|value| {
            value.eq_ignore_ascii_case(cell)
                || number(value).is_some_and(|value| number(cell) == Some(value))
        })
}

/// Reads a number.
pub(super) fn number(cell: &str, notation: Notation) -> Result<f64, Bad> {
    number_and_marks(cell, notation).map(|(value, _)| value)
}

/// Whether a cell is a number, be it one that can be read two ways.
pub(super) fn is_number(cell: &str, notation: Notation) -> bool {
    matches!(number(cell, notation), Ok(_) | Err(Bad::TwoWays(..)))
}

/// Reads a number, and tells what stands around its digits.
pub(super) fn number_and_marks(cell: &str, notation: Notation) -> Result<(f64, Marks), Bad> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err(Bad::Empty);
    }
    // Nearly all cells of nearly all files are done here.
    let plain = match notation {
        Notation::Point => !cell.contains(','),
        Notation::Comma | Notation::Undecided => !cell.contains([',', '.']),
    };
    let value = match cell.parse::<f64>() {
        Ok(value) if plain => (value, Marks::default()),
        _ if has_date_separator(cell) => return Err(Bad::NotANumber),
        _ => {
            let (plain, marks) = written::plain(cell).ok_or(Bad::NotANumber)?;
            let (value, more) = read(&plain, notation)?;
            (value, marks | more)
        }
    };
    if value.0.is_finite() { Ok(value) } else { Err(Bad::NotFinite) }
}

/// Whether `-`, `/` or `:` stands between two digits, as in dates and times and in no number. Without this test every date
/// of a file is tried in all notations of numbers: reading CSV takes 2.4 times as long.
fn has_date_separator(cell: &str) -> bool {
    let between = |w: &[u8]| {
        w[0].is_ascii_digit() && matches!(w[1], b'-' | b'/' | b':') && w[2].is_ascii_digit()
    };
    cell.as_bytes().windows(3).any(between)
}

fn read(plain: &str, notation: Notation) -> Result<(f64, Marks), Bad> {
    let point = || with_mark(plain, '.', ',');
    let comma = || with_mark(plain, ',', '.');
    let read = match notation {
        Notation::Point => point(),
        Notation::Comma => comma(),
        Notation::Undecided => match (point(), comma()) {
            (Some(a), Some(b)) if a.0 != b.0 => return Err(Bad::TwoWays(a.0, b.0)),
            (a, b) => a.or(b),
        },
    };
    read.ok_or(Bad::NotANumber)
}

/// The number that digits are with this decimal mark; the other one groups them, or a space or an apostrophe.
fn with_mark(plain: &str, mark: char, group: char) -> Option<(f64, Marks)> {
    let (whole, decimals) = plain.split_once(mark).unwrap_or((plain, ""));
    if decimals.contains([mark, group, ' ', '\'']) {
        return None;
    }
    let (digits, marks) = ungrouped(whole, group)?;
    let text = if decimals.is_empty() { digits } else { format!("{digits}.{decimals}") };
    Some((text.parse().ok()?, marks))
}

/// Digits without the marks between their groups; `None` where they do not stand in groups: `1,234` and not `1,23`.
fn ungrouped(whole: &str, group: char) -> Option<(String, Marks)> {
    let marks = [group, ' ', '\''];
    let Some(mark) = whole.chars().find(|c| marks.contains(c)) else {
        return Some((whole.to_string(), Marks::default()));
    };
    let digits = whole.trim_start_matches(['-', '+']);
    let groups: Vec<&str> = digits.split(mark).collect();
    let (first, last) = (groups[0], groups[groups.len() - 1]);
    let all_digits = groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_digit()));
    let middle = &groups[1..groups.len() - 1];
    let threes = (1..=3).contains(&first.len()) && middle.iter().all(|g| g.len() == 3);
    // India counts in thousands, hundreds of thousands, and hundreds of those: 1,23,45,678.
    let indian = mark == ','
        && (1..=2).contains(&first.len())
        && !middle.is_empty()
        && middle.iter().all(|g| g.len() == 2);
    // Nobody groups the digits of 0.123.
    let grouped = all_digits && last.len() == 3 && !first.starts_with('0') && (threes || indian);
    let marks = match mark {
        ' ' | '\'' => Marks::GROUPS,
        _ if indian => Marks::INDIAN,
        _ => Marks::default(),
    };
    grouped.then(|| (whole.replace(mark, ""), marks))
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
            ("1,234.5e3", 1234500.0),
        ] {
            assert_eq!(number(cell, Notation::Point), Ok(value), "{cell}");
        }
        for (cell, value) in [
            ("1,5", 1.5),
            ("1.234,5", 1234.5),
            ("1.234", 1234.0),
            ("12", 12.0),
            ("-0,25", -0.25),
            ("1,5E+03", 1500.0),
            ("1E+05", 100000.0),
        ] {
            assert_eq!(number(cell, Notation::Comma), Ok(value), "{cell}");
        }
    }

    #[test]
    fn each_cell_by_itself_where_nothing_is_decided() {
        for (cell, value) in [
            ("12", 12.0),
            ("12,5", 12.5),
            ("12.5", 12.5),
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1,234,567", 1234567.0),
            ("0.214", 0.214),
            ("0,214", 0.214),
            ("1234.567", 1234.567),
            ("1 234,567", 1234.567),
        ] {
            assert_eq!(number(cell, Notation::Undecided), Ok(value), "{cell}");
        }
        for cell in ["1.214", "1,214", "-12.345", "$1.214"] {
            let read = number(cell, Notation::Undecided);
            assert!(matches!(read, Err(Bad::TwoWays(..))), "{cell}: {read:?}");
        }
    }

    #[test]
    fn the_writings_of_other_countries() {
        for (cell, value) in [
            ("$100", 100.0),
            ("-$1,234.50", -1234.5),
            ("$-5", -5.0),
            ("($1,234.50)", -1234.5),
            ("(100)", -100.0),
            ("100 €", 100.0),
            ("€ 100", 100.0),
            ("100\u{a0}EUR", 100.0),
            ("CHF 10'040.50", 10040.5),
            ("10’040", 10040.0),
            ("kr 100", 100.0),
            ("100,5 kr".replace(',', ".").as_str(), 100.5),
            ("¥1,000", 1000.0),
            ("￥１，０００", 1000.0),
            ("１２３．５", 123.5),
            ("1,000円", 1000.0),
            ("₹1,23,456.78", 123456.78),
            ("1,23,45,678", 12345678.0),
            ("US$ 7", 7.0),
            ("100 %", 100.0),
            ("12.5%", 12.5),
            ("10 040", 10040.0),
            ("10\u{a0}040", 10040.0),
            ("10\u{202f}040", 10040.0),
            ("\u{2212}5", -5.0),
            ("100-", -100.0),
        ] {
            assert_eq!(number(cell, Notation::Point), Ok(value), "{cell}");
        }
        assert_eq!(number("100,4 €", Notation::Comma), Ok(100.4));
        assert_eq!(number("1.234,50-", Notation::Comma), Ok(-1234.5));
        assert_eq!(number("1\u{202f}234,5", Notation::Comma), Ok(1234.5));
    }

    #[test]
    fn what_is_no_number() {
        for cell in [
            "1,23",
            "1,2345",
            "12345,678",
            "1.5.2",
            "abc",
            ",",
            "1,,000",
            "--1",
            "$",
            "%",
            "()",
            "(5",
            "5)",
            "(-5)",
            "-5-",
            "$5$",
            "5%%",
            "kr1",
            "TL1",
            "1 2",
            "1 23 456",
            "0,123",
            "1,2,345,678",
            "12:30",
            "2006-01",
            "5 kg",
            "1'2",
            "$inf",
            "(nan)",
            "e5",
            "5e",
        ] {
            let read = number(cell, Notation::Point);
            assert_eq!(read, Err(Bad::NotANumber), "{cell}");
        }
        assert_eq!(number(" ", Notation::Point), Err(Bad::Empty));
        assert_eq!(number("inf", Notation::Point), Err(Bad::NotFinite));
        assert_eq!(number("NaN", Notation::Point), Err(Bad::NotFinite));
        assert_eq!(number("1e999", Notation::Point), Err(Bad::NotFinite));
    }

    #[test]
    fn errors_of_spreadsheets_are_missing() {
        for cell in ["#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#name?", "#NUM!", "#NULL!", "#NV"] {
            assert!(is_missing(cell), "{cell}");
        }
        assert!(!is_missing("#1"));
    }
}
