//! What a zip file unpacks to, before anything is made of it.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::Kind;
use crate::error::Error;
use crate::io::read::memory::Memory;

/// Why a zip file is not read.
#[derive(Debug)]
pub(super) enum Refused {
    NoSheets,
    Damaged(String),
    TooLarge,
}

impl Refused {
    pub(super) fn error(self, path: &str, memory: &Memory) -> Error {
        let (found, help) = match self {
            Refused::TooLarge => return memory.exceeded(),
            Refused::NoSheets => {
                ("a zip file that is no workbook".to_owned(), "unpack it, and give the table in it")
            }
            Refused::Damaged(reason) => (
                format!("a damaged zip file or workbook ({reason})"),
                "save it again, or save the sheet as CSV",
            ),
        };
        Error::NotText { path: path.to_owned(), found, help: help.to_owned() }
    }
}

/// Bytes that a cell takes while a workbook is read.
const CELL: u64 = 64;

/// Which kind of workbook it is, once everything in it was unpacked and found to take no more than `limit` bytes.
pub(super) fn kind(raw: &[u8], limit: u64) -> Result<Kind, Refused> {
    let damaged = |e: &dyn std::fmt::Display| Refused::Damaged(e.to_string());
    let mut zip = ZipArchive::new(Cursor::new(raw)).map_err(|e| damaged(&e))?;
    let kind = match () {
        () if zip.index_for_name("xl/workbook.xml").is_some() => Kind::Excel,
        () if zip.index_for_name("content.xml").is_some() => Kind::OpenDocument,
        () => return Err(Refused::NoSheets),
    };
    let mut left = limit;
    for i in 0..zip.len() {
        let mut entry = zip.by_index(i).map_err(|e| damaged(&e))?;
        let name = entry.name().map(Cow::into_owned).map_err(|e| damaged(&e))?;
        let mut text = Vec::new();
        // The size that the file says of itself proves nothing.
        (&mut entry).take(left + 1).read_to_end(&mut text).map_err(|e| damaged(&e))?;
        left = left.checked_sub(text.len() as u64).ok_or(Refused::TooLarge)?;
        let cells = match &name[..] {
            "xl/sharedStrings.xml" => shared_strings(&text),
            "content.xml" => expanded_cells(&text),
            _ => Ok(0),
        };
        if cells.map_err(|e| damaged(&e))?.saturating_mul(CELL) > limit {
            return Err(Refused::TooLarge);
        }
    }
    Ok(kind)
}

/// The number of shared texts that a workbook says it has, for which memory is taken at once.
fn shared_strings(xml: &[u8]) -> Result<u64, quick_xml::Error> {
    let mut reader = quick_xml::Reader::from_reader(xml);
    loop {
        match reader.read_event_into(&mut Vec::new())? {
            Event::Start(tag) if tag.local_name().as_ref() == "sst" => {
                return Ok(number(&tag, "uniqueCount").unwrap_or(0));
            }
            Event::Eof => return Ok(0),
            _ => {}
        }
    }
}

/// The cells that the sheets of an OpenDocument file have once rows and cells that say "n times" stand n times.
fn expanded_cells(xml: &[u8]) -> Result<u64, quick_xml::Error> {
    let mut reader = quick_xml::Reader::from_reader(xml);
    let mut buffer = Vec::new();
    let (mut rows, mut used_rows, mut width) = (0_u64, 0_u64, 0_u64);
    let mut place = 0_u64;
    let mut all = 0_u64;
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "table" => (rows, used_rows, width) = (0, 0, 0),
                "table-row" => {
                    let repeats = number(&tag, "number-rows-repeated").unwrap_or(1);
                    (rows, place) = (rows.saturating_add(repeats), 0);
                }
                "table-cell" => {
                    let cells = number(&tag, "number-columns-repeated").unwrap_or(1);
                    place = place.saturating_add(cells);
                    if tag
                        .attributes()
                        .flatten()
                        .any(|a| a.key.local_name().as_ref() == "value-type")
                    {
                        (used_rows, width) = (rows, width.max(place));
                    }
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == "table" => {
                all = all.saturating_add(used_rows.saturating_mul(width));
            }
            Event::Eof => return Ok(all),
            _ => {}
        }
        buffer.clear();
    }
}

fn number(tag: &BytesStart<'_>, name: &str) -> Option<u64> {
    let attribute = tag.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    attribute.value.trim().parse().ok()
}
