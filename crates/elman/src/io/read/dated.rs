//! Tables with dates across the header, one series a row: `store,2023-01,2023-02,…`. They are turned into rows of one
//! value each, so that all that follows is the same.

use super::cells::{Notation, number};
use super::id::Id;
use super::table::{Across, Table};
use super::totals::{self, says_total};
use super::{ReadOptions, columns::Columns, typed};
use crate::data::calendar::{dates, looks_like_date, numeric_dates};
use crate::error::{Error, Result, Unit};
use std::collections::HashSet;

/// Dates from which on a header is one of dates, and not of three odd names.
const ENOUGH: usize = 3;
/// The names of the columns that the dates and the values stand in then.
const TIME: &str = "date";
const VALUE: &str = "value";

/// Where the dates of a header stand.
pub(super) struct Dated {
    names: Vec<String>,
    /// The first column of dates, and one past the last.
    first: usize,
    last: usize,
    /// The first row below the header.
    row: usize,
}

/// The columns before the dates that are read.
struct Kept {
    /// None where the rows are counted.
    id: Option<Id>,
    /// The name of its column.
    title: String,
    /// Static covariates.
    fixed: Vec<usize>,
}

impl Dated {
    /// Looks at the header of a table; none where it does not end in rising or falling dates above numbers.
    pub(super) fn of(table: &Table, options: &ReadOptions) -> Option<Self> {
        let start = table.rows().start;
        let (names, row) = match table.names() {
            Some(names) => (names.to_vec(), start),
            None => {
                let header = 0..table.size(start);
                (header.map(|c| table.cell(start, c).to_owned()).collect::<Vec<_>>(), start + 1)
            }
        };
        // A column of totals behind the last date is none of the series.
        let last = names.iter().rposition(|name| !name.is_empty() && !says_total(name))? + 1;
        let is_time = |name: &String| {
            looks_like_date(name) || numeric_dates(&[name]).is_some_and(|_| !name.contains('.'))
        };
        let first = names[..last].iter().rposition(|name| !is_time(name)).map_or(0, |at| at + 1);
        if last < first + ENOUGH || row >= table.rows().end {
            return None;
        }
        let cells: Vec<&str> = names[first..last].iter().map(String::as_str).collect();
        let written = dates(&cells, options.date_order).ok().filter(|_| looks_like_date(cells[0]));
        // Numbers above numbers are a header only beside a name above text.
        let numbers = || {
            numeric_dates(&cells)
                .filter(|_| first > 0 && number(&names[0], Notation::Point).is_err())
        };
        let stamps = written.or_else(numbers)?.stamps;
        let runs = stamps.windows(2).all(|w| w[0] < w[1]) || stamps.windows(2).all(|w| w[0] > w[1]);
        // A file of dates alone is no table of values.
        let values = (first..last).map(|c| table.cell(row, c));
        let no_value = values.filter(|cell| looks_like_date(cell)).count() * 2 > last - first;
        (runs && !no_value).then_some(Self { names, first, last, row })
    }

    /// The error for such a table where nobody said that its rows are series.
    pub(super) fn say_wide(&self, table: &Table) -> Error {
        Error::Forecast {
            reason: format!(
                "`{}` has dates across its header, from {:?} to {:?}: one series a row",
                table.path,
                self.names[self.first],
                self.names[self.last - 1]
            ),
            help: "take each row as a series with `--wide`".to_owned(),
        }
    }

    /// The table with a row for each value, and how it is then read. Cells that are empty before the first value of a
    /// row and behind its last are none of its series.
    pub(super) fn in_rows(
        &self,
        table: &Table,
        options: &ReadOptions,
    ) -> Result<(Table, ReadOptions)> {
        let kept = self.kept(table, options)?;
        let mut turned = self.turned(table, &kept)?;
        turned.notes.extend(self.notes(&kept));
        let mut names = vec![kept.title.clone()];
        names.extend(options.static_exog.iter().cloned());
        names.extend([self.free(TIME), self.free(VALUE)]);
        let read = ReadOptions {
            id_col: Some(kept.title),
            time_col: Some(self.free(TIME)),
            target: Some(self.free(VALUE)),
            wide: false,
            ..options.clone()
        };
        Ok((turned.named(names)?, read))
    }

    /// The columns before the dates that are read.
    fn kept(&self, table: &Table, options: &ReadOptions) -> Result<Kept> {
        let before = self.columns(&table.path)?;
        let id = self.id(&before, table, options)?;
        let fixed = options.static_exog.iter().map(|name| before.resolve(name, &table.path));
        let fixed = fixed.collect::<Result<_>>()?;
        let title = match &id {
            Some(id) => id.title(&before),
            None => "row".to_owned(),
        };
        Ok(Kept { id, title, fixed })
    }

    /// The values of the rows, one below the other.
    fn turned(&self, table: &Table, kept: &Kept) -> Result<Table> {
        let mut turned = Table::new(&table.path, Unit::Line, table.memory());
        turned.notes.clone_from(&table.notes);
        let mut across = Across { names: self.names.clone(), columns: Vec::new() };
        let mut empty = 0;
        for row in self.row..table.rows().end {
            let cells = || (self.first..self.last).map(|c| table.cell(row, c));
            let Some(from) = cells().position(|cell| !cell.is_empty()) else {
                empty += 1;
                continue;
            };
            let until = self.last - cells().rev().take_while(|cell| cell.is_empty()).count();
            let name = match &kept.id {
                Some(id) => id.cell(table, row).into_owned(),
                None => (row + 1 - self.row).to_string(),
            };
            if row + 1 == table.rows().end && says_total(&name) {
                turned.notes.push(totals::series_note("row", &name));
            }
            for column in self.first + from..until {
                let fixed = kept.fixed.iter().map(|c| table.cell(row, *c));
                let value = [&self.names[column][..], table.cell(row, column)];
                turned.push([&name[..]].into_iter().chain(fixed).chain(value), table.line(row))?;
                across.columns.push(column as u32);
            }
        }
        if empty > 0 {
            turned.notes.push(format!("rows without any value left out: {empty}"));
        }
        turned.across = Some(across);
        Ok(turned)
    }

    /// Names the columns that are not read.
    fn notes(&self, Kept { id, fixed, .. }: &Kept) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(total) = self.names[self.last..].iter().find(|name| says_total(name)) {
            notes.push(format!(
                "column `{total}` after the last date left out: its cells are totals"
            ));
        }
        let used =
            |c: &usize| fixed.contains(c) || id.as_ref().is_some_and(|id| id.columns().contains(c));
        let unused = (0..self.first).filter(|c| !used(c) && !self.names[*c].is_empty());
        let unused: Vec<&str> = unused.map(|c| &self.names[c][..]).collect();
        if !unused.is_empty() {
            notes.push(format!(
                "columns not used: {} (`--id-col`, `--static-exog`)",
                super::unused::listed(&unused)
            ));
        }
        notes
    }

    /// The columns before the dates.
    fn columns(&self, path: &str) -> Result<Columns> {
        Columns::called(&self.names[..self.first], path)
    }

    /// The columns that name the rows: those that were given; else the first one whose cells differ in all rows; else
    /// all. None where there are none, and the rows are counted.
    fn id(&self, before: &Columns, table: &Table, options: &ReadOptions) -> Result<Option<Id>> {
        match &options.id_col {
            Some(name) if name != "none" => {
                return Id::named(name, before, &table.path).map(Some);
            }
            Some(_) => return Ok(None),
            None if self.first == 0 => return Ok(None),
            None => {}
        }
        let rows = self.row..table.rows().end;
        let differ = |id: &Id| {
            let mut seen = HashSet::new();
            rows.clone().all(|row| seen.insert(id.cell(table, row)))
        };
        let mut each = (0..self.first).map(Id::of);
        if let Some(id) = each.find(differ) {
            return Ok(Some(id));
        }
        let all = Id::of_columns((0..self.first).collect());
        if differ(&all) {
            return Ok(Some(all));
        }
        let ids = rows.clone().map(|row| all.cell(table, row));
        let mut seen = HashSet::new();
        let twice = ids.clone().find(|id| !seen.insert(id.clone())).unwrap_or_default();
        Err(Error::Forecast {
            reason: format!(
                "`{}` has two rows called `{}`, and each row is a series",
                table.path,
                typed(&twice)
            ),
            help: "give each row a name of its own, or number them with `--id-col none`".to_owned(),
        })
    }

    /// A name that no column has.
    fn free(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while self.names[..self.first].contains(&name) {
            name.push('_');
        }
        name
    }
}
