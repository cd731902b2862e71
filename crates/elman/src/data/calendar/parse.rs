//! A whole column of dates at once: only the column tells the day from the month in `01/02/2006`.

use super::century::{Centuries, LATEST_BEGINNING};
use super::scan::{Kind, Pieces, scan};
use super::{DateFormat, DateOrder, DateStyle, Timestamp, offsets, pattern};

/// A column of dates, and how it writes them.
#[derive(Clone, Debug, PartialEq)]
pub struct Dates {
    /// One moment for each cell.
    pub stamps: Vec<Timestamp>,
    /// The file's own way to write them.
    pub style: DateFormat,
}

/// Why a column is no column of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateError {
    /// This cell is no date.
    NotADate(usize),
    /// This cell looks like a date, and the calendar has no such day.
    NoSuchDay(usize),
    /// This cell is a date of another kind than the cells before it.
    Mixed(usize),
    /// Day and month cannot be told apart in any cell; the first of them.
    Ambiguous(usize),
}

impl DateError {
    /// The cell.
    pub(super) fn row(self) -> usize {
        match self {
            DateError::NotADate(row)
            | DateError::NoSuchDay(row)
            | DateError::Mixed(row)
            | DateError::Ambiguous(row) => row,
        }
    }
}

/// Whether one cell, alone, is written like a date.
pub fn looks_like_date(text: &str) -> bool {
    scan(text).is_some() || pattern::is_date(text)
}

/// Reads a column of dates. `order` settles what day and month are when the column itself does not.
///
/// # Errors
/// The first cell that is no date, none of the calendar, or of another kind than those before it; and where day and month
/// cannot be told apart.
pub fn dates(cells: &[&str], order: Option<DateOrder>) -> Result<Dates, DateError> {
    dates_until(cells, order, LATEST_BEGINNING)
}

/// The same, where years of two digits begin in `latest` or before it.
///
/// # Errors
/// As [`dates`].
pub fn dates_until(
    cells: &[&str],
    order: Option<DateOrder>,
    latest: i64,
) -> Result<Dates, DateError> {
    let mut pieces = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        match scan(cell) {
            Some(date) => pieces.push(date),
            None if row > 0 && pattern::is_date(cell) => return Err(DateError::Mixed(row)),
            None if row > 0 => return Err(DateError::NotADate(row)),
            None => {
                return pattern::column(cells, order, latest)
                    .unwrap_or(Err(DateError::NotADate(0)));
            }
        }
    }
    let Some(first) = pieces.first() else {
        return Ok(Dates { stamps: Vec::new(), style: DateFormat::Year });
    };
    if let Some(row) = pieces.iter().position(|p| p.kind != first.kind) {
        return Err(DateError::Mixed(row));
    }
    match first.kind {
        Kind::Quarter => quarters(&pieces),
        Kind::Month => months(&pieces),
        Kind::Day => days(&pieces, order, latest),
    }
}

fn each(
    pieces: &[Pieces],
    stamp: impl Fn(&Pieces) -> Option<Timestamp>,
) -> Result<Vec<Timestamp>, DateError> {
    pieces.iter().enumerate().map(|(row, p)| stamp(p).ok_or(DateError::NoSuchDay(row))).collect()
}

fn quarters(pieces: &[Pieces]) -> Result<Dates, DateError> {
    let stamps =
        each(pieces, |p| Timestamp::day(i64::from(p.numbers[0]), p.numbers[1] * 3 - 2, 1))?;
    Ok(Dates { stamps, style: DateFormat::Quarter { between: pieces[0].separator.to_string() } })
}

fn months(pieces: &[Pieces]) -> Result<Dates, DateError> {
    let first = &pieces[0];
    let month_first = first.digits[1] == 4 && first.digits[0] != 4;
    let (year_at, month_at) = if month_first { (1, 0) } else { (0, 1) };
    let stamps =
        each(pieces, |p| Timestamp::day(i64::from(p.numbers[year_at]), p.numbers[month_at], 1))?;
    let style = DateFormat::Month {
        separator: first.separator.to_string(),
        year_digits: first.digits[year_at],
        month_first,
        padded: pieces.iter().all(|p| p.digits[month_at] == 2),
    };
    Ok(Dates { stamps, style })
}

fn days(pieces: &[Pieces], asked: Option<DateOrder>, latest: i64) -> Result<Dates, DateError> {
    let order = day_order(pieces, asked)?;
    let year_at = if order == DateOrder::Ymd { 0 } else { 2 };
    let short_year = pieces[0].digits[year_at] <= 2;
    let is_short = |p: &Pieces| p.digits[year_at] <= 2;
    if let Some(row) = pieces.iter().position(|p| is_short(p) != short_year) {
        return Err(DateError::Mixed(row));
    }
    let years = pieces.iter().map(|p| p.numbers[year_at]).filter(|_| short_year);
    let centuries = Centuries::of(years, latest);
    let stamps = each(pieces, |p| {
        let [a, b, c] = p.numbers;
        let (year, month, day) = match order {
            DateOrder::Ymd => (a, b, c),
            DateOrder::Dmy => (c, b, a),
            DateOrder::Mdy => (c, a, b),
        };
        let year = if short_year { centuries.year(year) } else { i64::from(year) };
        let midnight = Timestamp::day(year, month, day)?;
        match &p.time {
            None => Some(midnight),
            Some(t) => midnight.at(t.hour, t.minute, t.second, t.millis),
        }
    })?;
    let date = DateStyle {
        order,
        separator: pieces[0].separator.to_string(),
        padded: pieces.iter().all(|p| p.digits.iter().all(|d| *d >= 2)),
        short_year,
    };
    // Spreadsheets drop a midnight's time: the fullest cell shows the style.
    let fullest =
        pieces.iter().filter_map(|p| p.time.as_ref()).max_by_key(|t| (t.has_seconds, t.decimals));
    let style = match fullest {
        None => DateFormat::Day(date),
        Some(t) => DateFormat::Time {
            date,
            between: t.between.to_string(),
            seconds: t.has_seconds,
            decimals: t.decimals,
            zone: t.zone.to_string(),
        },
    };
    offsets::settle(pieces, stamps, style)
}

fn day_order(pieces: &[Pieces], asked: Option<DateOrder>) -> Result<DateOrder, DateError> {
    let first = &pieces[0];
    let year_first = |p: &Pieces| p.digits[0] > 2;
    if let Some(row) = pieces.iter().position(|p| year_first(p) != year_first(first)) {
        return Err(DateError::Mixed(row));
    }
    if year_first(first) || asked == Some(DateOrder::Ymd) {
        return Ok(DateOrder::Ymd);
    }
    if let Some(order) = asked {
        return Ok(order);
    }
    let day_first = pieces.iter().position(|p| p.numbers[0] > 12);
    let month_first = pieces.iter().position(|p| p.numbers[1] > 12);
    match (day_first, month_first) {
        (Some(_), None) => Ok(DateOrder::Dmy),
        (None, Some(_)) => Ok(DateOrder::Mdy),
        (Some(a), Some(b)) => Err(DateError::Mixed(a.max(b))),
        // Only the day-first countries write dots.
        (None, None) if first.separator == "." => Ok(DateOrder::Dmy),
        (None, None) => Err(DateError::Ambiguous(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(cells: &[&str], order: Option<DateOrder>) {
        let read = dates(cells, order).unwrap();
        let written: Vec<String> = read.stamps.iter().map(|s| read.style.write(*s)).collect();
        assert_eq!(written, cells);
    }

    #[test]
    fn every_style_writes_what_it_read() {
        round_trip(&["1749-01", "1749-12"], None);
        round_trip(&["1-01", "3-12"], None);
        round_trip(&["1981Q3", "1981Q4"], None);
        round_trip(&["1981 Q3", "1981 Q4"], None);
        round_trip(&["2006/01/03", "2006/12/31"], None);
        round_trip(&["31/12/2006", "01/01/2007"], None);
        round_trip(&["12/31/2006", "1/1/2007"], None);
        round_trip(&["31.12.06", "01.01.07"], None);
        round_trip(&["01/02/2006"], Some(DateOrder::Mdy));
        round_trip(&["2018-08-03 00:00:00", "2018-08-03 23:00:00"], None);
        round_trip(&["2018-08-03T00:30", "2018-08-03T01:00"], None);
        round_trip(&["2018-08-03T00:00:00.250Z", "2018-08-03T01:00:00.500Z"], None);
        round_trip(&["2018-08-03 00:00+02:00", "2018-08-03 01:00+02:00"], None);
    }

    #[test]
    fn years_of_two_digits_are_in_the_past() {
        let read = dates(&["12/31/60", "12/31/61", "12/31/85"], None).unwrap();
        assert_eq!(read.stamps[0], Timestamp::day(1960, 12, 31).unwrap());
        assert_eq!(read.stamps[2], Timestamp::day(1985, 12, 31).unwrap());
        round_trip(&["12/31/60", "12/31/61"], None);
        round_trip(&["31.12.98", "31.12.99", "31.12.00"], None);
        let later = dates_until(&["31.12.60", "31.12.61"], None, 2060).unwrap();
        assert_eq!(later.stamps[0], Timestamp::day(2060, 12, 31).unwrap());
    }

    #[test]
    fn troubles_name_the_cell() {
        assert_eq!(dates(&["2006-01-03", "oops"], None), Err(DateError::NotADate(1)));
        assert_eq!(dates(&["2006-01-03", "2006-02-30"], None), Err(DateError::NoSuchDay(1)));
        assert_eq!(dates(&["2006-01-03", "2006-02"], None), Err(DateError::Mixed(1)));
        assert_eq!(dates(&["01/02/2006", "02/02/2006"], None), Err(DateError::Ambiguous(0)));
        assert_eq!(dates(&["13/02/2006", "02/13/2006"], None), Err(DateError::Mixed(1)));
        assert_eq!(dates(&["2006-01-03 25:00"], None), Err(DateError::NoSuchDay(0)));
        assert_eq!(dates(&["13/02/2006", "13/02/07"], None), Err(DateError::Mixed(1)));
        assert_eq!(dates(&["2006-01-03", "Jan 4, 2006"], None), Err(DateError::Mixed(1)));
        for text in [
            "",
            "3.11",
            "-5",
            "1/2",
            "abc",
            "2006-13",
            "2006-01-03x",
            "2006-01-03 1",
            "12:30",
            "ä-01-01",
        ] {
            assert!(!looks_like_date(text), "{text}");
        }
    }
}
