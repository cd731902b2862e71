//! The columns beside the target: covariates.

use super::cells::{Bad, is_missing, number};
use super::columns::{Columns, Role};
use super::table::Table;
use super::times::merge;
use super::{Duplicates, ReadOptions, gaps, typed};
use crate::data::{Covariate, Covariates};
use crate::error::{Error, Result};
use std::ops::Range;

/// Which columns are covariates.
pub(super) struct Exog {
    pub(super) future: Vec<usize>,
    past: Vec<usize>,
    fixed: Vec<usize>,
}

impl Exog {
    pub(super) fn find(table: &Table, columns: &Columns, options: &ReadOptions) -> Result<Self> {
        let named = |names: &[String]| -> Result<Vec<usize>> {
            names.iter().map(|name| columns.resolve(name, &table.path)).collect()
        };
        let exog = Self {
            future: named(&options.futr_exog)?,
            past: named(&options.hist_exog)?,
            fixed: named(&options.static_exog)?,
        };
        let all: Vec<usize> = exog.columns().collect();
        let twice = (1..all.len()).find(|i| all[..*i].contains(&all[*i]));
        match twice {
            None => Ok(exog),
            Some(i) => Err(Error::Forecast {
                reason: format!(
                    "column `{}` is named twice among the covariates",
                    columns.all[all[i]].name
                ),
                help:
                    "name it once: with `--futr-exog` if it is known ahead, else with `--hist-exog`"
                        .to_string(),
            }),
        }
    }

    /// Refuses what is to be forecast as a covariate of itself.
    pub(super) fn hold_no(&self, targets: &[usize], columns: &Columns) -> Result<()> {
        match self.columns().find(|column| targets.contains(column)) {
            None => Ok(()),
            Some(column) => Err(Error::Forecast {
                reason: format!(
                    "`{}` is the target, and cannot be a covariate",
                    columns.all[column].name
                ),
                help: "leave it out of the covariates, or choose another `--target`".to_string(),
            }),
        }
    }

    /// Records these columns as covariates.
    pub(super) fn record(&self, columns: &mut Columns) {
        for (own, role, option) in [
            (&self.future, Role::FutureCovariate, "named by `--futr-exog`"),
            (&self.past, Role::PastCovariate, "named by `--hist-exog`"),
            (&self.fixed, Role::StaticCovariate, "named by `--static-exog`"),
        ] {
            columns.read_as(own.iter().copied(), role, option);
        }
    }

    /// All of these columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.future.iter().chain(&self.past).chain(&self.fixed).copied()
    }

    /// Those of numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> {
        self.future.iter().chain(&self.past).copied()
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
                        "it was {first:?} before; for a covariate that changes, use `--hist-exog` or \
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

/// One value of each covariate for each of these `dates`, which are ranges of rows: the first or the last, as of the
/// target; else the mean, as prices and flags of a day do not add up when its sales do. Rows ahead stay.
pub(super) fn merged(
    covariates: Covariates,
    dates: &[Range<usize>],
    how: Duplicates,
) -> Covariates {
    let how = if how == Duplicates::Sum { Duplicates::Mean } else { how };
    let known = dates.last().map_or(0, |last| last.end);
    let merged = |covariate: Covariate| {
        let each = dates.iter().map(|date| merge(&covariate.values[date.clone()], how));
        let values = each.chain(covariate.values[known..].iter().copied()).collect();
        Covariate { values, name: covariate.name }
    };
    Covariates {
        future: covariates.future.into_iter().map(merged).collect(),
        past: covariates.past.into_iter().map(merged).collect(),
        fixed: covariates.fixed,
    }
}

/// Refuses covariates for a file whose lines are series: it has no columns for them.
pub(super) fn are_not_asked_for(options: &ReadOptions, path: &str) -> Result<()> {
    let ReadOptions { futr_exog, hist_exog, static_exog, .. } = options;
    match [futr_exog, hist_exog, static_exog].into_iter().flatten().next() {
        None => Ok(()),
        Some(name) => Err(Error::Forecast {
            reason: format!("`{path}` has a series a line, and no column `{name}`"),
            help: "covariates need a file with a row for each time".to_string(),
        }),
    }
}

/// A number, or true and false as 1 and 0.
fn value(table: &Table, columns: &Columns, row: usize, column: usize) -> Result<f64> {
    let cell = table.cell(row, column);
    let why = match number(cell, columns.notation(column)) {
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
        help: match why {
            Bad::TwoWays(..) => gaps::two_ways(why),
            _ => "a covariate needs a number in every row; fill it in, or leave it out".to_string(),
        },
    })
}
