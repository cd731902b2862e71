//! The cells of one line of CSV. A line is an observation: a cell cannot have an end of line in it.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr;

/// A reader of the cells of a line. Its buffers are used for every line.
pub struct CsvLine {
    delimiter: u8,
    /// Of lines with quotes.
    quoted: Reader,
    line: Vec<u8>,
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// The cells of a line.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    text: &'a str,
    ends: &'a [usize],
    /// Bytes between two cells.
    between: usize,
}

impl<'a> Cells<'a> {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell of a column, without the blanks around it.
    pub fn cell(&self, column: usize) -> &'a str {
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before] + self.between);
        self.text[start..self.ends[column]].trim_ascii()
    }

    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |column| self.cell(column))
    }
}

impl CsvLine {
    pub fn new(delimiter: u8) -> Self {
        let quoted = ReaderBuilder::new().delimiter(delimiter).build();
        let (line, text, ends) = (Vec::new(), Vec::new(), Vec::new());
        Self { delimiter, quoted, line, text, ends }
    }

    /// For the delimiter of a header: the one of comma, semicolon and tab that the header has most often outside quotes.
    pub fn of_header(header: &str) -> Self {
        let count = |delimiter: u8| {
            let outside = header.split('"').step_by(2);
            outside.map(|text| text.bytes().filter(|b| *b == delimiter).count()).sum::<usize>()
        };
        // Of several that are equally frequent, `max_by_key` takes the last.
        Self::new([b'\t', b';', b','].into_iter().max_by_key(|d| count(*d)).unwrap_or(b','))
    }

    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The cells of a line.
    ///
    /// # Errors
    /// Why the line has none.
    pub fn cells<'a>(&'a mut self, line: &'a str) -> Result<Cells<'a>, &'static str> {
        if memchr(b'"', line.as_bytes()).is_some() {
            return self.quoted_cells(line);
        }
        self.ends.clear();
        let is_end = |(_, byte): &(usize, u8)| *byte == self.delimiter;
        self.ends.extend(line.bytes().enumerate().filter(is_end).map(|(at, _)| at));
        self.ends.push(line.len());
        Ok(Cells { text: line, ends: &self.ends, between: 1 })
    }

    fn quoted_cells(&mut self, line: &str) -> Result<Cells<'_>, &'static str> {
        self.line.clear();
        self.line.extend_from_slice(line.as_bytes());
        self.line.push(b'\n');
        // Cells are shorter than their line, and a line has at most one cell for each byte.
        self.text.resize(self.line.len(), 0);
        self.ends.resize(self.line.len() + 1, 0);
        self.quoted.reset();
        let (result, _, len, cells) =
            self.quoted.read_record(&self.line, &mut self.text, &mut self.ends);
        match (result, std::str::from_utf8(&self.text[..len])) {
            (ReadRecordResult::Record, Ok(text)) => {
                Ok(Cells { text, ends: &self.ends[..cells], between: 0 })
            }
            _ => Err("a quotation mark is not closed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(delimiter: u8, line: &str) -> Result<Vec<String>, &'static str> {
        Ok(CsvLine::new(delimiter).cells(line)?.iter().map(str::to_owned).collect())
    }

    #[test]
    fn cells_are_those_of_csv() {
        assert_eq!(cells(b',', "a, 2024-01-01 ,5").unwrap(), ["a", "2024-01-01", "5"]);
        assert_eq!(cells(b';', "a;;1,5").unwrap(), ["a", "", "1,5"]);
        assert_eq!(cells(b'\t', "x").unwrap(), ["x"]);
        assert_eq!(cells(b',', "\"a, \"\"b\"\"\",\"1\",").unwrap(), ["a, \"b\"", "1", ""]);
        assert_eq!(cells(b',', "5\" pipe,1").unwrap(), ["5\" pipe", "1"]);
        assert_eq!(cells(b',', "\"größe\",1").unwrap(), ["größe", "1"]);
        assert_eq!(cells(b',', ",\"\",").unwrap(), ["", "", ""]);
    }

    #[test]
    fn an_open_quote_is_refused_and_the_next_line_is_read() {
        let mut line = CsvLine::new(b',');
        assert_eq!(line.cells("\"a,1").unwrap_err(), "a quotation mark is not closed");
        assert_eq!(line.cells("\"a\",1").unwrap().iter().collect::<Vec<_>>(), ["a", "1"]);
    }

    #[test]
    fn the_delimiter_is_that_of_the_header() {
        for (header, delimiter) in [
            ("unique_id,ds,y", b','),
            ("unique_id;ds;y", b';'),
            ("ds\ty", b'\t'),
            ("y", b','),
            ("\"a,b,c\";y", b';'),
        ] {
            assert_eq!(CsvLine::of_header(header).delimiter(), delimiter, "{header}");
        }
    }
}
