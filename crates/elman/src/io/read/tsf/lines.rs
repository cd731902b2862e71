//! The lines of a text that say something. `#` begins a comment.

use std::ops::Range;

/// Gives the number and the place of each such line.
pub(super) struct Lines<'a> {
    pub(super) text: &'a str,
    at: usize,
    /// The number of the last line that was read.
    pub(super) line: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 0, line: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = (u64, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) {
            let len = rest.find('\n').unwrap_or(rest.len());
            let line = &rest[..len];
            let (start, said) = (self.at + line.len() - line.trim_start().len(), line.trim());
            self.at += len + 1;
            self.line += 1;
            if !said.is_empty() && !said.starts_with('#') {
                return Some((self.line, start..start + said.len()));
            }
        }
        None
    }
}
