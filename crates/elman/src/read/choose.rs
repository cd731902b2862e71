//! Which columns and rows are meant, when nobody or somebody said so.

use super::columns::{Columns, Kind};
use super::parts::{self, Parts};
use super::table::Table;
use super::time_names::is_time_name;
use super::{ReadOptions, typed};
use crate::calendar::is_epoch;
use crate::error::{Error, Result, nearest_names};
use std::collections::HashMap;

/// Where the time is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TimeSource {
    /// Nowhere: the rows are counted, from this number.
    Rows(i64),
    Column(usize),
    Parts(Parts),
}

impl TimeSource {
    pub(super) fn columns(&self) -> Vec<usize> {
        match self {
            TimeSource::Rows(_) => Vec::new(),
            TimeSource::Column(column) => vec![*column],
            TimeSource::Parts(parts) => parts.columns.clone(),
        }
    }
}

/// The names of the series in a column, in the order they come.
pub(super) fn ids<'a>(table: &'a Table, column: usize, rows: &[usize]) -> Vec<&'a str> {
    let mut seen = HashMap::new();
    for row in rows {
        let next = seen.len();
        seen.entry(table.cell(*row, column)).or_insert(next);
    }
    let mut ids: Vec<(&str, usize)> = seen.into_iter().collect();
    ids.sort_by_key(|(_, at)| *at);
    ids.into_iter().map(|(id, _)| id).collect()
}

/// The rows of each series, in the order in which the series come.
pub(super) fn by_series(table: &Table, column: usize, rows: &[usize]) -> Vec<Vec<usize>> {
    let mut at = HashMap::new();
    let mut series: Vec<Vec<usize>> = Vec::new();
    for row in rows {
        let index = *at.entry(table.cell(*row, column)).or_insert_with(|| {
            series.push(Vec::new());
            series.len() - 1
        });
        series[index].push(*row);
    }
    series
}

/// The id column, if any, and the rows of the series asked for, or of all.
pub(super) fn series(
    table: &Table,
    columns: &Columns,
    options: &ReadOptions,
) -> Result<(Option<usize>, Vec<usize>)> {
    let rows: Vec<usize> = table.rows().collect();
    let holds = |c: &usize| {
        options.series.as_ref().is_some_and(|s| rows.iter().any(|r| table.cell(*r, *c) == s))
    };
    let id = match &options.id_col {
        Some(name) => Some(columns.resolve(name, &table.path)?),
        None => columns.named("unique_id").or_else(|| columns.of(Kind::Text).find(holds)),
    };
    let Some(id) = id else {
        return match &options.series {
            None => Ok((None, rows)),
            Some(name) => {
                // The likeliest id column is the text that repeats itself most.
                let texts = columns.of(Kind::Text).map(|c| ids(table, c, &rows));
                let known = texts.min_by_key(Vec::len).unwrap_or_default();
                Err(unknown_series(table, name, &known))
            }
        };
    };
    let known = ids(table, id, &rows);
    match &options.series {
        Some(name) => {
            let own: Vec<usize> =
                rows.iter().copied().filter(|r| table.cell(*r, id) == name).collect();
            if own.is_empty() {
                Err(unknown_series(table, name, &known))
            } else {
                Ok((Some(id), own))
            }
        }
        None => Ok((Some(id), rows)),
    }
}

fn unknown_series(table: &Table, name: &str, known: &[&str]) -> Error {
    Error::UnknownSeries {
        path: table.path.clone(),
        name: name.to_string(),
        nearest_names: nearest_names(name, known.iter().copied()),
        known: known.iter().map(|k| k.to_string()).collect(),
    }
}

/// The error for a file of several series.
pub(super) fn which_series(table: &Table, columns: &Columns, id: usize, ids: &[&str]) -> Error {
    let id_col = columns.all[id].name.clone();
    let last = typed(ids.last().copied().unwrap_or_default());
    let help = format!("say which with `--id-col {} --series {last}`", typed(&id_col));
    Error::WhichSeries {
        path: table.path.clone(),
        id_col,
        ids: ids.iter().map(|k| k.to_string()).collect(),
        help,
    }
}

/// The text column that tells apart rows with the same time, if there is one.
pub(super) fn hidden_id(
    table: &Table,
    columns: &Columns,
    rows: &[usize],
    keys: &[f64],
) -> Option<usize> {
    columns.of(Kind::Text).find(|c| {
        let mut seen = HashMap::with_capacity(rows.len());
        let unique = rows
            .iter()
            .zip(keys)
            .all(|(row, key)| seen.insert((table.cell(*row, *c), key.to_bits()), ()).is_none());
        unique && ids(table, *c, rows).len() * 2 <= rows.len()
    })
}

/// Where the time is.
pub(super) fn time(
    table: &Table,
    columns: &Columns,
    options: &ReadOptions,
    rows: &[usize],
) -> Result<TimeSource> {
    if let Some(name) = &options.time_col {
        return match columns.named(name) {
            None if name == "none" => Ok(TimeSource::Rows(1)),
            _ => Ok(TimeSource::Column(columns.resolve(name, &table.path)?)),
        };
    }
    if let Some(ds) = columns.named("ds") {
        return Ok(TimeSource::Column(ds));
    }
    let dates: Vec<usize> = columns.of(Kind::Date).collect();
    match dates[..] {
        [date] => return Ok(TimeSource::Column(date)),
        [first, ..] => {
            let first = typed(&columns.all[first].name);
            return Err(which(
                table,
                columns,
                "time",
                &dates,
                format!("say which with `--time-col {first}`"),
            ));
        }
        [] => {}
    }
    if let Some(parts) = parts::numbers(columns) {
        return Ok(TimeSource::Parts(parts));
    }
    if let Some(column) = numeric_time(table, columns, rows) {
        return Ok(TimeSource::Column(column));
    }
    // A time since 1970 that nobody called a time: the only column of numbers that are one.
    let cells = |c: usize| rows.iter().map(|r| table.cell(*r, c)).collect::<Vec<_>>();
    let epochs: Vec<usize> = columns.of(Kind::Number).filter(|c| is_epoch(&cells(*c))).collect();
    if let [column] = epochs[..] {
        return Ok(TimeSource::Column(column));
    }
    let index = columns.of(Kind::Number).find(|c| is_index(table, columns, *c, rows));
    let first = index.and_then(|c| table.cell(*rows.first()?, c).parse().ok());
    Ok(TimeSource::Rows(first.unwrap_or(1)))
}

/// A column of numbers that is called like a time and runs like one.
fn numeric_time(table: &Table, columns: &Columns, rows: &[usize]) -> Option<usize> {
    columns.of(Kind::Number).find(|c| {
        if !is_time_name(&columns.all[*c].name) {
            return false;
        }
        let keys: Option<Vec<f64>> = rows
            .iter()
            .map(|r| super::cells::number(table.cell(*r, *c), columns.notation(*c)).ok())
            .collect();
        keys.is_some_and(|k| {
            let rises = k.windows(2).all(|w| w[0] < w[1]);
            let falls = k.windows(2).all(|w| w[0] > w[1]);
            rises || falls || hidden_id(table, columns, rows, &k).is_some()
        })
    })
}

/// Whether a column only numbers the rows: 0, 1, 2, … in the first column or under a name that says so.
fn is_index(table: &Table, columns: &Columns, column: usize, rows: &[usize]) -> bool {
    const NAMES: [&str; 9] =
        ["", "rownames", "index", "id", "no", "nr", "row", "instant", "unnamed: 0"];
    let name = columns.all[column].name.to_lowercase();
    let others = columns.of(Kind::Number).count() > 1;
    let number = |row: usize| table.cell(row, column).parse::<i64>().ok();
    let counts = || {
        rows.windows(2).all(|w| matches!((number(w[0]), number(w[1])), (Some(a), Some(b)) if a.checked_add(1) == Some(b)))
    };
    others && (column == 0 || NAMES.contains(&name.as_str())) && counts()
}

/// The columns of numbers that are no time, no name and no count of the rows: one or more.
pub(super) fn numbers(
    table: &Table,
    columns: &Columns,
    rows: &[usize],
    taken: &[usize],
) -> Result<Vec<usize>> {
    let free = |c: &usize| !taken.contains(c) && !is_index(table, columns, *c, rows);
    let numbers: Vec<usize> = columns.of(Kind::Number).filter(free).collect();
    if numbers.is_empty() {
        let held = columns.all.iter().map(|c| format!("`{}` holds {}", c.name, c.kind.word()));
        return Err(Error::NoTarget { path: table.path.clone(), columns: held.collect() });
    }
    Ok(numbers)
}

/// Which column is to be forecast.
pub(super) fn target(
    table: &Table,
    columns: &Columns,
    options: &ReadOptions,
    rows: &[usize],
    taken: &[usize],
) -> Result<usize> {
    if let Some(name) = &options.target {
        return columns.resolve(name, &table.path);
    }
    if let Some(y) = columns.named("y").filter(|y| !taken.contains(y)) {
        return Ok(y);
    }
    let candidates = numbers(table, columns, rows, taken)?;
    match candidates[..] {
        [one] => Ok(one),
        _ => {
            let first = candidates[0];
            let usual = candidates
                .iter()
                .find(|c| USUAL.contains(&columns.all[**c].name.to_lowercase().as_str()));
            let name = typed(&columns.all[*usual.unwrap_or(&first)].name);
            Err(which(
                table,
                columns,
                "target",
                &candidates,
                format!("say which with `--target {name}`"),
            ))
        }
    }
}

/// Names that targets often have; they only choose the example in a help line.
const USUAL: [&str; 10] =
    ["target", "value", "close", "sales", "demand", "count", "cnt", "total", "price", "ot"];

fn which(
    table: &Table,
    columns: &Columns,
    role: &'static str,
    found: &[usize],
    help: String,
) -> Error {
    let candidates = found.iter().map(|c| columns.all[*c].name.clone()).collect();
    Error::WhichColumn { path: table.path.clone(), role, candidates, help }
}
