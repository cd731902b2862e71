//! Which kind of file it is, by its first bytes: the name says nothing, since stdin and gzip have none.

#[cfg(feature = "columnar")]
use super::columnar;
use super::table::Table;
use super::tsf::Tsf;
use super::{bytes, json, separated, tsf};
use crate::error::Result;
use std::io::Read;

/// What a file holds.
pub(super) enum Content {
    /// Rows of cells, in which the series are to be found.
    Table(Table),
    /// Batches of rows.
    #[cfg(feature = "columnar")]
    Batches(columnar::Batches),
    /// A series a line, each with its own start.
    Tsf(Tsf),
}

impl Content {
    /// Reads all of a source that may be gzipped.
    pub(super) fn of(source: impl Read, path: &str) -> Result<Content> {
        let raw = bytes::all(source, path)?;
        #[cfg(feature = "columnar")]
        for (magic, take) in columnar::KINDS {
            if raw.starts_with(magic) {
                return take(raw, path).map(Content::Batches);
            }
        }
        let text = bytes::text(raw, path)?;
        if tsf::is_tsf(&text) {
            return Tsf::parse(text, path).map(Content::Tsf);
        }
        let table = match begins(&text) {
            ['{', '"' | '}'] => json::lines(&text, path),
            ['[', '{' | ']'] => json::array(&text, path),
            _ => separated::table(&text, path),
        };
        table.map(Content::Table)
    }
}

/// The first two characters that are no spaces.
fn begins(text: &str) -> [char; 2] {
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    [(); 2].map(|()| chars.next().unwrap_or(' '))
}
