//! A whole column of dates at once: only the column tells the day from the month in `01/02/2006`.

use super::scan::{Kind, Pieces, scan};
use super::{DateOrder, DateStyle, Stamp, Style};

/// A column of dates, and how it writes them.
#[derive(Clone, Debug, PartialEq)]
pub struct Dates {
    /// One moment for each cell.
    pub stamps: Vec<Stamp>,
    /// The file's own way to write them.
    pub style: Style,
}

/// Why a column is no column of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// This cell is no date.
    NotADate(usize),
    /// This cell looks like a date, and the calendar has no such day.
    NoSuchDay(usize),
    /// This cell is a date of another kind than the cells before it.
    Mixed(usize),
    /// Day and month cannot be told apart in any cell; the first of them.
    Ambiguous(usize),
}

/// Whether one cell, alone, is written like a date.
pub fn looks_like_date(text: &str) -> bool {
    scan(text).is_some()
}

/// Reads a column of dates. `order` settles what day and month are when the column itself does not.
pub fn dates(cells: &[&str], order: Option<DateOrder>) -> Result<Dates, Trouble> {
    let mut pieces = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        pieces.push(scan(cell).ok_or(Trouble::NotADate(row))?);
    }
    let Some(first) = pieces.first() else {
        return Ok(Dates { stamps: Vec::new(), style: Style::Year });
    };
    if let Some(row) = pieces.iter().position(|p| p.kind != first.kind) {
        return Err(Trouble::Mixed(row));
    }
    match first.kind {
        Kind::Quarter => quarters(&pieces),
        Kind::Month => months(&pieces),
        Kind::Day => days(&pieces, order),
    }
}

fn each(
    pieces: &[Pieces],
    stamp: impl Fn(&Pieces) -> Option<Stamp>,
) -> Result<Vec<Stamp>, Trouble> {
    pieces.iter().enumerate().map(|(row, p)| stamp(p).ok_or(Trouble::NoSuchDay(row))).collect()
}

fn quarters(pieces: &[Pieces]) -> Result<Dates, Trouble> {
    let stamps = each(pieces, |p| Stamp::day(i64::from(p.numbers[0]), p.numbers[1] * 3 - 2, 1))?;
    Ok(Dates { stamps, style: Style::Quarter { between: pieces[0].separator.to_string() } })
}

fn months(pieces: &[Pieces]) -> Result<Dates, Trouble> {
    let first = &pieces[0];
    let month_first = first.digits[1] == 4 && first.digits[0] != 4;
    let (year_at, month_at) = if month_first { (1, 0) } else { (0, 1) };
    let stamps =
        each(pieces, |p| Stamp::day(i64::from(p.numbers[year_at]), p.numbers[month_at], 1))?;
    let style = Style::Month {
        separator: first.separator.to_string(),
        year_digits: first.digits[year_at],
        month_first,
        padded: pieces.iter().all(|p| p.digits[month_at] == 2),
    };
    Ok(Dates { stamps, style })
}

fn days(pieces: &[Pieces], asked: Option<DateOrder>) -> Result<Dates, Trouble> {
    let order = day_order(pieces, asked)?;
    let short_year = order != DateOrder::Ymd && pieces[0].digits[2] <= 2;
    let same_offset = pieces.iter().all(|p| offset(p) == offset(&pieces[0]));
    let stamps = each(pieces, |p| {
        let [a, b, c] = p.numbers;
        let (year, month, day) = match order {
            DateOrder::Ymd => (a, b, c),
            DateOrder::Dmy => (c, b, a),
            DateOrder::Mdy => (c, a, b),
        };
        let midnight =
            Stamp::day(if short_year { century(year) } else { i64::from(year) }, month, day)?;
        let Some(t) = &p.time else { return Some(midnight) };
        let moment = midnight.at(t.hour, t.minute, t.second, t.millis)?;
        // A zone that changes (summer time) would make the wall clock repeat itself: then all go to UTC.
        if same_offset { Some(moment) } else { moment.plus_millis(-t.offset.unwrap_or(0) * 60_000) }
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
        None => Style::Day(date),
        Some(t) => Style::Time {
            date,
            between: t.between.to_string(),
            seconds: t.has_seconds,
            decimals: t.decimals,
            zone: if same_offset { t.zone.to_string() } else { "Z".to_string() },
        },
    };
    Ok(Dates { stamps, style })
}

fn offset(pieces: &Pieces) -> Option<i64> {
    pieces.time.as_ref().and_then(|t| t.offset)
}

/// Two digits of a year: 70 to 99 are the 1900s, 00 to 69 the 2000s, as POSIX's `%y` nearly has it.
fn century(year: u32) -> i64 {
    i64::from(if year >= 70 { 1900 + year } else { 2000 + year })
}

fn day_order(pieces: &[Pieces], asked: Option<DateOrder>) -> Result<DateOrder, Trouble> {
    let first = &pieces[0];
    let year_first = |p: &Pieces| p.digits[0] > 2;
    if let Some(row) = pieces.iter().position(|p| year_first(p) != year_first(first)) {
        return Err(Trouble::Mixed(row));
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
        (Some(a), Some(b)) => Err(Trouble::Mixed(a.max(b))),
        // Only the day-first countries write dots.
        (None, None) if first.separator == "." => Ok(DateOrder::Dmy),
        (None, None) => Err(Trouble::Ambiguous(0)),
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
    fn a_zone_that_changes_becomes_utc() {
        let read =
            dates(&["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00"], None).unwrap();
        assert_eq!(read.stamps[1].millis() - read.stamps[0].millis(), 3_600_000);
        assert_eq!(read.style.write(read.stamps[1]), "2024-03-31T01:00:00Z");
    }

    #[test]
    fn troubles_name_the_cell() {
        assert_eq!(dates(&["2006-01-03", "oops"], None), Err(Trouble::NotADate(1)));
        assert_eq!(dates(&["2006-01-03", "2006-02-30"], None), Err(Trouble::NoSuchDay(1)));
        assert_eq!(dates(&["2006-01-03", "2006-02"], None), Err(Trouble::Mixed(1)));
        assert_eq!(dates(&["01/02/2006", "02/02/2006"], None), Err(Trouble::Ambiguous(0)));
        assert_eq!(dates(&["13/02/2006", "02/13/2006"], None), Err(Trouble::Mixed(1)));
        assert_eq!(dates(&["2006-01-03 25:00"], None), Err(Trouble::NoSuchDay(0)));
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
