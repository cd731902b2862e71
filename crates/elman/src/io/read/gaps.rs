//! The values: numbers, and what becomes of the cells that are none.

use super::cells::{Bad, Notation, is_missing, is_one_of, number_and_marks};
use super::columns::Columns;
use super::table::Table;
use super::written::Marks;
use super::{Missing, alike, sentinels};
use crate::data::counted;
use crate::error::{Error, Place, Result};

/// The values read, and which of the cells are left.
pub(super) struct Values {
    pub(super) values: Vec<f64>,
    /// Indices of the cells that are left; `None` when all are.
    pub(super) kept: Option<Vec<usize>>,
    pub(super) notes: Vec<String>,
    /// What stood around the digits.
    pub(super) marks: Marks,
}

/// The cells to be read as values, wherever they stand.
pub(super) trait Cells {
    fn len(&self) -> usize;
    fn cell(&self, i: usize) -> &str;
    /// Whether the options say that the cell is a missing value.
    fn is_missing_value(&self, i: usize) -> bool;
    fn place(&self, i: usize) -> Box<Place>;
}

/// Cells of one column.
pub(super) struct InColumn<'a> {
    pub(super) table: &'a Table,
    pub(super) columns: &'a Columns,
    pub(super) column: usize,
    pub(super) rows: &'a [usize],
    /// Cells that are missing values.
    pub(super) missing_values: &'a [String],
}

impl Cells for InColumn<'_> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, i: usize) -> &str {
        self.table.cell(self.rows[i], self.column)
    }

    fn is_missing_value(&self, i: usize) -> bool {
        is_one_of(self.cell(i), self.missing_values)
    }

    fn place(&self, i: usize) -> Box<Place> {
        self.columns.place(self.table, self.rows[i], self.column)
    }
}

/// Reads cells as numbers and does what `missing` says about the others.
pub(super) fn read(cells: &impl Cells, notation: Notation, missing: Missing) -> Result<Values> {
    let Numbers { mut values, marks, bad } = Numbers::of(cells, notation);
    // Left out of account as no number, such a cell would go unseen.
    if let Some((i, why @ Bad::TwoWays(..))) =
        bad.iter().find(|(_, b)| matches!(b, Bad::TwoWays(..)))
    {
        return Err(refuse(cells, *i, *why, two_ways(*why)));
    }
    let mut notes: Vec<String> = sentinels::note(cells, &values).into_iter().collect();
    let Some((first, _)) = bad.first().copied() else {
        return Ok(Values { values, kept: None, notes, marks });
    };
    refuse_missing(cells, &bad, notation, missing)?;
    let place = cells.place(first);
    if bad.len() == values.len() {
        let found = "has no number where the values are expected".to_string();
        return Err(Error::TooFewValues { path: place.path.clone(), found, needed: 2, help: "" });
    }
    let example = format!("the first on {}: {:?}", place.counted(), cells.cell(first));
    let (kept, note) = match missing {
        Missing::Drop => dropped(&values, &example),
        _ => filled(&mut values, missing, &example),
    };
    let values = kept.iter().map(|i| values[*i]).collect();
    notes.push(note);
    Ok(Values { values, kept: Some(kept), notes, marks })
}

/// Cells read as numbers.
struct Numbers {
    /// NaN where a cell is none.
    values: Vec<f64>,
    marks: Marks,
    /// The cells that are none, and why.
    bad: Vec<(usize, Bad)>,
}

impl Numbers {
    fn of(cells: &impl Cells, notation: Notation) -> Self {
        let values = Vec::with_capacity(cells.len());
        let mut numbers = Self { values, marks: Marks::default(), bad: Vec::new() };
        for i in 0..cells.len() {
            let read = match cells.is_missing_value(i) {
                true => Err(Bad::Empty),
                false => number_and_marks(cells.cell(i), notation),
            };
            numbers.values.push(match read {
                Ok((value, around)) => {
                    numbers.marks |= around;
                    value
                }
                Err(why) => {
                    numbers.bad.push((i, why));
                    f64::NAN
                }
            });
        }
        numbers
    }
}

/// Refuses the first of the `bad` cells where `missing` allows none, and the first that is a word where values are
/// masked.
fn refuse_missing(
    cells: &impl Cells,
    bad: &[(usize, Bad)],
    notation: Notation,
    missing: Missing,
) -> Result<()> {
    let is_word = |i: usize| !cells.is_missing_value(i) && !is_missing(cells.cell(i));
    let words: Vec<(usize, Bad)> = bad.iter().copied().filter(|(i, _)| is_word(*i)).collect();
    let refused = match missing {
        Missing::Mask => words.first(),
        Missing::Error => bad.first(),
        _ => None,
    };
    let Some((first, why)) = refused.copied() else { return Ok(()) };
    let found = words.iter().map(|(i, _)| cells.cell(*i));
    if let Some(help) = alike::help(found, cells.len() - (bad.len() - words.len())) {
        return Err(refuse(cells, first, why, help));
    }
    if let Some(help) = other_mark(cells.cell(first), notation) {
        return Err(refuse(cells, first, why, help));
    }
    let count = match bad.len() {
        1 => String::new(),
        n => format!("{}: ", counted(n, "such cell")),
    };
    let help = format!(
        "{count}fill missing values with `--missing interpolate`, leave these rows out with `--missing drop`, or name a text that means missing with `--missing-values`"
    );
    Err(refuse(cells, first, why, help))
}

/// The indices of the values that are known, and a note on the others.
fn dropped(values: &[f64], example: &str) -> (Vec<usize>, String) {
    let kept: Vec<usize> = (0..values.len()).filter(|i| values[*i].is_finite()).collect();
    let gone = counted(values.len() - kept.len(), "row");
    (kept, format!("{gone} without a value left out, {example}"))
}

/// The indices from the first known value to the last, and a note on the missing ones. They are interpolated, or stay to
/// be masked.
fn filled(values: &mut [f64], missing: Missing, example: &str) -> (Vec<usize>, String) {
    let kept = known_span(values);
    let cut = values.len() - kept.len();
    let inside = kept.iter().filter(|i| !values[**i].is_finite()).count();
    let done = if missing == Missing::Mask {
        "masked"
    } else {
        interpolate(values);
        "interpolated"
    };
    let (what, ends) = (counted(inside, "missing value"), counted(cut, "row"));
    let note = match (inside, cut) {
        (0, _) => format!("{ends} without a value at the ends left out, {example}"),
        (_, 0) => format!("{what} {done}, {example}"),
        _ => format!("{what} {done}, {example}; {ends} at the ends left out"),
    };
    (kept, note)
}

fn refuse(cells: &impl Cells, i: usize, why: Bad, help: String) -> Error {
    let found = cells.cell(i).to_string();
    Error::BadCell { place: cells.place(i), found, expected: why.text(), help }
}

/// The next step for a cell that is a number only with the other decimal mark.
fn other_mark(cell: &str, notation: Notation) -> Option<String> {
    let (other, marks) = match notation {
        Notation::Point => (Notation::Comma, ["comma", "point"]),
        Notation::Comma => (Notation::Point, ["point", "comma"]),
        Notation::Undecided => return None,
    };
    let [its, usual] = marks;
    number_and_marks(cell, other).ok().map(|_| {
        format!(
            "the cell has a decimal {its}, and the column is read with a decimal {usual}: write all numbers alike, or say \
             which mark is right with `--decimal {its}`"
        )
    })
}

/// What to do about a number such as `1.214`, for which no other cell shows what the mark is.
pub(super) fn two_ways(why: Bad) -> String {
    let Bad::TwoWays(point, comma) = why else { return String::new() };
    format!(
        "with a decimal point it is {point}, with a decimal comma {comma}; say which with `--decimal point` or \
         `--decimal comma`"
    )
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
