//! Lines of the input. The bytes of a line that is too long are discarded, so that the memory is bounded.

use memchr::memchr;

/// The longest line, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// The lines of blocks of bytes.
#[derive(Default)]
pub struct Lines {
    bytes: Vec<u8>,
    /// Where the current line begins.
    start: usize,
    /// Up to here there is no end of the current line.
    searched: usize,
    /// The current line is too long, and its bytes are gone.
    is_dropped: bool,
    is_ended: bool,
}

/// A line of the input.
#[derive(Debug, PartialEq)]
pub enum Line<'a> {
    /// Its bytes without the end of line.
    Bytes(&'a [u8]),
    /// More than [`MAX_LINE`] bytes.
    TooLong,
}

impl Lines {
    /// Adds the next bytes of the input.
    pub fn push(&mut self, block: &[u8]) {
        self.bytes.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        if self.searched > MAX_LINE {
            self.is_dropped = true;
            self.bytes.clear();
            self.searched = 0;
        }
        self.bytes.extend_from_slice(block);
    }

    /// Ends the input: the last line need not have an end of line. Returns whether such a line is left.
    pub fn end(&mut self) -> bool {
        self.is_ended = true;
        self.is_dropped || self.start < self.bytes.len()
    }

    /// The next line; `None` if more bytes are needed.
    pub fn next(&mut self) -> Option<Line<'_>> {
        let (start, next) = match memchr(b'\n', &self.bytes[self.searched..]) {
            Some(at) => (self.start, self.searched + at + 1),
            None if self.is_ended && self.end() => {
                self.bytes.push(b'\n');
                (self.start, self.bytes.len())
            }
            None => {
                self.searched = self.bytes.len();
                return None;
            }
        };
        (self.start, self.searched) = (next, next);
        let line = &self.bytes[start..next - 1];
        let is_dropped = std::mem::take(&mut self.is_dropped) || line.len() > MAX_LINE;
        Some(match is_dropped {
            true => Line::TooLong,
            false => Line::Bytes(line.strip_suffix(b"\r").unwrap_or(line)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of `text` in blocks of `size` bytes: their lengths, `None` if too long; and the most bytes held.
    fn lines(text: &[u8], size: usize) -> (Vec<Option<Vec<u8>>>, usize) {
        let (mut lines, mut found, mut held) = (Lines::default(), Vec::new(), 0);
        let mut take = |lines: &mut Lines| {
            while let Some(line) = lines.next() {
                found.push(match line {
                    Line::Bytes(line) => Some(line.to_owned()),
                    Line::TooLong => None,
                });
            }
        };
        for block in text.chunks(size) {
            lines.push(block);
            take(&mut lines);
            held = held.max(lines.bytes.capacity());
        }
        lines.end();
        take(&mut lines);
        (found, held)
    }

    #[test]
    fn lines_do_not_depend_on_the_blocks() {
        let text = b"ds,y\r\n2024-01-01,1\n\n2024-01-02,2";
        let right = ["ds,y", "2024-01-01,1", "", "2024-01-02,2"].map(|line| Some(line.into()));
        for size in 1..=text.len() {
            assert_eq!(lines(text, size).0, right, "{size}");
        }
        assert_eq!(lines(b"", 1).0, []);
        assert_eq!(lines(b"a\n", 1).0, [Some(b"a".to_vec())]);
    }

    #[test]
    fn a_line_that_is_too_long_is_dropped_in_bounded_memory() {
        let long = vec![b'x'; 20 * MAX_LINE];
        for text in [&[b"a\n", &long[..], b"\nb\n"].concat()[..], &[b"a\n", &long[..]].concat()] {
            let (found, held) = lines(text, 1 << 16);
            let right = [Some(b"a".to_vec()), None, Some(b"b".to_vec())];
            assert_eq!(found, right[..found.len()]);
            assert!(found.len() >= 2 && held <= 4 * MAX_LINE, "{held}");
        }
        let (found, _) = lines(&vec![b'x'; MAX_LINE], 1 << 16);
        assert_eq!(found[0].as_ref().map(Vec::len), Some(MAX_LINE));
        assert_eq!(lines(&vec![b'x'; MAX_LINE + 1], 1 << 16).0, [None]);
    }
}
