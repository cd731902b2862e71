//! The values: numbers, and what becomes of the cells that are none.

use super::Missing;
use super::cells::{Bad, Notation, is_missing, number};
use super::columns::Columns;
use super::table::Table;
use crate::error::{Error, Place, Result};
use crate::series::counted;

/// The values read, and which of the cells are left.
pub(super) struct Values {
    pub(super) values: Vec<f64>,
    /// Indices of the cells that are left; `None` when all are.
    pub(super) kept: Option<Vec<usize>>,
    pub(super) note: Option<String>,
}

/// The cells to be read as values, wherever they stand.
pub(super) trait Cells {
    fn len(&self) -> usize;
    fn cell(&self, i: usize) -> &str;
    fn place(&self, i: usize) -> Box<Place>;
}

/// Cells of one column.
pub(super) struct InColumn<'a> {
    pub(super) table: &'a Table,
    pub(super) columns: &'a Columns,
    pub(super) column: usize,
    pub(super) rows: &'a [usize],
}

impl Cells for InColumn<'_> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, i: usize) -> &str {
        self.table.cell(self.rows[i], self.column)
    }

    fn place(&self, i: usize) -> Box<Place> {
        self.columns.place(self.table, self.rows[i], self.column)
    }
}

/// Reads cells as numbers and does what `missing` says about the others.
pub(super) fn read(cells: &impl Cells, notation: Notation, missing: Missing) -> Result<Values> {
    let mut bad: Vec<(usize, Bad)> = Vec::new();
    let mut values: Vec<f64> = Vec::with_capacity(cells.len());
    for i in 0..cells.len() {
        values.push(number(cells.cell(i), notation).unwrap_or_else(|why| {
            bad.push((i, why));
            f64::NAN
        }));
    }
    let Some((first, why)) = bad.first().copied() else {
        return Ok(Values { values, kept: None, note: None });
    };
    let word = |(i, _): &&(usize, Bad)| !is_missing(cells.cell(*i));
    let first_word = bad.iter().find(word).filter(|_| missing == Missing::Mask);
    if missing == Missing::Error || first_word.is_some() {
        let (first, why) = first_word.copied().unwrap_or((first, why));
        let count = match bad.len() {
            1 => String::new(),
            n => format!("{}: ", counted(n, "such cell")),
        };
        return Err(Error::BadCell {
            place: cells.place(first),
            found: cells.cell(first).to_string(),
            expected: why.text(),
            help: format!(
                "{count}fill gaps with `--missing interpolate`, or leave these rows out with `--missing drop`"
            ),
        });
    }
    let place = cells.place(first);
    if bad.len() == values.len() {
        let found = "has no number where the values are expected".to_string();
        return Err(Error::TooFewValues { path: place.path.clone(), found, needed: 2 });
    }
    let example = format!("the first on {}: {:?}", place.counted(), cells.cell(first));
    let (kept, note) = if missing == Missing::Drop {
        let kept: Vec<usize> = (0..values.len()).filter(|i| values[*i].is_finite()).collect();
        (kept, format!("{} without a value left out, {example}", counted(bad.len(), "row")))
    } else {
        let kept = known_span(&values);
        let inside = bad.len() - (values.len() - kept.len());
        let cut = bad.len() - inside;
        let what = counted(inside, "missing value");
        let mut note = if missing == Missing::Mask {
            format!("{what} left out of account, {example}")
        } else {
            interpolate(&mut values);
            format!("{what} interpolated, {example}")
        };
        if cut > 0 {
            note.push_str(&format!("; {} at the ends left out", counted(cut, "row")));
        }
        (kept, note)
    };
    let values = kept.iter().map(|i| values[*i]).collect();
    Ok(Values { values, kept: Some(kept), note: Some(note) })
}

/// From the first value that is known to the last.
fn known_span(values: &[f64]) -> Vec<usize> {
    let first = values.iter().position(|y| y.is_finite()).unwrap_or(0);
    let last = values.iter().rposition(|y| y.is_finite()).unwrap_or(0);
    (first..=last).collect()
}

/// Straight lines over the gaps.
pub(super) fn interpolate(values: &mut [f64]) {
    let known: Vec<usize> = (0..values.len()).filter(|i| values[*i].is_finite()).collect();
    for pair in known.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        for i in a + 1..b {
            let share = (i - a) as f64 / (b - a) as f64;
            values[i] = values[a] * (1.0 - share) + values[b] * share;
        }
    }
}
