//! From a CSV file to one series: delimiter, header, columns, dates and values are found out; what cannot be is asked for.

use super::choose::{self, TimeSource};
use super::columns::Columns;
use super::gaps::{self, InColumn};
use super::table::Table;
use super::times::{TimeCells, Times, merge};
use super::{Loaded, ReadOptions, bytes, parts, wide};
use crate::calendar::{Frequency, Stamp, infer};
use crate::error::{Error, Result};
use crate::series::{DateAxis, NumberAxis, Series, TimeAxis, counted};
use std::io::Read;
use std::path::Path;

/// Reads one series from a CSV file, gzipped or not.
///
/// # Errors
/// All of [`Error`] that name a file; each says the line and what to type next.
pub fn csv(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Loaded> {
    let path = path.as_ref();
    let name = path.display().to_string();
    if path.is_dir() {
        let help = "give a file in it".to_string();
        return Err(Error::NotText { path: name, found: "a directory".to_string(), help });
    }
    let file =
        std::fs::File::open(path).map_err(|source| Error::Io { path: name.clone(), source })?;
    csv_from(file, &name, options)
}

/// Reads one series from CSV text, gzipped or not; `name` stands for the file in errors.
///
/// # Errors
/// As [`csv()`].
pub fn csv_from(source: impl Read, name: &str, options: &ReadOptions) -> Result<Loaded> {
    let mut table = Table::parse(&bytes::text(source, name)?, name)?;
    if wide::is_wide(&table) {
        return wide::read(&table, options);
    }
    table.square()?;
    let columns = Columns::find(&mut table);
    match table.rows().len() {
        0 => return Err(table.too_few("has a header and no rows")),
        1 if !options.one_row => return Err(table.too_few("has 1 row of values")),
        _ => {}
    }
    read(&table, &columns, options)
}

fn read(table: &Table, columns: &Columns, options: &ReadOptions) -> Result<Loaded> {
    let mut notes = table.notes.clone();
    let (id, mut rows) = choose::series(table, columns, options)?;
    let mut source = choose::time(table, columns, options, &rows)?;
    let mut times = TimeCells { table, columns, source: &source, rows: &rows }.read(options)?;
    let mut keys = times.keys();
    if let TimeSource::Column(date) = source
        && stands_twice(&keys)
        && let Some(hourly) = parts::date_and_hour(columns, date)
    {
        source = TimeSource::Parts(hourly);
        times = TimeCells { table, columns, source: &source, rows: &rows }.read(options)?;
        keys = times.keys();
    }
    if id.is_none()
        && stands_twice(&keys)
        && let Some(id) = choose::hidden_id(table, columns, &rows, &keys)
    {
        return Err(choose::which_series(table, columns, id, &choose::ids(table, id, &rows)));
    }
    if let TimeSource::Parts(parts) = &source {
        let names: Vec<&str> =
            parts.columns.iter().map(|c| columns.all[*c].name.as_str()).collect();
        notes.push(format!("time put together from {}", names.join(", ")));
    }
    let mut taken = source.columns();
    taken.extend(id);
    let target = choose::target(table, columns, options, &rows, &taken)?;
    let (order, note) =
        TimeCells { table, columns, source: &source, rows: &rows }.order(&keys, options)?;
    notes.extend(note);
    if let Some(order) = order {
        rows = order.iter().map(|i| rows[*i]).collect();
        times.pick(&order);
    }
    // Rows left out leave gaps: they do not change the step.
    let frequency = options.freq.or_else(|| match &times {
        Times::Dates(dates) => infer(&unlike(&dates.stamps)).map(|found| found.frequency),
        _ => None,
    });
    let read = gaps::read(
        &InColumn { table, columns, column: target, rows: &rows },
        columns.notation,
        options.missing,
    )?;
    notes.extend(read.note);
    let mut values = read.values;
    if let Some(kept) = read.kept {
        times.pick(&kept);
    }
    let keys = times.keys();
    if stands_twice(&keys) {
        let (kept, gone) = merge(&keys, &mut values, options.duplicates);
        values = kept.iter().map(|i| values[*i]).collect();
        times.pick(&kept);
        notes.push(format!(
            "{} of a date that stood already made one with it",
            counted(gone, "row")
        ));
    }
    if values.len() < if options.one_row { 1 } else { 2 } {
        return Err(table.too_few(&format!("has {} value left", values.len())));
    }
    if options.freq.is_some() && !matches!(times, Times::Dates(_)) {
        notes.push("the frequency given is without effect: there are no dates".to_string());
    }
    let name = match id {
        Some(id) => table.cell(rows[0], id).to_string(),
        None => columns.all[target].name.clone(),
    };
    Ok(Loaded {
        series: Series { name, values, time: axis(times, frequency) },
        path: table.path.clone(),
        time_cols: source.columns().iter().map(|c| columns.all[*c].name.clone()).collect(),
        target: columns.all[target].name.clone(),
        id_col: id.map(|c| columns.all[c].name.clone()),
        columns: columns.all.clone(),
        notes,
    })
}

/// Rising dates, each once.
fn unlike(stamps: &[Stamp]) -> Vec<Stamp> {
    let mut stamps = stamps.to_vec();
    stamps.dedup();
    stamps
}

/// Whether any time stands twice, in any order.
fn stands_twice(keys: &[f64]) -> bool {
    if keys.windows(2).all(|w| w[0] < w[1]) {
        return false;
    }
    let mut sorted = keys.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.windows(2).any(|w| w[0] == w[1])
}

fn axis(times: Times, frequency: Option<Frequency>) -> TimeAxis {
    match times {
        Times::Steps(first) => TimeAxis::Steps { first },
        Times::Numbers { values, decimals } => {
            let counts = decimals == 0 && values.windows(2).all(|w| w[1] - w[0] == 1.0);
            if counts {
                return TimeAxis::Steps { first: values[0] as i64 };
            }
            // The median step is the usual one, and no rounding of the cells can move it.
            let mut steps: Vec<f64> = values.windows(2).map(|w| w[1] - w[0]).collect();
            steps.sort_by(f64::total_cmp);
            let step = round_to(steps.get(steps.len() / 2).copied().unwrap_or(1.0), decimals);
            TimeAxis::Numbers(NumberAxis { values, step, decimals })
        }
        Times::Dates(dates) => {
            // Two values are left, or one and a step, so that there is an axis.
            match DateAxis::new(dates, frequency) {
                Some(axis) => TimeAxis::Dates(axis),
                None => TimeAxis::Steps { first: 1 },
            }
        }
    }
}

fn round_to(value: f64, decimals: usize) -> f64 {
    format!("{value:.decimals$}").parse().unwrap_or(value)
}
