//! Rows of cells: what every kind of file becomes before columns, dates and values are found in it.

use super::BYTES_A_VALUE;
use super::cells::is_missing;
use super::memory::{Held, Memory};
use crate::error::{Error, Place, Result, Unit};

/// Bytes that a column takes, with its name and what is found out about it.
const BYTES_A_COLUMN: u64 = 256;

/// Rows of cells, kept as one string so that a million rows are three allocations.
pub(super) struct Table {
    pub(super) path: String,
    /// What the cells of a row stood between.
    pub(super) delimiter: u8,
    pub(super) notes: Vec<String>,
    /// The names of the columns, where the file's kind says which they are.
    names: Option<Vec<String>>,
    /// What the numbers of rows count.
    unit: Unit,
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
    /// For each column, the cells that had blanks around them.
    padded: Vec<u32>,
    /// Where the values stood, if each row of the file became several of the table.
    pub(super) across: Option<Across>,
    held: Held,
}

/// Where the values of a table stand in the file, whose header has dates across.
#[derive(Default)]
pub(super) struct Across {
    /// The column of each row's value.
    pub(super) columns: Vec<u32>,
    /// The header.
    pub(super) names: Vec<String>,
}

impl Table {
    /// A table without rows.
    pub(super) fn new(path: &str, unit: Unit, memory: &Memory) -> Table {
        Table {
            path: path.to_string(),
            delimiter: b',',
            notes: Vec::new(),
            names: None,
            unit,
            text: String::new(),
            ends: Vec::new(),
            starts: vec![0],
            lines: Vec::new(),
            first: 0,
            last: 0,
            width: 0,
            padded: Vec::new(),
            across: None,
            held: memory.hold(),
        }
    }

    /// The line a row stands on, from 1.
    pub(super) fn line(&self, row: usize) -> u32 {
        self.lines[row]
    }

    /// Adds `by` to the numbers of lines past `header`.
    pub(super) fn move_lines(&mut self, header: u32, by: u32) {
        self.lines.iter_mut().filter(|line| **line > header).for_each(|line| *line += by);
    }

    /// Adds a row, which stands on this line of the file. Spaces around its cells go, and blank rows too.
    pub(super) fn push<C: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = C>,
        line: u32,
    ) -> Result<()> {
        let before = self.text.len();
        let Self { text, ends, starts, lines, held, padded, .. } = self;
        for (column, cell) in cells.into_iter().enumerate() {
            let trimmed = cell.as_ref().trim();
            if trimmed.len() < cell.as_ref().len() && !trimmed.is_empty() {
                padded.resize(padded.len().max(column + 1), 0);
                padded[column] += 1;
            }
            held.room_for(text, trimmed.len())?;
            text.push_str(trimmed);
            held.room_for(ends, 1)?;
            ends.push(text.len() as u32);
        }
        held.room_for(starts, 1)?;
        held.room_for(lines, 1)?;
        if self.text.len() == before {
            self.ends.truncate(self.starts.last().map_or(0, |start| *start as usize));
            return Ok(());
        }
        // Past that the numbers above would have turned round.
        if self.text.len().max(self.ends.len()) > u32::MAX as usize {
            let help = "give a part of it".to_string();
            let found = "over 4 GiB of text".to_string();
            return Err(Error::NotText { path: self.path.clone(), found, help });
        }
        self.starts.push(self.ends.len() as u32);
        self.lines.push(line);
        self.last = self.lines.len();
        Ok(())
    }

    /// The table, with names for its columns that are no guess; a row may end early.
    pub(super) fn named(self, names: Vec<String>) -> Result<Table> {
        match names.is_empty() {
            true => Err(self.too_few("is empty")),
            false => Ok(Table { names: Some(names), ..self }),
        }
    }

    /// The memory that it is a part of.
    pub(super) fn memory(&self) -> &Memory {
        self.held.memory()
    }

    /// Whether there is memory to find columns and series in it.
    pub(super) fn can_be_read(&self) -> Result<()> {
        let columns = if self.lines.is_empty() { 0 } else { self.size(0) };
        self.memory()
            .check(BYTES_A_COLUMN * columns as u64 + BYTES_A_VALUE * self.lines.len() as u64)
    }

    /// The table, if there is a row in it.
    pub(super) fn not_empty(self) -> Result<Table> {
        if self.last == 0 { Err(self.too_few("is empty")) } else { Ok(self) }
    }

    /// Settles the width of the table, leaves out the lines around it and totals below it, and refuses uneven rows between.
    pub(super) fn square(&mut self) -> Result<()> {
        if self.width > 0 {
            return Ok(());
        }
        if let Some(names) = &self.names {
            self.width = names.len();
            self.leave_out_totals();
            return Ok(());
        }
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
            None => self.leave_out_totals(),
            Some(row) => return Err(self.ragged(row)),
        }
        Ok(())
    }

    /// The error for a row with too few or too many cells.
    fn ragged(&self, row: usize) -> Error {
        Error::Ragged {
            place: self.place(row),
            expected: self.width,
            got: self.size(row),
            help: "is a quote left open, a delimiter in an unquoted cell, or is this no table?"
                .to_string(),
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

    /// Cells of a column that had blanks around them.
    pub(super) fn padded(&self, column: usize) -> usize {
        self.padded.get(column).map_or(0, |cells| *cells as usize)
    }

    /// The names of the columns, if there is no doubt about them.
    pub(super) fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
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

    /// Leaves the last row out.
    pub(super) fn drop_last(&mut self) {
        self.last -= 1;
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

    /// Where a row is, for an error.
    pub(super) fn place(&self, row: usize) -> Box<Place> {
        self.at(self.lines[row])
    }

    /// The same of a line.
    pub(super) fn at(&self, line: u32) -> Box<Place> {
        let (path, line, unit) = (self.path.clone(), u64::from(line), self.unit);
        Box::new(Place { path, line, unit, ..Place::default() })
    }

    /// The error for a file that holds too little.
    pub(super) fn too_few(&self, found: &str) -> Error {
        Error::TooFewValues {
            path: self.path.clone(),
            found: found.to_string(),
            needed: 2,
            help: "",
        }
    }

    /// All cells of a column.
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows().map(move |row| self.cell(row, column))
    }

    /// Rows of data that show what a column holds: at most a thousand, from the whole length.
    pub(super) fn sample(&self, column: usize) -> impl Iterator<Item = &str> {
        let rows = self.rows();
        let step = rows.len().div_ceil(1000).max(1);
        rows.step_by(step).map(move |row| self.cell(row, column)).filter(|cell| !is_missing(cell))
    }
}

fn lines(first: u32, last: u32) -> String {
    if first == last { format!("line {first}") } else { format!("lines {first} to {last}") }
}
