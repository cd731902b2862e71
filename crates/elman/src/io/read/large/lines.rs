//! Pieces of text: a row is a line.

use std::io::Read;

use super::Pieces;
use crate::error::Result;
use crate::io::read::memory::Memory;
use crate::io::read::table::Table;
use crate::io::read::{bytes, separated, tsf};

/// The lines of a text, of which each is a row.
pub(in crate::io::read) struct Lines<'a, R> {
    name: &'a str,
    memory: &'a Memory,
    rest: &'a mut R,
    piece: usize,
    /// The first piece, before it is given away.
    first: Option<Table>,
    /// The lines before the first row.
    header: Option<String>,
    /// Lines before those of `held`.
    before: u32,
    /// Whole lines that were not taken.
    held: Vec<u8>,
    /// The beginning of a line.
    open: Vec<u8>,
}

impl<'a, R: Read> Lines<'a, R> {
    /// Of a text that begins with `head` and goes on in `rest`. None where it does not look like a table of
    /// lines; `rest` is then as it was.
    pub(in crate::io::read) fn of(
        head: &[u8],
        rest: &'a mut R,
        name: &'a str,
        piece: usize,
        memory: &'a Memory,
    ) -> Option<Self> {
        let (held, open) = head.split_at(whole_lines(head));
        let text = std::str::from_utf8(held).ok().filter(|text| !text.contains('\0'))?;
        let begins = text.trim_start().chars().next()?;
        if matches!(begins, '{' | '[' | '\u{feff}') || tsf::is_tsf(text) {
            return None;
        }
        let first = Some(separated::table(text, name, memory).ok()?);
        let (held, open) = (held.to_vec(), open.to_vec());
        Some(Self { name, memory, rest, piece, first, header: None, before: 0, held, open })
    }

    fn table(&self) -> Result<Table> {
        let mut text = self.header.clone().unwrap_or_default().into_bytes();
        text.extend(&self.held);
        let mut table = separated::table(&bytes::text(text, self.name)?, self.name, self.memory)?;
        if let Some(header) = &self.header {
            let header = header.split_inclusive('\n').count() as u32;
            table.move_lines(header, self.before - header);
        }
        Ok(table)
    }
}

impl<R: Read> Pieces for Lines<'_, R> {
    fn next(&mut self) -> Result<(Table, bool)> {
        if let Some(first) = self.first.take() {
            return Ok((first, false));
        }
        // A line without end, and a series that goes on and on, are held until they end.
        self.memory.check(4 * (self.open.len() + self.held.len() + self.piece) as u64)?;
        let mut new = Vec::new();
        let read = (&mut *self.rest).take(self.piece as u64).read_to_end(&mut new);
        read.map_err(|error| bytes::unread(error, self.name))?;
        let ended = new.is_empty();
        self.open.extend(new);
        let cut = if ended { self.open.len() } else { whole_lines(&self.open) };
        self.held.extend(self.open.drain(..cut));
        Ok((self.table()?, ended))
    }

    fn trouble(&self, table: &Table) -> Option<&'static str> {
        let rows = table.rows();
        let lines = || table.line(rows.end - 1) - table.line(rows.start);
        let a_row_each = !rows.is_empty() && lines() as usize == rows.len() - 1;
        (!a_row_each).then_some("a cell goes over several lines")
    }

    fn take(&mut self, table: &Table, until: usize) {
        // What is no UTF-8 made no table.
        let held = String::from_utf8_lossy(&self.held);
        let mut lines = held.split_inclusive('\n');
        if self.header.is_none() {
            self.before = table.line(table.rows().start) - 1;
            self.header = Some(lines.by_ref().take(self.before as usize).collect());
        }
        let next = table.line(until) - 1;
        let rest: String = lines.skip((next - self.before) as usize).collect();
        self.before = next;
        self.held = rest.into_bytes();
    }
}

/// Bytes up to the last end of a line.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1)
}
