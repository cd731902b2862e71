//! A large file of many series, read piece by piece: whatever its size, a piece and the series are all that
//! is in memory. The rows of each series must stand together.

use std::collections::HashSet;
use std::io::Read;
use std::ops::Range;

use super::columns::Columns;
use super::csv::{Source, is_alone};
use super::table::Table;
use super::{LoadedPanel, ReadOptions, bytes, separated, tsf, wide};
use crate::error::{Error, Result};

/// Bytes of a piece; what is no larger is read as a whole.
pub(super) const PIECE: usize = 32 << 20;

/// Reads the series of text that begins with `head` and goes on in `rest`. `None` where the head does not
/// look like the beginning of such a file; `rest` is then as it was.
pub(super) fn panel(
    head: &[u8],
    rest: &mut impl Read,
    name: &str,
    options: &ReadOptions,
    piece: usize,
) -> Result<Option<LoadedPanel>> {
    let whole_lines =
        |bytes: &[u8]| bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
    let cut = whole_lines(head);
    let Some(mut plan) = Plan::of(&head[..cut], name, options) else { return Ok(None) };
    // Lines whose series has not begun to be read, or may go on.
    let mut held = head[plan.header.len()..cut].to_vec();
    let mut open = head[cut..].to_vec();
    loop {
        let last = open.is_empty() && held.is_empty();
        let mut new = Vec::new();
        let read = rest.take(piece as u64).read_to_end(&mut new);
        read.map_err(|error| bytes::unread(error, name))?;
        let ended = new.is_empty();
        open.extend(new);
        let cut = if ended { open.len() } else { whole_lines(&open) };
        held.extend(open.drain(..cut));
        if !last {
            let read = plan.read(&held, ended)?;
            held.drain(..read);
        }
        if ended {
            return Ok(plan.panel);
        }
    }
}

/// What is the same for all pieces.
struct Plan<'a> {
    name: &'a str,
    options: ReadOptions,
    header: String,
    source: Source,
    id: usize,
    /// Whether the step is that of the first series, and not one that was given.
    finds_step: bool,
    /// Lines before those that are to be read next.
    lines: u32,
    finished: HashSet<String>,
    panel: Option<LoadedPanel>,
}

impl<'a> Plan<'a> {
    fn of(head: &[u8], name: &'a str, options: &ReadOptions) -> Option<Self> {
        let text = std::str::from_utf8(head).ok().filter(|text| !text.contains('\0'))?;
        let begins = text.trim_start().chars().next()?;
        if matches!(begins, '{' | '[' | '\u{feff}') || tsf::is_tsf(text) || options.series.is_some()
        {
            return None;
        }
        let mut table = separated::table(text, name).ok()?;
        if wide::is_wide(&table) {
            return None;
        }
        let source = Source::find(&mut table, options).ok()?;
        let id = source.id?;
        let series = together(&table, id);
        let ids: HashSet<&str> = series.iter().map(|rows| table.cell(rows.start, id)).collect();
        if ids.len() < series.len() || series.len() < 3 || !a_line_a_row(&table) {
            return None;
        }
        let lines = table.line(table.rows().start) - 1;
        let header = text.split_inclusive('\n').take(lines as usize).collect();
        let finds_step = options.freq.is_none();
        let options = is_alone(options);
        let finished = HashSet::new();
        Some(Self { name, options, header, source, id, finds_step, lines, finished, panel: None })
    }

    /// Reads the series in these lines; the last one too if the file has `ended`. Returns how many bytes
    /// were read.
    fn read(&mut self, lines: &[u8], ended: bool) -> Result<usize> {
        let mut text = self.header.clone().into_bytes();
        text.extend(lines);
        let text = bytes::text(text, self.name)?;
        let mut table = separated::table(&text, self.name)?;
        let header_lines = self.header.split_inclusive('\n').count() as u32;
        table.move_lines(header_lines, self.lines - header_lines);
        // A short row at the end of a piece is of the series that is held, and read again with the next one.
        table.square()?;
        Columns::find(&mut table);
        if !a_line_a_row(&table) {
            return Err(self.refuse("a cell goes over several lines".to_owned()));
        }
        let mut series = together(&table, self.id);
        let held = if ended { None } else { series.pop() };
        for rows in series {
            let id = table.cell(rows.start, self.id).to_owned();
            if !self.finished.insert(id.clone()) {
                let line = table.line(rows.start);
                return Err(self.refuse(format!("series `{id}` comes again on line {line}")));
            }
            let rows: Vec<usize> = rows.collect();
            for target in &self.source.targets {
                let loaded = self.source.read(&table, &rows, *target, &self.options)?;
                if self.finds_step {
                    self.source.has_step(&table, &rows, &loaded.series, self.options.freq)?;
                }
                self.options.freq = self.options.freq.or(loaded.series.frequency());
                match &mut self.panel {
                    None => self.panel = Some(loaded.into()),
                    Some(panel) => panel.push(loaded),
                }
            }
        }
        let Some(held) = held else { return Ok(lines.len()) };
        let next = table.line(held.start) - 1;
        let whole =
            text[self.header.len()..].split_inclusive('\n').take((next - self.lines) as usize);
        self.lines = next;
        Ok(whole.map(str::len).sum())
    }

    fn refuse(&self, found: String) -> Error {
        let help = "put the rows of each series together, for example with `sort`, and one row on a line; \
                    or give a part of the file";
        let found = format!("too large to be read at once, and {found}");
        Error::NotText { path: self.name.to_string(), found, help: help.to_string() }
    }
}

/// Rows that stand together under one id.
fn together(table: &Table, id: usize) -> Vec<Range<usize>> {
    let mut series: Vec<Range<usize>> = Vec::new();
    for row in table.rows() {
        match series.last_mut().filter(|last| table.cell(last.start, id) == table.cell(row, id)) {
            Some(last) => last.end = row + 1,
            None => series.push(row..row + 1),
        }
    }
    series
}

/// Whether every row is a line of its own, and every line a row.
fn a_line_a_row(table: &Table) -> bool {
    let rows = table.rows();
    let lines = || table.line(rows.end - 1) - table.line(rows.start);
    !rows.is_empty() && lines() as usize == rows.len() - 1
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::read::panel_from;

    fn file() -> String {
        let mut csv = "unique_id,ds,y\n".to_owned();
        for s in 0..40 {
            for t in 0..10 + s % 7 {
                csv.push_str(&format!("\"s {s}\",2020-01-{:02},{}.5\n", t + 1, s * 100 + t));
            }
        }
        csv
    }

    fn by_pieces(csv: &str, piece: usize) -> Result<Option<LoadedPanel>> {
        let (head, mut rest) = csv.as_bytes().split_at(piece.min(csv.len()));
        panel(head, &mut rest, "big.csv", &ReadOptions::default(), piece)
    }

    #[test]
    fn pieces_of_any_size_give_the_same_series_as_the_whole() {
        let csv = file();
        let whole = panel_from(csv.as_bytes(), "big.csv", &ReadOptions::default()).unwrap();
        for csv in [csv.as_str(), csv.trim_end()] {
            for piece in [1200, 1201, 1777, 3000, 8000] {
                let read = by_pieces(csv, piece).unwrap().unwrap();
                assert_eq!(read.series, whole.series, "{piece}");
                assert_eq!(
                    (read.target, read.id_col),
                    (whole.target.clone(), whole.id_col.clone())
                );
            }
        }
    }

    #[test]
    fn gzip_is_unpacked_on_the_way() {
        let csv = file();
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(csv.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        let by_pieces = |packed: &[u8]| {
            let mut rest = bytes::unpacked(packed, "big.csv.gz").unwrap();
            let mut head = Vec::new();
            (&mut rest).take(1200).read_to_end(&mut head).unwrap();
            panel(&head, &mut rest, "big.csv.gz", &ReadOptions::default(), 1200)
        };
        let whole = panel_from(csv.as_bytes(), "big.csv", &ReadOptions::default()).unwrap();
        assert_eq!(by_pieces(&packed).unwrap().unwrap().series, whole.series);
        let broken = by_pieces(&packed[..packed.len() - 20]).unwrap_err().to_string();
        assert!(
            broken.contains("big.csv.gz") && broken.contains("a damaged gzip file"),
            "{broken}"
        );
    }

    #[test]
    fn what_is_no_such_file_is_left_to_others() {
        for csv in [
            "y\n1\n2\n3\n".repeat(9),
            "unique_id,ds,y\na,1,5\nb,1,6\nc,1,7\na,2,8\nb,2,9\nc,2,5\n".to_owned(),
            format!("{{\"y\":1}}\n{}", file()),
            format!("\u{feff}{}", file()),
            file().replacen("\"s 1\"", "\"s\n1\"", 1),
        ] {
            assert!(by_pieces(&csv, 1500).unwrap().is_none(), "{csv:.40}");
        }
    }

    #[test]
    fn trouble_far_inside_names_its_line() {
        let csv = file();
        let with = |at: usize, line: &str| {
            let mut lines: Vec<&str> = csv.lines().collect();
            lines[at - 1] = line;
            by_pieces(&lines.join("\n"), 1500).unwrap_err().to_string()
        };
        let bad = with(300, "\"s 24\",2020-01-01,oops");
        assert!(bad.contains("big.csv:300, column 3 (\"y\")"), "{bad}");
        let ragged = with(310, "\"s 24\",2020-01-01");
        assert!(ragged.contains("big.csv:310"), "{ragged}");
        // Wherever a piece ends: at the end of one, a short row is no line below the table.
        let mut lines: Vec<&str> = csv.lines().collect();
        lines[309] = "\"s 24\"";
        let short = lines.join("\n");
        for piece in 1500..1540 {
            let error = by_pieces(&short, piece).unwrap_err().to_string();
            assert!(error.contains("big.csv:310"), "{piece}: {error}");
        }
        let again = with(400, "\"s 2\",2020-02-01,1");
        assert!(again.contains("series `s 2` comes again on line 400"), "{again}");
    }
}
