//! The description of a panel: sums over all series, and the series with the most odd values.

use elman::data::{counted, thousands};
use elman::inspect::{DataInspection, SeriesDescription};

use super::data::{absent, none_or, seasons};
use super::sheet::{Sheet, cut};
use crate::numbers;

/// Series of the table, at most.
const MAX_ROWS: usize = 8;
/// Digits of a value.
const DIGITS: usize = 5;
/// Columns of a name and of a date.
const NAME: usize = 22;
const DATE: usize = 12;

/// The sums, and the table.
pub fn of_panel(sheet: &mut Sheet, data: &DataInspection) {
    let totals = data.totals;
    sheet.section("panel");
    sheet.row("series", &thousands(totals.series));
    let lens = || data.series.iter().map(|series| series.values);
    let (least, most) = (lens().min().unwrap_or(0), lens().max().unwrap_or(0));
    let all = thousands(totals.values);
    let each = match least == most {
        true => format!("{} each", thousands(least)),
        false => format!("{} to {} each", thousands(least), thousands(most)),
    };
    sheet.row("values", &format!("{all}, {each}"));
    sheet.row("frequency", data.frequency.as_deref().unwrap_or("none: there are no dates"));
    sheet.row("dates", &format!("{} to {}", data.first, data.last));
    sheet.row("absent dates", &absent(totals.counts.absent_dates, totals.counts.gaps));
    if totals.counts.uneven_steps > 0 {
        sheet.row("uneven steps", &counted(totals.counts.uneven_steps, "step"));
    }
    sheet.row("duplicates", &none_or(totals.counts.duplicates, "row"));
    sheet.row("missing values", &none_or(totals.counts.missing, "cell"));
    sheet.row("zeros", &none_or(totals.counts.zeros, "value"));
    sheet.row("negative", &none_or(totals.counts.negative, "value"));
    sheet.row("outliers", &none_or(totals.outliers, "value"));
    sheet.row("constant beginning", &in_series(totals.constant_beginnings));
    sheet.row("ended early", &in_series(totals.ended_early));
    sheet.row("seasonal periods", &seasons(&data.seasons));
    if data.series.len() <= MAX_ROWS {
        ranges(sheet, data);
    }
    worst(sheet, data);
}

/// The values and the seasonal periods of each of a few series.
fn ranges(sheet: &mut Sheet, data: &DataInspection) {
    sheet.section("series");
    let head = ["values", "min", "mean", "max"];
    sheet.line(&range("series", head.map(str::to_owned), "seasons"));
    for series in &data.series {
        let number = |y: Option<f64>| y.map_or("-".to_owned(), |y| numbers::trimmed(y, DIGITS));
        let values = thousands(series.values);
        let cells = [values, number(series.min), number(series.mean), number(series.max)];
        let periods: Vec<String> = series.seasons.iter().map(usize::to_string).collect();
        let periods = if periods.is_empty() { "-".to_owned() } else { periods.join(", ") };
        sheet.line(&range(&series.name, cells, &periods));
    }
}

fn range(name: &str, cells: [String; 4], seasons: &str) -> String {
    let cells: String = cells.iter().map(|cell| format!(" {cell:>9}")).collect();
    format!("{:NAME$}{cells}  {seasons}", cut(name, NAME))
}

fn in_series(count: usize) -> String {
    if count == 0 { "none".to_owned() } else { format!("{} series", thousands(count)) }
}

/// The table of the series with the most odd values; none where no series has any.
fn worst(sheet: &mut Sheet, data: &DataInspection) {
    let troubles = |series: &SeriesDescription| series.troubles() + series.steps_before_end;
    let mut worst: Vec<&SeriesDescription> =
        data.series.iter().filter(|series| troubles(series) > 0).collect();
    worst.sort_by_key(|series| std::cmp::Reverse(troubles(series)));
    if worst.is_empty() {
        return;
    }
    sheet.section("series with the most odd values");
    let head = ["values", "absent", "dupl.", "missing", "outl."];
    sheet.line(&line("series", "last date", head.map(str::to_owned)));
    for series in worst.iter().take(MAX_ROWS) {
        let outliers = series.outliers.iter().map(|outlier| outlier.values).sum();
        let numbers = [
            series.values,
            series.counts.absent_dates,
            series.counts.duplicates,
            series.counts.missing,
            outliers,
        ];
        sheet.line(&line(&series.name, &series.last, numbers.map(thousands)));
    }
    if let Some(more @ 1..) = worst.len().checked_sub(MAX_ROWS) {
        sheet.line(&format!("{} more series; `--json` has every series", thousands(more)));
    }
}

fn line(name: &str, last: &str, numbers: [String; 5]) -> String {
    let numbers: String = numbers.iter().map(|number| format!(" {number:>7}")).collect();
    // A date with an hour is longer, and takes room of the name.
    let date = last.chars().count().max(DATE);
    let name_width = (NAME + DATE).saturating_sub(date).max(8);
    format!("{:name_width$}  {last:date$}{numbers}", cut(name, name_width))
}
