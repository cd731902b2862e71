//! A time spread over several columns: `year,month,day,hour`, or a date and an `hr` beside it.

use super::columns::{Columns, Kind};
use super::table::Table;

/// The columns of a time, in order: a date (or a year, a month, …), then the hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) columns: Vec<usize>,
    has_date: bool,
}

const YEAR: &[&str] = &["year"];
const MONTH: &[&str] = &["month", "mnth", "mon"];
const DAY: &[&str] = &["day", "dom"];
const HOUR: &[&str] = &["hour", "hr"];

fn numbers_named(columns: &Columns, names: &[&str]) -> Option<usize> {
    columns
        .of(Kind::Number)
        .find(|c| names.iter().any(|n| columns.all[*c].name.eq_ignore_ascii_case(n)))
}

/// A year and a month column, with a day and an hour when there are such.
pub(super) fn numbers(columns: &Columns) -> Option<Parts> {
    let mut found = vec![numbers_named(columns, YEAR)?, numbers_named(columns, MONTH)?];
    if let Some(day) = numbers_named(columns, DAY) {
        found.push(day);
        found.extend(numbers_named(columns, HOUR));
    }
    Some(Parts { columns: found, has_date: false })
}

/// A column of days with an hour beside it.
pub(super) fn date_and_hour(columns: &Columns, date: usize) -> Option<Parts> {
    Some(Parts { columns: vec![date, numbers_named(columns, HOUR)?], has_date: true })
}

impl Parts {
    /// The time of a row as one text that the calendar reads.
    pub(super) fn text(&self, table: &Table, row: usize) -> String {
        let cell = |i: usize| table.cell(row, self.columns[i]);
        let hour = |i: usize| format!(" {:0>2}:00", cell(i));
        if self.has_date {
            return format!("{}{}", cell(0), hour(1));
        }
        let mut text = format!("{:0>4}-{:0>2}", cell(0), cell(1));
        if self.columns.len() > 2 {
            text.push_str(&format!("-{:0>2}", cell(2)));
        }
        if self.columns.len() > 3 {
            text.push_str(&hour(3));
        }
        text
    }
}
