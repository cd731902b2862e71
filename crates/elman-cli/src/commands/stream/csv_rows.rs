//! Observations from the rows of CSV.

use elman::data::counted;
use elman::io::read::ValueFormat;

use super::columns::Columns;
use super::csv_line::{Cells, CsvLine};
use super::observations::{Named, Observation};

/// Separator between the cells of an id of several columns, as in data files.
pub const BETWEEN: &str = "/";

/// A reader of rows.
pub struct CsvRows {
    line: CsvLine,
    columns: Columns,
    names: Vec<String>,
    /// The id of the row, where several columns name it.
    id: String,
}

/// Why a row does not belong to its header.
pub fn ragged(cells: usize, header: usize) -> String {
    format!("has {}, and the header has {header}", counted(cells, "cell"))
}

impl CsvRows {
    pub fn new(line: CsvLine, columns: Columns, names: Vec<String>) -> Self {
        Self { line, columns, names, id: String::new() }
    }

    /// The columns that are read.
    pub fn named(&self) -> Vec<Named> {
        let Columns { id, ds, y } = &self.columns;
        let id: Vec<&str> = id.iter().map(|column| &self.names[*column][..]).collect();
        let id = (!id.is_empty()).then(|| ("unique_id", id.join(",")));
        let ds = ds.map(|ds| ("ds", self.names[ds].clone()));
        id.into_iter().chain(ds).chain([("y", self.names[*y].clone())]).collect()
    }

    /// The observation of a row; `None` for the header once more, as where two files follow each other.
    ///
    /// # Errors
    /// Why the row is not an observation.
    pub fn read<'a>(
        &'a mut self,
        line: &'a str,
        values: &ValueFormat,
    ) -> Result<Option<Observation<'a>>, String> {
        let cells = self.line.cells(line)?;
        if cells.len() != self.names.len() {
            return Err(ragged(cells.len(), self.names.len()));
        }
        let Columns { id, ds, y } = &self.columns;
        let cell = cells.cell(*y);
        let y = match values.read(cell) {
            Ok(y) => y,
            Err(_) if cells.iter().eq(self.names.iter().map(String::as_str)) => return Ok(None),
            Err(reason) => return Err(format!("{}: {reason}", self.names[*y])),
        };
        let unique_id = match id[..] {
            [] => "",
            [column] => cells.cell(column),
            _ => joined(&mut self.id, cells, id),
        };
        if unique_id.is_empty() && !id.is_empty() {
            return Err("has no id of a series".to_owned());
        }
        Ok(Some(Observation { unique_id, ds: ds.map(|ds| cells.cell(ds)), y }))
    }
}

/// The id of several cells, in a text that is used again.
fn joined<'a>(text: &'a mut String, cells: Cells<'_>, columns: &[usize]) -> &'a str {
    text.clear();
    for (n, column) in columns.iter().enumerate() {
        text.push_str(if n == 0 { "" } else { BETWEEN });
        text.push_str(cells.cell(*column));
    }
    text
}
