//! A file's bytes, and their text: gzip, byte-order marks, and refusing what is no text.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::io::{self, Cursor, ErrorKind, Read};

/// The largest file read, 4 GiB: line and cell positions stay 32 bits wide, and a gzip bomb ends.
const LARGEST: u64 = u32::MAX as u64;

/// What a source holds, unpacked on its way if it is gzipped.
pub(super) fn unpacked<'a>(mut source: impl Read + 'a, path: &str) -> Result<Box<dyn Read + 'a>> {
    let mut magic = Vec::new();
    (&mut source).take(2).read_to_end(&mut magic).map_err(|error| unread(error, path))?;
    let gzipped = magic == [0x1f, 0x8b];
    let whole = Cursor::new(magic).chain(source);
    Ok(if gzipped { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}

/// What went wrong when an [`unpacked`] source was read.
pub(super) fn unread(source: io::Error, path: &str) -> Error {
    // No file of itself gives errors of these kinds.
    match source.kind() {
        ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
            let found = format!("a damaged gzip file ({source})");
            not_text(path, &found, "make the file again, or unpack it with gunzip")
        }
        _ => Error::Io { path: path.to_string(), source },
    }
}

/// Reads all bytes of a source that may be gzipped.
pub(crate) fn all(source: impl Read, path: &str) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    let read = unpacked(source, path)?.take(LARGEST).read_to_end(&mut raw);
    read.map_err(|error| unread(error, path))?;
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
