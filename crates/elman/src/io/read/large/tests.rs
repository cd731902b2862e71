//! Large files, of a size that a test has.

use std::io::{self, Read as _, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::io::read::memory::Memory;
use crate::io::read::{bytes, read_panel_from};

fn file() -> String {
    let mut csv = "unique_id,ds,y\n".to_owned();
    for s in 0..40 {
        for t in 0..10 + s % 7 {
            csv.push_str(&format!("\"s {s}\",2020-01-{:02},{}.5\n", t + 1, s * 100 + t));
        }
    }
    csv
}

fn read(
    head: &[u8],
    rest: &mut impl io::Read,
    name: &str,
    piece: usize,
) -> Result<Option<LoadedPanel>> {
    let memory = Memory::within(None, name);
    let Some(mut lines) = Lines::of(head, rest, name, piece, &memory) else { return Ok(None) };
    match panel(&mut lines, &ReadOptions::default(), &memory)? {
        Read::Panel(panel) => Ok(Some(panel)),
        Read::Other => Ok(None),
        Read::Apart(error) => Err(error),
    }
}

fn by_pieces(csv: &str, piece: usize) -> Result<Option<LoadedPanel>> {
    let (head, mut rest) = csv.as_bytes().split_at(piece.min(csv.len()));
    read(head, &mut rest, "big.csv", piece)
}

#[test]
fn pieces_of_any_size_give_the_same_series_as_the_whole() {
    let csv = file();
    let whole = read_panel_from(csv.as_bytes(), "big.csv", &ReadOptions::default()).unwrap();
    for csv in [csv.as_str(), csv.trim_end()] {
        for piece in [1200, 1201, 1777, 3000, 8000] {
            let read = by_pieces(csv, piece).unwrap().unwrap();
            assert_eq!(read.series, whole.series, "{piece}");
            assert_eq!((read.target, read.id_col), (whole.target.clone(), whole.id_col.clone()));
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
        read(&head, &mut rest, "big.csv.gz", 1200)
    };
    let whole = read_panel_from(csv.as_bytes(), "big.csv", &ReadOptions::default()).unwrap();
    assert_eq!(by_pieces(&packed).unwrap().unwrap().series, whole.series);
    let broken = by_pieces(&packed[..packed.len() - 20]).unwrap_err().to_string();
    assert!(broken.contains("big.csv.gz") && broken.contains("a damaged gzip file"), "{broken}");
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

#[test]
fn the_total_at_the_end_of_all_is_left_out_and_one_before_is_shown() {
    let csv = file();
    let line = csv.lines().count() + 1;
    let total = format!("{csv}Total,,99\n");
    let whole = by_pieces(&csv, 1500).unwrap().unwrap();
    for piece in 1500..1540 {
        let with_total = by_pieces(&total, piece).unwrap().unwrap();
        assert_eq!(with_total.series, whole.series, "{piece}");
        let note = format!("line {line} left out: the row is a total (\"Total\"), and has no date");
        assert_eq!(with_total.notes.last(), Some(&note), "{piece}");
        let again = by_pieces(&format!("{total}{}", "z,2020-01-01,1\n".repeat(200)), piece);
        assert!(again.unwrap_err().to_string().contains(&format!("big.csv:{line}")), "{piece}");
    }
}
