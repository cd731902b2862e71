//! A file's bytes, and their text: gzip, byte-order marks, and refusing what is no text.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// The largest file read, 4 GiB: line and cell positions stay 32 bits wide, and a gzip bomb ends.
const LARGEST: u64 = u32::MAX as u64;

/// Reads all bytes of a source that may be gzipped.
pub(super) fn all(mut source: impl Read, path: &str) -> Result<Vec<u8>> {
    let io = |source| Error::Io { path: path.to_string(), source };
    let mut raw = Vec::new();
    (&mut source).take(LARGEST).read_to_end(&mut raw).map_err(io)?;
    if raw.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        let unpacked = MultiGzDecoder::new(&raw[..]).take(LARGEST).read_to_end(&mut plain);
        if let Err(source) = unpacked {
            let found = format!("a damaged gzip file ({source})");
            return Err(not_text(path, &found, "make the file again, or unpack it with gunzip"));
        }
        raw = plain;
    }
    if raw.len() as u64 >= LARGEST {
        return Err(not_text(path, "over 4 GiB", "give a part of it"));
    }
    Ok(raw)
}

/// The text that the bytes are.
pub(super) fn text(raw: Vec<u8>, path: &str) -> Result<String> {
    for (magic, found) in [
        (&b"PK\x03\x04"[..], "a zip or Excel file"),
        (b"PAR1", "a Parquet file, which this build does not read"),
        (b"ARROW1", "an Arrow file, which this build does not read"),
        (b"PARE", "an encrypted Parquet file"),
        (b"FEA1", "a Feather file of the first version"),
        (b"%PDF", "a PDF file"),
    ] {
        if raw.starts_with(magic) {
            return Err(not_text(path, found, "save the table as CSV"));
        }
    }
    // Excel's "Unicode text" is UTF-16 with a mark.
    for (mark, unit) in [
        ([0xff, 0xfe], u16::from_le_bytes as fn([u8; 2]) -> u16),
        ([0xfe, 0xff], u16::from_be_bytes),
    ] {
        if raw.starts_with(&mark) {
            let units: Vec<u16> = raw[2..].chunks_exact(2).map(|c| unit([c[0], c[1]])).collect();
            return String::from_utf16(&units)
                .map_err(|_| not_text(path, "broken UTF-16", "save the table as CSV in UTF-8"));
        }
    }
    if raw.contains(&0) {
        return Err(not_text(path, "a binary file", "save the table as CSV"));
    }
    let text = String::from_utf8(raw).map_err(|e| {
        let line =
            e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count()
                + 1;
        let found = format!("line {line} is not UTF-8");
        not_text(path, &found, "save it as UTF-8, for example with `iconv -f latin1 -t utf-8`")
    })?;
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Ok(rest.to_string()),
        None => Ok(text),
    }
}

fn not_text(path: &str, found: &str, help: &str) -> Error {
    Error::NotText { path: path.to_string(), found: found.to_string(), help: help.to_string() }
}
