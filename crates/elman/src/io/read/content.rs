//! Which kind of file it is, by its first bytes: the name says nothing, since stdin and gzip have none.

#[cfg(feature = "columnar")]
use super::columnar;
use super::memory::Memory;
#[cfg(feature = "excel")]
use super::sheets;
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
    pub(super) fn of(
        source: impl Read,
        path: &str,
        #[cfg_attr(
            not(feature = "excel"),
            expect(unused_variables, reason = "of workbooks alone")
        )]
        sheet: Option<&str>,
        memory: &Memory,
    ) -> Result<Content> {
        let (raw, held) = bytes::all(source, path, memory)?;
        #[cfg(feature = "columnar")]
        for (magic, take) in columnar::KINDS {
            if raw.starts_with(magic) {
                return take(raw, held, path, memory).map(Content::Batches);
            }
        }
        #[cfg(feature = "excel")]
        if raw.starts_with(sheets::MAGIC) {
            return sheets::table(raw, path, sheet, memory).map(Content::Table);
        }
        let text = bytes::text(raw, path)?;
        if tsf::is_tsf(&text) {
            return Tsf::parse(text, held, path).map(Content::Tsf);
        }
        let table = match begins(&text) {
            ['{', '"' | '}'] => json::lines(&text, path, memory),
            ['[', '{' | ']'] => json::array(&text, path, memory),
            _ => separated::table(&text, path, memory),
        };
        table.map(Content::Table)
    }
}

/// The first two characters that are no spaces.
fn begins(text: &str) -> [char; 2] {
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    [(); 2].map(|()| chars.next().unwrap_or(' '))
}
