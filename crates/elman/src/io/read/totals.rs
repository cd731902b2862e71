//! Total rows at the end of a table, as spreadsheets have them: `Total;4711` below the months. Such a row is no
//! observation, and has no date although all other rows have one.

use super::cells::is_missing;
use super::table::Table;
use super::time_names::{is_of_calendar, is_time_name};
use crate::data::calendar::looks_like_date;
use std::ops::Range;

/// What begins such a row, in small letters: totals, then means, which stand there just as often.
const WORDS: [&str; 38] = [
    "total",
    "totals",
    "totale",
    "totaal",
    "totalt",
    "totaux",
    "totali",
    "totales",
    "grand total",
    "subtotal",
    "sum",
    "suma",
    "summa",
    "summe",
    "sums",
    "som",
    "soma",
    "somme",
    "gesamt",
    "gesamtsumme",
    "gesamtergebnis",
    "insgesamt",
    "celkem",
    "razem",
    "toplam",
    "yhteensä",
    "итого",
    "всего",
    "合計",
    "総計",
    "合计",
    "总计",
    "합계",
    "average",
    "mean",
    "mittelwert",
    "durchschnitt",
    "moyenne",
];

/// Rows of data from which on a column shows that all of its cells are dates.
const ENOUGH: usize = 2;

/// Whether a cell or a name says that a total follows: `Total`, `Total général`, `Summe 2023:`, but not `Totally`.
pub(super) fn says_total(text: &str) -> bool {
    let text = text.to_lowercase();
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    WORDS.iter().any(|word| text.strip_prefix(word).is_some_and(ends))
}

/// The note on a series that may be the total of the others. The series is forecast, because the name alone does not
/// prove that, and totals are often what a person wants to forecast.
pub(super) fn series_note(what: &str, name: &str) -> String {
    format!(
        "{what} `{name}` is forecast as a series of its own; if it is the total of the others, remove the {what} to \
         leave the total out"
    )
}

impl Table {
    /// Leaves out the rows of totals at the end, with a note on each.
    pub(super) fn leave_out_totals(&mut self) {
        let rows = self.rows();
        let totals = rows.clone().rev().take_while(|row| self.total(*row).is_some()).count();
        if totals == 0 {
            return;
        }
        let above = rows.start..rows.end - totals;
        let no_date = |row: usize, column: usize| {
            let cell = self.cell(row, column);
            is_missing(cell) || says_total(cell)
        };
        let dates = (0..self.width)
            .find(|c| no_date(rows.end - 1, *c) && self.has_dates(above.clone(), *c));
        let Some(dates) = dates else { return };
        let totals = (above.end..rows.end).rev().take_while(|row| no_date(*row, dates));
        for row in totals.collect::<Vec<_>>() {
            let (place, total) = (self.place(row).counted(), self.total(row).unwrap_or_default());
            let note = format!("{place} left out: the row is a total ({total:?}), and has no date");
            self.notes.push(note);
            self.drop_last();
        }
    }

    /// The cell of a row that says that the row is a total.
    fn total(&self, row: usize) -> Option<&str> {
        (0..self.width).map(|column| self.cell(row, column)).find(|cell| says_total(cell))
    }

    /// Whether this column has a date in each of these rows, of which the first may be a header.
    fn has_dates(&self, rows: Range<usize>, column: usize) -> bool {
        let (name, rows) = match self.names() {
            Some(names) => (&names[column][..], rows),
            None => (self.cell(rows.start, column), rows.start + 1..rows.end),
        };
        // A year is a number like any other, but for the name of its column.
        let counts = is_time_name(name);
        let is_time = |cell: &str| {
            looks_like_date(cell) || is_of_calendar(cell) || (counts && cell.parse::<f64>().is_ok())
        };
        rows.len() >= ENOUGH && rows.clone().all(|row| is_time(self.cell(row, column)))
    }
}
