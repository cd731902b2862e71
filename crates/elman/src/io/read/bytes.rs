//! A file's bytes, and their text: gzip, byte-order marks, and refusing what is no text.

use super::input::Input;
use super::memory::{Held, Memory};
use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::io::{self, Cursor, ErrorKind, Read};

/// The largest file read, 4 GiB: line and cell positions stay 32 bits wide, and a gzip bomb ends.
const LARGEST: u64 = u32::MAX as u64;

/// Bytes that there is room for when some are read.
const AT_ONCE: usize = 1 << 16;

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

/// Reads all bytes of a source that may be gzipped, and what they take of the memory.
pub(crate) fn all(source: impl Read, path: &str, memory: &Memory) -> Result<(Vec<u8>, Held)> {
    let (mut raw, mut held) = (Vec::new(), memory.hold());
    let mut source = unpacked(source, path)?.take(LARGEST);
    loop {
        held.room_for(&mut raw, AT_ONCE)?;
        let room = raw.capacity() - raw.len();
        let read = (&mut source).take(room as u64).read_to_end(&mut raw);
        if read.map_err(|error| unread(error, path))? < room {
            break;
        }
    }
    if raw.len() as u64 >= LARGEST {
        return Err(not_text(path, "over 4 GiB", "give a part of it"));
    }
    Ok((raw, held))
}

/// The text that the bytes are.
pub(super) fn text(raw: Vec<u8>, path: &str) -> Result<String> {
    for (magic, found) in [
        (&b"PK\x03\x04"[..], "a zip file or workbook, which this build does not read"),
        (b"\xd0\xcf\x11\xe0", "an Excel file of the old kind (.xls)"),
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
    if Input::begins_as_safetensors(&raw) {
        let help = "name the file with the data; `elman forecast MODEL` forecasts with a model";
        return Err(not_text(path, "a model", help));
    }
    // Excel's "Unicode text" is UTF-16 with a mark.
    if let Some(text) = utf16(&raw) {
        let broken = || not_text(path, "broken UTF-16", "save the table as CSV in UTF-8");
        return text.ok_or_else(broken);
    }
    if let Some(name) = unmarked_utf16(&raw) {
        let found = format!("{name} without a byte-order mark");
        let help = format!("save it as UTF-8, for example with `iconv -f {name} -t utf-8`");
        return Err(not_text(path, &found, &help));
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
    Ok(unmarked(text))
}

/// The text of bytes that begin with a byte-order mark of UTF-16; within, none where it is broken.
pub(crate) fn utf16(raw: &[u8]) -> Option<Option<String>> {
    let (mark, units) = raw.split_at_checked(2)?;
    let unit = match mark {
        [0xff, 0xfe] => u16::from_le_bytes as fn([u8; 2]) -> u16,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return None,
    };
    let whole = units.len().is_multiple_of(2);
    let units = units.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text = char::decode_utf16(units).collect::<std::result::Result<String, _>>();
    Some(text.ok().filter(|_| whole))
}

/// The name of the UTF-16 that bytes without a mark seem to be: letters of Western languages have a zero as every
/// second byte.
pub(crate) fn unmarked_utf16(raw: &[u8]) -> Option<&'static str> {
    let sample = &raw[..raw.len().min(1000)];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let most = sample.len() / 3;
    match () {
        () if second > most && first == 0 => Some("utf-16le"),
        () if first > most && second == 0 => Some("utf-16be"),
        () => None,
    }
}

/// The text without the byte-order mark at its front, which is no character of it.
pub(crate) fn unmarked(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}

fn not_text(path: &str, found: &str, help: &str) -> Error {
    Error::NotText { path: path.to_string(), found: found.to_string(), help: help.to_string() }
}
