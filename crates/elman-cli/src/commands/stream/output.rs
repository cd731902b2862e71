//! The output: rows are collected, and written in blocks.

use super::rows::{Row, RowFormat};
use crate::failure::{FAILED, Failure};
use crate::print;

/// Bytes from which on a block is written although more lines are there.
const FULL: usize = 1 << 18;

/// The rows that are not written yet.
#[derive(Default)]
pub struct Output {
    format: Option<RowFormat>,
    rows: Vec<u8>,
}

impl Output {
    /// Begins with the header.
    pub fn begin(&mut self, format: RowFormat) {
        format.header(&mut self.rows);
        self.format = Some(format);
    }

    /// Adds a row.
    pub fn push(&mut self, row: &Row<'_>) {
        if let Some(format) = &self.format {
            format.write(row, &mut self.rows);
        }
    }

    pub fn is_full(&self) -> bool {
        self.rows.len() >= FULL
    }

    /// Writes all rows. Returns whether somebody still reads them.
    ///
    /// # Errors
    /// Stdout that cannot be written to.
    pub fn flush(&mut self) -> Result<bool, Failure> {
        if !self.rows.is_empty() {
            print::results(|stdout| stdout.write_all(&self.rows));
            self.rows.clear();
        }
        match print::lost() {
            Some(error) => Err(Failure::new(
                FAILED,
                format!(
                    "cannot write the forecasts to stdout: {error}\n  help: continue from the state that was saved last, with `--state`"
                ),
            )),
            None => Ok(!print::is_over()),
        }
    }
}
