//! Text of cells between delimiters as a table: the delimiter, the comments above, and the line of each row.

use super::memory::Memory;
use super::table::Table;
use crate::data::counted;
use crate::error::{Error, Result, Unit};
use std::cell::Cell;
use std::io::{self, ErrorKind, Read};

/// Takes text apart.
pub(super) fn table(text: &str, path: &str, memory: &Memory) -> Result<Table> {
    let named = named_delimiter(text);
    let delimiter = named.unwrap_or_else(|| delimiter(text));
    let mut table = Table::new(path, Unit::Line, memory);
    table.delimiter = delimiter;
    let above = usize::from(named.is_some());
    let comments = text.lines().skip(above).take_while(|l| l.starts_with('#')).count();
    let above = above + comments;
    let body = text.splitn(above + 1, '\n').last().filter(|_| above > 0).unwrap_or(text);
    if comments > 0 {
        table.notes.push(format!("{} with # above the table left out", counted(comments, "line")));
    }
    let most = usize::try_from(memory.left() / BYTES_A_CELL).unwrap_or(usize::MAX);
    let ration = Cell::new(most);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(Rationed { text: body.as_bytes(), ration: &ration });
    let mut record = csv::StringRecord::new();
    let mut open_quote = None;
    let mut at = LineCounter { bytes: body.as_bytes(), byte: 0, line: above as u32 + 1 };
    // The text is UTF-8 and lies in memory, so that reading a record fails only where its ration is eaten up.
    while reader.read_record(&mut record).map_err(|_| memory.exceeded())? {
        ration.set(most);
        let line = at.line_of(record.position().map_or(0, |p| p.byte()) as usize);
        table.push(&record, line)?;
        if open_quote.is_none() && record.iter().any(|cell| cell.contains('\n')) {
            open_quote = Some(line);
        }
    }
    if let Some(line) = open_quote.filter(|_| body.matches('"').count() % 2 == 1) {
        return Err(Error::OpenQuote { place: table.at(line) });
    }
    table.not_empty()
}

/// Bytes that one cell of a record takes in the reader, where a byte may be a cell: its end, and room to grow.
const BYTES_A_CELL: u64 = 16;

/// A text of which each record gets so many bytes only: a line can have more cells than fit in memory, and the reader
/// keeps the ends of them all.
struct Rationed<'a> {
    text: &'a [u8],
    ration: &'a Cell<usize>,
}

impl Read for Rationed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(into)?;
        match self.ration.get().checked_sub(read) {
            Some(left) => self.ration.set(left),
            None => return Err(ErrorKind::OutOfMemory.into()),
        }
        Ok(read)
    }
}

/// Counts lines on the way through a text. The reader's own count is one too low behind a CRLF or a blank line.
struct LineCounter<'a> {
    bytes: &'a [u8],
    byte: usize,
    line: u32,
}

impl LineCounter<'_> {
    /// The line of the record that begins at this byte or behind the line ends there.
    fn line_of(&mut self, byte: usize) -> u32 {
        while let Some(next) = self.bytes.get(self.byte) {
            if self.byte >= byte && !matches!(next, b'\r' | b'\n') {
                break;
            }
            let old_mac = *next == b'\r' && self.bytes.get(self.byte + 1) != Some(&b'\n');
            self.line += u32::from(*next == b'\n' || old_mac);
            self.byte += 1;
        }
        self.line
    }
}

/// The delimiter that a first line `sep=;` names, as Excel reads and writes it.
fn named_delimiter(text: &str) -> Option<u8> {
    let first = text.lines().next()?.trim_matches('"');
    match first.strip_prefix("sep=").or_else(|| first.strip_prefix("SEP="))?.as_bytes() {
        [delimiter @ (b',' | b';' | b'\t' | b'|' | b' ' | b':')] => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that cuts the first lines into the same number of cells, and into most.
fn delimiter(text: &str) -> u8 {
    let sample: Vec<&str> =
        text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')).take(30).collect();
    let mut best = (0, b',');
    for candidate in [b'\t', b';', b',', b'|'] {
        let counts: Vec<usize> = sample.iter().map(|line| count(line, candidate)).collect();
        let usual = counts
            .iter()
            .copied()
            .max_by_key(|c| counts.iter().filter(|d| *d == c).count())
            .unwrap_or(0);
        let agreeing = counts.iter().filter(|c| **c == usual).count();
        // Agreement counts first, and the rarer marks come first: commas stand in numbers and sentences too.
        if usual > 0 && agreeing > best.0 {
            best = (agreeing, candidate);
        }
    }
    best.1
}

/// Delimiters in a line, outside quotes.
fn count(line: &str, delimiter: u8) -> usize {
    let mut quoted = false;
    let mut found = 0;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        found += usize::from(byte == delimiter && !quoted);
    }
    found
}
