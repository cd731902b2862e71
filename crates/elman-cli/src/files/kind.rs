//! What kind of file stands where an output goes: only one of the same kind is replaced.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use elman::nn::output;
use serde_json::{Map, Value};

use crate::failure::{FAILED, Failure};

/// A kind of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Csv,
    JsonLines,
    /// One document, with its fields on lines of their own.
    Json,
    Parquet,
    Arrow,
    Png,
    Svg,
    Html,
    Onnx,
    /// A module that elman wrote.
    Python,
}

impl Kind {
    /// Of a table, by its name.
    pub fn of_table(path: &Path) -> Self {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("jsonl") => Self::JsonLines,
            Some("parquet") => Self::Parquet,
            Some("arrow" | "feather") => Self::Arrow,
            _ => Self::Csv,
        }
    }

    /// With its article.
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV table",
            Self::JsonLines => "table in JSON Lines",
            Self::Json => "JSON document",
            Self::Parquet => "Parquet file",
            Self::Arrow => "Arrow file",
            Self::Png => "PNG image",
            Self::Svg => "SVG image",
            Self::Html => "HTML page",
            Self::Onnx => "ONNX model",
            Self::Python => "Python module of elman",
        }
    }

    /// Whether a file may be of this kind that begins with `head`.
    fn begins(self, head: &[u8]) -> bool {
        let text = || String::from_utf8_lossy(head).trim_start_matches('\u{feff}').to_lowercase();
        match self {
            Self::Csv => is_csv(head),
            Self::JsonLines => is_json_lines(head),
            Self::Json => head.starts_with(b"{\n") || head.starts_with(b"{\r\n"),
            Self::Parquet => head.starts_with(b"PAR1"),
            Self::Arrow => head.starts_with(b"ARROW1"),
            Self::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Svg => text().contains("<svg"),
            Self::Html => text().contains("<!doctype html") || text().contains("<html"),
            // The first two fields of the message: version of the format, and name of the producer.
            Self::Onnx => matches!(head, [0x08, 1..0x80, 0x12, ..]),
            Self::Python => head.starts_with(b"\"\"\"elman: "),
        }
    }
}

/// Bytes by which a file is known.
const HEAD: usize = 4096;

/// Refuses to put an output in the place of a file of another kind. An empty file is of any kind.
pub fn may_replace(path: &Path, kind: Kind) -> Result<(), Failure> {
    if !path.exists() || output::is_stream(path) {
        return Ok(());
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head));
    match read {
        Ok(_) if head.is_empty() || kind.begins(&head) => Ok(()),
        Ok(_) => {
            let message = format!(
                "{} exists and is not a {}\n  help: choose another name, or remove it first",
                path.display(),
                kind.name()
            );
            Err(Failure::new(FAILED, message))
        }
        Err(error) => Err(super::cannot_write(path, &error)),
    }
}

/// Text whose first lines have as many cells as each other, and more than one.
fn is_csv(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    // A character may be cut off at the end only.
    let damaged = text.trim_end_matches('\u{fffd}').contains(['\0', '\u{fffd}']);
    let cells = |line: &str, delimiter: char| {
        let outside = line.split('"').step_by(2);
        outside.map(|part| part.matches(delimiter).count()).sum::<usize>()
    };
    // The last line may be cut off.
    let lines = text.lines().count();
    let whole = if head.len() < HEAD { lines } else { lines.saturating_sub(1).max(1) };
    let lines = || text.lines().take(whole.min(5));
    let of = |delimiter| {
        let first = lines().next().map_or(0, |line| cells(line, delimiter));
        first > 0 && lines().all(|line| cells(line, delimiter) == first)
    };
    !damaged && [',', ';', '\t'].into_iter().any(of)
}

/// Objects, of which the first is whole or longer than the head.
fn is_json_lines(head: &[u8]) -> bool {
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    match first.len() < HEAD {
        true => serde_json::from_slice::<Map<String, Value>>(first).is_ok(),
        false => first.starts_with(b"{\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_how_it_begins() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let long = format!("{}{}", "ds,y\n", "2024-01-01,1\n".repeat(1000));
        let cut = &long.as_bytes()[..HEAD];
        let cases: [(&[u8], Option<Kind>); 17] = [
            (png, Some(Kind::Png)),
            (b"unique_id,ds,elman\na,1,2\n", Some(Kind::Csv)),
            (b"unique_id,ds,elman\n\"a,b\",1,2\n", Some(Kind::Csv)),
            (cut, Some(Kind::Csv)),
            (b"Dear John,\nhow are you?\n", None),
            (b"1\n2\n3\n", None),
            (b"PK\x03\x04,\0\0", None),
            (b"{\"a\": 1}\n{\"a\": 2}\n", Some(Kind::JsonLines)),
            (b"{\n  \"a\": 1\n}\n", Some(Kind::Json)),
            (b"PAR1\x15\x04", Some(Kind::Parquet)),
            (b"ARROW1\0\0", Some(Kind::Arrow)),
            (b"<?xml version=\"1.0\"?>\n<svg>", Some(Kind::Svg)),
            (b"<!DOCTYPE html>\n<html>", Some(Kind::Html)),
            (b"#!/bin/sh\necho\n", None),
            (b"\x08\x08\x12\x07pytorch", Some(Kind::Onnx)),
            (b"\"\"\"elman: loads", Some(Kind::Python)),
            (b"\"\"\"My module.\"\"\"", None),
        ];
        let all = [
            Kind::Csv,
            Kind::JsonLines,
            Kind::Json,
            Kind::Parquet,
            Kind::Arrow,
            Kind::Png,
            Kind::Svg,
            Kind::Html,
            Kind::Onnx,
            Kind::Python,
        ];
        for (head, right) in cases {
            for kind in all {
                let text = String::from_utf8_lossy(head);
                assert_eq!(kind.begins(head), right == Some(kind), "{kind:?}: {text}");
            }
        }
    }
}
