//! The columns beside the target: covariates.

use super::cells::{Bad, is_missing, number};
use super::columns::Columns;
use super::table::Table;
use super::{ReadOptions, typed};
use crate::error::{Error, Result};
use crate::series::{Covariate, Covariates};

/// Which columns are covariates.
pub(super) struct Exog {
    pub(super) future: Vec<usize>,
    past: Vec<usize>,
    fixed: Vec<usize>,
}

impl Exog {
    pub(super) fn find(table: &Table, columns: &Columns, options: &ReadOptions) -> Result<Self> {
        let all = |names: &[String]| -> Result<Vec<usize>> {
            names.iter().map(|name| columns.resolve(name, &table.path)).collect()
        };
        Ok(Self {
            future: all(&options.futr_exog)?,
            past: all(&options.hist_exog)?,
            fixed: all(&options.static_exog)?,
        })
    }

    /// All of these columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.future.iter().chain(&self.past).chain(&self.fixed).copied()
    }

    /// The covariates of the series in `rows`, and in the rows `ahead` of it.
    pub(super) fn read(
        &self,
        table: &Table,
        columns: &Columns,
        rows: &[usize],
        ahead: &[usize],
    ) -> Result<Covariates> {
        let name = |column: usize| columns.all[column].name.clone();
        let column = |column: usize, ahead: &[usize]| -> Result<Covariate> {
            let rows = rows.iter().chain(ahead);
            let values = rows.map(|row| value(table, columns, *row, column));
            Ok(Covariate { name: name(column), values: values.collect::<Result<_>>()? })
        };
        let fixed = |column: usize| -> Result<(String, String)> {
            let first = table.cell(rows[0], column);
            let other = rows.iter().find(|row| table.cell(**row, column) != first);
            if let Some(row) = other {
                let column_name = typed(&columns.all[column].name);
                return Err(Error::BadCell {
                    place: columns.place(table, *row, column),
                    found: table.cell(*row, column).to_string(),
                    expected: "changes within a series",
                    help: format!(
                        "it was {first:?} before; a covariate that changes goes behind `--hist-exog` or \
                         `--futr-exog {column_name}`"
                    ),
                });
            }
            Ok((name(column), first.to_string()))
        };
        Ok(Covariates {
            future: self.future.iter().map(|c| column(*c, ahead)).collect::<Result<_>>()?,
            past: self.past.iter().map(|c| column(*c, &[])).collect::<Result<_>>()?,
            fixed: self.fixed.iter().map(|c| fixed(*c)).collect::<Result<_>>()?,
        })
    }
}

/// A number, or true and false as 1 and 0.
fn value(table: &Table, columns: &Columns, row: usize, column: usize) -> Result<f64> {
    let cell = table.cell(row, column);
    let why = match number(cell, columns.notation) {
        Ok(value) => return Ok(value),
        Err(_) if cell.eq_ignore_ascii_case("true") => return Ok(1.0),
        Err(_) if cell.eq_ignore_ascii_case("false") => return Ok(0.0),
        Err(_) if is_missing(cell) => Bad::Empty,
        Err(why) => why,
    };
    Err(Error::BadCell {
        place: columns.place(table, row, column),
        found: cell.to_string(),
        expected: why.text(),
        help: "a covariate needs a number in every row; fill it in, or leave it out".to_string(),
    })
}
