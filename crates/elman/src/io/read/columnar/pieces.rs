//! A large file of columns, some rows at a time.

use super::Reader;
use super::batches::Batches;
use crate::error::Result;
use crate::io::read::large::Pieces;
use crate::io::read::table::Table;
use arrow_array::RecordBatch;

/// The rows of a file, some at a time.
pub(in crate::io::read) struct Pieced<'a> {
    of: &'a Batches,
    reader: Reader,
    /// New rows of a piece.
    rows: usize,
    /// Rows before those of `held`.
    before: u32,
    /// Rows that were not taken.
    held: Vec<RecordBatch>,
}

impl<'a> Pieced<'a> {
    /// Pieces of about so many `cells`.
    pub(super) fn new(of: &'a Batches, reader: Reader, cells: usize) -> Self {
        let rows = (cells / of.names.len().max(1)).max(1);
        Self { of, reader, rows, before: 0, held: Vec::new() }
    }
}

impl Pieces for Pieced<'_> {
    fn next(&mut self) -> Result<(Table, bool)> {
        let Self { of, reader, rows, held, .. } = self;
        let ended = of.guarded(|| {
            let mut left = *rows;
            while left > 0 {
                let Some(batch) = reader.next() else { break };
                let batch = batch.map_err(|e| e.to_string())?;
                left = left.saturating_sub(batch.num_rows());
                held.push(batch);
            }
            Ok(left == *rows)
        })?;
        Ok((of.table_of(held, self.before)?, ended))
    }

    fn trouble(&self, _: &Table) -> Option<&'static str> {
        None
    }

    fn take(&mut self, table: &Table, until: usize) {
        let next = table.line(until) - 1;
        let mut gone = (next - self.before) as usize;
        self.before = next;
        self.held.retain_mut(|batch| {
            let here = gone.min(batch.num_rows());
            gone -= here;
            *batch = batch.slice(here, batch.num_rows() - here);
            batch.num_rows() > 0
        });
    }
}
