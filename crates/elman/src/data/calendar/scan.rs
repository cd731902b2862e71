//! One date, taken apart: its numbers and marks, before anything is known about the column it stands in.

/// The pieces of one date.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pieces<'a> {
    pub(super) kind: Kind,
    /// The numbers in the order they stand; a quarter is `[year, quarter]`.
    pub(super) numbers: [u32; 3],
    /// How many digits each has; 0 for a month written as a word.
    pub(super) digits: [usize; 3],
    /// What stands between the numbers.
    pub(super) separator: &'a str,
    pub(super) time: Option<Time<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Quarter,
    Month,
    Day,
}

/// The time of day behind a date.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Time<'a> {
    pub(super) between: &'a str,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) millis: u32,
    pub(super) has_seconds: bool,
    pub(super) decimals: usize,
    pub(super) zone: &'a str,
    /// Minutes east of Greenwich, when a zone is written.
    pub(super) offset: Option<i64>,
}

/// Takes a date of two or three numbers apart; `None` when the text is no such thing.
pub(super) fn scan(text: &str) -> Option<Pieces<'_>> {
    let text = text.trim();
    if !text.is_ascii() || text.len() > 40 {
        return None;
    }
    let (first, rest) = number(text)?;
    if let Some((between, quarter)) = quarter(rest) {
        let year_first = Pieces {
            kind: Kind::Quarter,
            numbers: [first.0, quarter, 0],
            digits: [first.1, 1, 0],
            separator: between,
            time: None,
        };
        return (first.1 == 4).then_some(year_first);
    }
    let separator = rest.get(..1)?;
    if !matches!(separator, "-" | "/" | "." | "M" | "m") {
        return None;
    }
    let (second, rest) = number(&rest[1..])?;
    if rest.is_empty() {
        return month(first, second, separator);
    }
    let third = rest.strip_prefix(separator)?;
    let (third, rest) = number(third)?;
    let time = if rest.is_empty() { None } else { Some(time(rest)?) };
    Some(Pieces {
        kind: Kind::Day,
        numbers: [first.0, second.0, third.0],
        digits: [first.1, second.1, third.1],
        separator,
        time,
    })
}

type Digits = (u32, usize);

/// The digits at the front, at most nine of them, and what follows.
fn number(text: &str) -> Option<(Digits, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 9 {
        return None;
    }
    Some(((text[..digits].parse().ok()?, digits), &text[digits..]))
}

fn quarter(rest: &str) -> Option<(&str, u32)> {
    let q = rest.find(['Q', 'q'])?;
    if !matches!(&rest[..q], "" | " " | "-" | "/" | ":") || rest.len() != q + 2 {
        return None;
    }
    let quarter = u32::from(rest.as_bytes()[q + 1].wrapping_sub(b'0'));
    (1..=4).contains(&quarter).then_some((&rest[..q + 1], quarter))
}

fn month<'a>(first: Digits, second: Digits, separator: &'a str) -> Option<Pieces<'a>> {
    // `3.11` is a number and `1/2` may be anything; `1-01`, `1749-01`, `1749/1` and `01/2020` are months.
    let written = |d: Digits| d.1 == 4;
    let accepted = match separator {
        "." => second.1 == 4 && first.1 == 2,
        "-" => second.1 == 2 || written(first) || written(second),
        _ => written(first) || written(second),
    };
    let month = if written(second) && !written(first) { first } else { second };
    (accepted && month.1 <= 2 && (1..=12).contains(&month.0)).then_some(Pieces {
        kind: Kind::Month,
        numbers: [first.0, second.0, 0],
        digits: [first.1, second.1, 0],
        separator,
        time: None,
    })
}

fn time(rest: &str) -> Option<Time<'_>> {
    let digits_at = rest.find(|c: char| c.is_ascii_digit())?;
    let between = &rest[..digits_at];
    if !matches!(between, " " | "T" | "t" | "  ") {
        return None;
    }
    let (hour, rest) = number(&rest[digits_at..])?;
    let (minute, mut rest) = number(rest.strip_prefix(':')?)?;
    let mut time = Time {
        between,
        hour: hour.0,
        minute: minute.0,
        second: 0,
        millis: 0,
        has_seconds: false,
        decimals: 0,
        zone: "",
        offset: None,
    };
    if let Some(seconds) = rest.strip_prefix(':') {
        let (second, after) = number(seconds)?;
        (time.second, time.has_seconds, rest) = (second.0, true, after);
        if let Some(fraction) = rest.strip_prefix('.') {
            let (value, after) = number(fraction)?;
            time.decimals = value.1;
            time.millis = (f64::from(value.0) / 10f64.powi(value.1 as i32) * 1000.0) as u32;
            rest = after;
        }
    }
    time.zone = rest;
    time.offset = offset(rest.trim())?;
    Some(time)
}

/// Minutes east of Greenwich; `Some(None)` when no zone is written, `None` when what is written is no zone.
pub(crate) fn offset(zone: &str) -> Option<Option<i64>> {
    match zone {
        "" => return Some(None),
        "Z" | "z" | "UTC" | "GMT" => return Some(Some(0)),
        _ => {}
    }
    let sign = match zone.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 2 | 4) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = digits.get(2..).filter(|m| !m.is_empty()).map_or(Ok(0), str::parse).ok()?;
    Some(Some(sign * (hours * 60 + minutes)))
}
