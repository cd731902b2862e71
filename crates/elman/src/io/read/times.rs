//! The time column: dates or numbers, their order, and dates that stand twice.

use super::cells::{Notation, number};
use super::choose::TimeSource;
use super::columns::Columns;
use super::table::Table;
use super::time_names::is_date_name;
use super::{Duplicates, ReadOptions, zones};
use crate::data::calendar::{
    DateError, DateFormat, Dates, FutureIndex, LATEST_BEGINNING, Zone, dates_until, numeric_dates,
    spreadsheet_days,
};
use crate::error::{Error, Place, Result};
use std::collections::HashMap;
use std::ops::Range;

/// The times of some rows, in the order of the rows.
#[derive(Clone, Debug)]
pub(super) enum Times {
    Steps(i64),
    Numbers { values: Vec<f64>, decimals: usize },
    Dates(Dates),
}

impl Times {
    /// Numbers that order the rows; none when the rows are only counted.
    pub(super) fn keys(&self) -> Vec<f64> {
        match self {
            Times::Steps(_) => Vec::new(),
            Times::Numbers { values, .. } => values.clone(),
            Times::Dates(dates) => dates.stamps.iter().map(|s| s.millis() as f64).collect(),
        }
    }

    /// What a person should know of how numbers became dates.
    pub(super) fn note(&self, column: &str) -> Option<String> {
        let Times::Dates(Dates { stamps, style }) = self else { return None };
        let what = match style {
            DateFormat::Epoch(_) => "the time since 1970",
            DateFormat::SpreadsheetDays { .. } => "the days of a spreadsheet",
            _ => return None,
        };
        let first = *stamps.first()?;
        Some(format!("`{column}` is read as {what}: {} is {first}", style.write(first)))
    }

    /// Puts the times, which rise, on the wall clock of a zone. Gives the order in which they rise there, where that is
    /// another one, and a note.
    pub(super) fn put_on_wall_clock(
        &mut self,
        zone: &Zone,
    ) -> (Option<Vec<usize>>, Option<String>) {
        let without = zones::NO_TIMES_OF_DAY;
        let Times::Dates(dates) = self else { return (None, Some(without.to_owned())) };
        let Some(local) = dates.clone().on_wall_clock(zone) else {
            return (None, Some(without.to_owned()));
        };
        *dates = local.dates;
        let note = local.taken_as_utc.then(|| zones::TAKEN_AS_UTC.to_owned());
        let stamps = &dates.stamps;
        if stamps.windows(2).all(|w| w[0] <= w[1]) {
            return (None, note);
        }
        let mut order: Vec<usize> = (0..stamps.len()).collect();
        order.sort_by_key(|i| stamps[*i]);
        (Some(order), note)
    }

    /// The times at these places.
    pub(super) fn pick(&mut self, at: &[usize]) {
        match self {
            Times::Steps(first) => *first += at.first().map_or(0, |i| *i as i64),
            Times::Numbers { values, .. } => *values = at.iter().map(|i| values[*i]).collect(),
            Times::Dates(dates) => dates.stamps = at.iter().map(|i| dates.stamps[*i]).collect(),
        }
    }
}

/// Where the time's cells are.
pub(super) struct TimeCells<'a> {
    pub(super) table: &'a Table,
    pub(super) columns: &'a Columns,
    pub(super) source: &'a TimeSource,
    pub(super) rows: &'a [usize],
}

impl TimeCells<'_> {
    pub(super) fn text(&self, i: usize) -> String {
        match self.source {
            TimeSource::Rows(first) => (first + i as i64).to_string(),
            TimeSource::Column(column) => self.table.cell(self.rows[i], *column).to_string(),
            TimeSource::Parts(parts) => parts.text(self.table, self.rows[i]),
        }
    }

    pub(super) fn place(&self, i: usize) -> Box<Place> {
        let column = self.source.columns().first().copied().unwrap_or(0);
        self.columns.place(self.table, self.rows[i], column)
    }

    /// Reads all times.
    pub(super) fn read(&self, options: &ReadOptions) -> Result<Times> {
        match self.source {
            TimeSource::Rows(first) => Ok(Times::Steps(*first)),
            TimeSource::Column(column) => {
                let cells: Vec<&str> =
                    self.rows.iter().map(|r| self.table.cell(*r, *column)).collect();
                self.column(&cells, options)
            }
            TimeSource::Parts(parts) => {
                let cells: Vec<String> =
                    self.rows.iter().map(|r| parts.text(self.table, *r)).collect();
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                self.dates(&cells, options)
            }
        }
    }

    /// Where a time stands twice, or the times begin again, in words.
    pub(super) fn again(&self, keys: &[f64]) -> String {
        let line = |i: usize| self.table.place(self.rows[i]).counted();
        let mut seen = HashMap::new();
        for (i, key) in keys.iter().enumerate() {
            if let Some(first) = seen.insert(key.to_bits(), i) {
                let text = self.text(i);
                return format!("{text:?} on {} is on {} already", line(i), line(first));
            }
        }
        let up = keys.windows(2).filter(|w| w[0] < w[1]).count() * 2 > keys.len();
        let turn = |w: &[f64]| if up { w[0] > w[1] } else { w[0] < w[1] };
        let at = keys.windows(2).position(turn).map_or(0, |at| at + 1);
        format!("the dates begin again on {} with {:?}", line(at), self.text(at))
    }

    /// Refuses rows of the future, at these times, that are not the next steps of `clock`.
    pub(super) fn follow(&self, times: &Times, clock: &FutureIndex) -> Result<()> {
        let positions: Vec<f64> = match times {
            Times::Steps(_) => return Ok(()),
            Times::Numbers { values, .. } => values.clone(),
            Times::Dates(dates) => dates.stamps.iter().map(|stamp| stamp.seconds()).collect(),
        };
        let step = (clock.position(2) - clock.position(1)).abs();
        let apart = positions
            .iter()
            .enumerate()
            .find(|(k, at)| (**at - clock.position(k + 1)).abs() > 0.01 * step);
        match apart {
            None => Ok(()),
            Some((k, _)) => {
                let next = clock.label(k + 1);
                let help = format!("the row of a future without gaps would be {next}");
                Err(self.bad_date(k, "is not the next date", &help))
            }
        }
    }

    fn column(&self, cells: &[&str], options: &ReadOptions) -> Result<Times> {
        let notation = self.columns.notation(self.source.columns()[0]);
        let numbers: Vec<_> = cells.iter().map(|c| number(c, notation)).collect();
        let are_numbers = numbers.iter().filter(|n| n.is_ok()).count() * 2 > cells.len();
        if !are_numbers {
            return self.dates(cells, options);
        }
        if let Some(dates) = numeric_dates(cells) {
            return Ok(Times::Dates(dates));
        }
        let mut values = Vec::with_capacity(cells.len());
        for (i, n) in numbers.into_iter().enumerate() {
            values.push(
                n.map_err(|why| self.bad_date(i, why.text(), "correct the line, or take it out"))?,
            );
        }
        let decimals = cells
            .iter()
            .map(|c| c.split_once(['.', ',']).map_or(0, |(_, d)| d.len()))
            .max()
            .unwrap_or(0);
        let comma = notation == Notation::Comma;
        if is_date_name(&self.columns.all[self.source.columns()[0]].name)
            && let Some(dates) = spreadsheet_days(&values, decimals, comma)
        {
            return Ok(Times::Dates(dates));
        }
        Ok(Times::Numbers { values, decimals: decimals.min(12) })
    }

    fn dates(&self, cells: &[&str], options: &ReadOptions) -> Result<Times> {
        let latest = options.latest_beginning.unwrap_or(LATEST_BEGINNING);
        let read = dates_until(cells, options.date_order, latest);
        read.map(Times::Dates).map_err(|trouble| self.trouble(trouble, options))
    }

    fn trouble(&self, trouble: DateError, options: &ReadOptions) -> Error {
        match trouble {
            DateError::NotADate(i) => self.bad_date(
                i,
                "is not a date",
                "dates look like 2006-01-03, 2006-01, 2006Q1, 2006-W01, 03.01.2006, 3 Jan 2006 or \
                 2006-01-03 14:30; correct the line, or count the rows with `--time-col none`",
            ),
            DateError::NoSuchDay(i) => {
                let help = match options.date_order {
                    None => "correct the line",
                    Some(_) => "correct the line, or give another `--date-order`",
                };
                self.bad_date(i, "has a date that does not exist", help)
            }
            DateError::Mixed(i) => {
                let help = format!(
                    "the dates above have the format of {:?}",
                    self.text(i.saturating_sub(1))
                );
                self.bad_date(i, "has a date in another format", &help)
            }
            DateError::Ambiguous(i) => Error::AmbiguousDates {
                place: self.place(i),
                found: self.text(i),
                help: "say which it is with `--date-order dmy` or `--date-order mdy`".to_string(),
            },
        }
    }

    fn bad_date(&self, i: usize, expected: &'static str, help: &str) -> Error {
        Error::BadDate {
            place: self.place(i),
            found: self.text(i),
            expected,
            help: help.to_string(),
        }
    }

    /// The order in which the rows rise, and a note when that is not the file's. Rows with the same date stay beside each
    /// other in the file's order, if `options` has a use for them.
    pub(super) fn order(
        &self,
        keys: &[f64],
        options: &ReadOptions,
    ) -> Result<(Option<Vec<usize>>, Option<String>)> {
        let rises = keys.windows(2).all(|w| w[0] <= w[1]);
        let falls = !rises && keys.windows(2).all(|w| w[0] >= w[1]);
        if !rises && !falls && !options.sort {
            let up = keys[0] < keys[keys.len() - 1];
            let turn = keys
                .windows(2)
                .position(|w| if up { w[0] > w[1] } else { w[0] < w[1] })
                .unwrap_or(0)
                + 1;
            return Err(Error::Unsorted {
                place: self.place(turn),
                found: self.text(turn),
                before: self.text(turn - 1),
                help: "put the rows in order with `--sort`".to_string(),
            });
        }
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
        if options.duplicates == Duplicates::Error {
            let pairs = order.windows(2).filter(|w| keys[w[0]] == keys[w[1]]);
            if let Some(pair) = pairs.min_by_key(|w| w[1]) {
                return Err(Error::DuplicateDate {
                    place: self.place(pair[1]),
                    found: self.text(pair[1]),
                    first_line: self.table.place(self.rows[pair[0]]).line,
                    help: "remove one of the rows, or combine the rows with `--duplicates mean` (or sum, first, last)".to_string(),
                });
            }
        }
        Ok(match (rises, falls) {
            (true, _) => (None, None),
            (_, true) => (Some(order), Some("newest first in the file: turned round".to_string())),
            _ => (Some(order), Some("rows put in the order of their dates".to_string())),
        })
    }
}

/// The rows of each date, which stand beside each other.
pub(super) fn same(keys: &[f64]) -> Vec<Range<usize>> {
    let mut dates: Vec<Range<usize>> = Vec::with_capacity(keys.len());
    for (i, key) in keys.iter().enumerate() {
        match dates.last_mut().filter(|last| keys[last.start] == *key) {
            Some(last) => last.end = i + 1,
            None => dates.push(i..i + 1),
        }
    }
    dates
}

/// One value of those of a date.
pub(super) fn merge(values: &[f64], how: Duplicates) -> f64 {
    match how {
        Duplicates::First | Duplicates::Error => values[0],
        Duplicates::Last => values[values.len() - 1],
        Duplicates::Sum => values.iter().sum(),
        Duplicates::Mean => {
            let mut mean = values[0];
            for (count, value) in (2..).zip(&values[1..]) {
                let count = f64::from(count);
                mean = mean * ((count - 1.0) / count) + value / count;
            }
            mean
        }
    }
}
