//! Which columns and rows are meant, when nobody or somebody said so.

use super::columns::{Columns, Kind};
use super::exog::Exog;
use super::hidden::{self, Hidden};
use super::id::Id;
use super::parts::{self, Parts};
use super::table::Table;
use super::time_names::is_time_name;
use super::times::TimeCells;
use super::{Duplicates, ReadOptions, typed};
use crate::data::calendar::is_epoch;
use crate::error::{Error, Result, nearest_names};
use std::borrow::Cow;

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

/// Why a column names the series although nobody said so.
pub(super) const HIDDEN_ID: &str = "without it each date comes several times";

/// The columns that name the series, if any, the rows of the series asked for, or of all, and why these columns.
pub(super) fn series(
    table: &Table,
    columns: &Columns,
    options: &ReadOptions,
) -> Result<(Option<Id>, Vec<usize>, &'static str)> {
    let rows: Vec<usize> = table.rows().collect();
    let holds = |c: &usize| {
        options.series.as_ref().is_some_and(|s| rows.iter().any(|r| table.cell(*r, *c) == s))
    };
    let id = match &options.id_col {
        Some(_) if says_none(columns, options) => None,
        Some(name) => Some((Id::named(name, columns, &table.path)?, "named by `--id-col`")),
        None => {
            let named = columns.named("unique_id").map(|id| (id, "its name is `unique_id`"));
            let holds = || columns.of(Kind::Text).find(holds);
            let found = named.or_else(|| holds().map(|id| (id, "it has the name of `--series`")));
            found.map(|(id, reason)| (Id::of(id), reason))
        }
    };
    let Some((id, reason)) = id else {
        return match &options.series {
            None => Ok((None, rows, "")),
            Some(name) => {
                // The likeliest id column is the text that repeats itself most.
                let texts = columns.of(Kind::Text).map(|c| Id::of(c).all(table, &rows));
                let known = texts.min_by_key(Vec::len).unwrap_or_default();
                Err(unknown_series(table, name, &known))
            }
        };
    };
    match &options.series {
        Some(name) => {
            let own: Vec<usize> =
                rows.iter().copied().filter(|r| id.cell(table, *r) == name.as_str()).collect();
            if own.is_empty() {
                Err(unknown_series(table, name, &id.all(table, &rows)))
            } else {
                Ok((Some(id), own, reason))
            }
        }
        None => Ok((Some(id), rows, reason)),
    }
}

/// Whether it was said that the rows are one series (`--id-col none`).
pub(super) fn says_none(columns: &Columns, options: &ReadOptions) -> bool {
    options.id_col.as_deref() == Some("none") && columns.named("none").is_none()
}

fn unknown_series(table: &Table, name: &str, known: &[Cow<'_, str>]) -> Error {
    Error::UnknownSeries {
        path: table.path.clone(),
        name: name.to_string(),
        nearest_names: nearest_names(name, known.iter().map(Cow::as_ref)),
        known: known.iter().map(|k| k.to_string()).collect(),
    }
}

/// The error for a file of several series.
pub(super) fn which_series(
    table: &Table,
    columns: &Columns,
    id: &Id,
    ids: &[Cow<'_, str>],
) -> Error {
    let last = typed(ids.last().map_or("", Cow::as_ref));
    let help = format!("say which with `{} --series {last}`", id.option(columns));
    Error::WhichSeries {
        path: table.path.clone(),
        id_col: id.title(columns),
        ids: ids.iter().map(|k| k.to_string()).collect(),
        help,
    }
}

/// The columns that name the series although nobody said so: a column of text without which each time stands twice. Where
/// numbers do the same, or several columns together, a person has to say so: taken for one series, the rows of many
/// shops would be put in order and averaged.
///
/// # Errors
/// [`Error::SeveralSeries`], before anything else is asked.
pub(super) fn hidden_id(
    cells: &TimeCells,
    keys: &[f64],
    exog: &Exog,
    options: &ReadOptions,
    one: bool,
) -> Result<Option<Id>> {
    let TimeCells { table, columns, source, rows } = *cells;
    let mut taken = source.columns();
    taken.extend(exog.columns());
    if keys.is_empty() {
        taken.extend(columns.of(Kind::Number).filter(|c| is_index(table, columns, *c, rows)));
    }
    // What is forecast names nothing, nor does the only column that could be.
    match given_target(table, columns, options)?.or_else(|| columns.named("y")) {
        Some(target) => taken.push(target),
        None => {
            let left = columns.of(Kind::Number).filter(|c| !taken.contains(c));
            if let [only] = left.collect::<Vec<_>>()[..] {
                taken.push(only);
            }
        }
    }
    let of = hidden::Rows { table, columns, rows, keys, taken: &taken };
    if keys.is_empty() {
        let seen = "there are no dates, and its values stand in blocks or in turns".to_string();
        return match hidden::without_dates(&of) {
            None => Ok(None),
            Some(id) => Err(hidden::say_which(&of, &id, seen, one)),
        };
    }
    let decided = options.duplicates != Duplicates::Error;
    match of.hidden() {
        None => Ok(None),
        Some(Hidden::Text(column)) => Ok(Some(Id::of(column))),
        Some(Hidden::Likely { common: false, .. }) if decided => Ok(None),
        Some(Hidden::Likely { id, text: true, .. }) if decided => Ok(Some(id)),
        Some(Hidden::Likely { id, .. }) => Err(hidden::say_which(&of, &id, cells.again(keys), one)),
    }
}

/// Where the time is, and why there.
pub(super) fn time(
    table: &Table,
    columns: &Columns,
    options: &ReadOptions,
    id: Option<&Id>,
    rows: &[usize],
) -> Result<(TimeSource, &'static str)> {
    if let Some(name) = &options.time_col {
        let source = match columns.named(name) {
            None if name == "none" => TimeSource::Rows(1),
            _ => TimeSource::Column(columns.resolve(name, &table.path)?),
        };
        return Ok((source, "named by `--time-col`"));
    }
    if let Some(ds) = columns.named("ds") {
        return Ok((TimeSource::Column(ds), "its name is `ds`"));
    }
    let dates: Vec<usize> = columns.of(Kind::Date).collect();
    match dates[..] {
        [date] => return Ok((TimeSource::Column(date), "the only column of dates")),
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
        return Ok((TimeSource::Parts(parts), "its name is that of a part of a date"));
    }
    if let Some(column) = numeric_time(table, columns, options, id, rows)? {
        return Ok((TimeSource::Column(column), "its name is that of a time, and its numbers run"));
    }
    // A time since 1970 that nobody called a time: the only column of numbers that are one.
    let cells = |c: usize| rows.iter().map(|r| table.cell(*r, c)).collect::<Vec<_>>();
    let epochs: Vec<usize> = columns.of(Kind::Number).filter(|c| is_epoch(&cells(*c))).collect();
    if let [column] = epochs[..] {
        return Ok((TimeSource::Column(column), "the only column of times since 1970"));
    }
    let index = columns.of(Kind::Number).find(|c| is_index(table, columns, *c, rows));
    let first = index.and_then(|c| table.cell(*rows.first()?, c).parse().ok());
    Ok((TimeSource::Rows(first.unwrap_or(1)), ""))
}

/// A column of numbers that is called like a time and runs like one, in the whole table or in each series.
fn numeric_time(
    table: &Table,
    columns: &Columns,
    options: &ReadOptions,
    id: Option<&Id>,
    rows: &[usize],
) -> Result<Option<usize>> {
    // Where somebody said which column names the series, one of them shows the time.
    let first = match id.filter(|_| options.id_col.is_some()) {
        Some(id) => id.series(table, columns, rows)?.swap_remove(0),
        None => rows.to_vec(),
    };
    let runs = |c: &usize| {
        if !is_time_name(&columns.all[*c].name) {
            return false;
        }
        let keys: Option<Vec<f64>> = first
            .iter()
            .map(|r| super::cells::number(table.cell(*r, *c), columns.notation(*c)).ok())
            .collect();
        keys.is_some_and(|keys| {
            let rises = keys.windows(2).all(|w| w[0] < w[1]);
            let falls = keys.windows(2).all(|w| w[0] > w[1]);
            let of = hidden::Rows { table, columns, rows: &first, keys: &keys, taken: &[*c] };
            rises || falls || (id.is_none() && of.hidden().is_some())
        })
    };
    Ok(columns.of(Kind::Number).find(runs))
}

/// Whether a column only numbers the rows: 0, 1, 2, … in the first column or under a name that says so.
pub(super) fn is_index(table: &Table, columns: &Columns, column: usize, rows: &[usize]) -> bool {
    const NAMES: [&str; 9] =
        ["", "rownames", "index", "id", "no", "nr", "row", "instant", "unnamed: 0"];
    let name = columns.all[column].name.to_lowercase();
    let others = columns.of(Kind::Number).nth(1).is_some();
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

/// The column to be forecast, if somebody said which.
pub(super) fn given_target(
    table: &Table,
    columns: &Columns,
    options: &ReadOptions,
) -> Result<Option<usize>> {
    options.target.as_ref().map(|name| columns.resolve(name, &table.path)).transpose()
}

/// Which column is to be forecast, and why.
pub(super) fn target(
    table: &Table,
    columns: &Columns,
    options: &ReadOptions,
    rows: &[usize],
    taken: &[usize],
) -> Result<(usize, &'static str)> {
    if let Some(target) = given_target(table, columns, options)? {
        return Ok((target, "named by `--target`"));
    }
    if let Some(y) = columns.named("y").filter(|y| !taken.contains(y)) {
        return Ok((y, "its name is `y`"));
    }
    let candidates = numbers(table, columns, rows, taken)?;
    match candidates[..] {
        [one] => Ok((one, "the only column of numbers that is left")),
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
