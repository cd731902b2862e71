//! A file of columns, or columns in memory, whole.

use super::cells::{Cells, is_read};
use super::instants::Instants;
use super::origin::Origin;
use super::pieces::Pieced;
use super::{ReadError, ReadResult, Reader};
use crate::error::{Error, Result, Unit};
use crate::io::read::memory::{Held, Memory};
use crate::io::read::table::Table;
use crate::io::read::{ColumnFound, Role, apart};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Fields, Schema};

/// A file of batches of rows, which is read twice: all times of a column are written in one format, which the first pass
/// finds.
pub(in crate::io::read) struct Batches {
    path: String,
    kind: &'static str,
    origin: Origin,
    kinds: Fields,
    /// Of the columns that are read: where they stand, their names, and how they write times.
    places: Vec<usize>,
    pub(super) names: Vec<String>,
    instants: Vec<Option<Instants>>,
    notes: Vec<String>,
    /// Rows of the file.
    rows: usize,
    memory: Memory,
    /// What the file itself takes.
    _held: Option<Held>,
}

impl Batches {
    pub(super) fn of(
        origin: Origin,
        kind: &'static str,
        held: Option<Held>,
        path: &str,
        memory: &Memory,
    ) -> Result<Self> {
        let mut batches = Self {
            path: path.to_string(),
            kind,
            origin,
            kinds: Fields::empty(),
            places: Vec::new(),
            names: Vec::new(),
            instants: Vec::new(),
            notes: Vec::new(),
            rows: 0,
            memory: memory.clone(),
            _held: held,
        };
        let (schema, _) = batches.guarded(|| batches.origin.open(None, memory))?;
        batches.kinds = schema.fields().clone();
        batches.find(&schema);
        batches.look_at_times()?;
        Ok(batches)
    }

    /// Which columns are read.
    fn find(&mut self, schema: &Schema) {
        for (place, field) in schema.fields().iter().enumerate() {
            let (name, kind) = (field.name(), field.data_type());
            if !is_read(kind) {
                self.notes.push(format!("column `{name}` left out: it holds {kind}"));
                continue;
            }
            self.places.push(place);
            self.names.push(name.clone());
            self.instants.push(Instants::without(kind));
        }
    }

    /// Looks at all times, and counts the rows.
    fn look_at_times(&mut self) -> Result<()> {
        let mut instants = std::mem::take(&mut self.instants);
        let with = self.places.iter().zip(&instants).filter(|(_, instants)| instants.is_some());
        let places = with.map(|(place, _)| *place).collect();
        self.rows = self.guarded(|| {
            let (_, reader) = self.origin.open(Some(places), &self.memory)?;
            let mut rows = 0;
            for batch in reader {
                let batch = batch.map_err(|e| e.to_string())?;
                rows += batch.num_rows();
                self.memory.check(8 * rows as u64)?;
                for (instants, column) in instants.iter_mut().flatten().zip(batch.columns()) {
                    instants.look_at(column.as_ref());
                }
            }
            Ok(rows)
        })?;
        self.instants = instants;
        Ok(())
    }

    /// Place of the column with this name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| own == name).map(|c| self.places[c])
    }

    /// The zone by name of the column of times, where it holds moments and not days.
    pub(in crate::io::read) fn zone(&self, columns: &[ColumnFound]) -> Option<String> {
        let times = columns.iter().filter(|column| column.role == Role::Time);
        let mut at = times.filter_map(|time| self.names.iter().position(|name| *name == time.name));
        at.find_map(|c| self.instants[c].as_ref()?.place())
    }

    /// Type of the column at this place.
    pub(super) fn kind(&self, place: usize) -> &DataType {
        self.kinds[place].data_type()
    }

    /// Number of columns, those that are not read included.
    pub(super) fn width(&self) -> usize {
        self.kinds.len()
    }

    /// The batches of a table in memory; none of a file.
    pub(super) fn in_memory(&self) -> &[RecordBatch] {
        match &self.origin {
            Origin::Memory { batches, .. } => batches,
            Origin::File { .. } => &[],
        }
    }

    /// Cells of the file.
    pub(in crate::io::read) fn cells(&self) -> usize {
        self.rows.saturating_mul(self.names.len())
    }

    /// All rows.
    pub(in crate::io::read) fn table(&self) -> Result<Table> {
        let mut table = self.empty();
        self.guarded(|| {
            let (_, reader) = self.reader()?;
            let mut row = 0;
            for batch in reader {
                row = self.push(&batch.map_err(|e| e.to_string())?, row, &mut table)?;
            }
            Ok(())
        })?;
        table.named(self.names.clone())
    }

    /// Some rows at a time.
    pub(in crate::io::read) fn pieces(&self, cells: usize) -> Result<Pieced<'_>> {
        let (_, reader) = self.guarded(|| self.reader())?;
        Ok(Pieced::new(self, reader, cells))
    }

    fn reader(&self) -> ReadResult<(arrow_schema::SchemaRef, Reader)> {
        self.origin.open(Some(self.places.clone()), &self.memory)
    }

    /// The rows of these batches, which stand behind so many others.
    pub(super) fn table_of(&self, batches: &[RecordBatch], before: u32) -> Result<Table> {
        let mut table = self.empty();
        let mut row = before;
        for batch in batches {
            row = self.push(batch, row, &mut table)?;
        }
        table.named(self.names.clone())
    }

    fn empty(&self) -> Table {
        let mut table = Table::new(&self.path, Unit::Row, &self.memory);
        table.notes.clone_from(&self.notes);
        table
    }

    /// Adds the rows of a batch, which stands behind so many others; gives the number of the last one.
    fn push(&self, batch: &RecordBatch, before: u32, table: &mut Table) -> Result<u32> {
        // Rows of nothing take no memory there, and are many.
        self.memory.check(8 * batch.num_rows() as u64)?;
        let mut row = before;
        let mut cells = vec![String::new(); self.names.len()];
        let columns = batch.columns().iter().zip(&self.instants);
        let columns: Vec<Cells> =
            columns.map(|(column, instants)| Cells::of(column, instants.as_ref())).collect();
        for i in 0..batch.num_rows() {
            for (cell, column) in cells.iter_mut().zip(&columns) {
                cell.clear();
                column.write(i, cell);
            }
            row += 1;
            table.push(&cells, row)?;
        }
        Ok(row)
    }

    /// Does what the crates below do, and says what to do where they fail.
    pub(super) fn guarded<T: Send>(
        &self,
        read: impl FnOnce() -> ReadResult<T> + Send,
    ) -> Result<T> {
        apart::guarded(read).map_err(|trouble| {
            let reason = match trouble {
                ReadError::Known(error) => return error,
                ReadError::Library(reason) => reason,
            };
            let help = match reason.contains("feature") || reason.contains("not supported") {
                true => "write it with zstd or snappy, or as CSV".to_string(),
                false => "is it whole? Write or copy it again".to_string(),
            };
            Error::Unreadable { path: self.path.clone(), kind: self.kind, reason, help }
        })
    }
}
