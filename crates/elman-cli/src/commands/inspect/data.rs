//! The description of a data file, in lines.

use elman::data::{counted, thousands};
use elman::inspect::{
    ConstantStretch, DataInspection, MemoryNeed, OutlierStretch, SeriesDescription,
};
use elman::io::read::{ColumnFound, Role};

use super::options::options;
use super::sheet::Sheet;
use super::totals;
use crate::numbers;

/// Columns, outliers and notes that are printed, at most.
const MAX_COLUMNS: usize = 24;
const MAX_OUTLIERS: usize = 3;
const MAX_NOTES: usize = 8;
/// Digits of a value.
const DIGITS: usize = 6;

/// All lines, with notes if `talks`.
pub fn lines(data: &DataInspection, talks: bool) -> Vec<String> {
    let mut sheet = Sheet::default();
    sheet.text(&headline(data));
    if !data.problems.is_empty() {
        sheet.section("a forecast refuses this file");
        let errors = counted(data.problems.len(), "error");
        sheet.row("errors", &format!("{errors}, after this description"));
        sheet.row("described with", &options(&data.read));
    }
    columns(&mut sheet, &data.columns);
    match &data.series[..] {
        [series] => of_series(&mut sheet, data, series),
        _ => totals::of_panel(&mut sheet, data),
    }
    sheet.section("memory");
    let MemoryNeed { reading, forecasting } = data.memory;
    if reading > 0 {
        let how = "text of the cells, 4 bytes a cell, 8 a row, 64 a value";
        sheet.row("reading", &format!("{} at its peak ({how})", bytes(reading)));
    }
    let how = MemoryNeed::FORECASTING;
    sheet.row("forecasting", &format!("up to {} ({how})", bytes(forecasting)));
    if talks && !data.notes.is_empty() {
        sheet.section("notes");
        data.notes.iter().take(MAX_NOTES).for_each(|note| sheet.item(note));
        if let Some(more @ 1..) = data.notes.len().checked_sub(MAX_NOTES) {
            sheet.item(&format!("{more} more notes"));
        }
    }
    sheet.into_lines()
}

/// Name and value of the table of a chart.
pub fn facts(data: &DataInspection) -> Vec<(String, String)> {
    let totals = data.totals;
    let facts = [
        ("data", headline(data)),
        ("seasonal periods", seasons(&data.seasons)),
        ("absent dates", thousands(totals.counts.absent_dates)),
        ("missing values", thousands(totals.counts.missing)),
        ("outliers", thousands(totals.outliers)),
    ];
    facts.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The file in one sentence.
fn headline(data: &DataInspection) -> String {
    let step = data.frequency.as_deref().unwrap_or("no dates");
    let series = match data.totals.series {
        1 => "1 series".to_owned(),
        n => format!("{} series", thousands(n)),
    };
    let (first, last) = (&data.first, &data.last);
    format!(
        "{}: {series}, {step}, {first} to {last}, {}",
        data.path,
        counted(data.totals.values, "value")
    )
}

/// Which column is read as what.
fn columns(sheet: &mut Sheet, columns: &[ColumnFound]) {
    if columns.is_empty() {
        return;
    }
    sheet.section("columns");
    for column in columns.iter().take(MAX_COLUMNS) {
        let name = if column.name.is_empty() { "(no name)" } else { &column.name };
        let reason = match column.reason {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        let read_as = match column.role {
            Role::Unused => format!("{}, not used", column.kind.word()),
            role => format!("{}{reason}", word(role)),
        };
        sheet.row(name, &read_as);
    }
    if let Some(more @ 1..) = columns.len().checked_sub(MAX_COLUMNS) {
        sheet.row("…", &counted(more, "more column"));
    }
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Id => "id",
        Role::Time => "time",
        Role::Target => "target",
        Role::FutureCovariate => "future covariate",
        Role::PastCovariate => "past covariate",
        Role::StaticCovariate => "static covariate",
        Role::RowNumber => "row number",
        Role::Unused => "not used",
    }
}

/// Every fact of one series.
fn of_series(sheet: &mut Sheet, data: &DataInspection, series: &SeriesDescription) {
    sheet.section(&format!("series `{}`", series.name));
    let SeriesDescription { first, last, .. } = series;
    sheet.row("values", &format!("{}, from {first} to {last}", thousands(series.values)));
    sheet.row("frequency", data.frequency.as_deref().unwrap_or("none: there are no dates"));
    sheet.row("absent dates", &absent(series.counts.absent_dates, series.counts.gaps));
    if series.counts.uneven_steps > 0 {
        let steps = counted(series.counts.uneven_steps, "step");
        sheet.row(
            "uneven steps",
            &format!("{steps} between two dates, no whole number of time steps"),
        );
    }
    sheet.row("duplicates", &none_or(series.counts.duplicates, "row"));
    sheet.row("missing values", &none_or(series.counts.missing, "cell"));
    sheet.row("zeros", &none_or(series.counts.zeros, "value"));
    sheet.row("negative", &none_or(series.counts.negative, "value"));
    if let (Some(min), Some(mean), Some(max)) = (series.min, series.mean, series.max) {
        let [min, mean, max] = [min, mean, max].map(|y| numbers::trimmed(y, DIGITS));
        sheet.row("range", &format!("min {min}, mean {mean}, max {max}"));
    }
    sheet.row("outliers", &outliers(&series.outliers));
    sheet.row("constant", &constant(series.longest_constant.as_ref()));
    let beginning = match series.constant_beginning {
        0 => "none".to_owned(),
        n => format!("{}, left out of a forecast", counted(n, "value")),
    };
    sheet.row("constant beginning", &beginning);
    sheet.row("seasonal periods", &seasons(&data.seasons));
}

/// Seasonal periods: `24 and 168 time steps`.
pub fn seasons(periods: &[usize]) -> String {
    let periods: Vec<String> = periods.iter().map(usize::to_string).collect();
    match &periods[..] {
        [] => "none".to_owned(),
        periods => format!("{} time steps", periods.join(" and ")),
    }
}

/// The absent dates in words: `12 in 3 gaps`.
pub fn absent(dates: usize, gaps: usize) -> String {
    match dates {
        0 => "none".to_owned(),
        _ => format!("{} in {}", thousands(dates), counted(gaps, "gap")),
    }
}

/// A count with its word, or `none`.
pub fn none_or(count: usize, word: &str) -> String {
    if count == 0 { "none".to_owned() } else { counted(count, word) }
}

fn outliers(stretches: &[OutlierStretch]) -> String {
    let in_words = |outlier: &OutlierStretch| {
        let OutlierStretch { first, last, values, ratio, .. } = outlier;
        let when = if *values == 1 { first.clone() } else { format!("{first} to {last}") };
        format!("{when} ({} times its seasonal value)", numbers::trimmed(*ratio, 2))
    };
    let some: Vec<String> = stretches.iter().take(MAX_OUTLIERS).map(in_words).collect();
    match stretches.len() {
        0 => "none".to_owned(),
        n if n > MAX_OUTLIERS => format!("{}, …", some.join(", ")),
        _ => some.join(", "),
    }
}

fn constant(stretch: Option<&ConstantStretch>) -> String {
    let Some(ConstantStretch { values, first, last, value }) = stretch else {
        return "no stretch of 4 equal values".to_owned();
    };
    let value = numbers::trimmed(*value, DIGITS);
    format!("longest stretch: {} of {value}, {first} to {last}", counted(*values, "value"))
}

/// A size: `512 bytes`, `3.4 MB`, `2.1 GB`.
pub fn bytes(bytes: u64) -> String {
    match bytes {
        ..10_000 => counted(bytes as usize, "byte"),
        10_000..1_000_000 => format!("{} kB", bytes / 1000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
