//! The M4 competition's layout: one series a row, its name first, under a header `V1,V2,…`; rows of any length.

use super::cells::{Notation, is_one_of};
use super::gaps::{self, Cells};
use super::table::Table;
use super::{BYTES_A_VALUE, ColumnFound, Kind, Loaded, LoadedPanel, ReadOptions, Role, typed};
use crate::data::Series;
use crate::error::{Error, Place, Result, nearest_names};
use std::ops::Range;

/// Whether the table has that layout.
pub(super) fn is_wide(table: &Table) -> bool {
    let numbered =
        |(c, name): (usize, &str)| name.strip_prefix('V').is_some_and(|n| n.parse() == Ok(c + 1));
    match table.names() {
        Some(names) => {
            names.len() > 2 && names.iter().map(String::as_str).enumerate().all(numbered)
        }
        None => {
            let header = table.rows().start;
            let width = table.size(header);
            width > 2 && (0..width).map(|c| table.cell(header, c)).enumerate().all(numbered)
        }
    }
}

struct InRow<'a> {
    table: &'a Table,
    row: usize,
    len: usize,
    missing_values: &'a [String],
}

impl Cells for InRow<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn cell(&self, i: usize) -> &str {
        self.table.cell(self.row, i + 1)
    }

    fn is_missing_value(&self, i: usize) -> bool {
        is_one_of(self.cell(i), self.missing_values)
    }

    fn place(&self, i: usize) -> Box<Place> {
        let name = Some(format!("V{}", i + 2));
        Box::new(Place { column: Some(i + 2), name, ..*self.table.place(self.row) })
    }
}

/// Reads the chosen row.
pub(super) fn read(table: &Table, options: &ReadOptions) -> Result<Loaded> {
    let rows = rows(table)?;
    let ids = || rows.clone().map(|r| table.cell(r, 0));
    let row = match &options.series {
        None if rows.len() == 1 => rows.start,
        None => {
            let first = typed(table.cell(rows.start, 0));
            return Err(Error::WhichSeries {
                path: table.path.clone(),
                id_col: "V1".to_string(),
                ids: ids().map(str::to_string).collect(),
                help: format!("each row is a series; say which with `--series {first}`"),
            });
        }
        Some(name) => rows.clone().find(|r| table.cell(*r, 0) == name).ok_or_else(|| {
            Error::UnknownSeries {
                path: table.path.clone(),
                name: name.clone(),
                nearest_names: nearest_names(name, ids()),
                known: ids().map(str::to_string).collect(),
            }
        })?,
    };
    table.memory().check(BYTES_A_VALUE * table.size(row) as u64)?;
    read_row(table, row, options)
}

/// Reads every row, or the chosen one.
pub(super) fn panel(table: &Table, options: &ReadOptions) -> Result<LoadedPanel> {
    if options.series.is_some() {
        return Ok(read(table, options)?.into());
    }
    let rows = rows(table)?;
    let mut held = table.memory().hold();
    let mut read = |row: usize| -> Result<Loaded> {
        held.more(BYTES_A_VALUE * table.size(row) as u64)?;
        read_row(table, row, options)
    };
    let mut panel: LoadedPanel = read(rows.start)?.into();
    for row in rows.skip(1) {
        panel.push(read(row)?);
    }
    Ok(panel)
}

fn rows(table: &Table) -> Result<Range<usize>> {
    let header = usize::from(table.names().is_none());
    let rows = table.rows().start + header..table.rows().end;
    if rows.is_empty() { Err(table.too_few("has a header and no rows")) } else { Ok(rows) }
}

fn read_row(table: &Table, row: usize, options: &ReadOptions) -> Result<Loaded> {
    let last = (1..table.size(row)).rev().find(|c| !table.cell(row, *c).is_empty());
    let read = gaps::read(
        &InRow { table, row, len: last.unwrap_or(0), missing_values: &options.missing_values },
        Notation::Point,
        options.missing,
    )?;
    if read.values.len() < 2 {
        return Err(table.too_few(&format!(
            "has {} value on {}",
            read.values.len(),
            table.place(row).counted()
        )));
    }
    let mut notes = table.notes.clone();
    notes.extend(read.notes);
    notes.extend(read.marks.note());
    let name = table.cell(row, 0).to_string();
    Ok(Loaded {
        series: Series::counted(name, read.values),
        path: table.path.clone(),
        time_cols: Vec::new(),
        target: "V2 and on".to_string(),
        id_col: Some("V1".to_string()),
        columns: vec![
            ColumnFound {
                role: Role::Id,
                reason: "the first column of the layout of the M4 competition",
                ..ColumnFound::new("V1".to_string(), Kind::Text)
            },
            ColumnFound {
                role: Role::Target,
                reason: "each row is a series",
                ..ColumnFound::new("V2 and on".to_string(), Kind::Number)
            },
        ],
        zone: None,
        duplicates: 0,
        notes,
    })
}
