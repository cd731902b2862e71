//! Text to rows of cells: the delimiter, the lines above and below the table, and the width.

use super::cells::is_missing;
use crate::error::{Error, Place, Result};
use crate::series::counted;

/// Rows of cells, kept as one string so that a million rows are three allocations.
pub(super) struct Table {
    pub(super) path: String,
    pub(super) delimiter: u8,
    pub(super) notes: Vec<String>,
    text: String,
    ends: Vec<u32>,
    /// For each row the index of its first cell; one more at the end.
    starts: Vec<u32>,
    lines: Vec<u32>,
    /// Rows above the table, then the header if there is one: rows from here on are data.
    first: usize,
    /// One past the last row of data.
    last: usize,
    pub(super) width: usize,
}

impl Table {
    /// Takes text apart.
    pub(super) fn parse(text: &str, path: &str) -> Result<Table> {
        let delimiter = delimiter(text);
        let mut table = Table {
            path: path.to_string(),
            delimiter,
            notes: Vec::new(),
            text: String::with_capacity(text.len()),
            ends: Vec::new(),
            starts: vec![0],
            lines: Vec::new(),
            first: 0,
            last: 0,
            width: 0,
        };
        let comments = text.lines().take_while(|l| l.starts_with('#')).count();
        let body = text.splitn(comments + 1, '\n').last().filter(|_| comments > 0).unwrap_or(text);
        if comments > 0 {
            table
                .notes
                .push(format!("{} with # above the table left out", counted(comments, "line")));
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(body.as_bytes());
        let mut record = csv::StringRecord::new();
        let mut open_quote = None;
        let mut at = LineCounter { bytes: body.as_bytes(), byte: 0, line: comments as u32 + 1 };
        // The text is UTF-8 and lies in memory, so that reading a record cannot fail.
        while matches!(reader.read_record(&mut record), Ok(true)) {
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            for cell in &record {
                table.text.push_str(cell.trim());
                table.ends.push(table.text.len() as u32);
            }
            table.starts.push(table.ends.len() as u32);
            let line = at.line_of(record.position().map_or(0, |p| p.byte()) as usize);
            table.lines.push(line);
            if open_quote.is_none() && record.iter().any(|cell| cell.contains('\n')) {
                open_quote = Some(line);
            }
        }
        table.last = table.lines.len();
        if let Some(line) = open_quote.filter(|_| body.matches('"').count() % 2 == 1) {
            return Err(Error::OpenQuote { place: table.at_line(u64::from(line)) });
        }
        if table.last == 0 {
            return Err(table.too_few("is empty"));
        }
        Ok(table)
    }

    /// Settles the width of the table, leaves out the lines around it, and refuses uneven rows between.
    pub(super) fn square(&mut self) -> Result<()> {
        self.width = self.usual_width();
        // A title has one cell or two; a header with a name too few is an error to be shown.
        let title = |t: &Table, row: usize| {
            t.size(row) <= if t.width > 3 { 2 } else { 1 } && t.size(row) < t.width
        };
        while self.first + 1 < self.last && self.first < 20 && title(self, self.first) {
            self.first += 1;
        }
        if self.first > 0 {
            let lines = lines(self.lines[0], self.lines[self.first - 1]);
            self.notes.push(format!("{lines} above the table left out"));
        }
        let mut end = self.last;
        while end > self.first + 1 && self.last - end < 10 && self.size(end - 1) < self.width {
            end -= 1;
        }
        if end < self.last && self.size(end - 1) == self.width {
            let which = lines(self.lines[end], self.lines[self.last - 1]);
            self.notes.push(format!("{which} below the table left out: {:?}", self.cell(end, 0)));
            self.last = end;
        }
        match (self.first..self.last)
            .find(|row| self.size(*row) != self.width && !self.blank_past_width(*row))
        {
            None => Ok(()),
            Some(row) => Err(Error::Ragged {
                place: self.at_line(self.line(row)),
                expected: self.width,
                got: self.size(row),
                help: "is a quote left open, a delimiter in an unquoted cell, or is this no table?"
                    .to_string(),
            }),
        }
    }

    fn blank_past_width(&self, row: usize) -> bool {
        self.size(row) > self.width
            && (self.width..self.size(row)).all(|c| self.cell(row, c).is_empty())
    }

    fn usual_width(&self) -> usize {
        // Some tools end each line but the header with a delimiter: the most frequent size is the width.
        let sizes: Vec<usize> = (0..self.last.min(50)).map(|row| self.size(row)).collect();
        let count = |size: usize| sizes.iter().filter(|s| **s == size).count();
        let width = sizes.iter().copied().max_by_key(|s| (count(*s), *s)).unwrap_or(0);
        let narrower = self.size(0) + 1 == width && self.last > 1;
        let last_is_blank =
            || (1..self.last).all(|r| self.size(r) < width || self.cell(r, width - 1).is_empty());
        if narrower && last_is_blank() { width - 1 } else { width }
    }

    /// Takes the first row away: it is the header.
    pub(super) fn take_header(&mut self) -> Vec<String> {
        let header = (0..self.width).map(|c| self.cell(self.first, c).to_string()).collect();
        self.first += 1;
        header
    }

    /// Gives the first row back: it was data.
    pub(super) fn put_back_header(&mut self) {
        self.first -= 1;
    }

    /// Rows of data.
    pub(super) fn rows(&self) -> std::ops::Range<usize> {
        self.first..self.last
    }

    /// Cells in a row.
    pub(super) fn size(&self, row: usize) -> usize {
        (self.starts[row + 1] - self.starts[row]) as usize
    }

    /// A cell, without the spaces around it; empty past the end of its row.
    pub(super) fn cell(&self, row: usize, column: usize) -> &str {
        if column >= self.size(row) {
            return "";
        }
        let at = self.starts[row] as usize + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    /// The line a row stands on, from 1.
    pub(super) fn line(&self, row: usize) -> u64 {
        u64::from(self.lines[row])
    }

    fn at_line(&self, line: u64) -> Box<Place> {
        Box::new(Place { path: self.path.clone(), line, ..Place::default() })
    }

    /// The error for a file that holds too little.
    pub(super) fn too_few(&self, found: &str) -> Error {
        Error::TooFewValues { path: self.path.clone(), found: found.to_string(), needed: 2 }
    }

    /// Rows of data that show what a column holds: at most a thousand, from the whole length.
    pub(super) fn sample(&self, column: usize) -> impl Iterator<Item = &str> {
        let rows = self.rows();
        let step = rows.len().div_ceil(1000).max(1);
        rows.step_by(step).map(move |row| self.cell(row, column)).filter(|cell| !is_missing(cell))
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

fn lines(first: u32, last: u32) -> String {
    if first == last { format!("line {first}") } else { format!("lines {first} to {last}") }
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
