//! What each column holds, and which column a name means.

use super::cells::{Notation, is_number, number_and_marks};
use super::notation::{self, Decimal};
use super::table::Table;
use super::written::Marks;
use crate::data::calendar::looks_like_date;
use crate::error::{Error, Place, Result, nearest_names};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What a column holds, by most of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Nothing.
    Empty,
    /// Numbers.
    Number,
    /// Dates.
    Date,
    /// Text.
    Text,
}

impl Kind {
    /// The plural word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Empty => "nothing",
            Kind::Number => "numbers",
            Kind::Date => "dates",
            Kind::Text => "text",
        }
    }
}

/// What a column is read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The name of the series.
    Id,
    /// The dates, or a part of them.
    Time,
    /// The values of the series.
    Target,
    /// A covariate that is known ahead.
    FutureCovariate,
    /// A covariate that is known up to now.
    PastCovariate,
    /// A covariate that is the same in all rows of a series.
    StaticCovariate,
    /// The number of the row.
    RowNumber,
    /// It is not used.
    #[default]
    Unused,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnFound {
    /// Its name; without a header its number, from 1.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// What it is read as.
    pub role: Role,
    /// Why it is read as that; empty for an unused column.
    pub reason: &'static str,
}

impl ColumnFound {
    pub(super) fn new(name: String, kind: Kind) -> Self {
        Self { name, kind, role: Role::Unused, reason: "" }
    }
}

/// The columns of a table.
pub(super) struct Columns {
    pub(super) all: Vec<ColumnFound>,
    notations: Vec<Notation>,
    has_header: bool,
}

impl Columns {
    /// Finds out what the columns hold and whether the first row is a header, which is then taken off the table.
    ///
    /// # Errors
    /// Two columns of one name: nobody could say which of them is meant.
    pub(super) fn find(table: &mut Table, decimal: Option<Decimal>) -> Result<Columns> {
        let columns = Columns::guess(table, decimal);
        if columns.has_header {
            different(columns.all.iter().map(|c| c.name.as_str()), &table.path)?;
        }
        Ok(columns)
    }

    /// Columns of text under these names.
    pub(super) fn called(names: &[String], path: &str) -> Result<Columns> {
        different(names.iter().map(String::as_str), path)?;
        let kinds = vec![Kind::Text; names.len()];
        let notations = vec![Notation::Point; names.len()];
        Ok(Columns::of_names(names.to_vec(), kinds, notations))
    }

    fn guess(table: &mut Table, decimal: Option<Decimal>) -> Columns {
        let notations = notation::of_columns(table, decimal);
        let below = |table: &Table| -> Vec<Kind> {
            notations.iter().enumerate().map(|(c, n)| kind(table.sample(c), *n)).collect()
        };
        if let Some(names) = table.names() {
            let (names, below) = (names.to_vec(), below(table));
            return Columns::of_names(names, below, notations);
        }
        let header = table.take_header();
        let below = below(table);
        // With nothing below, the only row is a header when it has a word in it.
        let has_header =
            header.iter().zip(&notations).zip(&below).any(|((name, notation), below)| {
                let own =
                    kind(Some(name.as_str()).filter(|n| !n.is_empty()).into_iter(), *notation);
                own == Kind::Text && *below != Kind::Text
            }) || below.iter().all(|k| *k == Kind::Text)
                || (header[0].is_empty() && table.width > 1 && !table.rows().is_empty());
        let names = if has_header {
            header
        } else {
            table.put_back_header();
            (1..=table.width).map(|n| n.to_string()).collect()
        };
        Columns { has_header, ..Columns::of_names(names, below, notations) }
    }

    fn of_names(names: Vec<String>, kinds: Vec<Kind>, notations: Vec<Notation>) -> Columns {
        let all = names.into_iter().zip(kinds).map(|(name, kind)| ColumnFound::new(name, kind));
        Columns { all: all.collect(), notations, has_header: true }
    }

    /// The index of the column with this name: exactly, else without regard to case.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let exact = self.all.iter().position(|c| c.name == name);
        exact.or_else(|| self.all.iter().position(|c| c.name.eq_ignore_ascii_case(name)))
    }

    /// The same, or the error that names the nearest ones.
    pub(super) fn resolve(&self, name: &str, path: &str) -> Result<usize> {
        self.named(name).ok_or_else(|| Error::UnknownColumn {
            path: path.to_string(),
            name: name.to_string(),
            nearest_names: nearest_names(name, self.all.iter().map(|c| c.name.as_str())),
            known: self.all.iter().map(|c| format!("`{}`", c.name)).collect(),
        })
    }

    /// Records what `columns` are read as, and why.
    pub(super) fn read_as(
        &mut self,
        columns: impl IntoIterator<Item = usize>,
        role: Role,
        reason: &'static str,
    ) {
        for column in columns {
            let found = &mut self.all[column];
            (found.role, found.reason) = (role, reason);
        }
    }

    /// How the numbers of a column are written.
    pub(super) fn notation(&self, column: usize) -> Notation {
        self.notations[column]
    }

    /// Notation of the numbers of a column, from a sample of its cells.
    pub(super) fn marks(&self, table: &Table, column: usize) -> Marks {
        let read = table.sample(column).map(|cell| number_and_marks(cell, self.notations[column]));
        read.flatten().fold(Marks::default(), |all, (_, marks)| all | marks)
    }

    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = usize> {
        (0..self.all.len()).filter(move |c| self.all[*c].kind == kind)
    }

    /// Where a cell is, for an error.
    pub(super) fn place(&self, table: &Table, row: usize, column: usize) -> Box<Place> {
        if let Some(across) = &table.across {
            let column = across.columns[row] as usize;
            let name = Some(across.names[column].clone());
            return Box::new(Place { column: Some(column + 1), name, ..*table.place(row) });
        }
        let name = self.has_header.then(|| self.all[column].name.clone());
        Box::new(Place { column: Some(column + 1), name, ..*table.place(row) })
    }
}

/// Refuses a name that two columns have. Names that are empty are none.
fn different<'a>(names: impl Iterator<Item = &'a str>, path: &str) -> Result<()> {
    let mut seen = HashMap::new();
    for (column, name) in (1..).zip(names).filter(|(_, name)| !name.is_empty()) {
        if let Some(first) = seen.insert(name, column) {
            return Err(Error::SameName {
                path: path.to_string(),
                name: name.to_string(),
                columns: (first, column),
                help: "rename one of them, or take it out".to_string(),
            });
        }
    }
    Ok(())
}

fn kind<'a>(cells: impl Iterator<Item = &'a str>, notation: Notation) -> Kind {
    let (mut all, mut numbers, mut dates) = (0, 0, 0);
    for cell in cells {
        all += 1;
        if is_number(cell, notation) {
            numbers += 1;
        } else if looks_like_date(cell) {
            dates += 1;
        }
    }
    // One bad cell among many must not change what a column is: it is to be reported as a bad cell.
    match () {
        () if all == 0 => Kind::Empty,
        () if dates * 2 > all => Kind::Date,
        () if numbers * 2 > all => Kind::Number,
        () => Kind::Text,
    }
}
