//! The id of a series: a cell of one column, or the cells of several together.

use super::columns::Columns;
use super::table::Table;
use super::{LoadedPanel, typed};
use crate::data::counted;
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::collections::HashMap;

/// What stands between the cells of an id of several columns.
const BETWEEN: &str = "/";

/// The columns that tell the series of a file apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id(Vec<usize>);

impl Id {
    pub(super) fn of(column: usize) -> Self {
        Self(vec![column])
    }

    pub(super) fn of_columns(columns: Vec<usize>) -> Self {
        Self(columns)
    }

    /// The columns that `--id-col` names: one column, else several with commas between.
    pub(super) fn named(text: &str, columns: &Columns, path: &str) -> Result<Self> {
        match columns.named(text) {
            Some(column) => Ok(Self::of(column)),
            None if text.contains(',') => {
                let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
                names.map(|name| columns.resolve(name, path)).collect::<Result<_>>().map(Self)
            }
            None => columns.resolve(text, path).map(Self::of),
        }
    }

    pub(super) fn columns(&self) -> &[usize] {
        &self.0
    }

    /// The names of the columns as `--id-col` takes them: `region,product`.
    pub(super) fn title(&self, columns: &Columns) -> String {
        let names: Vec<&str> = self.0.iter().map(|c| columns.all[*c].name.as_str()).collect();
        names.join(",")
    }

    /// The same, as it is typed in a shell.
    pub(super) fn option(&self, columns: &Columns) -> String {
        let plain = self.0.iter().all(|c| {
            let name = &columns.all[*c].name;
            typed(name) == *name
        });
        let title = self.title(columns);
        format!("--id-col {}", if plain { title } else { typed(&title) })
    }

    /// The id of a row.
    pub(super) fn cell<'a>(&self, table: &'a Table, row: usize) -> Cow<'a, str> {
        match self.0[..] {
            [column] => Cow::Borrowed(table.cell(row, column)),
            _ => {
                let cells: Vec<&str> = self.0.iter().map(|c| table.cell(row, *c)).collect();
                Cow::Owned(cells.join(BETWEEN))
            }
        }
    }

    /// A note where only some of the cells had blanks around them: ids that differ in nothing else are one series.
    pub(super) fn blanks(&self, table: &Table, columns: &Columns) -> Option<String> {
        let all = table.rows().len();
        let column = *self.0.iter().find(|c| (1..all).contains(&table.padded(**c)))?;
        Some(format!(
            "blanks around ids are taken off, in {} of `{}`: ids that differ by blanks alone are one series",
            counted(table.padded(column), "row"),
            columns.all[column].name
        ))
    }

    /// Whether two rows are of one series.
    pub(super) fn is_same(&self, table: &Table, a: usize, b: usize) -> bool {
        self.0.iter().all(|column| table.cell(a, *column) == table.cell(b, *column))
    }

    /// The ids of the rows, in the order in which they come.
    pub(super) fn all<'a>(&self, table: &'a Table, rows: &[usize]) -> Vec<Cow<'a, str>> {
        let mut seen = HashMap::new();
        for row in rows {
            let next = seen.len();
            seen.entry(self.cell(table, *row)).or_insert(next);
        }
        let mut ids: Vec<(Cow<str>, usize)> = seen.into_iter().collect();
        ids.sort_by_key(|(_, at)| *at);
        ids.into_iter().map(|(id, _)| id).collect()
    }

    /// The rows of each series, in the order in which the series come.
    ///
    /// # Errors
    /// Two series of several columns whose ids are written alike, such as `a/b` with `c`, and `a` with `b/c`.
    pub(super) fn series(
        &self,
        table: &Table,
        columns: &Columns,
        rows: &[usize],
    ) -> Result<Vec<Vec<usize>>> {
        let mut at = HashMap::new();
        let mut series: Vec<Vec<usize>> = Vec::new();
        for row in rows {
            let index = *at.entry(self.cell(table, *row)).or_insert_with(|| {
                series.push(Vec::new());
                series.len() - 1
            });
            if let Some(first) = series[index].first().filter(|_| self.0.len() > 1)
                && !self.is_same(table, *first, *row)
            {
                return Err(Error::BadCell {
                    place: columns.place(table, *row, self.0[0]),
                    found: self.cell(table, *row).into_owned(),
                    expected: "and the other id columns give two series the same id",
                    help: format!(
                        "the cells have `{BETWEEN}` in them, and the other series begins on {}: write \
                         something else in its place",
                        table.place(*first).counted()
                    ),
                });
            }
            series[index].push(*row);
        }
        Ok(series)
    }
}

/// A note where rows have no id: they are a series without a name.
pub(super) fn unnamed(panel: &LoadedPanel) -> Option<String> {
    let id_col = panel.id_col.as_ref()?;
    let series = panel.series.iter().find(|series| series.name.is_empty())?;
    let values = counted(series.values.len(), "value");
    Some(format!("`{id_col}` is empty beside {values}: they are a series without a name"))
}

/// A note where the ids of two series differ by case alone: they stay two series, and may be meant to be one.
pub(super) fn alike(panel: &LoadedPanel) -> Option<String> {
    if panel.id_col.is_none() || panel.series.len() < 2 {
        return None;
    }
    let mut seen = HashMap::with_capacity(panel.series.len());
    let names = panel.series.iter().map(|series| &series.name);
    let pairs = names.filter_map(|name| seen.insert(name.to_lowercase(), name).zip(Some(name)));
    let pairs: Vec<_> = pairs.filter(|(first, name)| first != name).collect();
    let (first, name) = pairs.first()?;
    let more = match pairs.len() {
        1 => String::new(),
        n => format!(", and {} more such pairs", n - 1),
    };
    Some(format!("series `{first}` and `{name}` differ by case alone{more}: they are two series"))
}
